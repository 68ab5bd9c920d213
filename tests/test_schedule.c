/* Learning-rate schedules agree with PyTorch's and do what their help says; early stopping is
 * Keras's. */
#include "lab/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tensor_file.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { EPOCHS = 40 };

static int vectors_read(void **state)
{
	char why[80];
	struct tensor_file *file = tensor_file_read("tests/reference/schedules.csv", why, sizeof(why));
	if (!file)
		print_error("schedules.csv: %s\n", why);
	*state = file;
	return file ? 0 : -1;
}

static int vectors_free(void **state)
{
	tensor_file_free(*state);
	return 0;
}

static const double *vector(struct tensor_file *file, const char *name, int length)
{
	const struct file_tensor *tensor = tensor_find(file, "%s", name);
	if (!tensor || tensor->columns != length)
		fail_msg("no vector %s of %d numbers", name, length);
	return tensor->value;
}

static void assert_close(double ours, double theirs, const char *what, int64_t epoch)
{
	/* the reference is rounded to nine digits */
	if (!(fabs(ours - theirs) <= 6e-9 * fabs(theirs)))
		fail_msg("%s, epoch %lld: %.12g, expected %.12g", what, (long long)epoch, ours, theirs);
}

/* What the reference calls each of its schedules, and which of ours that is. */
static const struct {
	const char *described, *ours;
	struct schedule_parameters parameters;
	double base;
} schedules[] = {
	{"step step_size=10 gamma=0.5", "step", {.every = 10, .factor = 0.5}, 0.1},
	{"multistep at=5,20,30 gamma=0.1", "multistep", {.factor = 0.1, .at = {5, 20, 30}}, 0.1},
	{"exponential gamma=0.95", "exponential", {.factor = 0.95}, 0.1},
	{"cosine T_max=40 eta_min=0.001", "cosine", {.low = 0.01}, 0.1},
	{"cosine_restarts T_0=10 T_mult=1 eta_min=0", "cosine-restarts", {.every = 10}, 0.1},
	{"linear start=0.1 end=1 iters=8", "warmup", {.start = 0.1, .warm = 0.2}, 0.1},
	{"polynomial iters=40 power=2", "polynomial", {.exponent = 2}, 0.1},
	{"inverse_time decay=0.1", "inverse-time", {.every = 10}, 0.1},
	{"onecycle max_lr=0.5 total=40 pct_start=0.3 div=25 final_div=1e4 cos", "one-cycle",
		{.start = 0.04, .low = 4e-6, .warm = 0.3}, 0.5},
};

static void rates_agree_with_the_reference(void **state)
{
	struct tensor_file *file = *state;
	for (size_t i = 0; i < LENGTH(schedules); i++) {
		char name[24];
		snprintf(name, sizeof(name), "sched%zu", i);
		assert_string_equal(tensor_setting(file, name, ""), schedules[i].described);
		const struct schedule *ours = schedule_find(schedules[i].ours);
		const double *theirs = vector(file, name, EPOCHS);
		assert_non_null(ours);
		for (int64_t e = 0; e < EPOCHS; e++)
			assert_close(ours->rate(&schedules[i].parameters, schedules[i].base, e, EPOCHS),
				theirs[e], schedules[i].described, e);
	}
}

/* What holds where nothing is set. */
static const struct schedule_parameters nothing;

/* The usual parameters, as the help tells them; 0 epochs are laid out as 100. */
/* clang-format off */
static const struct {
	const char *name;
	int64_t epoch, epochs;
	double share; /* of the base rate */
} usual[] = {
	{"constant", 0, 0, 1}, {"constant", 100000, 50, 1},
	{"step", 29, 0, 1}, {"step", 30, 0, 0.5}, {"step", 89, 10, 0.25}, {"step", 90, 0, 0.125},
	{"cosine", 0, 0, 1}, {"cosine", 50, 0, 0.505}, {"cosine", 100, 0, 0.01},
	{"cosine", 5000, 0, 0.01}, {"cosine", 10, 20, 0.505}, {"cosine", 20, 20, 0.01},
	{"multistep", 49, 0, 1}, {"multistep", 50, 0, 0.1}, {"multistep", 75, 0, 0.01},
	{"multistep", 9, 20, 1}, {"multistep", 10, 20, 0.1}, {"multistep", 900, 20, 0.01},
	{"inverse-time", 0, 0, 1}, {"inverse-time", 10, 5, 0.5}, {"inverse-time", 20, 0, 1 / 3.0},
	{"linear", 0, 0, 1}, {"linear", 50, 0, 0.505}, {"linear", 100, 0, 0.01},
	{"polynomial", 0, 0, 1}, {"polynomial", 5, 10, 0.2575}, {"polynomial", 11, 10, 0.01},
	{"cosine-restarts", 24, 0, 0.013903222849}, {"cosine-restarts", 25, 0, 1},
	{"one-cycle", 0, 0, 0.04}, {"one-cycle", 14, 99, 0.49401332388}, {"one-cycle", 29, 99, 1},
	{"one-cycle", 64, 99, 0.500002}, {"one-cycle", 99, 99, 4e-6}, {"one-cycle", 5, 1, 4e-6},
	{"plateau", 0, 0, 1}, {"plateau", 1000, 10, 1},
	{"exponential", 0, 0, 1}, {"exponential", 1, 0, 0.98}, {"exponential", 2, 7, 0.9604},
	{"warmup", 0, 0, 0.1}, {"warmup", 5, 0, 0.55}, {"warmup", 10, 0, 1}, {"warmup", 99, 0, 1},
	{"warmup", 0, 20, 0.1}, {"warmup", 1, 20, 0.55}, {"warmup", 2, 20, 1},
	{"warmup", 0, 1, 0.1}, {"warmup", 1, 1, 1},
};
/* clang-format on */

static void usual_rates_equal_the_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(usual); i++) {
		const struct schedule *row = schedule_find(usual[i].name);
		assert_non_null(row);
		for (double base = 1e-4; base < 200; base *= 10)
			assert_close(schedule_rate(row, &nothing, base, usual[i].epoch, usual[i].epochs),
				base * usual[i].share, usual[i].name, usual[i].epoch);
	}
}

/* A row of its own in usual[], away from where every schedule is at its base. */
static void every_schedule_has_facts(void **state)
{
	(void)state;
	for (int i = 0; schedule_at(i); i++) {
		const struct schedule *row = schedule_at(i);
		/* constant by its name; a plateau by what the loss does, which other tests show */
		bool flat = strcmp(row->name, "constant") == 0 || row->see;
		bool known = false;
		for (size_t k = 0; k < LENGTH(usual); k++)
			known |= strcmp(usual[k].name, row->name) == 0 && (flat || usual[k].share < 1);
		if (!known)
			fail_msg("%s has no facts in this test: add epochs and rates to usual[]", row->name);
	}
}

static void every_rate_stays_between_nothing_and_the_base(void **state)
{
	const struct schedule *row;
	int rows = 0;
	(void)state;
	for (; (row = schedule_at(rows)); rows++) {
		assert_ptr_equal(schedule_find(row->name), row);
		if (!row->help[0] || strlen(row->help) >= 80)
			fail_msg("schedule %s: its help must have 1 to 79 characters", row->name);
		for (int64_t epochs = 0; epochs <= 1000; epochs += 250)
			for (int64_t e = 0; e < 3000; e += 7) {
				double rate = schedule_rate(row, &nothing, 0.1, e, epochs);
				if (!(rate > 0 && rate <= 0.1))
					fail_msg("%s, epoch %d: %g", row->name, (int)e, rate);
			}
	}
	assert_null(schedule_at(-1));
	assert_null(schedule_find("cosin"));
	assert_string_equal(schedule_at(0)->name, "constant"); /* what the setting begins with */
}

static void parameters_that_are_set_replace_the_usual_ones(void **state)
{
	const struct schedule *step = schedule_find("step"), *multistep = schedule_find("multistep");
	const struct schedule_parameters often = {.every = 3}, deep = {.factor = 0.125},
									 at = {.at = {2, 0.5}};
	(void)state;
	assert_close(schedule_rate(step, &often, 1, 6, 0), 0.25, "every 3", 6);
	assert_close(schedule_rate(step, &deep, 1, 30, 0), 0.125, "an eighth", 30);
	assert_close(schedule_rate(multistep, &at, 1, 2, 10), 0.1, "at 2", 2);
	assert_close(schedule_rate(multistep, &at, 1, 5, 10), 0.01, "at half", 5);
	assert_close(schedule_rate(multistep, &nothing, 1, 5, 10), 0.1, "usual", 5);
}

/* ---- plateau ---- */

static void a_plateau_agrees_with_the_reference(void **state)
{
	struct tensor_file *file = *state;
	const struct schedule *plateau = schedule_find("plateau");
	const struct schedule_parameters parameters = {.every = 3, .factor = 0.5};
	const double *value = vector(file, "plateau_metric", EPOCHS);
	const double *theirs = vector(file, "plateau", EPOCHS);
	struct rate_watch watch = rate_watch_new(1);
	for (int e = 0; e < EPOCHS; e++) {
		assert_close(0.1 * watch.share, theirs[e], "plateau", e);
		plateau->see(&parameters, &watch, value[e], true);
	}
}

/* The share after each loss, with a wait of two epochs and a half for each cut. */
static const struct {
	const char *behaviour;
	bool pytorch;
	double value[6], share[6];
} plateaus[] = {
	{"falling is never cut", false, {6, 5, 4, 3, 2, 1}, {1, 1, 1, 1, 1, 1}},
	{"Keras cuts at the end of the wait", false, {1, 1, 1, 1, 1, 1}, {1, 1, .5, .5, .25, .25}},
	{"PyTorch cuts one epoch later", true, {1, 1, 1, 1, 1, 1}, {1, 1, 1, .5, .5, .5}},
	{"a better one starts the wait anew", false, {2, 2, 1, 1, 1, 1}, {1, 1, 1, 1, .5, .5}},
	{"Keras's margin is a difference", false, {1e-3, 1e-4, 5e-5, 1e-5, 0, 0},
		{1, 1, 1, .5, .5, .25}},
	{"PyTorch's a share", true, {1e-3, 1e-4, 5e-5, 1e-5, 9e-6, 8e-6}, {1, 1, 1, 1, 1, 1}},
	{"a large loss by Keras", false, {1e4, 9999.9, 9999.8, 9999.7, 9999.6, 9999.5},
		{1, 1, 1, 1, 1, 1}},
	{"and by PyTorch", true, {1e4, 9999.9, 9999.8, 9999.7, 9999.6, 9999.5}, {1, 1, 1, .5, .5, .5}},
	{"NaN is never better", false, {NAN, NAN, NAN, NAN, 1, 1}, {1, .5, .5, .25, .25, .25}},
};

static void a_rate_is_cut_where_the_loss_stays(void **state)
{
	const struct schedule *plateau = schedule_find("plateau");
	const struct schedule_parameters own = {.every = 2, .factor = 0.5};
	(void)state;
	for (size_t i = 0; i < LENGTH(plateaus); i++) {
		struct rate_watch watch = rate_watch_new(1);
		for (int e = 0; e < 6; e++) {
			schedule_see(plateau, &own, &watch, plateaus[i].value[e], plateaus[i].pytorch);
			if (watch.share != plateaus[i].share[e])
				fail_msg("%s: %g after epoch %d", plateaus[i].behaviour, watch.share, e);
		}
	}
}

static void only_a_plateau_looks_at_the_loss(void **state)
{
	const struct schedule *row;
	(void)state;
	for (int i = 0; (row = schedule_at(i)); i++) {
		struct rate_watch watch = rate_watch_new(0.5);
		for (int e = 0; e < 5000; e++)
			schedule_see(row, &nothing, &watch, 1, false);
		/* it never comes to nothing */
		assert_true(watch.share == (strcmp(row->name, "plateau") == 0 ? 1e-6 : 0.5));
	}
}

/* ---- early stopping ---- */

/* The epoch to stop after, or -1. */
static int64_t run(
	struct early_stop *stop, const double *value, int n, int64_t patience, double margin)
{
	*stop = early_stop_new();
	for (int e = 0; e < n; e++)
		if (early_stop_see(stop, e, value[e], patience, margin))
			return e;
	return -1;
}

static void stopping_agrees_with_the_reference(void **state)
{
	struct tensor_file *file = *state;
	const double *value = vector(file, "plateau_metric", EPOCHS);
	int cases = 0;
	for (;; cases++) {
		char name[24];
		int patience;
		double margin;
		struct early_stop stop;
		snprintf(name, sizeof(name), "earlystop%d", cases);
		const char *described = tensor_setting(file, name, NULL);
		if (!described)
			break;
		assert_int_equal(sscanf(described, "patience=%d min_delta=%lf", &patience, &margin), 2);
		const double *theirs = vector(file, name, 3);
		assert_int_equal(run(&stop, value, EPOCHS, patience, margin), (int64_t)theirs[0]);
		assert_int_equal(stop.best_epoch, (int64_t)theirs[1]);
		assert_close(stop.best, theirs[2], name, stop.best_epoch);
	}
	assert_int_equal(cases, 4);
}

static const struct {
	const char *behaviour;
	double value[6];
	int patience;
	int64_t stops, best_epoch;
} stories[] = {
	{"falling never stops", {6, 5, 4, 3, 2, 1}, 1, -1, 5},
	{"equal is not better", {3, 3, 3, 3, 3, 3}, 2, 2, 0},
	{"a new best starts the wait anew", {3, 4, 2, 4, 4, 4}, 2, 4, 2},
	{"patience outlasts the values", {1, 2, 2, 2, 2, 2}, 6, -1, 0},
	{"not after the first epoch", {NAN, 2, 1, 2, 2, 2}, 0, 3, 2},
	{"NaN is never better", {2, NAN, NAN, NAN, 1, 1}, 3, 3, 0},
	{"infinity from the start", {INFINITY, INFINITY, INFINITY, 1, 1, 1}, 2, 1, -1},
};

static void stopping_waits_for_patience(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(stories); i++) {
		struct early_stop stop;
		int64_t stopped = run(&stop, stories[i].value, 6, stories[i].patience, 0);
		if (stopped != stories[i].stops || stop.best_epoch != stories[i].best_epoch)
			fail_msg("%s: stopped after %d, best %d", stories[i].behaviour, (int)stopped,
				(int)stop.best_epoch);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_agree_with_the_reference),
		cmocka_unit_test(usual_rates_equal_the_help),
		cmocka_unit_test(every_schedule_has_facts),
		cmocka_unit_test(every_rate_stays_between_nothing_and_the_base),
		cmocka_unit_test(parameters_that_are_set_replace_the_usual_ones),
		cmocka_unit_test(a_plateau_agrees_with_the_reference),
		cmocka_unit_test(a_rate_is_cut_where_the_loss_stays),
		cmocka_unit_test(only_a_plateau_looks_at_the_loss),
		cmocka_unit_test(stopping_agrees_with_the_reference),
		cmocka_unit_test(stopping_waits_for_patience),
	};
	return cmocka_run_group_tests(tests, vectors_read, vectors_free);
}
