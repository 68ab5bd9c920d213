"""Tables in Markdown, and documents that programs fill: shared by the scripts that measure."""
import re


def table(rows):
    """Rows of text, the first one the heads."""
    head, *rest = rows
    return "".join("| %s |\n" % " | ".join(row) for row in [head, ["---"] * len(head), *rest])


def put_into(path, name, text):
    """Replaces what stands in the file between the lines '<!-- table NAME -->' and '<!-- end -->'."""
    with open(path) as file:
        document = file.read()
    pattern = "(?s)(<!-- table %s -->\n).*?(<!-- end -->)" % name
    document, found = re.subn(pattern, lambda m: m[1] + text + m[2], document)
    if not found:
        raise SystemExit("%s: no line '<!-- table %s -->'" % (path, name))
    with open(path, "w") as file:
        file.write(document)
