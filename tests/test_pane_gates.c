/* Gates in pane units, of a recurrent network that trains in a session; and places of panes that
 * stand for a layer with time steps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/heat.h"
#include "ui/plot.h"

#include "drawn.h"
#include "session.h"

enum { WIDTH = 100, HEIGHT = 40 };

static struct fixture session_of(const char *settings, const char *pane)
{
	struct fixture fixture = start_paused(settings, "braille");
	press(&fixture, 's');
	zoom_to(&fixture, pane);
	return fixture;
}

static const struct sample_time *time_of(const struct picture *picture, int layer)
{
	assert_non_null(picture->frame.state);
	assert_non_null(picture->frame.state->step);
	return picture->frame.state->step->layer[layer].time;
}

/* The line that begins with a gate's name, of a picture of this height. */
static void assert_line(
	const struct picture *picture, int height, const char *name, const char *numbers)
{
	char line[WIDTH * 4];
	struct canvas *canvas = canvas_make(WIDTH, height, glyphs_find("ascii"));
	pane_units.draw(picture, area_all(canvas));
	bool found = false;
	for (int y = 0; y < height; y++) {
		for (int x = 0; x < WIDTH; x++)
			line[x] = (char)canvas->cell[y * WIDTH + x].code;
		line[WIDTH] = '\0';
		if (strstr(line, name) && strstr(line, numbers))
			found = true;
	}
	if (!found)
		fail_msg("no line of '%s' with '%s' at height %d", name, numbers, height);
	canvas_free(canvas);
}

static void each_gate_has_its_mean_and_its_shares_of_all_samples_and_steps(void **state)
{
	static const char *const models[] = {"lstm", "gru"};
	(void)state;
	for (size_t m = 0; m < sizeof(models) / sizeof(models[0]); m++) {
		char settings[120];
		snprintf(settings, sizeof(settings),
			"advice=off model=%s length=10 samples=60 width=5 gain=4 seed=2", models[m]);
		struct fixture fixture = session_of(settings, "units");
		const struct context context = app_context(fixture.app, 0);
		const struct picture picture = context_picture(&context);
		const struct sample_time *time = time_of(&picture, 1);
		int gates = time->cell->gates;
		for (int gate = 0; gate < gates; gate++) {
			double mean = 0, open = 0, shut = 0;
			char numbers[80], opens[PLOT_NUMBER], shuts[PLOT_NUMBER];
			for (int t = 0; t < 10; t++) {
				mean += (double)time->share[t * gates + gate].mean / 10;
				open += (double)time->share[t * gates + gate].open / 10;
				shut += (double)time->share[t * gates + gate].shut / 10;
			}
			if (!time->cell->gate[gate].opens)
				continue;
			plot_share(opens, open);
			plot_share(shuts, shut);
			snprintf(numbers, sizeof(numbers), "  %.2f%6s%6s", mean, opens, shuts);
			assert_line(&picture, 12, time->cell->gate[gate].name, numbers);
			/* with room the shares have rows of their own */
			snprintf(numbers, sizeof(numbers), "  %.2f      ", mean);
			assert_line(&picture, HEIGHT, time->cell->gate[gate].name, numbers);
		}
		assert_false(shows(&fixture, "candidate"));
		app_free(fixture.app);
	}
}

static void a_column_of_a_gate_has_the_colour_of_its_time_step(void **state)
{
	(void)state;
	struct fixture fixture =
		session_of("advice=off model=lstm length=10 samples=60 width=5 gain=6 seed=2", "units");
	const struct context context = app_context(fixture.app, 0);
	const struct picture picture = context_picture(&context);
	const struct sample_time *time = time_of(&picture, 1);
	struct canvas *canvas = canvas_make(WIDTH, HEIGHT, glyphs_find("braille"));
	canvas->colors = 256;
	pane_units.draw(&picture, area_all(canvas));
	enum { LEFT = 7, RIGHT = 18 };
	int y = 0, width = WIDTH - LEFT - RIGHT, different = 0;
	while (y < HEIGHT && canvas->cell[y * WIDTH].code != 'i')
		y++;
	assert_in_range(y, 1, HEIGHT - 3);
	for (int x = 0; x < width; x++) {
		const struct gate_share *share = &time->share[x * 10 / width * 4];
		const float expected[] = {share->mean, share->open, share->shut};
		for (int row = 0; row < 3; row++)
			assert_int_equal(canvas->cell[(y + row) * WIDTH + LEFT + x].style,
				heat_style(heat_step_of_share((double)expected[row])));
		different += heat_step_of_share((double)share->mean) !=
			heat_step_of_share((double)time->share[0].mean);
	}
	assert_true(different > 0);
	canvas_free(canvas);
	app_free(fixture.app);
}

static void one_sample_has_the_gates_of_its_own_or_those_of_the_selected_unit(void **state)
{
	(void)state;
	struct fixture fixture =
		session_of("advice=off model=gru length=10 samples=60 width=5 gain=6 seed=2", "units");
	press(&fixture, 'J');
	app_draw(fixture.app);
	work_until(&fixture, fixture.now + 3);
	for (int unit = 0; unit <= 2; unit++) {
		const struct context context = app_context(fixture.app, 0);
		const struct picture picture = context_picture(&context);
		const struct sample_time *time = time_of(&picture, 1);
		double mean = 0, open = 0;
		int count = 0;
		for (int t = 0; t < 10; t++)
			for (int u = 0; u < 5; u++) {
				float value = time->gate[(t * 3 + 1) * 5 + u];
				if (unit > 0 && unit != u + 1)
					continue;
				mean += (double)value;
				open += value > 0.9f;
				count++;
			}
		char numbers[80], opens[PLOT_NUMBER];
		plot_share(opens, open / count);
		snprintf(numbers, sizeof(numbers), "  %.2f%6s", mean / count, opens);
		assert_line(&picture, HEIGHT, "update", numbers);
		press(&fixture, ')');
	}
	app_free(fixture.app);
}

static void a_network_without_gates_shows_none(void **state)
{
	(void)state;
	struct fixture fixture = session_of("advice=off model=rnn length=10 samples=60", "units");
	assert_false(shows(&fixture, "gate"));
	app_free(fixture.app);
}

/* A row of the record is a time step; whoever points at a layer selects one of that layer's. */
static void pointing_at_a_layer_with_time_steps_selects_one_of_its_rows(void **state)
{
	static const struct {
		const char *pane, *settings;
	} cases[] = {
		{"units", "model=lstm depth=3 length=10"},
		{"network", "model=rnn depth=3 length=10"},
		{"weights", "model=gru depth=3 length=10"},
		{"maps", "model=cnn data=digits depth=3"},
	};
	struct target *targets = calloc(WIDTH * HEIGHT, sizeof(*targets));
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char settings[120];
		snprintf(settings, sizeof(settings), "advice=off samples=60 width=4 %s", cases[i].settings);
		struct fixture fixture = session_of(settings, cases[i].pane);
		const struct context context = app_context(fixture.app, 0);
		const struct picture picture = context_picture(&context);
		const struct record *record = picture.frame.record;
		struct canvas *canvas = canvas_make(WIDTH, HEIGHT, glyphs_find("braille"));
		bool found[8] = {false};
		memset(targets, 0, WIDTH * HEIGHT * sizeof(*targets));
		canvas->target = targets;
		pane_named(cases[i].pane)->draw(&picture, area_all(canvas));
		for (int k = 0; k < WIDTH * HEIGHT; k++)
			if (targets[k].layer > 0) {
				assert_in_range(targets[k].layer, 1, record->rows);
				found[record->layer[targets[k].layer - 1].layer] = true;
			}
		for (int layer = 1; layer <= (strcmp(cases[i].pane, "maps") == 0 ? 1 : 3); layer++)
			if (!found[layer])
				fail_msg("pane %s has no place for layer %d", cases[i].pane, layer);
		canvas_free(canvas);
		app_free(fixture.app);
	}
	free(targets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gate_has_its_mean_and_its_shares_of_all_samples_and_steps),
		cmocka_unit_test(a_column_of_a_gate_has_the_colour_of_its_time_step),
		cmocka_unit_test(one_sample_has_the_gates_of_its_own_or_those_of_the_selected_unit),
		cmocka_unit_test(a_network_without_gates_shows_none),
		cmocka_unit_test(pointing_at_a_layer_with_time_steps_selects_one_of_its_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
