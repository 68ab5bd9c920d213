/* Every column of a run against what an independent program computes for the same settings:
 * reference/make_columns.py, which writes reference/columns/columns.txt.
 *
 * A column that it does not know fails by its name, and so does one that is the same number in
 * all runs, since a wrong formula could hide there. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/float_mode.h"
#include "runs.h"

#define FOLDER "tests/reference/columns/"
#define WHAT_TO_DO "add its formula to tests/reference/make_columns.py and run that"

enum {
	LINE_MAX_LENGTH = 600,
	ROWS_MAX = 2000,
	DETAILS_MAX = 200,
	COUNTS_MAX = DETAIL_BINS + 2,
	EPOCHS = 3,
	COMPLAINTS_SHOWN = 12,
};

/* Rounding to float32 through some steps of training; most so where weights hardly move. */
static const double relative = 4e-4, absolute = 2e-7;

struct row {
	int epoch, layer; /* layer 0: the whole network */
	char name[32];
	bool recorded, seen;
	double value;
};

/* Numbers beside the records: counts of samples (bins of a layer, or of its units), or signals of
 * its units. */
struct numbers {
	int epoch, layer, count;
	char name[32];
	double value[COUNTS_MAX];
};

struct oracle {
	char name[64], settings[LINE_MAX_LENGTH];
	double baseline_loss;
	int rows, details;
	struct row row[ROWS_MAX];
	struct numbers detail[DETAILS_MAX];
};

static int complaints;

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *format, ...)
{
	char text[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (complaints++ < COMPLAINTS_SHOWN)
		print_error("%s\n", text);
}

static void assert_no_complaints(void)
{
	if (complaints)
		fail_msg("%d numbers are not as tests/reference/make_columns.py says", complaints);
}

/* "run NAME data=FILE ...": the file is one of the folder. */
static void read_run(const char *line, struct oracle *oracle)
{
	int at = 0;
	if (sscanf(line, "run %63s data=%n", oracle->name, &at) != 1 || !at)
		fail_msg("columns.txt: found '%s', expected 'run NAME data=FILE ...'", line);
	snprintf(oracle->settings, sizeof(oracle->settings), "data=" FOLDER "%s", line + at);
	oracle->rows = oracle->details = 0;
}

static void read_detail(const char *line, struct oracle *oracle)
{
	int at = 0, more;
	assert_true(oracle->details < DETAILS_MAX);
	struct numbers *numbers = &oracle->detail[oracle->details++];
	numbers->count = 0;
	if (sscanf(line, "detail %d %d %31s%n", &numbers->epoch, &numbers->layer, numbers->name, &at) !=
		3)
		fail_msg("columns.txt: found '%s', expected 'detail EPOCH LAYER NAME VALUE ...'", line);
	while (numbers->count < COUNTS_MAX &&
		sscanf(line + at, "%lf%n", &numbers->value[numbers->count], &more) == 1) {
		numbers->count++;
		at += more;
	}
}

static void read_row(const char *line, struct oracle *oracle)
{
	char value[32];
	assert_true(oracle->rows < ROWS_MAX);
	struct row *row = &oracle->row[oracle->rows];
	memset(row, 0, sizeof(*row));
	if (sscanf(line, "%d %d %31s %31s", &row->epoch, &row->layer, row->name, value) != 4)
		fail_msg("columns.txt: found '%s', expected 'EPOCH LAYER COLUMN VALUE'", line);
	row->recorded = strcmp(value, "-") != 0;
	row->value = row->recorded ? strtod(value, NULL) : NAN;
	oracle->rows++;
}

/* The next run of the file; false at its end. */
static bool read_oracle(FILE *file, struct oracle *oracle)
{
	char line[LINE_MAX_LENGTH];
	bool any = false;
	for (int first; (first = fgetc(file)) != EOF;) {
		ungetc(first, file);
		if (first == 'r' && any)
			return true;
		if (!fgets(line, sizeof(line), file))
			break;
		line[strcspn(line, "\n")] = '\0';
		if (first == 'r')
			read_run(line, oracle);
		else if (first == 'd')
			read_detail(line, oracle);
		else if (sscanf(line, "baseline %lf", &oracle->baseline_loss) != 1)
			read_row(line, oracle);
		any = true;
	}
	return any;
}

static struct row *find_row(struct oracle *oracle, int epoch, int layer, const char *name)
{
	for (int i = 0; i < oracle->rows; i++) {
		struct row *row = &oracle->row[i];
		if (row->epoch == epoch && row->layer == layer && strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

static bool near_enough(double ours, double expected)
{
	return ours == expected || fabs(ours - expected) <= relative * fabs(expected) + absolute;
}

/* The values that a column takes, over all runs. */
struct range {
	double least, most;
	bool without_oracle; /* said once is enough */
};

/* Columns of recurrent networks, which the oracle does not have: test_singular looks at them. */
static bool is_of_time(const char *name)
{
	return strcmp(name, "kept") == 0 || strcmp(name, "stretch") == 0;
}

static void compare_value(struct oracle *oracle, const struct record *record,
	const struct statistic *statistic, int layer, struct range *range)
{
	float ours = record_value(record, statistic, layer - 1);
	struct row *row = find_row(oracle, (int)record->epoch, layer, statistic->name);
	if (!row) {
		if (!range->without_oracle && !(is_of_time(statistic->name) && record_is_nothing(ours)))
			complain("%s has no oracle: " WHAT_TO_DO, statistic->name);
		range->without_oracle = true;
		return;
	}
	row->seen = true;
	if (row->recorded == record_is_nothing(ours) ||
		(row->recorded && !near_enough(ours, row->value)))
		complain("%s, run %s, epoch %d, layer %d: found %.9g, expected %.9g", statistic->name,
			oracle->name, row->epoch, layer, ours, row->value);
	if (row->recorded) {
		range->least = fmin(range->least, row->value);
		range->most = fmax(range->most, row->value);
	}
}

static void compare_record(struct oracle *oracle, const struct record *record, struct range *range)
{
	const struct statistic *statistic;
	for (int i = 0; (statistic = statistic_at(i)); i++) {
		int last = statistic->per_layer ? record->layers : 0;
		for (int layer = statistic->per_layer; layer <= last; layer++)
			compare_value(oracle, record, statistic, layer, &range[i]);
	}
}

/* The same counts of ours; the number of them, 0 if `name` is not that of counts. */
static int counts_of(const struct layer_detail *layer, const char *name, double *out)
{
	if (strcmp(name, "bins") == 0) {
		out[0] = (double)layer->below;
		for (int i = 0; i < DETAIL_BINS; i++)
			out[i + 1] = (double)layer->bin[i];
		out[DETAIL_BINS + 1] = (double)layer->above;
		return DETAIL_BINS + 2;
	}
	const float *share = strcmp(name, "inactive") == 0 ? layer->inactive
		: strcmp(name, "saturated") == 0               ? layer->saturated
													   : NULL;
	for (int unit = 0; share && unit < layer->units; unit++)
		out[unit] = (double)share[unit] * (double)layer->samples;
	return share ? layer->units : 0;
}

static const float *signal_of(const struct layer_detail *layer, const char *name)
{
	return strcmp(name, "delta") == 0     ? layer->delta
		: strcmp(name, "activity") == 0   ? layer->activity
		: strcmp(name, "derivative") == 0 ? layer->derivative
		: strcmp(name, "z") == 0          ? layer->z
										  : NULL;
}

/* Rounding may put a value on the other side of a bound, which changes two counts. */
static void compare_counts(
	const struct oracle *oracle, const struct numbers *numbers, const double *ours)
{
	double apart = 0;
	for (int k = 0; k < numbers->count; k++)
		apart += fabs(ours[k] - numbers->value[k]);
	if (apart > 2.01)
		complain("%s, run %s, epoch %d, layer %d: %.0f counts are apart", numbers->name,
			oracle->name, numbers->epoch, numbers->layer, apart);
}

static void compare_signals(
	const struct oracle *oracle, const struct numbers *numbers, const float *ours)
{
	for (int k = 0; k < numbers->count; k++)
		if (!near_enough((double)ours[k], numbers->value[k]))
			complain("%s, run %s, epoch %d, layer %d, unit %d: found %.9g, expected %.9g",
				numbers->name, oracle->name, numbers->epoch, numbers->layer, k + 1, (double)ours[k],
				numbers->value[k]);
}

static void compare_detail(const struct oracle *oracle, const struct detail *detail)
{
	for (int i = 0; i < oracle->details; i++) {
		const struct numbers *numbers = &oracle->detail[i];
		double counts[COUNTS_MAX];
		if (numbers->epoch != detail->epoch)
			continue;
		assert_in_range(numbers->layer, 1, detail->layers);
		const struct layer_detail *layer = &detail->layer[numbers->layer - 1];
		const float *signal = signal_of(layer, numbers->name);
		int count = signal ? layer->units : counts_of(layer, numbers->name, counts);
		if (count != numbers->count)
			fail_msg("%s, run %s: not as many as expected, %d", numbers->name, oracle->name,
				numbers->count);
		if (signal)
			compare_signals(oracle, numbers, signal);
		else
			compare_counts(oracle, numbers, counts);
	}
}

static void compare_run(struct oracle *oracle, struct range *range)
{
	const struct config config = config_with(config_default(), oracle->settings);
	struct error error = {0};
	struct frame frame;
	struct experiment *e = experiment_new(&config, &error);
	if (!e)
		fail_msg("run %s: %s", oracle->name, error.text);
	for (int epoch = 0; epoch <= EPOCHS; epoch++) {
		if (epoch)
			experiment_epoch_begin(e, REPORT_DETAIL);
		if (settle(e, UINT64_MAX, NULL) != EXPERIMENT_IDLE)
			fail_msg("run %s: %s", oracle->name, experiment_error(e)->text);
		compare_record(oracle, experiment_record(e), range);
		experiment_frame(e, EPOCH_PRESENT, &frame);
		compare_detail(oracle, frame.detail);
	}
	if (!near_enough(frame.baseline_loss, oracle->baseline_loss))
		complain("loss of the best constant answer, run %s: found %.9g, expected %.9g",
			oracle->name, frame.baseline_loss, oracle->baseline_loss);
	experiment_free(e);
	for (int i = 0; i < oracle->rows; i++)
		if (!oracle->row[i].seen)
			complain("%s, run %s, epoch %d, layer %d: expected, but no record has it",
				oracle->row[i].name, oracle->name, oracle->row[i].epoch, oracle->row[i].layer);
}

static void every_column_equals_its_independent_definition(void **state)
{
	enum { STATISTICS_MAX = 200 };
	static struct range range[STATISTICS_MAX];
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	FILE *file = fopen(FOLDER "columns.txt", "r");
	const struct statistic *statistic;
	int runs = 0;
	(void)state;
	assert_non_null(oracle);
	if (!file)
		fail_msg(FOLDER "columns.txt: not found from here; run the test in the source's folder");
	for (int i = 0; i < STATISTICS_MAX; i++)
		range[i] = (struct range){.least = INFINITY, .most = -INFINITY};
	for (; read_oracle(file, oracle); runs++)
		compare_run(oracle, range);
	for (int i = 0; (statistic = statistic_at(i)); i++)
		if (!range[i].without_oracle && !(range[i].least < range[i].most))
			complain("%s never changes in any run: add one to tests/reference/make_columns.py "
					 "in which it does",
				statistic->name);
	fclose(file);
	free(oracle);
	assert_true(runs > 0);
	assert_no_complaints();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_equals_its_independent_definition),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
