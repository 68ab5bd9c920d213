#include "dataset_facts.h"
#include "datasets.h"

#include "lab/embedded.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <sys/stat.h>

static void every_name_is_listed_with_its_help(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(dataset_facts); i++) {
		if (!dataset_name(i))
			fail_msg("dataset_facts[] has %s, which is no data set", dataset_facts[i].name);
		if (strcmp(dataset_name(i), dataset_facts[i].name) != 0)
			fail_msg("data set %d is %s, in dataset_facts[] it is %s: add a row for a new one in "
					 "tests/dataset_facts.h, in the order of `wane list data`",
				i + 1, dataset_name(i), dataset_facts[i].name);
		assert_in_range(strlen(dataset_help(i)), 10, 60);
		assert_true(isalpha((unsigned char)dataset_help(i)[0]));
		assert_int_equal(dataset_is_generated(dataset_facts[i].name), dataset_facts[i].rows == 0);
		for (int other = 0; other < i; other++)
			assert_string_not_equal(dataset_facts[i].name, dataset_facts[other].name);
	}
	if (dataset_name(LENGTH(dataset_facts)))
		fail_msg("%s has no row in dataset_facts[] (tests/dataset_facts.h)",
			dataset_name(LENGTH(dataset_facts)));
	for (int i = -2; i < 1000; i += LENGTH(dataset_facts) + 2) {
		assert_null(dataset_name(i));
		assert_null(dataset_help(i));
	}
	assert_false(dataset_is_generated("moon"));
}

static void assert_stratified(const struct dataset *data, double split)
{
	assert_int_equal(data->rows - data->training, lround(split * data->rows));
	for (int c = 0; c < data->classes; c++) {
		int all = count_class(data, c, 0, data->rows);
		int held = count_class(data, c, data->training, data->rows);
		assert_true(all > data->rows / 2 / data->classes);
		assert_true(fabs(held - split * all) < 1);
	}
}

static void assert_drawable(const struct dataset *data)
{
	int direct = data->features < 2 ? 1 : 2;
	for (int p = 0; p < data->features * data->rows; p++)
		assert_true(isfinite(data->x[p]));
	for (int p = 0; p < data->rows; p++)
		assert_true(isfinite(data->target[p]));
	for (int p = 0; p < 2 * data->rows; p++)
		assert_true(fabsf(data->projection[p]) < 30);
	if (data->features <= 2)
		assert_memory_equal(
			data->projection, data->x, (size_t)(direct * data->rows) * sizeof(float));
}

static void every_dataset_is_whole_and_repeatable(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(dataset_facts); i++) {
		struct dataset_request request = request_default(dataset_facts[i].name);
		request.samples = 101;
		assert_sliced_the_same(&request);
		struct dataset *data = make(&request), *other;
		assert_string_equal(data->name, dataset_facts[i].name);
		assert_int_equal(data->rows, dataset_facts[i].rows > 0 ? dataset_facts[i].rows : 101);
		assert_int_equal(data->features, dataset_facts[i].features);
		assert_int_equal(data->classes, dataset_facts[i].classes);
		assert_int_equal(data->steps, dataset_facts[i].steps);
		assert_int_equal(data->steps > 0, dataset_kinds(data->name) == DATA_SEQUENCES);
		assert_int_equal(
			data->steps == 0 && data->image_width > 0, dataset_kinds(data->name) == DATA_IMAGES);
		assert_int_equal(data->class_name != NULL, dataset_facts[i].rows > 0);
		assert_stratified(data, request.split);
		assert_drawable(data);
		request.seed = 2;
		other = make(&request);
		assert_memory_not_equal(
			data->projection, other->projection, (size_t)data->rows * sizeof(float));
		dataset_free(other);
		dataset_free(data);
	}
}

/* What the program has of that file; the name is that of a row. */
static const struct embedded *row_of_file(const char *file_name)
{
	for (const struct embedded *row = embedded_sets; row->name != NULL; row++) {
		size_t length = strlen(row->name);
		if (strncmp(row->name, file_name, length) == 0 && strcmp(file_name + length, ".csv") == 0)
			return row;
	}
	return NULL;
}

static void assert_holds_file(const struct embedded *row, const char *path)
{
	FILE *file = fopen(path, "rb");
	unsigned char *bytes = malloc(row->size + 1);
	assert_non_null(file);
	assert_non_null(bytes);
	assert_true(row->size > 0);
	assert_int_equal(fread(bytes, 1, row->size + 1, file), row->size);
	assert_memory_equal(bytes, row->bytes, row->size);
	assert_memory_equal(bytes, row->first_line, strlen(row->first_line));
	assert_int_equal(bytes[strlen(row->first_line)], '\n');
	free(bytes);
	fclose(file);
}

static void assert_loads_like_file(const struct embedded *row, const char *path)
{
	struct dataset_request request = request_default(row->name);
	struct dataset *ours = make(&request);
	request.data = path;
	struct dataset *read = make(&request);
	strcpy(read->name, row->name);
	assert_same(ours, read);
	dataset_free(ours);
	dataset_free(read);
}

static void every_csv_of_the_folder_is_in_the_program(void **state)
{
	static const char folder[] = "data/sets";
	DIR *listing = opendir(folder);
	int files = 0, rows = 0;
	(void)state;
	if (listing == NULL)
		print_error("%s cannot be read; run this test in the source folder\n", folder);
	assert_non_null(listing);
	for (const struct dirent *entry; (entry = readdir(listing)) != NULL;) {
		char path[400];
		const char *dot = strrchr(entry->d_name, '.');
		if (dot == NULL || strcmp(dot, ".csv") != 0)
			continue;
		const struct embedded *row = row_of_file(entry->d_name);
		if (row == NULL)
			fail_msg("%s/%s is not in the program: add it to data_sets in meson.build", folder,
				entry->d_name);
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		assert_holds_file(row, path);
		assert_loads_like_file(row, path);
		files++;
	}
	closedir(listing);
	while (embedded_sets[rows].name != NULL)
		rows++;
	assert_int_equal(files, rows);
	assert_true(files > 0);
}

static void classes_of_real_data_have_their_names_and_sizes(void **state)
{
	static const struct {
		const char *data;
		int class;
		const char *name;
		int rows;
	} cases[] = {
		{"cancer", 0, "benign", 357},
		{"cancer", 1, "malignant", 212},
		{"iris", 0, "setosa", 50},
		{"iris", 1, "versicolor", 50},
		{"iris", 2, "virginica", 50},
		{"wine", 0, "1", 59},
		{"wine", 1, "2", 71},
		{"wine", 2, "3", 48},
		{"digits", 0, "0", 178},
		{"digits", 3, "3", 183},
		{"digits", 9, "9", 180},
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = request_default(cases[i].data);
		struct dataset *data = make(&request);
		assert_string_equal(data->class_name[cases[i].class], cases[i].name);
		assert_int_equal(count_class(data, cases[i].class, 0, data->rows), cases[i].rows);
		dataset_free(data);
	}
}

/* Mean and sd lead back to the file's own numbers, whole ones from 0 to 16. */
static void digits_are_images(void **state)
{
	(void)state;
	struct dataset_request request = request_default("digits");
	struct dataset *data = make(&request);
	assert_int_equal(data->image_width, 8);
	assert_int_equal(data->image_height, 8);
	double lowest = 1, highest = 0;
	for (int f = 0; f < data->features; f++)
		for (int i = 0; i < data->rows; i++) {
			double value = (double)data->x[f * data->rows + i] * (double)data->feature_sd[f] +
				(double)data->feature_mean[f];
			lowest = fmin(lowest, value);
			highest = fmax(highest, value);
			assert_true(data->feature_sd[f] == 0 || fabs(value - round(value)) < 1e-4);
		}
	assert_true(fabs(lowest) < 1e-4 && fabs(highest - 16) < 1e-4);
	dataset_free(data);
	for (int i = 0; i < LENGTH(dataset_facts); i++) {
		request = request_default(dataset_facts[i].name);
		data = make(&request);
		assert_int_equal(data->image_width > 0, strncmp(data->name, "digit", 5) == 0);
		assert_int_equal(data->feature_sd != NULL, dataset_facts[i].rows > 0);
		dataset_free(data);
	}
}

static void compiled_in_data_obey_the_task_setting(void **state)
{
	struct dataset_request request = request_default("digits");
	struct error error;
	(void)state;
	request.task = "regression";
	struct dataset *data = make(&request);
	assert_int_equal(data->classes, 0);
	dataset_free(data);
	request.data = "iris";
	assert_null(make_sliced(&request, 1000000, &error));
	assert_string_equal(error.text,
		"iris:2:17: found 'setosa' in column 'kind of iris by the size of i...', "
		"expected a number");
	assert_int_equal(error.status, STATUS_WORLD);
}

static const char *const data_folders[] = {
	"/wane", "/.local", "/.local/share", "/.local/share/wane"};

/* A CSV of that name in one of data_folders. */
static void data_write(const struct place *place, int folder, const char *name, const char *text)
{
	struct place file;
	snprintf(
		file.file, sizeof(file.file), "%s%s/%s.csv", place->folder, data_folders[folder], name);
	file_write(&file, text);
}

static int data_folders_make(void **state)
{
	place_make(state);
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(data_folders); i++) {
		char path[100];
		snprintf(path, sizeof(path), "%s%s", place->folder, data_folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	setenv("HOME", place->folder, 1);
	setenv("XDG_DATA_HOME", place->folder, 1);
	data_write(place, 0, "mine", "1,a\n2,b\n3,b\n");
	data_write(place, 0, "bad", "1,a\nx,b\n");
	data_write(place, 0, "iris", "1,a\n2,b\n");
	data_write(place, 0, "moons", "1,a\n2,b\n");
	data_write(place, 0, "", "1,a\n2,b\n");
	data_write(place, 3, "mine", "1,a\n2,b\n3,b\n4,b\n");
	return 0;
}

static int data_folders_remove(void **state)
{
	static const char *const files[] = {"/wane/mine", "/wane/bad", "/wane/iris", "/wane/moons",
		"/wane/", "/.local/share/wane/mine"};
	const struct place *place = *state;
	char path[100];
	for (int i = 0; i < LENGTH(files); i++) {
		snprintf(path, sizeof(path), "%s%s.csv", place->folder, files[i]);
		unlink(path);
	}
	for (int i = LENGTH(data_folders); i-- > 0;) {
		snprintf(path, sizeof(path), "%s%s", place->folder, data_folders[i]);
		rmdir(path);
	}
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	return place_remove(state);
}

static int rows_of(const char *name)
{
	struct dataset_request request = request_default(name);
	struct dataset *data = make_sliced(&request, 1000000, NULL);
	int rows = data != NULL ? data->rows : 0;
	dataset_free(data);
	return rows;
}

static void names_are_looked_up_in_the_users_folder(void **state)
{
	const struct place *place = *state;
	struct dataset_request request = request_default("mine");
	assert_true(dataset_is_found("mine"));
	assert_false(dataset_is_generated("mine"));
	struct dataset *data = make(&request);
	assert_string_equal(data->name, "mine");
	assert_int_equal(data->rows, 3);
	dataset_free(data);
	setenv("XDG_DATA_HOME", "", 1);
	assert_int_equal(rows_of("mine"), 4);
	setenv("XDG_DATA_HOME", "wane", 1); /* not absolute: as if it were not set */
	assert_int_equal(rows_of("mine"), 4);
	unsetenv("XDG_DATA_HOME");
	assert_int_equal(rows_of("mine"), 4);
	unsetenv("HOME");
	assert_false(dataset_is_found("mine"));
	assert_int_equal(rows_of("mine"), 0);
	setenv("HOME", place->folder, 1);
}

static void names_of_ours_come_before_the_users(void **state)
{
	static const char *const others[] = {
		"iris", "moons", "", "min", "mine.csv", "../wane/mine", "wane/mine"};
	(void)state;
	for (int i = 0; i < LENGTH(others); i++)
		assert_false(dataset_is_found(others[i]));
	assert_int_equal(rows_of("iris"), 150);
	assert_int_equal(rows_of("moons"), 1000);
	assert_int_equal(rows_of("mine.csv"), 0);
}

static void a_bad_file_in_the_users_folder_is_named_by_its_path(void **state)
{
	const struct place *place = *state;
	struct dataset_request request = request_default("bad");
	struct error error = {.text = ""};
	char expected[200];
	assert_null(make_sliced(&request, 1000000, &error));
	snprintf(expected, sizeof(expected),
		"%s/wane/bad.csv:2:1: found 'x' in column 1, "
		"expected a number (drop=1 leaves the column out)",
		place->folder);
	assert_string_equal(error.text, expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, data_folders_make, data_folders_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_listed_with_its_help),
		cmocka_unit_test(every_dataset_is_whole_and_repeatable),
		cmocka_unit_test(every_csv_of_the_folder_is_in_the_program),
		cmocka_unit_test(classes_of_real_data_have_their_names_and_sizes),
		cmocka_unit_test(digits_are_images),
		cmocka_unit_test(compiled_in_data_obey_the_task_setting),
		TEST(names_are_looked_up_in_the_users_folder),
		TEST(names_of_ours_come_before_the_users),
		TEST(a_bad_file_in_the_users_folder_is_named_by_its_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
