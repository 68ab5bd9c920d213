#!/bin/sh
# test_format.sh CLANG-FORMAT SOURCE-ROOT: the C sources are laid out as .clang-format says, and no
# line has more than 100 columns, which clang-format does not ensure in comments, strings and tables
# laid out by hand, between '/* clang-format off */' and 'on'.
set -u
cd "$2" || exit 1
if ! find src include tests tools -name '*.[ch]' -exec "$1" --dry-run -Werror {} +; then
	echo "to lay them out:  find src include tests tools -name '*.[ch]' -exec clang-format -i {} +"
	exit 1
fi
# columns: a tab reaches to the next multiple of 4; of a character in UTF-8 only the first byte counts
too_long='{ line = $0; gsub(/[\200-\277]/, "", line) }
	{ while (at = index(line, "\t"))
		line = substr(line, 1, at - 1) substr("    ", 1 + (at - 1) % 4) substr(line, at + 1) }
	length(line) > 100 { print FILENAME ":" FNR ": more than 100 columns: " $0 }'
long=$(find src include tests tools -name '*.[ch]' -exec env LC_ALL=C awk "$too_long" {} +)
if [ -n "$long" ]; then
	echo "$long"
	exit 1
fi
