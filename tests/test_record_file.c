/* The records of a run as a new file, written in slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/record_file.h"
#include "place.h"

static void add_epochs(struct history *history, int64_t first, int count)
{
	struct record *record = record_new(3);
	assert_non_null(record);
	for (int64_t epoch = first; epoch < first + count; epoch++) {
		record->epoch = epoch;
		record->loss = 1.0F / (float)(epoch + 1);
		record->layer[1].grad_rms = 2.5e-8F;
		assert_true(history_add(history, record));
	}
	free(record);
}

/* What `wane run` writes of these records; the caller frees it. */
static char *csv_of(const struct history *history)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	assert_non_null(file);
	record_write_header(file);
	for (int i = 0; i < history_count(history); i++)
		record_write(file, history_at(history, i));
	fclose(file);
	return text;
}

static void a_file_of_records_is_what_a_run_without_a_screen_writes(void **state)
{
	const struct place *place = *state;
	struct history *history = history_new();
	struct error error;
	add_epochs(history, 0, 3);
	char *expected = csv_of(history);
	struct record_file *file = record_file_begin(place->file, history, &error);
	assert_non_null(file);
	/* the run goes on meanwhile */
	int slices = 1;
	for (; record_file_advance(file, 1, &error) == RECORD_FILE_MORE; slices++)
		add_epochs(history, 2 + slices, 1);
	assert_int_equal(slices, 1 + 3 * (1 + 3) + 1);
	record_file_finish(file);
	assert_file_is(place->file, expected);
	assert_int_equal(folder_entries(place, false), 1);
	free(expected);
	history_free(history);
}

static void records_without_their_layers_have_one_line(void **state)
{
	const struct place *place = *state;
	struct history *history = history_new();
	struct error error;
	struct record *bare = record_new(0);
	assert_true(history && bare && history_add(history, bare));
	char *expected = csv_of(history);
	struct record_file *file = record_file_begin(place->file, history, &error);
	assert_int_equal(record_file_advance(file, 100, &error), RECORD_FILE_DONE);
	record_file_finish(file);
	assert_file_is(place->file, expected);
	free(expected);
	free(bare);
	history_free(history);
}

static void nothing_is_replaced(void **state)
{
	const struct place *place = *state;
	struct error error;
	file_put(place->file, "old", 3);
	assert_null(record_file_begin(place->file, NULL, &error));
	assert_non_null(strstr(error.text, "w.csv: found a file, expected a new name"));
	assert_file_is(place->file, "old");
	assert_int_equal(folder_entries(place, false), 1);
}

static void a_file_that_is_given_up_leaves_no_trace(void **state)
{
	const struct place *place = *state;
	struct history *history = history_new();
	struct error error;
	add_epochs(history, 0, 3);
	struct record_file *file = record_file_begin(place->file, history, &error);
	assert_int_equal(record_file_advance(file, 5, &error), RECORD_FILE_MORE);
	record_file_finish(file);
	assert_int_equal(folder_entries(place, false), 0);
	history_free(history);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_of_records_is_what_a_run_without_a_screen_writes),
		TEST(records_without_their_layers_have_one_line),
		TEST(nothing_is_replaced),
		TEST(a_file_that_is_given_up_leaves_no_trace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
