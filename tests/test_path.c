/* Paths of units through the network, beside the chain rule's means. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "frames.h"
#include "nn/float_mode.h"
#include "picture_state.h"
#include "pictures.h"
#include "probed.h"
#include "runs.h"

#include "../src/ui/path.h"
#include "drawn.h"

static double product(const struct path *path, int to)
{
	double all = 1;
	for (int layer = path->layers - 1; layer >= to; layer--)
		all *= path_slope(path, layer) * path_weight(path, layer);
	return all;
}

/* Three hidden layers of three units: to each unit of layer 1 lead nine paths. */
static void delta_of_a_unit_is_the_sum_over_all_paths(void **state)
{
	static const char *const activations[] = {"sigmoid", "tanh", "relu", "gelu"};
	(void)state;
	for (size_t a = 0; a < sizeof(activations) / sizeof(activations[0]); a++) {
		char settings[80];
		snprintf(
			settings, sizeof(settings), "depth=3 width=3 activation=%s seed=2", activations[a]);
		struct experiment *e = trained(settings, 4);
		struct probe *probe = probe_new();
		const struct probe_wish wish = {.weights = true, .step = true};
		struct view view = {.layer = 1};
		struct picture picture = {.frame = frame_of(e), .view = &view};
		picture.frame.state = probe_whole(probe, e, wish);
		const struct sample_layer *layer = picture.frame.state->step->layer;
		for (view.path[1] = 1; view.path[1] <= 3; view.path[1]++) {
			double sum = 0;
			for (view.path[2] = 1; view.path[2] <= 3; view.path[2]++)
				for (view.path[3] = 1; view.path[3] <= 3; view.path[3]++) {
					struct path path;
					assert_true(path_of(&picture, &path));
					assert_true(path.paths == 27);
					sum += product(&path, 1);
				}
			double delta = (double)layer[1].delta[view.path[1] - 1];
			double out = (double)layer[4].delta[0];
			if (!(fabs(sum * out - delta) <= 1e-5 * fabs(delta) + 1e-9))
				fail_msg("%s, unit %d: the paths sum to %g, delta is %g", activations[a],
					view.path[1], sum * out, delta);
		}
		probe_free(probe);
		experiment_free(e);
	}
}

/* Each path ends in one output, that with the largest error. */
static void paths_to_other_outputs_are_not_counted(void **state)
{
	struct experiment *e = trained("data=iris depth=2 width=4", 2);
	struct probe *probe = probe_new();
	const struct probe_wish wish = {.weights = true, .step = true};
	struct view view = {.layer = 1, .path[1] = 1};
	struct picture picture = {.frame = frame_of(e), .view = &view};
	struct path path;
	(void)state;
	picture.frame.state = probe_whole(probe, e, wish);
	assert_true(path_of(&picture, &path));
	assert_int_equal(path.step->layer[3].units, 3);
	assert_true(path.paths == 4 * 4);
	probe_free(probe);
	experiment_free(e);
}

static void the_pane_shows_the_units_of_the_path_and_its_product(void **state)
{
	struct case_data *made = case_named("vanishing");
	char text[60];
	struct path path;
	(void)state;
	assert_shows(&made->picture, "chain", 78, 18, "one of", false);
	made->view.path[5] = 3;
	made->view.path[4] = 7;
	assert_true(path_of(&made->picture, &path));
	assert_int_equal(path.unit[5], 3);
	assert_int_equal(path.unit[4], 7);
	assert_shows(&made->picture, "chain", 78, 18, "one of 1.0e+10 paths", true);
	snprintf(text, sizeof(text), "%.2g    %+.2g   %+.1e", path_slope(&path, 4),
		path_weight(&path, 4), product(&path, 4));
	char *drawing = drawn("chain", &made->picture, 78, 18, "braille");
	char number[30];
	snprintf(number, sizeof(number), "%+.1e\n", product(&path, 4));
	if (!strstr(drawing, number))
		fail_msg("no product %s:\n%s", number, drawing);
	snprintf(number, sizeof(number), "%+.2g ", path_weight(&path, 4));
	if (!strstr(drawing, number))
		fail_msg("no weight %s:\n%s", number, drawing);
	free(drawing);
	picture_free(made);
}

/* Where no unit is chosen: no other one has a larger factor to the next unit. */
static void elsewhere_the_path_takes_the_strongest_unit(void **state)
{
	struct case_data *made = case_named("vanishing");
	struct path path, other;
	(void)state;
	made->view.path[5] = 3;
	assert_true(path_of(&made->picture, &path));
	for (int unit = 1; unit <= 10; unit++) {
		made->view.path[7] = unit;
		assert_true(path_of(&made->picture, &other));
		assert_true(fabs(path_slope(&other, 7) * path_weight(&other, 7)) <=
			fabs(path_slope(&path, 7) * path_weight(&path, 7)));
	}
	picture_free(made);
}

static void the_state_is_asked_for_only_while_a_path_is_chosen(void **state)
{
	struct case_data *made = case_named("vanishing");
	struct area area = {.width = 78, .height = 18};
	(void)state;
	assert_false(pane_named("chain")->wish(&made->picture, area).step);
	made->view.layer = 3;
	view_choose_unit(&made->view, 2);
	assert_true(pane_named("chain")->wish(&made->picture, area).step);
	view_choose_unit(&made->view, 0);
	assert_false(pane_named("chain")->wish(&made->picture, area).step);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delta_of_a_unit_is_the_sum_over_all_paths),
		cmocka_unit_test(paths_to_other_outputs_are_not_counted),
		cmocka_unit_test(the_pane_shows_the_units_of_the_path_and_its_product),
		cmocka_unit_test(elsewhere_the_path_takes_the_strongest_unit),
		cmocka_unit_test(the_state_is_asked_for_only_while_a_path_is_chosen),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
