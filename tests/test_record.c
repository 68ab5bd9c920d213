/* Records: what was not recorded is told from every result, and the CSV gives back each float
 * to the last bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lab/csv.h"
#include "lab/record.h"
#include "nn/rng.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { LAYERS = 3 };

static float from_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void only_nothing_is_nothing(void **state)
{
	static const uint32_t others[] = {
		0,
		0x80000000,
		0x7fc00000,
		0xffc00000,
		0x7f800000,
		0xff800000,
		0x7fffffff,
		0xffc0da7a,
		0x7fc0da7b,
		0x3f800000,
	};
	(void)state;
	assert_true(isnan(record_nothing()) && record_is_nothing(record_nothing()));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(record_is_nothing(from_bits(others[i])));
	assert_false(record_is_nothing((float)NAN));
}

static void a_new_record_has_nothing_in_it(void **state)
{
	struct record *record = record_new(LAYERS);
	const struct statistic *statistic;
	(void)state;
	assert_non_null(record);
	for (int i = 0; (statistic = statistic_at(i)); i++)
		for (int l = 0; l < (statistic->per_layer ? LAYERS : 1); l++)
			assert_true(record_is_nothing(record_value(record, statistic, l)));
	assert_true(record->layers == LAYERS && !record->event[0] && !record->verdict);
	free(record);
}

/* All steps where they are few; else as many as may be, in order, with the first and the last. */
static void rows_of_time_steps_are_spaced_evenly(void **state)
{
	(void)state;
	assert_int_equal(record_rows_of(0), 1);
	for (int steps = 1; steps <= 1000; steps++) {
		int rows = record_rows_of(steps), found = 0, last = 0;
		assert_int_equal(rows, steps < RECORD_STEPS_MAX ? steps : RECORD_STEPS_MAX);
		assert_int_equal(record_step_of(steps, 0), 1);
		assert_int_equal(record_step_of(steps, rows - 1), steps);
		for (int step = 1; step <= steps; step++) {
			int row = record_row_of(steps, step);
			if (row < 0)
				continue;
			assert_int_equal(row, found++);
			assert_int_equal(record_step_of(steps, row), step);
			assert_in_range(step - last, 1, (steps + rows - 1) / rows + 1);
			last = step;
		}
		assert_int_equal(found, rows);
	}
}

/* Two layers of three time steps, then two without time. */
static void a_row_has_the_next_step_or_layer_above(void **state)
{
	static const int steps[] = {3, 3, 0, 0}, above[] = {1, 2, 5, 4, 5, 6, 7, 8};
	static const float slope[] = {2, 3, 6, 5, 6, 1, 7, 8};
	struct record *record = record_new_with_steps(4, steps);
	(void)state;
	assert_non_null(record);
	assert_int_equal(record->rows, 8);
	for (int r = 0; r < record->rows; r++)
		record->layer[r].deriv_rms = (float)(r + 1);
	for (int r = 0; r < record->rows; r++) {
		assert_int_equal(record_row_above(record, r), above[r]);
		assert_true(record_slope(record, r) == slope[r]);
	}
	free(record);
}

static void statistics_are_named_once(void **state)
{
	const struct statistic *one, *other;
	(void)state;
	for (int i = 0; (one = statistic_at(i)); i++) {
		if (!one->name[0] || !one->help[0])
			fail_msg("statistic %d ('%s') needs a name and a help in record.def", i, one->name);
		for (int k = 0; k < i; k++) {
			other = statistic_at(k);
			if (strcmp(one->name, other->name) == 0)
				fail_msg("two statistics are named %s", one->name);
			if (one->per_layer == other->per_layer && one->offset == other->offset)
				fail_msg("%s and %s are the same field", one->name, other->name);
		}
	}
	assert_null(statistic_at(-1));
}

/* Every cell another float: ordinary, subnormal, infinite or not a number. */
static struct record *colourful(int64_t epoch)
{
	struct record *record = record_new(LAYERS);
	const struct statistic *statistic;
	struct rng rng = rng_stream(1, "record", (uint64_t)epoch);
	assert_non_null(record);
	record->epoch = epoch;
	record->verdict = "healthy";
	record->remark[0] = "frozen";
	record->remark[1] = epoch % 2 ? "overfitting" : NULL;
	for (int i = 0; (statistic = statistic_at(i)); i++)
		for (int l = 0; l < (statistic->per_layer ? LAYERS : 1); l++) {
			char *base = statistic->per_layer ? (char *)&record->layer[l] : (char *)record;
			float value = from_bits((uint32_t)rng_next(&rng));
			if (rng_below(&rng, 8) > 0)
				memcpy(base + statistic->offset, &value, sizeof(value));
		}
	return record;
}

static void copies_hold_the_same_with_or_without_layers(void **state)
{
	struct record *record = colourful(7);
	struct record *whole = record_copy(record, LAYERS), *bare = record_copy(record, 0);
	size_t head = offsetof(struct record, layer);
	(void)state;
	assert_memory_equal(whole, record, head + LAYERS * sizeof(record->layer[0]));
	assert_int_equal(bare->layers, 0);
	bare->layers = bare->rows = LAYERS;
	assert_memory_equal(bare, record, head);
	free(whole);
	free(bare);
	free(record);
}

/* ---- CSV ---- */

/* The columns that readers rely on, in the order that is promised. */
static const char header[] =
	"epoch,layer,name,loss,batch_loss,val_loss,acc,val_acc,lr,grad_norm,decay,decades,r2,"
	"eval_loss,penalty,rmse,val_rmse,verdict,remarks,grad_rms,grad_l2,delta_rms,delta_mean,"
	"weight_rms,update_ratio,change,change_norm,"
	"z_mean,z_std,q,a_mean,a_std,deriv_mean,deriv_rms,gain,dead,inactive,saturated,theory,"
	"kept,stretch,event\n";

static void the_header_is_the_promised_one(void **state)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	(void)state;
	assert_int_equal(record_write_header(file), 0);
	fclose(file);
	if (strcmp(text, header) != 0)
		fail_msg("the columns differ from header[]; a new statistic is added there, in its place:\n"
				 "written:  %spromised: %s",
			text, header);
	free(text);
}

/* The columns of the header that was written. */
enum { NAMES_MAX = 200 };
struct names {
	int count;
	char name[NAMES_MAX][40];
};

static int column(const struct names *names, const char *name)
{
	for (int i = 0; i < names->count && i < NAMES_MAX; i++)
		if (strcmp(names->name[i], name) == 0)
			return i;
	fail_msg("no column %s", name);
	return -1;
}

/* A cell must be the float that was written; any NaN is as good as another. */
static void assert_cell(const char *cell, float value, const char *name)
{
	float read = strtof(cell, NULL);
	if (record_is_nothing(value))
		assert_string_equal(cell, "");
	else if (isnan(value))
		assert_string_equal(cell, "nan");
	else if (isinf(value))
		assert_string_equal(cell, value > 0 ? "inf" : "-inf");
	else if (memcmp(&read, &value, sizeof(read)) != 0)
		fail_msg("%s: %s is not %.9g", name, cell, value);
}

static void assert_row(
	struct csv *csv, const struct names *names, const struct record *record, int layer)
{
	const struct statistic *statistic;
	char text[32];
	if (csv_field_count(csv) != names->count)
		fail_msg("epoch %d, layer %d: the row has %d fields, the header %d; see write_row() and "
				 "record_write_header() in record.c",
			(int)record->epoch, layer + 1, csv_field_count(csv), names->count);
	snprintf(text, sizeof(text), "%d", (int)record->epoch);
	assert_string_equal(csv_field(csv, 0), text);
	snprintf(text, sizeof(text), "%d", layer + 1);
	assert_string_equal(csv_field(csv, 1), layer < 0 ? "" : text);
	snprintf(text, sizeof(text), "dense%d", layer + 1);
	assert_string_equal(csv_field(csv, 2), layer < 0 ? "" : layer + 1 == LAYERS ? "output" : text);
	for (int i = 0; (statistic = statistic_at(i)); i++) {
		const char *cell = csv_field(csv, column(names, statistic->name));
		if (statistic->per_layer == (layer >= 0))
			assert_cell(cell, record_value(record, statistic, layer), statistic->name);
		else
			assert_string_equal(cell, "");
	}
	assert_string_equal(csv_field(csv, column(names, "verdict")), layer < 0 ? "healthy" : "");
	assert_string_equal(csv_field(csv, column(names, "remarks")),
		layer >= 0              ? ""
			: record->remark[1] ? "frozen overfitting"
								: "frozen");
	assert_string_equal(csv_field(csv, names->count - 1), layer < 0 ? record->event : "");
}

static void written_records_read_back_to_the_last_bit(void **state)
{
	static const char *const events[] = {
		"",
		"lr=0.1 depth=3",
		"data=a,\"b\",c.csv",
		"data=./x y",
	};
	char path[] = "/tmp/wane-record-XXXXXX";
	struct error error;
	FILE *file = fdopen(mkstemp(path), "w");
	(void)state;
	assert_non_null(file);
	record_write_header(file);
	for (int epoch = 0; epoch < 40; epoch++) {
		struct record *record = colourful(epoch);
		snprintf(record->event, sizeof(record->event), "%s", events[epoch % COUNT(events)]);
		assert_int_equal(record_write(file, record), 0);
		free(record);
	}
	fclose(file);
	struct csv *csv = csv_open(path, &error);

	assert_non_null(csv);
	assert_int_equal(csv_next(csv, &error), 1);
	struct names names = {.count = csv_field_count(csv)};
	for (int i = 0; i < names.count && i < NAMES_MAX; i++)
		snprintf(names.name[i], sizeof(names.name[i]), "%s", csv_field(csv, i));
	for (int epoch = 0; epoch < 40; epoch++) {
		struct record *record = colourful(epoch);
		snprintf(record->event, sizeof(record->event), "%s", events[epoch % COUNT(events)]);
		for (int layer = -1; layer < LAYERS; layer++) {
			assert_int_equal(csv_next(csv, &error), 1);
			assert_row(csv, &names, record, layer);
		}
		free(record);
	}
	assert_int_equal(csv_next(csv, &error), 0);
	csv_close(csv);
	unlink(path);
}

static void a_full_disk_is_noticed(void **state)
{
	FILE *file = fopen("/dev/full", "w");
	struct record *record = colourful(1);
	(void)state;
	if (file) {
		setvbuf(file, NULL, _IONBF, 0);
		assert_int_equal(record_write_header(file), -1);
		clearerr(file);
		assert_int_equal(record_write(file, record), -1);
		fclose(file);
	}
	free(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_nothing_is_nothing),
		cmocka_unit_test(a_new_record_has_nothing_in_it),
		cmocka_unit_test(rows_of_time_steps_are_spaced_evenly),
		cmocka_unit_test(a_row_has_the_next_step_or_layer_above),
		cmocka_unit_test(statistics_are_named_once),
		cmocka_unit_test(copies_hold_the_same_with_or_without_layers),
		cmocka_unit_test(the_header_is_the_promised_one),
		cmocka_unit_test(written_records_read_back_to_the_last_bit),
		cmocka_unit_test(a_full_disk_is_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
