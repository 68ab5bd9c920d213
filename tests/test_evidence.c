/* Evidence: what is gathered from a record and from the records before it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frames.h"
#include "lab/evidence.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { LAYERS = 4, NOW = 30 };

static struct record *blank(int epoch)
{
	struct record *record = record_new(LAYERS);
	assert_non_null(record);
	record->epoch = epoch;
	record->loss = record->val_loss = record->eval_loss = 1;
	record->penalty = 0;
	record->grad_norm = 1;
	record->largest_step = 0;
	for (int l = 0; l < LAYERS; l++) {
		record->layer[l].weight_rms = 0.5f;
		record->layer[l].grad_rms = 0.1f;
		record->layer[l].delta_rms = 0.1f;
		record->layer[l].update_ratio = 0.01f;
		record->layer[l].dead = 0;
	}
	return record;
}

/* Epochs 0 to NOW, the last of which is judged; tests alter them. */
struct past {
	struct record *record[NOW + 1];
	struct config config;
};

static struct past past_new(void)
{
	struct past past = {.config = config_default()};
	past.config.depth = LAYERS - 1;
	for (int e = 0; e <= NOW; e++)
		past.record[e] = blank(e);
	return past;
}

/* Of epoch `now`; the history has later records, too, as it has when one looks back. */
static struct evidence gathered_at(const struct past *past, int now)
{
	struct history *history = history_new();
	for (int e = 0; e <= NOW; e++)
		assert_true(history_add(history, past->record[e]));
	const struct frame frame = frame_by_hand(past->record[now], history, &past->config, 2);
	const struct evidence evidence = evidence_collect(&frame);
	frame_drop(&frame);
	history_free(history);
	return evidence;
}

static struct evidence gathered(struct past *past)
{
	struct evidence evidence = gathered_at(past, NOW);
	for (int e = 0; e <= NOW; e++)
		free(past->record[e]);
	return evidence;
}

static void epochs_count_from_the_last_change_of_settings(void **state)
{
	static const struct {
		int changed;
		int64_t settled;
	} cases[] = {{-1, 30}, {30, 1}, {29, 2}, {1, 30}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct past past = past_new();
		if (cases[i].changed >= 0)
			strcpy(past.record[cases[i].changed]->event, "lr=1");
		assert_int_equal(gathered(&past).settled, cases[i].settled);
	}
}

static void the_best_losses_are_the_lowest_of_the_newest_epoch_that_had_them(void **state)
{
	struct past past = past_new();
	(void)state;
	past.record[7]->loss = past.record[9]->loss = 0.25f;
	past.record[8]->val_loss = past.record[10]->val_loss = 0.5f;
	past.record[NOW]->loss = past.record[NOW]->val_loss = 0.125f;
	const struct evidence e = gathered(&past);
	assert_true(e.best_loss == 0.25 && e.best_epoch == 9);
	assert_true(e.best_val == 0.5 && e.best_val_epoch == 10);
	assert_true(e.loss == 0.125 && e.val_loss == 0.125);
}

/* The record of the change is the first under the new settings. */
static void losses_under_other_settings_do_not_count(void **state)
{
	struct past past = past_new();
	(void)state;
	past.record[11]->loss = past.record[11]->val_loss = 0.25f;
	past.record[12]->loss = past.record[12]->val_loss = 0.5f;
	past.record[11]->largest_step = 3;
	past.record[12]->largest_step = 2;
	strcpy(past.record[12]->event, "lr=1");
	const struct evidence e = gathered(&past);
	assert_true(e.best_loss == 0.5 && e.best_epoch == 12);
	assert_true(e.best_val == 0.5 && e.best_val_epoch == 12);
	assert_true(e.largest.ratio == 2 && e.largest.epoch == 12);
}

static void penalties_are_taken_from_every_loss(void **state)
{
	struct past past = past_new();
	(void)state;
	past.record[NOW]->penalty = 0.5f;
	past.record[5]->penalty = 0.25f;
	past.record[20]->penalty = 0.125f;
	past.record[0]->penalty = 0.375f;
	past.record[NOW]->eval_loss = 2;
	past.record[NOW]->val_loss = 3;
	const struct evidence e = gathered(&past);
	assert_true(e.loss == 0.5 && e.eval_loss == 1.5 && e.val_loss == 2.5);
	assert_true(e.start_loss == 0.625 && e.best_loss == 0.625 && e.best_val == 0.625);
	assert_true(e.loss_before == 0.875);
}

static void records_without_another_mode_have_the_loss_for_it(void **state)
{
	struct past past = past_new();
	(void)state;
	past.record[NOW]->eval_loss = record_nothing();
	past.record[NOW]->loss = 0.75f;
	assert_true(gathered(&past).eval_loss == 0.75);
}

static void ten_epochs_ago_is_ten_epochs_ago(void **state)
{
	struct past past = past_new();
	(void)state;
	for (int e = 0; e < NOW; e++)
		past.record[e]->loss = (float)(e + 1);
	assert_true(gathered_at(&past, 9).loss_before != gathered_at(&past, 9).loss_before);
	assert_true(gathered_at(&past, 10).loss_before == 1);
	assert_true(gathered(&past).loss_before == 21);
}

/* The epochs before are those 20 or more ago; a loss of 99 after 100 is low enough. */
static void a_loss_is_flat_without_one_lower_by_a_hundredth_in_twenty_epochs(void **state)
{
	static const struct {
		int low; /* the epoch of the lowest loss */
		float loss;
		bool flat;
	} cases[] = {{NOW, 99, false}, {NOW, 99.01f, true}, {11, 99, false}, {10, 99, true},
		{0, 50, true}, {NOW, 98, false}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct past past = past_new();
		for (int e = 0; e <= NOW; e++)
			past.record[e]->loss = e == cases[i].low ? cases[i].loss : 100;
		assert_int_equal(gathered(&past).flat, cases[i].flat);
	}
	struct past past = past_new();
	assert_false(gathered_at(&past, 19).flat);
	assert_true(gathered_at(&past, 20).flat);
	assert_true(gathered(&past).flat);
}

static void the_largest_step_is_the_newest_of_the_largest(void **state)
{
	struct past past = past_new();
	(void)state;
	past.record[3]->largest_step = past.record[4]->largest_step = 2;
	past.record[3]->largest_step_layer = 1;
	past.record[4]->largest_step_layer = 2;
	past.record[NOW]->largest_step = 1;
	struct evidence e = gathered_at(&past, NOW);
	assert_true(e.largest.ratio == 2 && e.largest.epoch == 4 && e.largest.layer == 2);
	past.record[NOW]->largest_step = 2;
	past.record[NOW]->largest_step_layer = 3;
	e = gathered(&past);
	assert_true(e.largest.ratio == 2 && e.largest.epoch == NOW && e.largest.layer == 3);
}

/* A quarter of a layer is a step that may harm; each epoch since must have been in trouble, or be
 * one of the last three that were not. */
static void a_step_may_have_done_harm_for_three_epochs(void **state)
{
	static const struct {
		int epoch;
		float ratio;
		int layer;
	} cases[] = {{NOW, 0.25f, 2}, {NOW, 0.2499f, 0}, {28, 0.5f, 2}, {27, 0.5f, 0}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct past past = past_new();
		past.record[cases[i].epoch]->largest_step = cases[i].ratio;
		past.record[cases[i].epoch]->largest_step_layer = 2;
		assert_int_equal(gathered(&past).step.layer, cases[i].layer);
	}
}

static void the_usual_norm_is_the_median_of_the_ten_epochs_before(void **state)
{
	static const float norms[] = {3, 10, 1, 7, 5, 9, 2, 8, 6, 4};
	struct past past = past_new();
	(void)state;
	for (int e = 0; e < NOW; e++)
		past.record[e]->grad_norm = e < 20 ? 1000 : norms[e - 20];
	past.record[NOW]->grad_norm = 1000;
	assert_true(gathered(&past).usual_norm == 5);
}

/* ---- layers ---- */

static struct evidence of_layers(void (*alter)(struct record *first, struct record *now))
{
	struct past past = past_new();
	alter(past.record[0], past.record[NOW]);
	return gathered(&past);
}

static void kill_second(struct record *first, struct record *now)
{
	(void)first;
	now->layer[1].dead = 1;
	now->layer[0].delta_rms = 0;
}

static void kill_second_with_a_way_around(struct record *first, struct record *now)
{
	kill_second(first, now);
	now->layer[0].delta_rms = 1e-30f;
}

static void nearly_kill_second(struct record *first, struct record *now)
{
	kill_second(first, now);
	now->layer[1].dead = 0.99f;
}

static void kill_first(struct record *first, struct record *now)
{
	(void)first;
	now->layer[0].dead = 1;
}

static void kill_output(struct record *first, struct record *now)
{
	(void)first;
	now->layer[3].dead = 1;
	now->layer[2].delta_rms = 0;
}

static void a_layer_is_dead_where_nothing_leads_around_it(void **state)
{
	(void)state;
	assert_int_equal(of_layers(kill_second).dead.layer, 2);
	assert_int_equal(of_layers(kill_second_with_a_way_around).dead.layer, 0);
	assert_int_equal(of_layers(nearly_kill_second).dead.layer, 0);
	assert_int_equal(of_layers(nearly_kill_second).dying.layer, 2);
	assert_int_equal(of_layers(kill_first).dead.layer, 1);
	assert_int_equal(of_layers(kill_output).dead.layer, 0);
}

static void dying_alike(struct record *first, struct record *now)
{
	first->layer[0].dead = 0.25f;
	first->layer[1].dead = first->layer[2].dead = 0.125f;
	now->layer[0].dead = now->layer[1].dead = now->layer[2].dead = 0.375f;
}

static void the_first_of_layers_that_lose_as_many_units_is_told(void **state)
{
	(void)state;
	const struct finding dying = of_layers(dying_alike).dying;
	assert_int_equal(dying.layer, 2);
	assert_true(dying.value == 0.375);
}

static void two_without_signal(struct record *first, struct record *now)
{
	(void)first;
	now->layer[0].delta_rms = now->layer[1].delta_rms = 0;
	now->layer[0].weight_rms = now->layer[3].weight_rms = 0;
}

static void weights_of_zero_above(struct record *first, struct record *now)
{
	two_without_signal(first, now);
	now->layer[2].weight_rms = 0;
}

static void an_underflow_ends_below_weights_that_are_not_zero(void **state)
{
	(void)state;
	assert_int_equal(of_layers(two_without_signal).underflow.layer, 2);
	assert_true(of_layers(two_without_signal).no_signal);
	assert_int_equal(of_layers(two_without_signal).zero.layer, 4);
	assert_int_equal(of_layers(weights_of_zero_above).underflow.layer, 0);
	assert_int_equal(of_layers(weights_of_zero_above).zero.layer, 3);
}

static void shrink(struct record *first, struct record *now)
{
	first->layer[0].weight_rms = first->layer[1].weight_rms = 1;
	now->layer[0].weight_rms = 0.04f;
	now->layer[1].weight_rms = now->layer[2].weight_rms = 0.015625f;
}

static void hardly_shrink(struct record *first, struct record *now)
{
	first->layer[3].weight_rms = 1;
	now->layer[3].weight_rms = 0.051f;
}

static void the_layer_that_has_shrunk_most_is_told(void **state)
{
	(void)state;
	const struct finding shrunk = of_layers(shrink).shrunk;
	assert_int_equal(shrunk.layer, 2);
	assert_true(shrunk.value == 0.015625);
	assert_int_equal(of_layers(hardly_shrink).shrunk.layer, 0);
}

static void step_variously(struct record *first, struct record *now)
{
	(void)first;
	now->layer[0].update_ratio = 9e-6f;
	now->layer[1].update_ratio = 0;
	now->layer[2].update_ratio = 0.2f;
}

static void lose_without_gradient(struct record *first, struct record *now)
{
	step_variously(first, now);
	now->layer[1].grad_rms = 0;
}

static void steps_are_lost_tiny_or_large(void **state)
{
	(void)state;
	const struct evidence e = of_layers(step_variously);
	assert_int_equal(e.lost.layer, 2);
	assert_int_equal(e.frozen.layer, 1);
	assert_int_equal(e.large.layer, 3);
	assert_int_equal(of_layers(lose_without_gradient).lost.layer, 0);
}

/* ---- the model and its settings ---- */

static void only_identity_without_layer_norm_is_linear(void **state)
{
	static const struct {
		const char *settings;
		int depth;
		bool linear;
	} cases[] = {{"depth=3 activation=identity norm=none", 3, true},
		{"depth=3 activation=identity norm=batch", 3, true},
		{"depth=3 activation=identity norm=layer", 3, false},
		{"depth=3 activation=relu norm=none", 3, false},
		{"depth=0 activation=relu norm=none", 0, true}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct past past = past_new();
		past.config = config_with(past.config, cases[i].settings);
		const struct evidence e = gathered(&past);
		assert_int_equal(e.linear, cases[i].linear);
		assert_int_equal(e.hidden, cases[i].depth);
	}
}

static void any_penalty_draws_weights_to_zero(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct past past = past_new();
		past.config.l1 = i == 1 ? 0.1 : 0;
		past.config.l2 = i == 2 ? 0.1 : 0;
		past.config.weight_decay = i == 3 ? 0.1 : 0;
		assert_int_equal(gathered(&past).penalized, i > 0);
	}
	struct past past = past_new();
	past.record[NOW - 1]->verdict = "weights-vanished";
	assert_true(gathered(&past).penalized);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(epochs_count_from_the_last_change_of_settings),
		cmocka_unit_test(the_best_losses_are_the_lowest_of_the_newest_epoch_that_had_them),
		cmocka_unit_test(losses_under_other_settings_do_not_count),
		cmocka_unit_test(penalties_are_taken_from_every_loss),
		cmocka_unit_test(records_without_another_mode_have_the_loss_for_it),
		cmocka_unit_test(ten_epochs_ago_is_ten_epochs_ago),
		cmocka_unit_test(a_loss_is_flat_without_one_lower_by_a_hundredth_in_twenty_epochs),
		cmocka_unit_test(the_largest_step_is_the_newest_of_the_largest),
		cmocka_unit_test(a_step_may_have_done_harm_for_three_epochs),
		cmocka_unit_test(the_usual_norm_is_the_median_of_the_ten_epochs_before),
		cmocka_unit_test(a_layer_is_dead_where_nothing_leads_around_it),
		cmocka_unit_test(the_first_of_layers_that_lose_as_many_units_is_told),
		cmocka_unit_test(an_underflow_ends_below_weights_that_are_not_zero),
		cmocka_unit_test(the_layer_that_has_shrunk_most_is_told),
		cmocka_unit_test(steps_are_lost_tiny_or_large),
		cmocka_unit_test(only_identity_without_layer_norm_is_linear),
		cmocka_unit_test(any_penalty_draws_weights_to_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
