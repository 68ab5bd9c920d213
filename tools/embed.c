/* Writes files as one C table of struct embedded (include/lab/embedded.h). Runs at build time.
 *
 * Usage: embed TABLE OUTPUT FILE...
 *
 * It writes an array of numbers because compilers need not accept strings this long.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BYTES_A_LINE = 24 };

static bool fail(const char *path)
{
	fprintf(stderr, "embed: %s: %s\n", path, strerror(errno));
	return false;
}

static bool write_bytes(FILE *out, const char *path, int index)
{
	FILE *file = fopen(path, "rb");
	long count = 0;
	int byte;
	if (file == NULL)
		return fail(path);
	fprintf(out, "static const unsigned char bytes_%d[] = {", index);
	for (; (byte = getc(file)) != EOF; count++)
		fprintf(out, "%s%d,", count % BYTES_A_LINE == 0 ? "\n" : "", byte);
	/* One more, so that an empty file makes an array too. */
	fprintf(out, "\n0};\n\n");
	bool whole = !ferror(file);
	fclose(file);
	return whole || fail(path);
}

static bool write_first_line(FILE *out, const char *path)
{
	FILE *file = fopen(path, "rb");
	int byte;
	if (file == NULL)
		return fail(path);
	while ((byte = getc(file)) != EOF && byte != '\n' && byte != '\r') {
		if (byte < ' ' || byte > '~' || strchr("\"\\?", byte) != NULL)
			fprintf(out, "\\%03o", (unsigned)byte);
		else
			putc(byte, out);
	}
	fclose(file);
	return true;
}

static void write_name(FILE *out, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	fprintf(out, "%.*s", (int)strcspn(name, "."), name);
}

static bool write_table(FILE *out, const char *table, char **paths, int count)
{
	fprintf(out, "#include \"lab/embedded.h\"\n\n");
	for (int i = 0; i < count; i++)
		if (!write_bytes(out, paths[i], i))
			return false;
	fprintf(out, "const struct embedded %s[] = {\n", table);
	for (int i = 0; i < count; i++) {
		fprintf(out, "\t{\"");
		write_name(out, paths[i]);
		fprintf(out, "\",\n\t\t\"");
		if (!write_first_line(out, paths[i]))
			return false;
		fprintf(out, "\",\n\t\tbytes_%d, sizeof(bytes_%d) - 1},\n", i, i);
	}
	fprintf(out, "\t{NULL, NULL, NULL, 0},\n};\n");
	return true;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: embed TABLE OUTPUT FILE...\n");
		return 2;
	}
	FILE *out = fopen(argv[2], "wb");
	if (out == NULL)
		return !fail(argv[2]);
	bool done = write_table(out, argv[1], argv + 3, argc - 3);
	if (done && ferror(out))
		done = fail(argv[2]);
	if (fclose(out) != 0 && done)
		done = fail(argv[2]);
	if (!done)
		remove(argv[2]);
	return !done;
}
