/* The pane of weights: its numbers against those of the network, computed by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"
#include "frames.h"
#include "ui/plot.h"
#include "probed.h"
#include "runs.h"

enum { WIDTH = 130, HEIGHT = 40 };

struct seen {
	struct experiment *e;
	struct probe *probe;
	struct view view;
	struct picture picture;
	const struct state_view *state;
};

static struct seen seen_start(const char *settings, int epochs)
{
	struct seen seen = {.e = trained(settings, epochs), .probe = probe_new()};
	const struct probe_wish wish = {.weights = true, .step = true};
	seen.view = (struct view){.gradient = "rms", .beside = "layers", .layer = 2};
	seen.picture = (struct picture){.frame = frame_of(seen.e)};
	seen.state = seen.picture.frame.state = probe_whole(seen.probe, seen.e, wish);
	return seen;
}

static void seen_end(struct seen *seen)
{
	probe_free(seen->probe);
	experiment_free(seen->e);
}

static char *drawn_weights(struct seen *seen)
{
	seen->picture.view = &seen->view;
	return drawn("weights", &seen->picture, WIDTH, HEIGHT, "ascii");
}

/* The numbers behind `label`, blanks and % skipped. */
static int numbers_behind(const char *text, const char *label, double *number, int most)
{
	const char *at = strstr(text, label);
	int count = 0;
	if (!at)
		return 0;
	at += strlen(label);
	while (count < most) {
		char *end;
		at += strspn(at, " %<");
		number[count] = strtod(at, &end);
		if (end == at || *at == '\n')
			break;
		at = end;
		count++;
	}
	return count;
}

static bool near(double shown, double value)
{
	return fabs(shown - value) <= 0.06 * fabs(value) + 1e-12;
}

static void a_weight_has_its_start_its_change_and_its_gradient(void **state)
{
	(void)state;
	struct seen seen = seen_start("optimizer=sgd lr=0.5", 20);
	char *text = drawn_weights(&seen);
	const struct net_layer *layer = net_layer_of(seen.state->net, 2);
	const float *start = net_initial_of(seen.state->net, layer->weight);
	for (int i = 0; i < 25; i++) {
		double now = (double)layer->weight[i], old = (double)start[i], number[5] = {0};
		const double expected[] = {old, now, fabs(100 * (old - now) / old), (old - now) / 0.5,
			(double)seen.state->step->gradient[layer->first + (size_t)i]};
		char label[16];
		snprintf(label, sizeof(label), "%d<-%d ", i / 5 + 1, i % 5 + 1);
		if (numbers_behind(text, label, number, 5) != 5)
			fail_msg("no five numbers behind %s:\n%s", label, text);
		for (int k = 0; k < 5; k++)
			if (!near(number[k], expected[k]))
				fail_msg("weight %s, number %d is %g, expected %g", label, k + 1, number[k],
					expected[k]);
	}
	free(text);
	seen_end(&seen);
}

static void a_layer_has_its_change_and_its_share_of_all_movement(void **state)
{
	(void)state;
	struct seen seen = seen_start("activation=sigmoid depth=4", 20);
	char *text = drawn_weights(&seen);
	double moved[6] = {0}, all = 0;
	for (int l = 1; l <= 5; l++) {
		const struct net_layer *layer = net_layer_of(seen.state->net, l);
		const float *start = net_initial_of(seen.state->net, layer->weight);
		for (size_t i = 0; i < layer->weights; i++)
			moved[l] += fabs((double)layer->weight[i] - (double)start[i]);
		all += moved[l];
	}
	for (int l = 1; l <= 5; l++) {
		char label[16];
		double number[2] = {0}, share = 100 * moved[l] / all;
		snprintf(label, sizeof(label), l < 5 ? "   %d   " : "out   ", l);
		assert_int_equal(numbers_behind(text, label, number, 2), 2);
		assert_true(near(number[0], (double)experiment_record(seen.e)->layer[l - 1].change));
		assert_true(fabs(number[1] - share) <= 0.51 || (share < 0.5 && number[1] <= 1));
	}
	free(text);
	seen_end(&seen);
}

static void the_next_step_of_the_chosen_weight_is_written_out(void **state)
{
	(void)state;
	static const char *const settings[] = {"optimizer=sgd lr=0.5", "optimizer=adam lr=0.01"};
	for (int s = 0; s < 2; s++) {
		struct seen seen = seen_start(settings[s], 5);
		seen.view.weight = 7; /* 2<-3 */
		char *text = drawn_weights(&seen), line[200], old[PLOT_NUMBER], new[PLOT_NUMBER],
			 by[PLOT_NUMBER];
		const struct net_layer *layer = net_layer_of(seen.state->net, 2);
		double gradient = (double)seen.state->step->gradient[layer->first + 7], number[1] = {0};
		plot_number(old, (double)layer->weight[7]);
		float after = net_layer_of(seen.state->step->after, 2)->weight[7];
		plot_number(new, (double)after);
		if (s == 0) {
			snprintf(line, sizeof(line), "2<-3: %s - 0.5 x ", old);
			assert_int_equal(numbers_behind(text, line, number, 1), 1);
			assert_true(near(number[0], gradient));
		}
		double step = (double)after - (double)layer->weight[7];
		plot_number(by, fabs(step));
		if (s == 0)
			snprintf(line, sizeof(line), " = %s ", new);
		else
			snprintf(line, sizeof(line), "%s %c %s = %s ", old, step < 0 ? '-' : '+', by, new);
		if (!strstr(text, line))
			fail_msg("%s: no '%s':\n%s", settings[s], line, text);
		free(text);
		seen_end(&seen);
	}
}

static void signs_and_weights_that_never_moved_are_counted(void **state)
{
	(void)state;
	struct seen seen = seen_start("init=uniform-2-5", 0);
	char *text = drawn_weights(&seen);
	assert_non_null(strstr(text, "25 weights"));
	assert_non_null(strstr(text, "100 % positive"));
	assert_non_null(strstr(text, "25 have not moved"));
	free(text);
	seen_end(&seen);
	seen = seen_start("init=identity", 3);
	text = drawn_weights(&seen);
	assert_non_null(strstr(text, "from 0"));
	assert_null(strstr(text, "inf"));
	free(text);
	seen_end(&seen);
}

static void left_and_right_choose_a_weight_within_the_layer(void **state)
{
	(void)state;
	struct seen seen = seen_start("", 1);
	const struct pane *pane = pane_named("weights");
	seen.picture.view = &seen.view;
	assert_false(pane->across(&seen.picture, -1, &seen.view));
	int count = 1;
	while (pane->across(&seen.picture, 1, &seen.view))
		count++;
	assert_int_equal(count, 25);
	seen.view.layer = 4; /* has fewer */
	assert_true(pane->across(&seen.picture, -1, &seen.view));
	assert_int_equal(seen.view.weight, 3);
	seen_end(&seen);
}

static void no_head_runs_into_another(void **state)
{
	static const char *const heads[] = {"start", "now", "change", "eta", "dL/dW"};
	struct seen seen = seen_start("", 1);
	(void)state;
	seen.view.beside = "nothing";
	seen.picture.view = &seen.view;
	for (int width = 24; width <= 130; width++) {
		char *text = drawn("weights", &seen.picture, width, HEIGHT, "ascii");
		char *line = strchr(text, '\n') + 1;
		*strchr(line, '\n') = '\0';
		for (int i = 0; i < 5; i++) {
			char begin[3] = {heads[i][0], heads[i][1]};
			if (strstr(line, begin) && !strstr(line, heads[i]))
				fail_msg("%d columns: %s", width, line);
		}
		free(text);
	}
	seen_end(&seen);
}

static void without_the_network_the_changes_of_the_record_are_drawn(void **state)
{
	(void)state;
	struct seen seen = seen_start("activation=sigmoid", 5);
	seen.picture.frame.state = NULL;
	char *text = drawn_weights(&seen);
	double number = 0;
	assert_int_equal(numbers_behind(text, "out   ", &number, 1), 1);
	assert_true(near(number, (double)experiment_record(seen.e)->layer[3].change));
	assert_null(strstr(text, "<-"));
	free(text);
	seen_end(&seen);
}

/* Twenty sigmoid layers: the step of the first one is smaller than the distance of two floats. */
static void a_step_that_rounding_swallows_is_said_to_be_lost(void **state)
{
	(void)state;
	struct seen seen = seen_start("samples=60 activation=sigmoid width=10 depth=20", 2);
	seen.view.layer = 1;
	char *text = drawn_weights(&seen);
	assert_non_null(strstr(text, "lost in rounding: floats near "));
	free(text);
	seen.view.layer = 21;
	text = drawn_weights(&seen);
	assert_null(strstr(text, "lost in rounding"));
	free(text);
	seen_end(&seen);
}

/* Below the 20 weights of layer 1, in 40 rows; not where the table needs them. */
static void layers_over_the_epochs_stand_below_a_short_table(void **state)
{
	(void)state;
	struct seen seen = seen_start("samples=60 width=10 depth=10", 2);
	seen.view.layer = 1;
	char *text = drawn_weights(&seen);
	assert_non_null(strstr(text, "layer 1 . * 1<-1: "));
	assert_non_null(strstr(text, "layer out . * "));
	free(text);
	seen.view.layer = 2;
	text = drawn_weights(&seen);
	assert_null(strstr(text, "layer out . * "));
	free(text);
	seen_end(&seen);
}

/* Ten of 25 weights are above 0, five are 0. */
static void weights_that_are_0_are_neither_positive_nor_negative(void **state)
{
	(void)state;
	struct seen seen = seen_start("", 0);
	const struct net_layer *layer = net_layer_of(seen.state->net, 2);
	for (int i = 0; i < 25; i++)
		layer->weight[i] = i < 10 ? 0.5f : i < 15 ? 0 : -0.5f;
	char *text = drawn_weights(&seen);
	assert_non_null(strstr(text, "40 % positive"));
	assert_non_null(strstr(text, "5 are 0"));
	assert_null(strstr(text, "not moved"));
	free(text);
	seen_end(&seen);
	seen = seen_start("", 0); /* not one is 0 */
	text = drawn_weights(&seen);
	assert_null(strstr(text, "are 0"));
	free(text);
	seen_end(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_weight_has_its_start_its_change_and_its_gradient),
		cmocka_unit_test(a_layer_has_its_change_and_its_share_of_all_movement),
		cmocka_unit_test(the_next_step_of_the_chosen_weight_is_written_out),
		cmocka_unit_test(signs_and_weights_that_never_moved_are_counted),
		cmocka_unit_test(left_and_right_choose_a_weight_within_the_layer),
		cmocka_unit_test(no_head_runs_into_another),
		cmocka_unit_test(a_step_that_rounding_swallows_is_said_to_be_lost),
		cmocka_unit_test(layers_over_the_epochs_stand_below_a_short_table),
		cmocka_unit_test(without_the_network_the_changes_of_the_record_are_drawn),
		cmocka_unit_test(weights_that_are_0_are_neither_positive_nor_negative),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
