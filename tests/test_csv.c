#include "lab/csv.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A folder of its own for each test, removed with the one file in it. */
struct place {
	char folder[64], file[80];
};

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	assert_non_null(place);
	strcpy(place->folder, "/tmp/wane-csv-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof(place->file), "%s/a.csv", place->folder);
	*state = place;
	return 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;
	unlink(place->file);
	rmdir(place->folder);
	free(place);
	return 0;
}

static void file_write(const struct place *place, const char *bytes, size_t length)
{
	FILE *file = fopen(place->file, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

struct dump {
	size_t used;
	char text[600];
};

/* Appends a line as LINE:COLUMN[field]...LINE|, or the error it caused. */
static int dump_line(struct dump *dump, struct csv *csv)
{
	struct error error;
	int got = csv_next(csv, &error);
	char *text = dump->text;
	size_t size = sizeof(dump->text);
	for (int i = 0; got > 0 && i < csv_field_count(csv); i++)
		dump->used += (size_t)snprintf(text + dump->used, size - dump->used, "%ld:%zu[%s]",
			csv_field_line(csv, i), csv_field_column(csv, i), csv_field(csv, i));
	if (got > 0)
		dump->used += (size_t)snprintf(text + dump->used, size - dump->used, "%ld|", csv_line(csv));
	if (got < 0) {
		assert_int_equal(error.status, STATUS_WORLD);
		snprintf(text + dump->used, size - dump->used, "%s", strrchr(error.text, '/') + 1);
	}
	assert_true(dump->used < size);
	return got;
}

static void dump_rest(struct dump *dump, struct csv *csv)
{
	int got;
	while ((got = dump_line(dump, csv)) > 0)
		continue;
	assert_int_equal(csv_next(csv, NULL), got); /* and stays so */
}

/* clang-format off */
static const struct {
	const char *bytes;
	size_t length; /* 0: up to the NUL */
	const char *expected;
} files[] = {
	{"", 0, ""},
	{"\n\r\n  \n\t\n", 0, ""},
	{"\xEF\xBB\xBF", 0, ""},
	{"1,2\n3,4\n", 0, "1:1[1]1:3[2]1|2:1[3]2:3[4]2|"},
	{"1,2\n3,4", 0, "1:1[1]1:3[2]1|2:1[3]2:3[4]2|"},
	{"1,2\r\n3,4\r\n", 0, "1:1[1]1:3[2]1|2:1[3]2:3[4]2|"},
	{"1,2\r3,4\r", 0, "1:1[1]1:3[2]1|2:1[3]2:3[4]2|"},
	{"\n\r\n1,2\n\n\r3,4\n", 0, "3:1[1]3:3[2]3|6:1[3]6:3[4]6|"},
	{"\xEF\xBB\xBF" "1,2\n", 0, "1:1[1]1:3[2]1|"},
	{"\xEF\xBB\xBF\"a\",2\n", 0, "1:1[a]1:5[2]1|"},
	{"1;2\n3,5;4\n", 0, "1:1[1]1:3[2]1|2:1[3,5]2:5[4]2|"},
	{"1\t2\n\t4\n", 0, "1:1[1]1:3[2]1|2:1[]2:2[4]2|"},
	{"a b;c,d;e\n", 0, "1:1[a b]1:5[c,d]1:9[e]1|"},
	{"\"a;b;c\",d\n", 0, "1:1[a;b;c]1:9[d]1|"},
	{"one\n\"two\"\n", 0, "1:1[one]1|2:1[two]2|"},
	{"1,,\n", 0, "1:1[1]1:3[]1:4[]1|"},
	{",\n", 0, "1:1[]1:2[]1|"},
	{" 1 ,\t2\t, a b \n", 0, "1:2[1]1:6[2]1:10[a b]1|"},
	{"\"a,\"\"b\"\"\", \"c\" \n", 0, "1:1[a,\"b\"]1:12[c]1|"},
	{"\"\",\"\"\n", 0, "1:1[]1:4[]1|"},
	{"\" a \",1\n", 0, "1:1[ a ]1:7[1]1|"},
	{"\"a\nb\",1\n2,3\n", 0, "1:1[a\nb]2:4[1]1|3:1[2]3:3[3]3|"},
	{"\"a\r\nb\rc\",1\r\n2,3\r\n", 0, "1:1[a\r\nb\rc]3:4[1]1|4:1[2]4:3[3]4|"},
	{"1,2\n\"a\n\nb,3\n", 0, "1:1[1]1:3[2]1|a.csv:2: found a quote that is not closed"},
	{"\"", 0, "a.csv:1: found a quote that is not closed"},
	{"1,2\n5\" pipe,3\n", 0, "1:1[1]1:3[2]1|"
		"a.csv:2: found a quote within a field, expected it around the whole field"},
	{"\"a\"b,3\n", 0, "a.csv:1: found text after a closing quote, expected the end of the field"},
	{"\"a\" \"b\"\n", 0, "1:1[a]1:5[b]1|"},
	{"\"a\" b,3\n1,2\n", 0, "1:1[a]1:5[b,3]1|2:1[1,2]2|"},
	{"a \"b\",3\n", 0,
		"a.csv:1: found text after a closing quote, expected the end of the field"},
	{"a,\"b\" \"c\"\n", 0,
		"a.csv:1: found text after a closing quote, expected the end of the field"},
	{"1|2\n3,5||4\n", 0, "1:1[1]1:3[2]1|2:1[3,5]2:5[]2:6[4]2|"},
	{"x y  z\n 1\t 2 3 \t\n", 0, "1:1[x]1:3[y]1:6[z]1|2:2[1]2:5[2]2:7[3]2|"},
	{"x \"y z\"\n\"1 2\" \"a\"\n", 0, "1:1[x]1:3[y z]1|2:1[1 2]2:7[a]2|"},
	{"one word\n", 0, "1:1[one]1:5[word]1|"},
	{"\"one word\"\n", 0, "1:1[one word]1|"},
	{"one word,\n", 0, "1:1[one word]1:10[]1|"},
	{"# 5\" of\n #x;y\n1,2\n#3,4\r\n5,#6\n\"#7\",8\n#", 0,
		"3:1[1]3:3[2]3|5:1[5]5:3[#6]5|6:1[#7]6:6[8]6|"},
	{"sep=;\n1,5;2\n", 0, "2:1[1,5]2:5[2]2|"},
	{"\xEF\xBB\xBF\"SEP=|\"\r\n1,5|2\r\n", 0, "2:1[1,5]2:5[2]2|"},
	{"sep=\t\na b\tc\n", 0, "2:1[a b]2:5[c]2|"},
	{"#\nsep= \na b\n", 0, "3:1[a]3:3[b]3|"},
	{"sep=;", 0, ""},
	{"1,2\nsep=;\n", 0, "1:1[1]1:3[2]1|2:1[sep=;]2|"},
	{"sep=:\n1:2\n", 0, "a.csv:1: found 'sep=:', expected one of , ; | TAB or blanks"},
	{"1,2\n3,\0004\n", 8, "1:1[1]1:3[2]1|a.csv:2: found a NUL byte, expected UTF-8 text"},
	{"\xFF\xFE" "1\0", 4, "a.csv:1: found a NUL byte, expected UTF-8 text"},
	{"\033[2J,%n%s\n", 0, "1:1[\033[2J]1:6[%n%s]1|"},
};
/* clang-format on */

static size_t file_length(int i)
{
	return files[i].length != 0 ? files[i].length : strlen(files[i].bytes);
}

static void lines_are_split_or_refused_by_number(void **state)
{
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(files); i++) {
		struct dump dump = {.used = 0};
		file_write(place, files[i].bytes, file_length(i));
		struct csv *csv = csv_open(place->file, NULL);
		assert_non_null(csv);
		dump_rest(&dump, csv);
		assert_string_equal(dump.text, files[i].expected);
		csv_close(csv);
	}
}

static void memory_is_read_as_files_are(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(files); i++) {
		struct dump dump = {.used = 0};
		struct csv *csv = csv_open_memory("/a.csv", files[i].bytes, file_length(i), NULL);
		assert_non_null(csv);
		dump_rest(&dump, csv);
		assert_string_equal(dump.text, files[i].expected);
		csv_close(csv);
	}
}

/* The reader takes 65536 bytes at a time. */
static void memory_of_any_size_is_read_to_its_end_and_no_further(void **state)
{
	(void)state;
	for (size_t size = 65534; size < 65539; size++) {
		char *bytes = malloc(size);
		assert_non_null(bytes);
		memset(bytes, 'a', size);
		struct csv *csv = csv_open_memory("a", bytes, size, NULL);
		assert_non_null(csv);
		assert_int_equal(csv_next(csv, NULL), 1);
		assert_int_equal(csv_field_count(csv), 1);
		assert_int_equal(strlen(csv_field(csv, 0)), size);
		assert_int_equal(csv_next(csv, NULL), 0);
		csv_close(csv);
		free(bytes);
	}
}

static void a_border_after_every_byte_changes_nothing(void **state)
{
	const struct place *place = *state;
	assert_int_equal(mkfifo(place->file, 0600), 0);
	for (int i = 0; i < LENGTH(files); i++) {
		struct dump dump = {.used = 0};
		struct csv *csv = csv_open(place->file, NULL);
		assert_non_null(csv);
		int writer = open(place->file, O_WRONLY), got = 1;
		for (size_t at = 0; at < file_length(i) && got > 0; at++) {
			assert_int_equal(write(writer, files[i].bytes + at, 1), 1);
			if (csv_ready(csv))
				got = dump_line(&dump, csv);
		}
		close(writer);
		if (got > 0)
			dump_rest(&dump, csv);
		assert_string_equal(dump.text, files[i].expected);
		csv_close(csv);
	}
}

static void a_pipe_without_a_writer_holds_nobody(void **state)
{
	const struct place *place = *state;
	assert_int_equal(mkfifo(place->file, 0600), 0);
	struct csv *csv = csv_open(place->file, NULL);
	struct error error;
	assert_non_null(csv);
	assert_false(csv_ready(csv));
	int writer = open(place->file, O_WRONLY);
	assert_true(writer >= 0);
	assert_false(csv_ready(csv));
	assert_int_equal(write(writer, "1,2\n3,", 6), 6);
	assert_true(csv_ready(csv));
	assert_int_equal(csv_next(csv, &error), 1);
	assert_string_equal(csv_field(csv, 1), "2");
	assert_false(csv_ready(csv));
	assert_int_equal(write(writer, "4", 1), 1);
	assert_false(csv_ready(csv));
	close(writer);
	assert_int_equal(csv_next(csv, &error), 1);
	assert_string_equal(csv_field(csv, 1), "4");
	assert_int_equal(csv_next(csv, &error), 0);
	csv_close(csv);
}

static void endless_blanks_come_in_slices(void **state)
{
	const struct place *place = *state;
	enum { SIZE = 1 << 20 };
	char *bytes = malloc(SIZE);
	int slices = 1;
	assert_non_null(bytes);
	memset(bytes, '\n', SIZE);
	file_write(place, bytes, SIZE);
	free(bytes);
	struct csv *csv = csv_open(place->file, NULL);
	assert_non_null(csv);
	while (!csv_ready(csv))
		slices++;
	assert_in_range(slices, 10, 100);
	assert_int_equal(csv_next(csv, NULL), 0);
	csv_close(csv);
}

static void paths_that_cannot_be_read_are_named(void **state)
{
	const struct place *place = *state;
	struct error error;
	char missing[120], deep[600];
	static const char *const expected[] = {": found a directory, expected a file or a pipe",
		": found a device, expected a file or a pipe", ": No such file or directory",
		"/none/none: No such file or directory"};
	snprintf(missing, sizeof(missing), "%s/missing.csv", place->folder);
	strcpy(deep, place->folder);
	while (strlen(deep) + 6 < sizeof(deep))
		strcat(deep, "/none");
	const char *const paths[] = {place->folder, "/dev/zero", missing, deep};
	for (int i = 0; i < LENGTH(paths); i++) {
		assert_null(csv_open(paths[i], &error));
		assert_int_equal(error.status, STATUS_WORLD);
		assert_non_null(strstr(error.text, expected[i]));
		if (paths[i] != deep)
			assert_memory_equal(error.text, paths[i], strlen(paths[i]));
	}
}

/* `before`, then `count` times a byte, then `after`. */
static struct csv *open_repeated(
	const struct place *place, const char *before, char byte, size_t count, const char *after)
{
	char *bytes = malloc(count + 1);
	FILE *file = fopen(place->file, "w");
	assert_non_null(bytes);
	assert_non_null(file);
	memset(bytes, byte, count);
	bytes[count] = '\0';
	assert_true(fprintf(file, "%s%s%s", before, bytes, after) > 0);
	assert_int_equal(fclose(file), 0);
	free(bytes);
	struct csv *csv = csv_open(place->file, NULL);
	assert_non_null(csv);
	return csv;
}

static void bounds_on_a_line_are_kept_exactly(void **state)
{
	static const struct {
		const char *before;
		char byte;
		size_t count;
		const char *after;
		int fields; /* 0: refused */
		const char *error;
	} cases[] = {
		{"", 'x', CSV_LINE_MAX, "\n1\n", 1, ""},
		{"", 'x', CSV_LINE_MAX + 1, "\n1\n", 0, ":1: found a line of more than 1048576 bytes"},
		{"\n\"", '\n', CSV_LINE_MAX, "", 0, ":2: found a line of more than 1048576 bytes"},
		{"", ',', CSV_FIELDS_MAX - 1, "\n", CSV_FIELDS_MAX, ""},
		{"\n", ',', CSV_FIELDS_MAX, "\n", 0, ":2: found more than 4096 fields"},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct csv *csv =
			open_repeated(place, cases[i].before, cases[i].byte, cases[i].count, cases[i].after);
		struct error error;
		assert_int_equal(csv_next(csv, &error), cases[i].fields != 0 ? 1 : -1);
		if (cases[i].fields != 0)
			assert_int_equal(csv_field_count(csv), cases[i].fields);
		else
			assert_non_null(strstr(error.text, cases[i].error));
		csv_close(csv);
	}
}

static void the_start_of_a_line_can_be_quoted(void **state)
{
	static const struct {
		const char *line, *start;
	} cases[] = {
		{"1,\"2\", 3", "1,\"2\", 3"},
		{"1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"},
		{"12345678901234567890123456789012345678901",
			"1234567890123456789012345678901234567890..."},
		{"123456789012345678901234567890123456789\xC3\x97",
			"123456789012345678901234567890123456789..."},
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct csv *csv = csv_open_memory("a", cases[i].line, strlen(cases[i].line), NULL);
		assert_int_equal(csv_next(csv, NULL), 1);
		assert_string_equal(csv_line_start(csv), cases[i].start);
		csv_close(csv);
	}
}

static void refusals_say_where(void **state)
{
	const struct place *place = *state;
	struct error error;
	char expected[200];
	file_write(place, "1,2\n3,x\n", 8);
	struct csv *csv = csv_open(place->file, &error);
	assert_false(csv_refuse(csv, -1, &error, "found %d", 1));
	snprintf(expected, sizeof(expected), "%s: found 1", place->file);
	assert_string_equal(error.text, expected);
	assert_int_equal(csv_next(csv, &error), 1);
	assert_int_equal(csv_next(csv, &error), 1);
	assert_false(csv_refuse(csv, 1, &error, "found '%s'", csv_field(csv, 1)));
	snprintf(expected, sizeof(expected), "%s:2:3: found 'x'", place->file);
	assert_string_equal(error.text, expected);
	assert_int_equal(error.status, STATUS_WORLD);
	assert_false(csv_refuse(csv, -1, &error, "found nothing"));
	snprintf(expected, sizeof(expected), "%s:2: found nothing", place->file);
	assert_string_equal(error.text, expected);
	csv_close(csv);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_split_or_refused_by_number),
		cmocka_unit_test(memory_is_read_as_files_are),
		cmocka_unit_test(memory_of_any_size_is_read_to_its_end_and_no_further),
		TEST(a_border_after_every_byte_changes_nothing),
		TEST(a_pipe_without_a_writer_holds_nobody),
		TEST(endless_blanks_come_in_slices),
		TEST(paths_that_cannot_be_read_are_named),
		TEST(bounds_on_a_line_are_kept_exactly),
		cmocka_unit_test(the_start_of_a_line_can_be_quoted),
		TEST(refusals_say_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
