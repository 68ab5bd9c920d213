/* Features of an experiment: frozen layers, lists of activations, clipping and schedules, also
 * after changes and when going back. */
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

#include "../src/lab/experiment_internal.h"
#include "place.h"
#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static real *parameters_of(const struct experiment *e, size_t *count)
{
	return net_parameters(e->net, count);
}

static real *copy_parameters(const struct experiment *e)
{
	size_t count;
	const real *from = parameters_of(e, &count);
	real *copy = malloc(count * sizeof(*copy));
	assert_non_null(copy);
	return memcpy(copy, from, count * sizeof(*copy));
}

/* True if the bits of the weights and biases equal `before`, false if neither do. */
static bool stayed(const struct experiment *e, int l, const real *before)
{
	const struct net_layer *layer = net_layer_of(e->net, l);
	const real *old = before + layer->first;
	bool weights = memcmp(layer->weight, old, layer->weights * sizeof(*old)) == 0;
	bool biases = memcmp(layer->bias, old + layer->weights, layer->outputs * sizeof(*old)) == 0;
	assert_int_equal(weights, biases);
	return weights;
}

/* ---- freeze ---- */

static void assert_only_frozen_stay(const struct experiment *e, const real *before, int frozen)
{
	for (int l = 1; l <= net_spec_of(e->net)->layers; l++)
		if (stayed(e, l, before) != (l <= frozen))
			fail_msg("layer %d, frozen up to %d", l, frozen);
}

static void frozen_layers_keep_every_bit_and_the_others_move(void **state)
{
	static const char *const settings[] = {
		"",
		"optimizer=adam weight-decay=0.1",
		"optimizer=momentum l2=0.1 l1=0.1",
		"clip=norm clip-at=0.01",
		"norm=batch",
		"activation=prelu dropout=0.3",
	};
	static const int frozen[] = {0, 2, 4};
	(void)state;
	for (size_t i = 0; i < COUNT(settings) * COUNT(frozen); i++) {
		struct experiment *e = trained(settings[i / COUNT(frozen)], 1);
		char freeze[40];
		snprintf(freeze, sizeof(freeze), "depth=4 freeze=%d", frozen[i % COUNT(frozen)]);
		change(e, freeze);
		real *before = copy_parameters(e);

		train(e, 3, UINT64_MAX, NULL);
		assert_only_frozen_stay(e, before, frozen[i % COUNT(frozen)]);
		free(before);
		experiment_free(e);
	}
}

static void a_thaw_moves_all_and_growing_keeps_what_is_frozen(void **state)
{
	struct experiment *e = trained("freeze=2", 2);
	(void)state;
	change(e, "depth=6");
	real *before = copy_parameters(e);

	train(e, 2, UINT64_MAX, NULL);
	assert_only_frozen_stay(e, before, 2);
	change(e, "freeze=0");
	train(e, 1, UINT64_MAX, NULL);
	assert_only_frozen_stay(e, before, 0);
	free(before);
	experiment_free(e);
}

/* A leftover gradient of a frozen layer would add to the measured one. */
static void a_frozen_layer_has_the_gradient_of_its_weights(void **state)
{
	struct place *place = *state;
	char settings[200];
	struct experiment *frozen = trained("freeze=2", 3);
	assert_true(save_weights(frozen, place->file));
	snprintf(settings, sizeof(settings), "weights=%s", place->file);
	struct experiment *fresh = trained(settings, 0);

	for (int l = 0; l < 4; l++) {
		assert_true(experiment_record(frozen)->layer[l].grad_rms > 0);
		assert_true(experiment_record(frozen)->layer[l].grad_rms ==
			experiment_record(fresh)->layer[l].grad_rms);
	}
	experiment_free(frozen);
	experiment_free(fresh);
}

/* ---- activations ---- */

static void an_activation_list_goes_layer_by_layer_and_its_last_goes_on(void **state)
{
	static const struct {
		const char *settings, *activation[4];
	} cases[] = {
		{"activation=relu", {"relu", "relu", "relu", "relu"}},
		{"activation=relu/tanh", {"relu", "tanh", "tanh", "tanh"}},
		{"activation=relu/tanh/sine/elu", {"relu", "tanh", "sine", "elu"}},
		{"activation=relu/tanh/relu/sine/elu/selu", {"relu", "tanh", "relu", "sine"}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct experiment *fresh = trained(cases[i].settings, 0);
		change(fresh, "depth=4");
		for (int l = 1; l <= 4; l++) {
			const char *name = cases[i].activation[l - 1];
			assert_string_equal(config_activation(experiment_config(fresh), l), name);
			assert_string_equal(net_layer_of(fresh->net, l)->activation->name, name);
		}
		assert_null(net_layer_of(fresh->net, 5)->activation);
		experiment_free(fresh);
	}
}

/* ---- clipping ---- */

static int clipped_by(const char *settings)
{
	struct experiment *e = trained(settings, 0);
	assert_int_equal(experiment_record(e)->steps, 0);
	train(e, 1, UINT64_MAX, NULL);
	const struct record *record = experiment_record(e);
	int clipped = record->clipped;

	assert_int_equal(record->steps, 8); /* 120 points in batches of 16 */
	change(e, "noise=0.1 lr=0.05");
	assert_int_equal(experiment_record(e)->clipped, clipped);
	train(e, 1, UINT64_MAX, NULL);
	assert_in_range(experiment_record(e)->clipped, 0, 8);
	experiment_free(e);
	return clipped;
}

static void the_steps_that_clipping_cuts_are_counted(void **state)
{
	static const char *const kinds[] = {
		"clip=norm optimizer-style=keras",
		"clip=norm optimizer-style=pytorch",
		"clip=tensor-norm optimizer-style=keras",
		"clip=tensor-norm optimizer-style=pytorch",
		"clip=value",
	};
	static const char *const at[] = {"1e9", "1", "0.5", "0.2", "0.1", "0.05", "1e-9"};
	(void)state;
	assert_int_equal(clipped_by("clip-at=1e-9"), 0);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		int clipped[COUNT(at)];
		bool some = false;
		for (size_t k = 0; k < COUNT(at); k++) {
			char settings[100];
			snprintf(settings, sizeof(settings), "%s clip-at=%s", kinds[i], at[k]);
			clipped[k] = clipped_by(settings);
			some |= clipped[k] > 0 && clipped[k] < 8;
		}
		assert_true(some);
		assert_int_equal(clipped[0], 0);
		assert_int_equal(clipped[COUNT(at) - 1], 8);
	}
}

/* ---- schedules ---- */

/* All parameters at their defaults. */
static const struct schedule_parameters usual;

static void records_tell_the_rate_of_the_schedule(void **state)
{
	(void)state;
	for (int i = 0; schedule_at(i); i++)
		for (int epochs = 0; epochs <= 12; epochs += 12) {
			const struct schedule *schedule = schedule_at(i);
			char settings[100];
			snprintf(
				settings, sizeof(settings), "lr=0.2 schedule=%s epochs=%d", schedule->name, epochs);
			struct experiment *e = trained(settings, 0);

			/* before the first epoch: the rate it will begin with */
			float first = (float)schedule_rate(schedule, &usual, 0.2, 0, epochs);

			assert_true(experiment_record(e)->lr == first);
			for (int64_t epoch = 0; epoch < 35; epoch++) {
				float rate = (float)schedule_rate(schedule, &usual, 0.2, epoch, epochs);
				train(e, 1, UINT64_MAX, NULL);
				if (experiment_record(e)->lr != rate)
					fail_msg("%s, epoch %d", settings, (int)epoch);
			}
			experiment_free(e);
		}
}

static void a_schedule_trains_like_rates_set_by_hand(void **state)
{
	(void)state;
	for (int i = 0; schedule_at(i); i++) {
		char settings[100];
		snprintf(settings, sizeof(settings), "lr=0.2 epochs=6 optimizer=momentum schedule=%s",
			schedule_at(i)->name);
		struct experiment *one = trained(settings, 0);
		struct experiment *two = trained("lr=0.3 optimizer=momentum", 0);

		for (int epoch = 0; epoch < 6; epoch++) {
			snprintf(settings, sizeof(settings), "lr=%.17g",
				schedule_rate(schedule_at(i), &usual, 0.2, epoch, 6));
			change(two, settings);
			train(one, 1, UINT64_MAX, NULL);
			train(two, 1, UINT64_MAX, NULL);
			assert_true(loss_of(one) == loss_of(two));
		}
		experiment_free(one);
		experiment_free(two);
	}
}

static void the_rate_is_cut_where_the_loss_stays(void **state)
{
	static const char *const cases[] = {
		"optimizer-style=keras",
		"optimizer-style=pytorch",
		"split=0",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char settings[160];
		/* slow: the loss falls, but by less than counts */
		snprintf(settings, sizeof(settings),
			"lr=1e-7 schedule=plateau schedule-every=3 "
			"schedule-factor=0.5 %s",
			cases[i]);
		struct experiment *e = trained(settings, 10);
		const struct history *history = history_of(e);
		int wait = strstr(cases[i], "pytorch") ? 4 : 3;

		/* the first epoch is the best, and the one after the wait has the lower rate */
		for (int epoch = 1; epoch <= 10; epoch++) {
			float rate = (float)(1e-7 * pow(0.5, (epoch - 2) / wait));
			if (history_at(history, epoch)->lr != rate)
				fail_msg("%s, epoch %d: %g, not %g", cases[i], epoch,
					(double)history_at(history, epoch)->lr, (double)rate);
		}
		experiment_free(e);
	}
}

/* Of a run whose loss falls while its validation loss does not. */
static void the_rate_is_cut_by_the_validation_loss(void **state)
{
	struct experiment *e = trained("noise=0.5 split=0.8 width=20 activation=relu init=he-normal "
								   "optimizer=adam optimizer-style=keras lr=0.003 "
								   "schedule=plateau schedule-every=3",
		40);
	const struct history *history = history_of(e);
	const struct schedule *plateau = schedule_find("plateau");
	const struct schedule_parameters own = {.every = 3};
	struct rate_watch by_val_loss = rate_watch_new(1), by_loss = rate_watch_new(1);
	(void)state;
	for (int epoch = 1; epoch <= 40; epoch++) {
		const struct record *record = history_at(history, epoch);
		assert_true(record->lr == (float)(0.003 * by_val_loss.share));
		schedule_see(plateau, &own, &by_val_loss, record->val_loss, false);
		schedule_see(plateau, &own, &by_loss, record->loss, false);
	}
	assert_true(by_val_loss.share < by_loss.share);
	experiment_free(e);
}

static float next_rate(struct experiment *e)
{
	train(e, 1, UINT64_MAX, NULL);
	return experiment_record(e)->lr;
}

static void a_cut_rate_lasts_until_a_rate_is_set(void **state)
{
	struct experiment *e = trained("lr=1e-7 schedule=plateau schedule-every=2", 2);
	struct snapshot *saved;
	const float cut = (float)1e-8, full = (float)1e-7;
	(void)state;
	assert_true(next_rate(e) == full && next_rate(e) == cut);
	saved = experiment_save(e);
	/* the wait begins anew, the rate stays; a deeper network has another loss */
	change(e, "clip=norm depth=3");
	assert_true(experiment_record(e)->lr == cut);
	assert_true(next_rate(e) == cut && next_rate(e) == cut && next_rate(e) == cut);
	assert_true(next_rate(e) < cut);
	change(e, "lr=2e-7");
	assert_true(next_rate(e) == (float)2e-7);
	assert_true(experiment_restore(e, saved));
	settle(e, UINT64_MAX, NULL);
	assert_true(next_rate(e) == cut && next_rate(e) < cut);
	change(e, "schedule=constant");
	assert_true(next_rate(e) == full);
	snapshot_free(saved);
	experiment_free(e);
}

static void a_schedule_goes_by_the_parameters_that_are_set(void **state)
{
	static const struct {
		const char *settings;
		float rate[6];
	} cases[] = {
		{"step schedule-every=2 schedule-factor=0.25", {1, 1, .25f, .25f, .0625f, .0625f}},
		{"step schedule-every=2", {1, 1, .5f, .5f, .25f, .25f}},
		{"exponential schedule-factor=0.5", {1, .5f, .25f, .125f, .0625f, .03125f}},
		{"multistep schedule-factor=0.5 schedule-at=1/4", {1, .5f, .5f, .5f, .25f, .25f}},
		{"multistep schedule-factor=0.5 schedule-at=0.5/5", {1, 1, 1, .5f, .5f, .25f}},
		{"inverse-time schedule-every=1", {1, .5f, 1.f / 3, .25f, .2f, 1.f / 6}},
		{"constant schedule-every=1 schedule-factor=0.5", {1, 1, 1, 1, 1, 1}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char settings[160];
		snprintf(settings, sizeof(settings), "lr=1 epochs=6 schedule=%s", cases[i].settings);
		struct experiment *e = trained(settings, 0);

		for (int epoch = 0; epoch < 6; epoch++) {
			float rate = next_rate(e);
			if (rate != cases[i].rate[epoch])
				fail_msg("%s, epoch %d: %g", settings, epoch, (double)rate);
		}
		experiment_free(e);
	}
}

/* ---- options of the optimizers ---- */

/* True if an optimizer says that it reads an option in one of its forms. */
static bool reads(const struct optimizer *row, bool pytorch, const char *option)
{
	const struct optimizer_form *form = pytorch ? &row->pytorch : &row->keras;
	const struct {
		const char *option;
		bool read;
	} options[] = {
		{"momentum", row->has_momentum},
		{"dampening", form->damped != NULL},
		{"beta1", form->beta1 > 0},
		{"beta2", form->beta2 > 0},
		{"epsilon", form->epsilon > 0},
		{"accumulator", row->accumulates},
		{"lr-decay", true},
	};
	for (size_t i = 0; i < COUNT(options); i++)
		if (strncmp(option, options[i].option, strlen(options[i].option)) == 0)
			return options[i].read;
	fail_msg("no option %s", option);
	return false;
}

static void an_option_works_where_the_row_says(void **state)
{
	static const char *const options[] = {
		"momentum=0.5",
		"dampening=0.5",
		"beta1=0.5",
		"beta2=0.5",
		"epsilon=0.1",
		"accumulator=2",
		"lr-decay=0.1",
	};
	const struct optimizer *row;
	(void)state;
	for (int o = 0; (row = optimizer_at(o)); o++)
		for (size_t i = 0; i < 2 * COUNT(options); i++) {
			const char *option = options[i / 2];
			bool pytorch = i % 2;
			char settings[200];
			snprintf(settings, sizeof(settings), "lr=0.01 optimizer-style=%s optimizer=%s",
				pytorch ? "pytorch" : "keras", row->name);
			struct experiment *plain = trained(settings, 2);

			snprintf(settings + strlen(settings), 40, " %s", option);
			struct experiment *other = trained(settings, 2);
			bool changes = loss_of(plain) != loss_of(other);
			if (changes != reads(row, pytorch, option))
				fail_msg("%s: %s %s, but its row in optim.c says otherwise", settings, option,
					changes ? "changes the loss" : "changes nothing");
			experiment_free(plain);
			experiment_free(other);
		}
}

static void records_tell_the_rate_of_the_last_step(void **state)
{
	struct experiment *e = trained("lr=0.2 lr-decay=0.5 batch=15", 2);
	(void)state;
	/* 120 points to train on: 8 steps an epoch */
	assert_true(experiment_record(e)->lr == (float)(0.2 / (1 + 15 * 0.5)));
	change(e, "momentum=0.5"); /* the one to come */
	assert_true(experiment_record(e)->lr == (float)(0.2 / (1 + 16 * 0.5)));
	experiment_free(e);
}

/* The bias correction assumes moments unchanged from the first step. */
static void changed_moments_restart_the_optimizer(void **state)
{
	static const char *const options[] = {
		"optimizer=adam beta1=0.8",
		"optimizer=adam beta2=0.99",
		"optimizer=adagrad accumulator=2",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(options); i++)
		for (int grow = 0; grow <= 1; grow++) {
			const char *option = strchr(options[i], ' ') + 1;
			char settings[80];
			snprintf(
				settings, sizeof(settings), "%.*s", (int)(option - 1 - options[i]), options[i]);
			struct experiment *e = trained(settings, 2);

			snprintf(settings, sizeof(settings), "%s%s", option, grow ? " depth=4" : "");
			change(e, settings);
			assert_int_equal(net_steps(e->net), 0);
			experiment_free(e);
		}
}

/* ---- new layers, new data, old states ---- */

/* Validation uses the statistics of the present layers and data, not older ones. */
static void batch_norm_is_calibrated_for_new_layers_and_data(void **state)
{
	static const char *const changes[] = {
		"depth=5",
		"data=circles",
		"depth=2",
		"depth=4 norm=batch",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct experiment *e = trained(i == 3 ? "" : "norm=batch", 3);
		change(e, changes[i]);
		float val_loss = experiment_record(e)->val_loss;

		e->preview = true;
		experiment_begin_calibrating(e);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		assert_true(experiment_record(e)->val_loss == val_loss);
		experiment_free(e);
	}
}

static void another_norm_starts_fresh_by_every_way_to_change_it(void **state)
{
	static const struct {
		const char *change;
		bool anew;
	} changes[] = {
		{"norm=layer", true},
		{"depth=5 norm=layer", true},
		{"depth=2 norm=layer", true},
		{"depth=5", false},
		{"depth=2", false},
		{"lr=0.2", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct experiment *e = trained("norm=batch", 3);
		change(e, changes[i].change);
		for (int l = 1; l <= 2; l++) {
			const struct net_layer *layer = net_layer_of(e->net, l);
			for (int unit = 0; unit < layer->outputs; unit++) {
				bool anew = layer->gamma[unit] == 1 && layer->beta[unit] == 0;
				if (anew != changes[i].anew)
					fail_msg("%s, layer %d", changes[i].change, l);
			}
		}
		experiment_free(e);
	}
}

static void a_network_just_built_has_no_detail_to_show(void **state)
{
	struct experiment *e = trained("", 1);
	struct config config = config_with(*experiment_config(e), "depth=5");
	(void)state;
	assert_int_equal(frame_of(e).detail->layers, 3);
	assert_true(experiment_configure(e, &config, NULL));
	assert_non_null(experiment_record(e));
	assert_null(frame_of(e).detail);
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	assert_int_equal(frame_of(e).detail->layers, 5);
	change(e, "depth=0");
	assert_int_equal(frame_of(e).detail->layers, 0);
	experiment_free(e);
}

static void a_restored_record_is_the_record_that_was(void **state)
{
	struct experiment *e = trained("clip=norm clip-at=0.1 schedule=exponential", 2);
	(void)state;
	change(e, "momentum=0.5");
	train(e, 1, UINT64_MAX, NULL);
	for (int pending = 0; pending <= 1; pending++) {
		struct record *before = record_copy(e->record, e->record->layers);
		struct snapshot *saved = experiment_save(e);
		train(e, 2, UINT64_MAX, NULL);
		assert_true(experiment_restore(e, saved));
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		assert_event(e, before->event);
		assert_true(before->event[0] && e->record->lr == before->lr);
		assert_int_equal(e->record->steps, before->steps);
		assert_int_equal(e->record->clipped, before->clipped);
		snapshot_free(saved);
		free(before);
		change(e, "lr=0.03");
	}
	train(e, 1, UINT64_MAX, NULL);
	assert_event(e, "lr=0.03");
	train(e, 1, UINT64_MAX, NULL);
	assert_event(e, "");
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frozen_layers_keep_every_bit_and_the_others_move),
		cmocka_unit_test(a_thaw_moves_all_and_growing_keeps_what_is_frozen),
		cmocka_unit_test_setup_teardown(
			a_frozen_layer_has_the_gradient_of_its_weights, place_make, place_remove),
		cmocka_unit_test(an_activation_list_goes_layer_by_layer_and_its_last_goes_on),
		cmocka_unit_test(the_steps_that_clipping_cuts_are_counted),
		cmocka_unit_test(records_tell_the_rate_of_the_schedule),
		cmocka_unit_test(a_schedule_trains_like_rates_set_by_hand),
		cmocka_unit_test(the_rate_is_cut_where_the_loss_stays),
		cmocka_unit_test(the_rate_is_cut_by_the_validation_loss),
		cmocka_unit_test(a_cut_rate_lasts_until_a_rate_is_set),
		cmocka_unit_test(an_option_works_where_the_row_says),
		cmocka_unit_test(records_tell_the_rate_of_the_last_step),
		cmocka_unit_test(changed_moments_restart_the_optimizer),
		cmocka_unit_test(a_schedule_goes_by_the_parameters_that_are_set),
		cmocka_unit_test(batch_norm_is_calibrated_for_new_layers_and_data),
		cmocka_unit_test(another_norm_starts_fresh_by_every_way_to_change_it),
		cmocka_unit_test(a_network_just_built_has_no_detail_to_show),
		cmocka_unit_test(a_restored_record_is_the_record_that_was),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
