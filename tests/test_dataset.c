#include "datasets.h"

#include <math.h>
#include <sys/stat.h>

static void wrong_requests_are_wrong_usage(void **state)
{
	static const struct {
		const char *data;
		int samples;
		double noise, split;
		const char *task;
		size_t memory_limit;
		const char *expected;
	} cases[] = {
		{"moons", 9, 0, 0, "auto", 0, "samples: found 9, expected 10 to 1000000"},
		{"moons", 1000001, 0, 0, "auto", 0, "samples: found 1000001, expected 10 to 1000000"},
		{"moons", 100, -0.5, 0, "auto", 0, "noise: found -0.5, expected 0 to 1"},
		{"moons", 100, NAN, 0, "auto", 0, "noise: found nan, expected 0 to 1"},
		{"moons", 100, 0, 0.95, "auto", 0, "split: found 0.95, expected 0 to 0.9"},
		{"moons", 100, 0, NAN, "auto", 0, "split: found nan, expected 0 to 0.9"},
		{"moons", 100, 0, 0, "auto", 1000,
			"samples: found 100, expected at most 16 within 1000 bytes of memory"},
		{"./a.csv", 100, 0, 0, "klass", 0,
			"task: found 'klass', expected auto, class or regression"},
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = {.data = cases[i].data,
			.samples = cases[i].samples,
			.noise = cases[i].noise,
			.split = cases[i].split,
			.task = cases[i].task,
			.memory_limit = cases[i].memory_limit};
		struct error error;
		assert_null(dataset_begin(&request, &error));
		assert_string_equal(error.text, cases[i].expected);
		assert_int_equal(error.status, STATUS_USAGE);
	}
}

static void words_that_name_nothing_are_answered_with_all_names(void **state)
{
	static const char *const words[] = {"moonz", "", "moon", "MOONS"};
	(void)state;
	for (int i = 0; i < LENGTH(words); i++) {
		struct dataset_request request = request_default(words[i]);
		struct error error;
		char expected[600];
		int used = snprintf(expected, sizeof(expected), "data: found '%s', expected ", words[i]);
		for (int name = 0; dataset_name(name) != NULL; name++)
			used += snprintf(
				expected + used, sizeof(expected) - (size_t)used, "%s, ", dataset_name(name));
		snprintf(expected + used, sizeof(expected) - (size_t)used, "or the path of a CSV file");
		assert_null(dataset_begin(&request, &error));
		assert_string_equal(error.text, expected);
		assert_int_equal(error.status, STATUS_USAGE);
	}
}

/* clang-format off */
static const struct {
	const char *text, *task, *expected; /* what comes after the file's name */
} refused[] = {
	{"", "auto", ": found an empty file, expected rows of numbers"},
	{"\n \n", "auto", ": found an empty file, expected rows of numbers"},
	{"a,b,c\n", "auto", ":1: found a header alone, expected rows of numbers"},
	{"1,2,0\n", "auto", ":1: found one row, expected at least 2"},
	{"a,b,c\n1,2,0\n", "auto", ":2: found one row, expected at least 2"},
	{"1\n2\n", "auto",
		":1: found one column in '1', expected features and then a class or a value, "
		"separated by , ; | TAB or blanks"},
	{"1:2:0\n3:4:1\n", "auto",
		":1: found one column in '1:2:0', expected features and then a class "
		"or a value, separated by , ; | TAB or blanks"},
	{"1,2,0\n1,2\n", "auto", ":2: found 2 fields in '1,2', expected 3, separated by , "
		"as in the first line (known are , ; | TAB or blanks)"},
	{"1,2,0\n1,2,3,4\n", "auto", ":2: found 4 fields in '1,2,3,4', expected 3, separated by , "
		"as in the first line (known are , ; | TAB or blanks)"},
	{"a,b\n1,2,3\n", "auto", ":2: found 3 fields in '1,2,3', expected 2, separated by , "
		"as in the first line (known are , ; | TAB or blanks)"},
	{"My points\nx,y\n1,2\n", "auto", ":2: found 1 field in 'x,y', expected 2, separated by blanks "
		"as in the first line (known are , ; | TAB or blanks)"},
	{"1\t2\n3 4\n", "auto", ":2: found 1 field in '3 4', expected 2, separated by TAB "
		"as in the first line (known are , ; | TAB or blanks)"},
	{"1,2,0\n1,abc,1\n", "auto",
		":2:3: found 'abc' in column 2, expected a number (drop=2 leaves the column out)"},
	{"1,2,0\n0x10,2,1\n", "auto",
		":2:1: found '0x10' in column 1, expected a number (drop=1 leaves the column out)"},
	{"1,2,0\n1,1e999,1\n", "auto",
		":2:3: found '1e999' in column 2, expected a number (drop=2 leaves the column out)"},
	{"1,2,0\n1,-1e39,1\n", "auto", ":2:3: found '-1e39', expected a number below 3.4e38"},
	{"1,inf,a\n1,2,b\n", "auto",
		":1:3: found 'inf' in column 2, expected a number (drop=2 leaves the column out)"},
	{"1,1e309,a\n1,2,b\n", "auto",
		":1:3: found '1e309' in column 2, expected a number (drop=2 leaves the column out)"},
	{"1,-Infinity,a\n1,2,b\n", "auto", ":1:3: found '-Infinity' in column 2, "
		"expected a number (drop=2 leaves the column out)"},
	{"1,2,\"1,234\"\n1,1,2\n", "auto", ":1:5: found '1,234' in column 3, a number with "
		"thousands separators, expected 1234 (task=class takes it for a class)"},
	{"a,b,price\n1,2,$5\n1,1,2\n", "auto", ":2:5: found '$5' in column 'price', a number with "
		"a currency sign, expected 5 (task=class takes it for a class)"},
	{"a,b,price\n1,2,50%\n1,1,2\n", "regression", ":2:5: found '50%' in column 'price', a number "
		"with a percent sign, expected 50"},
	{"1,2,0\ninf,1,1\n", "auto",
		":2:1: found 'inf' in column 1, expected a number (drop=1 leaves the column out)"},
	{"1,2,0\nnan,1,1\n", "auto",
		":2:1: found 'nan' for a missing value in column 1, expected a number"},
	{"1,NA,0\n1,1,1\n", "auto",
		":1:3: found 'NA' for a missing value in column 2, expected a number"},
	{"1,2,0\n1,?,1\n", "auto",
		":2:3: found '?' for a missing value in column 2, expected a number"},
	{"1,2,0\n,1,1\n", "auto", ":2:1: found an empty field in column 1, expected a number"},
	{"1,2,0\n1,1,\n", "auto",
		":2:5: found an empty field in column 3, expected a class or a number"},
	{"1,2,0\n1,1,NaN\n", "auto",
		":2:5: found 'NaN' for a missing value in column 3, expected a class or a number"},
	{"1;2;0\n1,5;1;1\n", "auto", ":2:1: found '1,5' in column 1, a number with a decimal comma, "
		"expected 1.5"},
	{"1,2,0.5\n1,1,x\n", "regression", ":2:5: found 'x' in column 3, expected a number"},
	{"1,2,0.5\n1,1,\n", "regression", ":2:5: found an empty field in column 3, expected a number"},
	{"1,2,0.5\n1,1,x\n1,1,2\n", "auto", ":2:5: found 'x' in column 3, expected a number"},
	{"1,2,x\n1,1,y\n1,1,0.5\n", "auto", ":1:5: found 'x' in column 3, expected a number"},
	{"1,2,0\n1,1,1e39\n", "auto", ":2:5: found '1e39', expected a number below 3.4e38"},
	{"a,b,c\n3,4,7\n3,5,7\n", "auto",
		": found class '7' in every row of column 'c', expected at least 2 classes"},
	{"1,2,7\n3,4,7\n", "auto",
		": found class '7' in every row of column 3, expected at least 2 classes"},
	{"1,2,7\n3,4,7.0\n", "class",
		": found class '7' in every row of column 3, expected at least 2 classes"},
	{"1,2,x\n3,4,x\n", "auto",
		": found class 'x' in every row of column 3, expected at least 2 classes"},
	{"1,2,0\n\"3,4,1\n5,6,0\n", "auto", ":2: found a quote that is not closed"},
	{"1,%n%s,0\n\033[2J,4,1\n", "auto", ":2:1: found '\033[2J' in column '1', "
		"expected a number (drop=1 leaves the column out)"},
};
/* clang-format on */

static void unreadable_content_is_refused_by_place(void **state)
{
	static const uint64_t budgets[] = {1, 1000000};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(refused) * LENGTH(budgets); i++) {
		int row = i / LENGTH(budgets);
		struct dataset_request request = request_default(place->file);
		struct error error = {.text = ""};
		request.task = refused[row].task;
		file_write(place, refused[row].text);
		assert_null(make_sliced(&request, budgets[i % LENGTH(budgets)], &error));
		assert_memory_equal(error.text, place->file, strlen(place->file));
		assert_string_equal(error.text + strlen(place->file), refused[row].expected);
		assert_int_equal(error.status, STATUS_WORLD);
	}
}

static void files_that_cannot_be_read_are_named(void **state)
{
	static const char *const expected[] = {": No such file or directory",
		": found a directory, expected a file or a pipe",
		": found a device, expected a file or a pipe"};
	const struct place *place = *state;
	const char *const paths[] = {place->file, place->folder, "/dev/zero"};
	for (int i = 0; i < LENGTH(paths); i++) {
		struct dataset_request request = request_default(paths[i]);
		struct error error;
		assert_null(dataset_begin(&request, &error));
		assert_memory_equal(error.text, paths[i], strlen(paths[i]));
		assert_string_equal(error.text + strlen(paths[i]), expected[i]);
		assert_int_equal(error.status, STATUS_WORLD);
	}
}

static void a_pipe_without_a_writer_holds_nobody(void **state)
{
	const struct place *place = *state;
	struct dataset_request request = request_default(place->file);
	struct error error;
	assert_int_equal(mkfifo(place->file, 0600), 0);
	struct dataset_job *job = dataset_begin(&request, &error);
	assert_non_null(job);
	assert_int_equal(dataset_advance(job, 100000, &error), DATASET_MORE);
	FILE *writer = fopen(place->file, "w");
	assert_non_null(writer);
	assert_int_equal(dataset_advance(job, 100000, &error), DATASET_MORE);
	assert_true(fputs("1,0\n2,1\n", writer) >= 0);
	assert_int_equal(fclose(writer), 0);
	enum dataset_state now;
	while ((now = dataset_advance(job, 100000, &error)) == DATASET_MORE)
		continue;
	assert_int_equal(now, DATASET_DONE);
	struct dataset *data = dataset_finish(job);
	assert_int_equal(data->rows, 2);
	dataset_free(data);
}

/* A row that `row` writes, repeated `rows` times. */
static void file_repeat(const struct place *place, int rows, void (*row)(FILE *file, int index))
{
	FILE *file = fopen(place->file, "w");
	assert_non_null(file);
	for (int i = 0; i < rows; i++)
		row(file, i);
	assert_int_equal(fclose(file), 0);
}

static void row_small(FILE *file, int index)
{
	fprintf(file, "%d,%d\n", index % 10, index % 2);
}

static void row_named(FILE *file, int index)
{
	fprintf(file, "1,class %d\n", index);
}

static void row_numbered(FILE *file, int index)
{
	fprintf(file, "%d,%d\n", index, index);
}

static void row_numbered_but_one(FILE *file, int index)
{
	if (index == 300)
		fprintf(file, "1,last\n");
	else
		row_numbered(file, index);
}

static void row_wide(FILE *file, int index)
{
	for (int i = 0; i < DATASET_FEATURES_MAX + 1; i++)
		fprintf(file, "%d,", index + i);
	fprintf(file, "%d\n", index);
}

static void row_of_long_class(FILE *file, int index)
{
	fprintf(file, "1,%0*d\n", 255 + index, 1);
}

static void more_than_the_bounds_is_refused(void **state)
{
	static const struct {
		int rows;
		void (*row)(FILE *file, int index);
		const char *task;
		size_t memory_limit;
		const char *expected;
	} cases[] = {
		{DATASET_ROWS_MAX + 1, row_small, "auto", 0,
			":1000001: found more than 1000000 rows, expected no more"},
		{101, row_small, "auto", 4800,
			":101: found more than 100 rows of 2 columns, "
			"expected no more within 4800 bytes of memory"},
		{1, row_wide, "auto", 0, ":1: found 1025 feature columns, expected at most 1024"},
		{257, row_named, "auto", 0,
			":257:3: found more than 256 classes in column 2, "
			"expected at most as many (target= learns another column)"},
		{257, row_named, "class", 0,
			":257:3: found more than 256 classes in column 2, "
			"expected at most as many (target= learns another column)"},
		{257, row_numbered, "class", 0,
			":257:5: found more than 256 classes in column 2, "
			"expected at most as many (target= learns another column)"},
		{301, row_numbered_but_one, "auto", 0,
			":301:3: found 'last' in column 2, expected a number"},
		{2, row_of_long_class, "class", 0,
			":2:3: found a class of 256 bytes, expected at most 255"},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = request_default(place->file);
		struct error error = {.text = ""};
		request.task = cases[i].task;
		request.memory_limit = cases[i].memory_limit;
		file_repeat(place, cases[i].rows, cases[i].row);
		assert_null(make_sliced(&request, 1000000, &error));
		assert_string_equal(error.text + strlen(place->file), cases[i].expected);
		assert_int_equal(error.status, STATUS_WORLD);
	}
}

static void the_bounds_themselves_are_allowed(void **state)
{
	static const struct {
		int rows;
		void (*row)(FILE *file, int index);
		const char *task;
		size_t memory_limit;
		int classes;
	} cases[] = {
		{100, row_small, "auto", 4800, 2},
		{256, row_named, "auto", 0, 256},
		{256, row_numbered, "class", 0, 256},
		{20, row_numbered, "auto", 0, 20},
		{21, row_numbered, "auto", 0, 0},
		{400, row_numbered, "auto", 0, 0},
		{20, row_numbered, "regression", 0, 0},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = request_default(place->file);
		request.task = cases[i].task;
		request.memory_limit = cases[i].memory_limit;
		file_repeat(place, cases[i].rows, cases[i].row);
		struct dataset *data = make(&request);
		assert_int_equal(data->rows, cases[i].rows);
		assert_int_equal(data->classes, cases[i].classes);
		dataset_free(data);
	}
}

/* Rows whose first feature ascends with the row of the file, so that classes can be found. */
static void labels_become_classes_in_order(void **state)
{
	static const struct {
		const char *text, *task;
		int classes;
		const char *names[4];
		int of_row[5];
	} cases[] = {
		{"1,10\n2,9\n3,10\n4,-1\n5,9.0\n", "auto", 3, {"-1", "9", "10"}, {2, 1, 2, 0, 1}},
		{"1,b\n2,a\n3,B\n4,b\n5,a b\n", "auto", 4, {"B", "a", "a b", "b"}, {3, 1, 0, 3, 2}},
		{"1,10\n2,9\n3,x\n4,9\n5,x\n", "auto", 3, {"10", "9", "x"}, {0, 1, 2, 1, 2}},
		{"1,.5\n2,0\n3,0.5\n4,-.5\n5,0\n", "class", 3, {"-.5", "0", ".5"}, {2, 1, 2, 0, 1}},
		{"x,y\n1,b\n2,a\n3,a\n4,b\n5,b\n", "auto", 2, {"a", "b"}, {1, 0, 0, 1, 1}},
		{"1,\"a,\"\"\"\n2,b\n3,b\n4,b\n5,b\n", "auto", 2, {"a,\"", "b"}, {0, 1, 1, 1, 1}},
		{"1,a\033\n2,b\n3,b\n4,b\n5,b\n", "auto", 2, {"a\xEF\xBF\xBD", "b"}, {0, 1, 1, 1, 1}},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset *data = make_from(place, cases[i].text, 0, cases[i].task);
		assert_int_equal(data->classes, cases[i].classes);
		assert_int_equal(data->rows, 5);
		for (int c = 0; c < data->classes; c++)
			assert_string_equal(data->class_name[c], cases[i].names[c]);
		for (int p = 0; p < 5; p++) {
			int row = (int)lround((double)data->x[p] * sqrt(2) + 2);
			assert_int_equal((int)data->target[p], cases[i].of_row[row]);
		}
		dataset_free(data);
	}
}

static void long_class_names_are_cut_but_told_apart(void **state)
{
	static const char text[] = "1,the quick brown fox jumps over the dog\n"
							   "2,the quick brown fox jumps over the cat\n";
	struct dataset *data = make_from(*state, text, 0, "auto");
	assert_int_equal(data->classes, 2);
	for (int c = 0; c < 2; c++)
		assert_string_equal(data->class_name[c], "the quick brown fox jumps over ");
	dataset_free(data);
}

/* Mean and sd of a column of floats over the training part. */
static void moments(const float *column, int count, double *mean, double *sd)
{
	double sum = 0, squares = 0;
	for (int i = 0; i < count; i++)
		sum += (double)column[i];
	*mean = sum / count;
	for (int i = 0; i < count; i++)
		squares += ((double)column[i] - *mean) * ((double)column[i] - *mean);
	*sd = sqrt(squares / count);
}

static void row_of_values(FILE *file, int index)
{
	fprintf(file, "%d,0.1,%d.5,%.9g\n", 1000000000 + index, index * index, 3e30 * index);
}

static void columns_are_standardized_by_the_training_part(void **state)
{
	const struct place *place = *state;
	struct dataset_request request = request_default(place->file);
	double mean, sd;
	file_repeat(place, 100, row_of_values);
	struct dataset *data = make(&request);
	assert_int_equal(data->classes, 0);
	assert_null(data->class_name);
	assert_int_equal(data->training, 80);
	for (int f = 0; f < 3; f++) {
		moments(data->x + f * data->rows, data->training, &mean, &sd);
		assert_true(fabs(mean) < 1e-6);
		assert_true(f == 1 ? sd == 0 : fabs(sd - 1) < 1e-6);
	}
	moments(data->target, data->training, &mean, &sd);
	assert_true(fabs(mean) < 1e-6 && fabs(sd - 1) < 1e-6);
	moments(data->x, data->rows, &mean, &sd);
	assert_true(fabs(mean) > 1e-6);
	for (int p = 0; p < data->rows; p++) {
		assert_true(data->x[data->rows + p] == 0);
		/* The first feature and the target increase together, held-out rows included. */
		assert_true(fabsf(data->x[p] - data->target[p]) < 1e-5f);
	}
	dataset_free(data);
	assert_sliced_the_same(&request);
}

static void shapes_of_files_are_understood(void **state)
{
	static const struct {
		const char *text;
		int rows, features;
	} cases[] = {
		{"a,b,c\n1,2,0\n3,4,1\n", 2, 2},
		{"1,2,0\n3,4,1", 2, 2},
		{"1,2,c\n3,4,d\n", 2, 2},
		{"\xEF\xBB\xBF"
		 "x;y\r\n1;0\r\n2;1\r\n",
			2, 1},
		{",b,c\n1,2,0\n3,4,1\n", 2, 2},
		{"2019,b,c\n1,2,0\n3,4,1\n", 2, 2},
		{"a,a,a\n1,2,0\n3,4,1\n", 2, 2},
		{"1\t2\t3\t0\r3\t4\t5\t1\r", 2, 3},
		{"\n\n1, 2, 0\n\n3, 4, 1\n\n", 2, 2},
		{"\"1\",\"2\",\"0\"\n\"3\",\"4\",\"1\"\n", 2, 2},
		{"1e-320,0\n1,1\n", 2, 1},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset *data = make_from(place, cases[i].text, 0, "auto");
		assert_int_equal(data->rows, cases[i].rows);
		assert_int_equal(data->features, cases[i].features);
		assert_int_equal(data->classes, 2);
		assert_int_equal(data->training, 2);
		assert_string_equal(data->name, "a.csv");
		dataset_free(data);
	}
}

static void a_rare_class_keeps_a_row_to_train_on(void **state)
{
	static const char text[] = "1,a\n2,b\n3,b\n4,b\n5,b\n6,b\n7,c\n8,c\n";
	struct dataset *data = make_from(*state, text, 0.9, "auto");
	assert_int_equal(data->rows - data->training, 5);
	for (int c = 0; c < 3; c++)
		assert_int_equal(count_class(data, c, 0, data->training), 1);
	dataset_free(data);
	data = make_from(*state, "1,1.5\n2,2.5\n", 0.9, "auto");
	assert_int_equal(data->training, 1);
	/* One row has no spread: what it never saw vary, the network is not shown. */
	assert_true(data->x[0] == 0 && data->x[1] == 0);
	dataset_free(data);
}

/* Of so many rows of each class the rounded share of all is held out, by largest remainder. */
static void classes_are_held_out_by_their_shares(void **state)
{
	static const struct {
		double split;
		int rows[3], held[3];
	} cases[] = {{0.2, {10, 5, 5}, {2, 1, 1}}, {0.25, {10, 5, 5}, {3, 1, 1}},
		{0.25, {9, 7, 4}, {2, 2, 1}}, {0.3, {10, 6, 4}, {3, 2, 1}}, {0.12, {10, 5, 5}, {1, 1, 0}},
		{0.13, {10, 5, 5}, {1, 1, 1}}, {0, {4, 4, 4}, {0, 0, 0}}, {0.9, {2, 2, 16}, {1, 1, 15}},
		{0.5, {1, 3, 4}, {0, 2, 2}}};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		char text[400] = "";
		for (int c = 0; c < 3; c++)
			for (int row = 0; row < cases[i].rows[c]; row++)
				sprintf(text + strlen(text), "%d,%c\n", row, 'a' + c);
		struct dataset *data = make_from(*state, text, cases[i].split, "auto");
		for (int c = 0; c < 3; c++) {
			int held = count_class(data, c, data->training, data->rows);
			if (held != cases[i].held[c])
				fail_msg("case %d: %d rows of class %d", i, held, c);
			assert_int_equal(
				count_class(data, c, 0, data->training), cases[i].rows[c] - cases[i].held[c]);
		}
		dataset_free(data);
	}
}

static void one_feature_is_drawn_against_its_target(void **state)
{
	struct dataset *data = make_from(*state, "1,1.5\n2,2.5\n3,4.5\n", 0, "auto");
	assert_int_equal(data->features, 1);
	assert_memory_equal(data->projection, data->x, 3 * sizeof(float));
	assert_memory_equal(data->projection + 3, data->target, 3 * sizeof(float));
	dataset_free(data);
}

/* Three features that share most of their spread, and one by itself. */
static void row_of_cloud(FILE *file, int index)
{
	int u = index % 20 - 10, v = index / 20 % 2 * 2 - 1, w = index / 40 % 2 * 2 - 1;
	fprintf(file, "%.9g,%.9g,%d,%d,%d\n", -u - 2.5 * v, 2.5 * v - u, -u, w, index % 2);
}

static double covariance(const struct dataset *data, const float *a, const float *b)
{
	double sum = 0;
	for (int p = 0; p < data->training; p++)
		sum += (double)a[p] * (double)b[p];
	return sum / data->training;
}

/* Variances and loadings by an independent solver (NumPy's eigh). */
static void many_features_are_drawn_by_principal_components(void **state)
{
	static const double variance[] = {2.68354430, 1};
	static const double loading[][4] = {{0.560070750, 0.560070750, 0.610443699, 0}, {0, 0, 0, 1}};
	const struct place *place = *state;
	struct dataset_request request = request_default(place->file);
	request.split = 0;
	file_repeat(place, 80, row_of_cloud);
	struct dataset *data = make(&request);
	for (int axis = 0; axis < 2; axis++) {
		const float *view = data->projection + axis * data->rows;
		assert_true(fabs(covariance(data, view, view) - variance[axis]) < 1e-5);
		for (int f = 0; f < 4; f++) {
			double found = covariance(data, data->x + f * data->rows, view) / variance[axis];
			assert_true(fabs(found - loading[axis][f]) < 1e-5);
		}
	}
	dataset_free(data);
	request.split = 0.2;
	assert_sliced_the_same(&request);
}

static void a_cloud_without_spread_has_a_view_all_the_same(void **state)
{
	struct dataset *data = make_from(*state, "1,2,3,0\n1,2,3,1\n", 0, "auto");
	for (int p = 0; p < 2 * data->rows; p++)
		assert_true(data->projection[p] == 0);
	dataset_free(data);
}

/* With slices of any size, down to less than a step of the work. */
static void progress_moves_while_data_are_made(void **state)
{
	const struct place *place = *state;
	const char *const sources[] = {place->file, "moons"};
	file_repeat(place, 20000, row_of_values);
	for (int i = 0; i < LENGTH(sources); i++) {
		struct dataset_request request = request_default(sources[i]);
		struct dataset_job *job = dataset_begin(&request, NULL);
		int distinct = 0, last = -1;
		assert_non_null(job);
		do {
			int percent = (int)(100 * dataset_progress(job));
			assert_in_range(percent, last < 0 ? 0 : last, 100);
			distinct += percent != last;
			last = percent;
		} while (dataset_advance(job, i == 0 ? 1000 : 10, NULL) == DATASET_MORE);
		assert_true(dataset_progress(job) == 1);
		assert_in_range(distinct, 95, 101);
		dataset_free(dataset_finish(job));
	}
}

static void an_unfinished_job_can_be_dropped(void **state)
{
	const struct place *place = *state;
	struct dataset_request request = request_default(place->file);
	enum dataset_state now = DATASET_MORE;
	file_repeat(place, 20, row_of_values);
	for (int steps = 0; now == DATASET_MORE; steps++) {
		struct dataset_job *job = dataset_begin(&request, NULL);
		now = DATASET_MORE;
		for (int i = 0; i < steps && now == DATASET_MORE; i++)
			now = dataset_advance(job, 200, NULL);
		struct dataset *data = dataset_finish(job);
		assert_int_equal(data != NULL, now == DATASET_DONE);
		dataset_free(data);
	}
	assert_null(dataset_finish(NULL));
	dataset_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_requests_are_wrong_usage),
		cmocka_unit_test(words_that_name_nothing_are_answered_with_all_names),
		TEST(unreadable_content_is_refused_by_place),
		TEST(files_that_cannot_be_read_are_named),
		TEST(a_pipe_without_a_writer_holds_nobody),
		TEST(more_than_the_bounds_is_refused),
		TEST(the_bounds_themselves_are_allowed),
		TEST(labels_become_classes_in_order),
		TEST(long_class_names_are_cut_but_told_apart),
		TEST(columns_are_standardized_by_the_training_part),
		TEST(shapes_of_files_are_understood),
		TEST(a_rare_class_keeps_a_row_to_train_on),
		TEST(classes_are_held_out_by_their_shares),
		TEST(one_feature_is_drawn_against_its_target),
		TEST(many_features_are_drawn_by_principal_components),
		TEST(a_cloud_without_spread_has_a_view_all_the_same),
		TEST(progress_moves_while_data_are_made),
		TEST(an_unfinished_job_can_be_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
