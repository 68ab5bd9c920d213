/* The rules by which trials are judged, ranked, limited and told, on trials made by hand: from
 * outside each takes a run that happens to come near its bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../src/lab/advice.c"
#include "../src/lab/advice_text.c"
#include "trials.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Loss 10, baseline 100: the run left alone gets to `alone`. */
static struct advice *advice_made(float alone)
{
	static struct advice advice;
	advice = (struct advice){.loss = 10, .baseline_loss = 100, .count = 1, .epoch = 50};
	advice.config = config_default();
	advice.trial[0] = (struct trial){.state = TRIAL_DONE, .reached = alone, .loss_before = NAN};
	return &advice;
}

static struct trial done(float reached)
{
	return (struct trial){
		.first = remedy_at(0), .state = TRIAL_DONE, .reached = reached, .loss_before = NAN};
}

static void a_class_is_reached_below_its_share_of_the_baseline(void **state)
{
	static const struct {
		float reached, before;
		int class;
	} cases[] = {{4.99f, NAN, 0}, {5, NAN, 1}, {14.99f, NAN, 1}, {15, NAN, 2}, {49.99f, NAN, 2},
		{50, NAN, 3}, {89.99f, NAN, 3}, {90, NAN, 4}, {1e9f, NAN, 4}, {NAN, NAN, 5},
		{INFINITY, NAN, 5}, {1, 20, 2}, {20, 1, 2}, {1, 1, 0}, {1, INFINITY, 5}};
	struct advice *advice = advice_made(10);
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trial trial = done(cases[i].reached);
		trial.loss_before = cases[i].before;
		if (class_of(advice, &trial) != cases[i].class)
			fail_msg("%g after %g", (double)cases[i].reached, (double)cases[i].before);
	}
}

/* On other points it is worse than the baseline, 100, and than the run left alone. */
static void what_only_memorizes_has_learned_nothing(void **state)
{
	static const struct {
		float val_loss, alone;
		int class;
	} cases[] = {{100, 90, 0}, {100.1f, 90, 4}, {100.1f, 100.1f, 0}, {100.1f, 100, 4},
		{100.1f, NAN, 4}, {NAN, 90, 0}, {50, 40, 0}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct advice *advice = advice_made(10);
		struct trial trial = done(1);
		trial.val_loss = cases[i].val_loss;
		advice->trial[0].val_loss = cases[i].alone;
		if (class_of(advice, &trial) != cases[i].class)
			fail_msg("%zu: %d", i, class_of(advice, &trial));
	}
}

static void a_trial_helps_a_fifth_below_the_loss_and_the_run_left_alone(void **state)
{
	static const struct {
		double loss;
		float alone, reached;
		bool helps;
	} cases[] = {{10, 20, 7.99f, true}, {10, 20, 8, false}, {20, 10, 7.99f, true},
		{20, 10, 8, false}, {(double)NAN, 10, 7.99f, true}, {(double)NAN, 10, 8.01f, false},
		{10, NAN, 7.99f, true}, {10, NAN, 8.01f, false}, {(double)NAN, NAN, 89, true},
		{(double)NAN, NAN, 90, false}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct advice *advice = advice_made(cases[i].alone);
		struct trial trial = done(cases[i].reached);
		advice->loss = cases[i].loss;
		assert_int_equal(advice_helps(advice, &trial), cases[i].helps);
		trial.state = TRIAL_UNTRIED;
		assert_false(advice_helps(advice, &trial));
		assert_false(advice_helps(advice, &advice->trial[0]));
	}
}

static void only_a_good_class_mends(void **state)
{
	struct advice *advice = advice_made(100);
	struct trial good = done(14.9f), fair = done(15.1f);
	(void)state;
	advice->loss = 100;
	assert_true(advice_mends(advice, &good) && !advice_mends(advice, &fair));
	assert_true(advice_helps(advice, &fair));
}

/* Each row is better than the next. */
static void trials_are_ranked_by_class_then_change_then_loss(void **state)
{
	const struct remedy *a = remedy_at(0), *b = remedy_at(1);
	const struct trial order[] = {
		{.state = TRIAL_DONE, .reached = 4, .loss_before = NAN},
		{.state = TRIAL_DONE, .reached = 3, .restart = true, .loss_before = NAN},
		{.state = TRIAL_DONE, .reached = 2, .first = a, .restart = true, .loss_before = NAN},
		{.state = TRIAL_DONE,
			.reached = 1,
			.first = a,
			.second = b,
			.restart = true,
			.loss_before = NAN},
		{.state = TRIAL_DONE, .reached = 11, .first = a, .loss_before = NAN},
		{.state = TRIAL_DONE, .reached = 12, .first = b, .loss_before = NAN},
		{.state = TRIAL_DONE, .reached = 10, .first = a, .restart = true, .loss_before = NAN},
		{.state = TRIAL_WAITING},
		{.state = TRIAL_UNTRIED},
	};
	struct advice *advice = advice_made(10);
	const int count = COUNT(order);
	(void)state;
	advice->count = count;
	for (int first = 0; first < count; first++) {
		for (int i = 0; i < count; i++)
			advice->trial[(i * 4 + first) % count] = order[i];
		rank_trials(advice);
		for (int i = 0; i < count; i++) {
			const struct trial *trial = advice_at(advice, i);
			assert_int_equal(trial->state, order[i].state);
			assert_true(trial->reached == order[i].reached);
		}
	}
	assert_null(advice_at(advice, -1));
	assert_null(advice_at(advice, count));
	/* two converged ones of a size keep the order of the list */
	advice->count = 2;
	advice->trial[0] = done(3);
	advice->trial[1] = done(1);
	rank_trials(advice);
	assert_ptr_equal(advice_at(advice, 0), &advice->trial[0]);
}

static void counts_are_of_what_was_done_and_tried(void **state)
{
	struct advice *advice = advice_made(10);
	(void)state;
	advice->count = 4;
	advice->trial[1] = done(1);
	advice->trial[2] = (struct trial){.state = TRIAL_UNTRIED};
	advice->trial[3] = (struct trial){.state = TRIAL_WAITING};
	rank_trials(advice);
	assert_int_equal(advice_count(advice), 4);
	assert_int_equal(advice_done(advice), 3);
	assert_int_equal(advice_view(advice).tried, 1);
}

static void trials_of_costly_networks_are_shorter(void **state)
{
	static const struct {
		uint64_t limit, cost;
		int epochs;
	} cases[] = {{0, 1000000, 100}, {400000, 100, 100}, {400000, 101, 99}, {400000, 400, 25},
		{400000, 1000, 10}, {400000, 1001, 10}, {400000, 0, 100}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct advice *advice = advice_made(10);
		advice->limits = (struct advice_limits){100, cases[i].limit, ADVICE_FIRST};
		advice->cost = cases[i].cost;
		assert_int_equal(affordable_epochs(advice), cases[i].epochs);
	}
}

static void a_trial_begins_where_it_fits_in_the_limit(void **state)
{
	struct advice *advice = advice_made(10);
	(void)state;
	advice->limits.multiply_adds = 1000;
	advice->cost = 10;
	advice->epochs = 20;
	advice->spent = 800;
	assert_true(affordable(advice));
	advice->spent = 801;
	assert_false(affordable(advice));
	advice->limits.multiply_adds = 0;
	assert_true(affordable(advice));
}

/* Not before 30 epochs more, and half as many again (the run left alone: three times as many). */
static void trials_are_stale_when_the_run_is_much_further(void **state)
{
	static const struct {
		int64_t start, epoch;
		double times;
		bool stale;
	} cases[] = {{10, 39, 1.5, false}, {10, 40, 1.5, true}, {100, 149, 1.5, false},
		{100, 150, 1.5, true}, {100, 299, 3, false}, {100, 300, 3, true}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct advice *advice = advice_made(10);
		struct trial trial = done(1);
		trial.start = cases[i].start;
		advice->epoch = cases[i].epoch;
		assert_int_equal(is_stale(advice, &trial, cases[i].times), cases[i].stale);
		trial.restart = true;
		assert_false(is_stale(advice, &trial, cases[i].times));
	}
	struct advice *advice = advice_made(90);
	advice->loss = 90;
	advice->count = 2;
	advice->trial[0].start = advice->trial[1].start = 100;
	advice->trial[1] = done(1);
	advice->trial[1].start = 100;
	rank_trials(advice);
	advice->epoch = 149;
	assert_null(stale_trial(advice));
	advice->epoch = 150;
	assert_ptr_equal(stale_trial(advice), &advice->trial[1]);
	advice->epoch = 300;
	assert_ptr_equal(stale_trial(advice), &advice->trial[0]);
	advice->epoch = 100;
	assert_null(unconfirmed_trial(advice));
	advice->epoch = 101;
	assert_ptr_equal(unconfirmed_trial(advice), &advice->trial[1]);
	advice->trial[1].restart = true;
	assert_null(unconfirmed_trial(advice));
}

static void trials_are_wanted_until_one_of_their_kind_has_converged(void **state)
{
	const struct remedy *a = remedy_at(0), *b = remedy_at(1);
	const struct trial kept = {.first = a}, again = {.first = a, .restart = true};
	const struct trial pair = {.first = a, .second = b, .restart = true};
	static const struct {
		float kept, again; /* what trials with the weights kept, and restarted, have reached */
		enum advice_extent extent;
		const char *wanted; /* of the three above */
	} cases[] = {{6, 6, ADVICE_FIRST, "+++"}, {4, 6, ADVICE_FIRST, "-++"},
		{6, 4, ADVICE_FIRST, "+--"}, {4, 4, ADVICE_FIRST, "---"}, {4, 6, ADVICE_SINGLES, "+++"},
		{6, 4, ADVICE_SINGLES, "++-"}, {4, 4, ADVICE_ALL, "+++"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct advice *advice = advice_made(1); /* which does not count */
		advice->count = 3;
		advice->trial[1] = done(cases[i].kept);
		advice->trial[2] = done(cases[i].again);
		advice->trial[2].restart = true;
		advice->limits.extent = cases[i].extent;
		assert_int_equal(is_wanted(advice, &kept), cases[i].wanted[0] == '+');
		assert_int_equal(is_wanted(advice, &again), cases[i].wanted[1] == '+');
		assert_int_equal(is_wanted(advice, &pair), cases[i].wanted[2] == '+');
	}
}

/* Ten places after the first, each of the first epoch that comes to it. */
static void losses_are_kept_at_even_distances(void **state)
{
	static const int places_of_25[] = {-1, -1, -1, 1, -1, 2, -1, -1, 3, -1, 4, -1, -1, 5, -1, 6, -1,
		-1, 7, -1, 8, -1, -1, 9, -1, 10};
	const struct trial trial = {.epochs = 25}, ten = {.epochs = 10};
	(void)state;
	for (int epoch = 0; epoch <= 25; epoch++)
		assert_int_equal(place_of(&trial, epoch), places_of_25[epoch]);
	for (int epoch = 0; epoch <= 10; epoch++)
		assert_int_equal(place_of(&ten, epoch), epoch ? epoch : -1);
}

static void trials_are_those_of_these_settings_and_no_later_epoch(void **state)
{
	struct advice *advice = advice_made(10);
	struct config other = advice->config;
	(void)state;
	other.depth++;
	assert_true(advice_is_for(advice, &advice->config, 50));
	assert_false(advice_is_for(advice, &advice->config, 49));
	assert_false(advice_is_for(advice, &other, 50));
	advice->count = 0;
	assert_false(advice_is_for(advice, &advice->config, 50));
}

/* ---- sentences ---- */

static void names_and_changes_of_trials(void **state)
{
	const struct remedy *a = remedy_named("relu"), *b = remedy_named("ten-layers");
	const struct trial trials[] = {
		{0}, {.restart = true}, {.first = a}, {.first = a, .second = b, .restart = true}};
	static const char *const names[] = {"none", "restart", "relu", "relu+ten-layers"};
	static const char *const changes[] = {
		"left alone", "[r] restart", "[a] relu", ":depth=10 + [a] relu + [r] restart"};
	struct config config = config_default();
	(void)state;
	config.depth = 30;
	for (size_t i = 0; i < COUNT(trials); i++) {
		char text[200];
		trial_name(&trials[i], text, sizeof(text));
		assert_string_equal(text, names[i]);
		trial_change(&trials[i], &config, text, sizeof(text));
		assert_string_equal(text, changes[i]);
	}
}

static void small_numbers_have_two_digits(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0.000063, "0.000063"}, {0.0000012, "0.0000012"}, {0.00000099, "9.9e-07"},
		{0.000001, "0.0000010"}, {0.25, "0.25"}, {0.0999, "0.100"}, {0.999, "1.00"}, {1, "1.0"},
		{12.34, "12.3"}, {999.9, "999.9"}, {1000, "1.0e+03"}, {0, "0.0"}, {-0.25, "-0.25"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[24];
		small_number(text, cases[i].value);
		assert_string_equal(text, cases[i].text);
	}
}

static void a_trial_is_old_after_twice_its_epochs_and_sixty(void **state)
{
	const struct trial kept = {.start = 20}, again = {.start = 20, .restart = true};
	(void)state;
	assert_false(is_old(&kept, 100));
	assert_true(is_old(&kept, 101));
	assert_false(is_old(&again, 101));
}

/* The longest sentence that fits, down to nothing. */
static void assert_forms(void (*write)(int width, char *out), const char *const forms[], int count)
{
	for (int width = 120; width > 0; width--) {
		char text[200] = "";
		int at = 0;
		while (at < count && (int)strlen(forms[at]) > width)
			at++;
		write(width, text);
		assert_string_equal(text, at < count ? forms[at] : "");
	}
}

static struct advice *to_tell;

static void write_sentence(int width, char *out)
{
	advice_sentence(to_tell, 50, width, out, 200);
}

static void what_was_tried_in_vain_is_told(void **state)
{
	static const char *const forms[] = {
		"Tried 2 remedies for 30 epochs each: none of them helps.",
		"Tried 2 remedies: none helps.",
	};
	(void)state;
	to_tell = advice_made(9);
	to_tell->count = 3;
	to_tell->trial[1] = done(9);
	to_tell->trial[2] = done(9.5f);
	for (int i = 0; i < 3; i++)
		to_tell->trial[i].epochs = 30;
	rank_trials(to_tell);
	assert_forms(write_sentence, forms, COUNT(forms));
	to_tell->count = 1;
	assert_forms(write_sentence, NULL, 0);
}

static void a_run_that_halves_its_loss_by_itself_is_let_alone(void **state)
{
	static const char *const forms[] = {
		"Tried: left alone it gets from loss 10 to 4.9 in 30 epochs. Let it train.",
		"Let it train: 4.9 in 30 epochs.",
	};
	(void)state;
	to_tell = advice_made(4.9f);
	to_tell->trial[0].loss[0] = 10;
	to_tell->trial[0].epochs = 30;
	rank_trials(to_tell);
	assert_forms(write_sentence, forms, COUNT(forms));
	to_tell->trial[0].reached = 5;
	assert_forms(write_sentence, NULL, 0);
}

static void the_best_trial_is_told_as_fully_as_fits(void **state)
{
	static const char *const forms[] = {
		"Tried: [r] restart: loss 1.0 in 30 epochs (now 10). [!] applies it",
		"Tried: [r] restart: loss 1.0 in 30 epochs. [!] applies it",
		"Tried: [r] restart: loss 1.0. [!] applies it",
		"Tried: [r] restart: loss 1.0 in 30 epochs. [!]",
		"Tried: [r] restart: loss 1.0. [!]",
	};
	static const char *const diverged[] = {
		"Tried: [r] restart: loss 1.0 in 30 epochs. [!] applies it",
		"Tried: [r] restart: loss 1.0. [!] applies it",
	};
	(void)state;
	to_tell = advice_made(9);
	to_tell->count = 2;
	to_tell->trial[1] = (struct trial){
		.restart = true, .state = TRIAL_DONE, .reached = 1, .loss_before = NAN, .epochs = 30};
	rank_trials(to_tell);
	for (int width = 80; width >= 33; width--) {
		char text[200];
		size_t at = 0;
		while (at < COUNT(forms) && (int)strlen(forms[at]) > width)
			at++;
		/* the fourth is longer than the third, and so never said */
		write_sentence(width, text);
		assert_string_equal(text, forms[at < COUNT(forms) ? at : COUNT(forms) - 1]);
	}
	to_tell->loss = (double)INFINITY;
	for (int width = 80; width >= 44; width--) {
		char text[200];
		write_sentence(width, text);
		assert_string_equal(text, diverged[width < (int)strlen(diverged[0])]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_class_is_reached_below_its_share_of_the_baseline),
		cmocka_unit_test(what_only_memorizes_has_learned_nothing),
		cmocka_unit_test(a_trial_helps_a_fifth_below_the_loss_and_the_run_left_alone),
		cmocka_unit_test(only_a_good_class_mends),
		cmocka_unit_test(trials_are_ranked_by_class_then_change_then_loss),
		cmocka_unit_test(counts_are_of_what_was_done_and_tried),
		cmocka_unit_test(trials_of_costly_networks_are_shorter),
		cmocka_unit_test(a_trial_begins_where_it_fits_in_the_limit),
		cmocka_unit_test(trials_are_stale_when_the_run_is_much_further),
		cmocka_unit_test(trials_are_wanted_until_one_of_their_kind_has_converged),
		cmocka_unit_test(losses_are_kept_at_even_distances),
		cmocka_unit_test(trials_are_those_of_these_settings_and_no_later_epoch),
		cmocka_unit_test(names_and_changes_of_trials),
		cmocka_unit_test(small_numbers_have_two_digits),
		cmocka_unit_test(a_trial_is_old_after_twice_its_epochs_and_sixty),
		cmocka_unit_test(what_was_tried_in_vain_is_told),
		cmocka_unit_test(a_run_that_halves_its_loss_by_itself_is_let_alone),
		cmocka_unit_test(the_best_trial_is_told_as_fully_as_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
