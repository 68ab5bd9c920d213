/* Every setting of the table changes a record, or its effect says that it does not; every
 * statistic is a number in some ordinary run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "place.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define RECURRENT "data=echo length=5 model=rnn"
#define POINTS "data=tests/reference/columns/three.csv"

enum { EPOCHS = 4 };

/* Settings that need others to have an effect, and values for those whose next value has none. */
static const struct beside {
	const char *name, *others, *value; /* NULL: none; the next one */
} besides[] = {
	{"length", "data=echo", NULL},
	{"model", "data=echo length=5", NULL},
	{"recurrent-init", RECURRENT, "identity"},
	{"recurrent-gain", RECURRENT, NULL},
	{"forget-bias", "data=echo length=5 model=lstm", NULL},
	{"truncate", RECURRENT, NULL},
	{"kernel", "data=digits model=cnn depth=1", NULL},
	{"task", POINTS, "regression"},
	{"target", POINTS, "x"},
	{"drop", POINTS, "x"},
	{"leaky-slope", "activation=leaky-relu", NULL},
	{"elu-alpha", "activation=elu", NULL},
	{"init-low", "init=uniform", NULL},
	{"init-high", "init=uniform", NULL},
	{"init-sd", "init=normal", NULL},
	{"init-value", "init=constant", NULL},
	{"norm-position", "norm=batch", NULL},
	{"norm-momentum", "norm=batch", NULL},
	{"norm-epsilon", "norm=batch", "0.1"},
	{"skip-add", "skip=1", NULL},
	{"branch-scale", "skip=1", NULL},
	{"optimizer-style", "optimizer=adam", NULL},
	{"momentum", "optimizer=momentum", NULL},
	{"dampening", "optimizer=momentum optimizer-style=pytorch", "0.5"},
	{"beta1", "optimizer=adam", "0.5"},
	{"beta2", "optimizer=adam", "0.5"},
	{"epsilon", "optimizer=adam", "0.1"},
	{"accumulator", "optimizer=adagrad", NULL},
	{"schedule", "schedule-every=1", NULL},
	{"schedule-every", "schedule=step", "1"},
	{"schedule-factor", "schedule=step schedule-every=1", "0.9"},
	{"schedule-at", "schedule=multistep", "1/2"},
	{"loss", NULL, "mse"},
	{"clip", "clip-at=0.001", NULL},
	{"clip-at", "clip=norm", "0.001"},
	{"stop", "lr=1e-8", NULL},
	{"weights", NULL, "a file of other weights"},
};

static const struct beside *beside_of(const char *name)
{
	static const struct beside none;
	for (size_t i = 0; i < COUNT(besides); i++)
		if (strcmp(besides[i].name, name) == 0)
			return &besides[i];
	return &none;
}

/* The records of all epochs, up to the end of the run if that comes first. */
struct run {
	struct record *record[EPOCHS + 1];
	int count;
};

static struct run run_of(const struct config *config)
{
	struct run run = {.count = 0};
	struct error error = {0};
	struct experiment *e = experiment_new(config, &error);
	if (!e)
		fail_msg("%s", error.text);
	do {
		if (run.count)
			experiment_epoch_begin(e, REPORT_DETAIL);
		if (settle(e, UINT64_MAX, NULL) != EXPERIMENT_IDLE)
			fail_msg("%s", experiment_error(e)->text);
		const struct record *record = experiment_record(e);
		run.record[run.count] = record_copy(record, record->layers);
		assert_non_null(run.record[run.count]);
		run.count++;
	} while (run.count <= EPOCHS && !experiment_finished(e));
	experiment_free(e);
	return run;
}

static void run_free(struct run *run)
{
	for (int i = 0; i < run->count; i++)
		free(run->record[i]);
}

static bool same_statistics(const struct record *a, const struct record *b)
{
	const struct statistic *statistic;
	if (a->layers != b->layers || a->steps != b->steps)
		return false;
	for (int i = 0; (statistic = statistic_at(i)); i++)
		for (int l = 0; l < (statistic->per_layer ? a->layers : 1); l++) {
			float x = record_value(a, statistic, l), y = record_value(b, statistic, l);
			if (memcmp(&x, &y, sizeof(x)) != 0)
				return false;
		}
	return true;
}

/* The config with another value of a setting; `path` is a file of weights. */
static struct config changed(struct config config, const struct setting *row, const char *path)
{
	const struct beside *beside = beside_of(row->name);
	struct error error = {0};
	const char *value = strcmp(row->name, "weights") == 0 ? path : beside->value;
	if (value && !setting_assign(row, &config, value, &error))
		fail_msg("%s: %s", row->name, error.text);
	if (!value && !setting_step(row, &config, 1) && !setting_step(row, &config, -1))
		fail_msg("%s has no other value to step to: add a row with one to besides[]", row->name);
	return config;
}

static void check_setting(const struct setting *row, const char *path)
{
	const char *others = beside_of(row->name)->others;
	const struct config before = config_of(others ? others : ""),
						after = changed(before, row, path);
	struct run plain = run_of(&before), other = run_of(&after);
	int common = plain.count < other.count ? plain.count : other.count;
	bool same = true;
	for (int i = 0; i < common; i++)
		same &= same_statistics(plain.record[i], other.record[i]);
	char value[SETTING_VALUE_MAX];
	setting_format(row, &after, value);
	if (row->effect == EFFECT_NOTHING && !same)
		fail_msg("%s=%s changes records: its effect in settings.def must not be NOTHING", row->name,
			value);
	if (row->effect != EFFECT_NOTHING && same && plain.count == other.count)
		fail_msg("%s=%s changes no record: plan.c must read it, or its effect is NOTHING; if it "
				 "works beside others only, add a row to besides[] in tests/test_every_setting.c",
			row->name, value);
	run_free(&plain);
	run_free(&other);
}

static void every_setting_changes_a_record_or_says_that_it_does_not(void **state)
{
	const struct place *place = *state;
	struct experiment *e = trained("seed=2", 0);
	assert_true(save_weights(e, place->file));
	experiment_free(e);
	for (int i = 0; i < config_table.count; i++)
		check_setting(&config_table.row[i], place->file);
	for (size_t i = 0; i < COUNT(besides); i++) {
		struct error error = {0};
		const struct setting *row = setting_find(&config_table, besides[i].name, &error);
		if (!row || strcmp(row->name, besides[i].name) != 0)
			fail_msg("besides[] has %s, which is no setting", besides[i].name);
	}
}

static bool is_a_number(const struct run *run, const struct statistic *statistic)
{
	for (int i = 0; i < run->count; i++)
		for (int l = 0; l < (statistic->per_layer ? run->record[i]->layers : 1); l++)
			if (isfinite(record_value(run->record[i], statistic, l)))
				return true;
	return false;
}

static void every_statistic_is_a_number_in_an_ordinary_run(void **state)
{
	static const char *const ordinary[] = {
		"", "data=wave", "model=rnn data=echo length=5", "model=lstm data=echo length=5"};
	struct run runs[COUNT(ordinary)];
	const struct statistic *statistic;
	(void)state;
	for (size_t r = 0; r < COUNT(ordinary); r++) {
		const struct config config = config_of(ordinary[r]);
		runs[r] = run_of(&config);
	}
	for (int i = 0; (statistic = statistic_at(i)); i++) {
		bool found = false;
		for (size_t r = 0; r < COUNT(ordinary); r++)
			found |= is_a_number(&runs[r], statistic);
		if (!found)
			fail_msg("%s is never a number, of moons, wave or echo: stats.c must fill it",
				statistic->name);
	}
	for (size_t r = 0; r < COUNT(ordinary); r++)
		run_free(&runs[r]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_setting_changes_a_record_or_says_that_it_does_not, place_make, place_remove),
		cmocka_unit_test(every_statistic_is_a_number_in_an_ordinary_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
