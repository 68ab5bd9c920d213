/* Advice: a run that follows a trial gets what the trial measured, trials leave the run alone,
 * and what did not help is not recommended. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/advice.h"
#include "nn/float_mode.h"

#include "frames.h"
#include "runs.h"
#include "trials.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct advice_limits limits = {.epochs = 12, .extent = ADVICE_SINGLES};

/* Applies a trial as the keys do. */
static struct experiment *followed(struct experiment *e, const struct trial *trial)
{
	const struct config config = trial_config(trial, experiment_config(e));
	if (trial->restart) {
		experiment_free(e);
		e = experiment_new(&config, NULL);
	} else {
		assert_true(experiment_configure(e, &config, NULL));
	}
	train(e, trial->epochs, UINT64_MAX, NULL);
	return e;
}

static void a_remedy_continues_exactly_as_it_was_tried(void **state)
{
	static const char *const starts[] = {"depth=6 activation=sigmoid", "lr=3 optimizer=momentum"};
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct experiment *e = trained(starts[i], 5);
		struct advice *advice = tried_on(e, &limits);
		const struct trial *trial;
		int compared = 0;
		for (int k = 0; (trial = advice_at(advice, k)); k += 1 + (trial->second ? 9 : 0)) {
			char name[TRIAL_SETTINGS_MAX];
			struct experiment *other;
			if (trial->state != TRIAL_DONE || !isfinite(trial->reached))
				continue;
			trial_name(trial, name, sizeof(name));
			other = followed(trained(starts[i], 5), trial);
			if (loss_of(other) != trial->reached)
				fail_msg("%s on '%s': %.9g tried, %.9g followed", name, starts[i],
					(double)trial->reached, (double)loss_of(other));
			compared++;
			experiment_free(other);
		}
		assert_true(compared > 10);
		advice_free(advice);
		experiment_free(e);
	}
}

static void trials_change_nothing_of_the_run(void **state)
{
	struct experiment *e = trained("depth=6 activation=sigmoid", 3);
	struct experiment *alone = trained("depth=6 activation=sigmoid", 3);
	struct advice *advice = advice_new();
	(void)state;
	assert_true(advice_begin(advice, e, &limits));
	for (int i = 0; i < 20; i++) {
		for (int k = 0; k < 50; k++)
			advice_advance(advice, 100000);
		train(e, 1, UINT64_MAX, NULL);
		train(alone, 1, UINT64_MAX, NULL);
		assert_memory_equal(
			&experiment_record(e)->loss, &experiment_record(alone)->loss, sizeof(float));
	}
	advice_free(advice);
	experiment_free(e);
	experiment_free(alone);
}

/* A trial helps if it ends below the present loss and below the run without a change; waiting
 * trials come last. */
static void trials_are_ranked_by_the_loss_they_reached(void **state)
{
	struct experiment *e = trained("depth=8 activation=sigmoid lr=0.2", 5);
	struct advice *advice = tried_on(e, &limits);
	const struct trial *alone = advice_alone(advice), *trial;
	bool waiting = false;
	(void)state;
	assert_non_null(alone);
	assert_true(advice_helps(advice, advice_at(advice, 0)));
	assert_false(advice_helps(advice, alone));
	for (int i = 0; (trial = advice_at(advice, i)); i++) {
		assert_false(waiting && trial->state == TRIAL_DONE);
		waiting = trial->state != TRIAL_DONE;
		if (advice_helps(advice, trial))
			assert_true(trial->reached < alone->reached && trial->reached < loss_of(e));
	}
	advice_free(advice);
	experiment_free(e);
}

/* The bound is a fifth below the present loss or the run without a change, whichever is lower. */
static void a_trial_helps_if_it_ends_clearly_below_both(void **state)
{
	static const char *const starts[] = {
		"depth=8 activation=sigmoid lr=0.2", "depth=2 lr=0.05", "optimizer=adam lr=0.3"};
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct experiment *e = trained(starts[i], 5);
		struct advice *advice = tried_on(e, &limits);
		float lower = fminf(loss_of(e), advice_alone(advice)->reached);
		struct trial trial = *advice_at(advice, 0);
		trial.loss_before = record_nothing();
		trial.reached = 0.79f * lower;
		assert_true(advice_helps(advice, &trial));
		trial.reached = 0.81f * lower;
		assert_false(advice_helps(advice, &trial));
		advice_free(advice);
		experiment_free(e);
	}
}

/* Parity of random bits can be learned by heart; on other sequences that is worse than guessing. */
static void what_only_memorizes_its_points_is_no_help(void **state)
{
	struct experiment *e = trained("depth=8 activation=sigmoid lr=0.2", 5);
	struct advice *advice = tried_on(e, &limits);
	const float baseline = (float)frame_of(e).baseline_loss;
	const float alone = advice_alone(advice)->val_loss;
	const float least = fmaxf(baseline, alone);
	struct trial trial = *advice_at(advice, 0);
	const struct {
		float val_loss;
		bool helps;
	} cases[] = {
		{0.99f * least, true}, {1.01f * least, false}, {INFINITY, false},
		{record_nothing(), true}, /* nothing is held out */
	};
	(void)state;
	trial.loss_before = record_nothing();
	for (size_t i = 0; i < COUNT(cases); i++) {
		trial.val_loss = cases[i].val_loss;
		assert_int_equal(advice_helps(advice, &trial), cases[i].helps);
	}
	advice_free(advice);
	experiment_free(e);
}

/* It is applied later than it was tried: the worse of its last two trials counts. */
static void a_remedy_that_failed_in_one_of_its_last_two_trials_is_no_advice(void **state)
{
	struct experiment *e = trained("depth=8 activation=sigmoid lr=0.2", 5);
	struct advice *advice = tried_on(e, &limits);
	struct trial trial = *advice_at(advice, 0);
	const float good = 0.01f * (float)frame_of(e).baseline_loss, bad = 100 * good;
	const struct {
		float before, reached;
		bool mends;
	} cases[] = {
		{record_nothing(), good, true},
		{good, good, true},
		{bad, good, false},
		{good, bad, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		trial.loss_before = cases[i].before;
		trial.reached = cases[i].reached;
		if (advice_mends(advice, &trial) != cases[i].mends)
			fail_msg("loss %g, then %g: %s", (double)cases[i].before, (double)cases[i].reached,
				cases[i].mends ? "does not mend" : "mends");
	}
	advice_free(advice);
	experiment_free(e);
}

static void beyond_the_limit_nothing_is_tried(void **state)
{
	struct experiment *e = trained("", 1);
	const struct advice_limits none = {.epochs = 100, .multiply_adds = 1};
	struct advice_limits some = {.epochs = 100};
	(void)state;
	struct advice *advice = tried_on(e, &none);
	for (int i = 0; advice_at(advice, i); i++)
		assert_int_equal(advice_at(advice, i)->state, TRIAL_UNTRIED);
	advice_free(advice);

	some.multiply_adds = 1000 * experiment_epoch_cost(e);
	advice = tried_on(e, &some);
	assert_int_equal(advice_at(advice, 0)->epochs, 25); /* half of it for twenty trials */
	assert_int_equal(advice_at(advice, 0)->state, TRIAL_DONE);
	assert_int_equal(advice_at(advice, advice_count(advice) - 1)->state, TRIAL_UNTRIED);
	advice_free(advice);
	experiment_free(e);
}

static void work_off(struct advice *advice)
{
	while (advice_advance(advice, 5000000))
		continue;
}

/* A later round repeats the best trials that keep the weights, because the weights have changed;
 * trials from the seed stay. */
static void recommended_remedies_were_tried_on_the_present_weights(void **state)
{
	const struct advice_limits forty = {.epochs = 40, .extent = ADVICE_SINGLES};
	struct experiment *e = trained("depth=4 activation=sigmoid width=10 samples=600", 2);
	struct advice *advice = tried_on(e, &forty);
	const struct trial *trial, *best = advice_best(advice);
	int anew = 0;
	(void)state;
	assert_false(best->restart);
	train(e, 60, UINT64_MAX, NULL);
	assert_true(advice_begin(advice, e, &forty));
	work_off(advice);
	for (int i = 0; (trial = advice_at(advice, i)); i++) {
		bool again = trial->state == TRIAL_DONE && trial->start == 62;
		assert_true(!again || !trial->restart);
		assert_int_equal(record_is_nothing(trial->loss_before), !again);
		anew += again;
	}
	assert_int_equal(advice_alone(advice)->start, 62);
	assert_true(anew > 1 && anew < 6);
	best = advice_best(advice);
	assert_true(best && (best->restart || best->start == 62));

	train(e, 10, UINT64_MAX, NULL); /* too few epochs to matter */
	assert_true(advice_begin(advice, e, &forty));
	work_off(advice);
	for (int i = 0; (trial = advice_at(advice, i)); i++)
		assert_true(trial->start <= 62);

	change(e, "activation=tanh");
	assert_true(advice_begin(advice, e, &forty)); /* other settings: all anew */
	assert_int_equal(advice_done(advice), 0);
	advice_free(advice);
	experiment_free(e);
}

/* The rest of a long list is tried only if somebody opens it. */
static void trials_go_as_far_as_they_are_wanted(void **state)
{
	struct experiment *e = trained("depth=6 activation=sigmoid samples=300", 5);
	struct advice_limits hundred = {.epochs = 100, .extent = ADVICE_FIRST};
	struct advice *advice = tried_on(e, &hundred);
	const struct trial *trial;
	int first = advice_done(advice), pairs = 0;
	(void)state;
	assert_non_null(advice_best(advice));
	hundred.extent = ADVICE_SINGLES;
	assert_true(advice_begin(advice, e, &hundred));
	work_off(advice);
	assert_true(first < 20 && advice_done(advice) > 2 * first);
	for (int i = 0; (trial = advice_at(advice, i)); i++) {
		pairs += trial->second && trial->state == TRIAL_DONE;
		assert_true(trial->second || trial->state == TRIAL_DONE);
	}
	assert_int_equal(pairs, 0);
	advice_free(advice);
	experiment_free(e);
}

static const struct remedy *remedy_setting(const char *settings)
{
	const struct remedy *remedy;
	for (int i = 0; (remedy = remedy_at(i)); i++)
		if (strcmp(remedy->settings, settings) == 0)
			return remedy;
	fail_msg("no remedy sets %s", settings);
	return NULL;
}

static void a_restart_is_named_with_its_key(void **state)
{
	static const struct {
		const char *first, *second, *change;
	} cases[] = {
		{NULL, NULL, "[r] restart"},
		{"activation=relu", NULL, "[a] relu + [r] restart"},
		{"lr=auto", NULL, ":lr=auto + [r] restart"},
		{"activation=relu", "norm=batch", "[a] relu + [b] norm batch + [r] restart"},
	};
	struct config config = config_default();
	(void)state;
	config.lr = 100;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trial trial = {.restart = true};
		char change[TRIAL_SETTINGS_MAX];
		trial.first = cases[i].first ? remedy_setting(cases[i].first) : NULL;
		trial.second = cases[i].second ? remedy_setting(cases[i].second) : NULL;
		trial_change(&trial, &config, change, sizeof(change));
		assert_string_equal(change, cases[i].change);
	}
}

static void the_sentence_is_whole_at_every_width(void **state)
{
	static const char *const starts[] = {
		"depth=8 activation=sigmoid lr=0.2",
		"activation=relu init=he-normal",
		"lr=0.00000001",
		"lr=100 data=wave",
		"depth=12 init=zeros l2=0.1",
	};
	static const int widths[] = {38, 78, 98, 130};
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct experiment *e = trained(starts[i], 5);
		struct advice *advice = tried_on(e, &limits);
		char text[400];
		for (size_t k = 0; k < COUNT(widths); k++) {
			advice_sentence(advice, 5, widths[k], text, sizeof(text));
			if (strlen(text) > (size_t)widths[k] || strlen(text) < 15 || strstr(text, "nan"))
				fail_msg("'%s' at %d: '%s'", starts[i], widths[k], text);
			const struct trial *best = advice_best(advice);
			bool restarts = best && best->restart && strncmp(text, "Tried:", 6) == 0;
			if (restarts && !strstr(text, "[r] restart"))
				fail_msg("'%s' at %d does not name the key r: '%s'", starts[i], widths[k], text);
		}
		advice_free(advice);
		experiment_free(e);
	}
}

/* A remedy that helped long ago may kill the units of a network that has trained since. */
static void the_sentence_says_when_an_old_trial_was(void **state)
{
	struct experiment *e = trained("depth=10 width=10 samples=300 seed=1", 20);
	const struct advice_limits hundred = {.epochs = 100, .extent = ADVICE_FIRST};
	struct advice *advice = tried_on(e, &hundred);
	const struct trial *best = advice_best(advice);
	char text[400];
	(void)state;
	assert_true(best && !best->restart && best->start == 20);
	advice_sentence(advice, 100, 78, text, sizeof(text));
	assert_ptr_equal(strstr(text, "Tried: "), text);
	assert_non_null(strstr(text, "[!] applies it"));
	advice_sentence(advice, 101, 78, text, sizeof(text));
	assert_ptr_equal(strstr(text, "Tried at epoch 20: "), text);
	assert_non_null(strstr(text, "[!] tries it again"));
	advice_free(advice);
	experiment_free(e);
}

/* It begins with fresh weights: how far the run has come since makes no difference. */
static void a_restart_is_never_old(void **state)
{
	struct experiment *e = trained("depth=10 width=10 init=zeros samples=300 seed=1", 20);
	const struct advice_limits hundred = {.epochs = 100, .extent = ADVICE_FIRST};
	struct advice *advice = tried_on(e, &hundred);
	char text[400];
	(void)state;
	assert_true(advice_best(advice) && advice_best(advice)->restart);
	advice_sentence(advice, 100000, 78, text, sizeof(text));
	assert_ptr_equal(strstr(text, "Tried: "), text);
	assert_non_null(strstr(text, "[!] applies it"));
	advice_free(advice);
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_remedy_continues_exactly_as_it_was_tried),
		cmocka_unit_test(trials_change_nothing_of_the_run),
		cmocka_unit_test(trials_are_ranked_by_the_loss_they_reached),
		cmocka_unit_test(a_trial_helps_if_it_ends_clearly_below_both),
		cmocka_unit_test(what_only_memorizes_its_points_is_no_help),
		cmocka_unit_test(a_remedy_that_failed_in_one_of_its_last_two_trials_is_no_advice),
		cmocka_unit_test(beyond_the_limit_nothing_is_tried),
		cmocka_unit_test(recommended_remedies_were_tried_on_the_present_weights),
		cmocka_unit_test(trials_go_as_far_as_they_are_wanted),
		cmocka_unit_test(a_restart_is_named_with_its_key),
		cmocka_unit_test(the_sentence_is_whole_at_every_width),
		cmocka_unit_test(the_sentence_says_when_an_old_trial_was),
		cmocka_unit_test(a_restart_is_never_old),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
