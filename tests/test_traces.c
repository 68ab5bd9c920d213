/* Single weights over the epochs: kept in details, drawn in pane weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "frames.h"
#include "nn/float_mode.h"
#include "pictures.h"
#include "probed.h"
#include "runs.h"

#include "drawn.h"

static struct experiment *run(const char *settings, int epochs)
{
	const struct config config = config_with(config_default(), settings);
	struct experiment *e = experiment_new(&config, NULL);
	assert_non_null(e);
	for (int epoch = 0; epoch <= epochs; epoch++) {
		if (epoch)
			experiment_epoch_begin(e, REPORT_DETAIL);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	}
	return e;
}

/* The network of the present epoch is that of the detail. */
static void a_detail_keeps_weights_of_every_layer(void **state)
{
	static const struct {
		const char *settings;
		int layer, weights, every;
	} cases[] = {
		{"depth=3 width=10", 1, 20, 1},
		{"depth=3 width=10", 2, 100, 1},
		{"depth=3 width=10", 4, 10, 1}, /* the output layer */
		{"depth=2 width=40", 2, 124, 13},
		{"depth=100 width=10", 50, 34, 3},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct experiment *e = run(cases[i].settings, 2);
		const struct frame frame = frame_of(e);
		const struct layer_detail *layer = &frame.detail->layer[cases[i].layer - 1];
		const struct probe_wish wish = {.weights = true};
		struct probe *probe = probe_new();
		const struct net *net = probe_whole(probe, e, wish)->net;
		const float *weight = net_layer_of(net, cases[i].layer)->weight;
		if (layer->weights != cases[i].weights || layer->weight_every != cases[i].every)
			fail_msg("%s, layer %d: %d weights, every %d", cases[i].settings, cases[i].layer,
				layer->weights, layer->weight_every);
		for (int k = 0; k < layer->weights; k++)
			assert_true(layer->weight[k] == weight[k * layer->weight_every]);
		probe_free(probe);
		experiment_free(e);
	}
}

/* The first number of the legend is that of the oldest epoch, the second that of the newest. */
static void the_legend_tells_the_chosen_weight_then_and_now(void **state)
{
	struct experiment *e = run("depth=2 width=4 activation=tanh seed=1", 5);
	struct view view = {.beside = "traces", .layer = 2, .weight = 5};
	struct picture picture = {.frame = frame_of(e), .view = &view};
	const struct history *history = picture.frame.history.all;
	char text[80];
	double first = (double)history_detail(history, 0)->layer[1].weight[5];
	double now = (double)picture.frame.detail->layer[1].weight[5];
	(void)state;
	assert_true(first != now);
	snprintf(text, sizeof(text), "━ 2←2: %+.4g → %+.4g", first, now);
	assert_shows(&picture, "weights", 58, 12, text, true);
	assert_shows(&picture, "weights", 58, 12, "6 epochs kept", true);
	assert_shows(&picture, "weights", 70, 12, "others of layer 2", true);
	experiment_free(e);
}

/* Rows in which the plot has Braille dots. */
static int height_of_curves(const struct picture *picture)
{
	struct canvas *canvas = canvas_make(58, 20, glyphs_find("braille"));
	int rows = 0;
	pane_named("weights")->draw(picture, area_all(canvas));
	for (int y = 0; y < canvas->rows; y++) {
		bool found = false;
		for (int x = 0; x < canvas->columns; x++) {
			const struct cell *cell = &canvas->cell[y * canvas->columns + x];
			found |= cell->code >= 0x2800 && cell->code < 0x2900 && cell->style == STYLE_BAR;
		}
		rows += found;
	}
	canvas_free(canvas);
	return rows;
}

static void weights_that_do_not_move_are_flat_lines(void **state)
{
	struct experiment *still = run("depth=8 width=6 activation=sigmoid seed=1", 8);
	struct experiment *moving = run("depth=2 width=6 activation=relu seed=1 lr=0.5", 8);
	struct view view = {.beside = "traces", .layer = 1};
	struct picture picture = {.frame = frame_of(still), .view = &view};
	(void)state;
	assert_int_equal(height_of_curves(&picture), 1);
	picture.frame = frame_of(moving);
	int most = 0;
	for (view.weight = 0; view.weight < 12; view.weight++) {
		int rows = height_of_curves(&picture);
		most = rows > most ? rows : most;
	}
	assert_true(most >= 3);
	experiment_free(still);
	experiment_free(moving);
}

static void curves_of_two_runs_share_their_axes(void **state)
{
	enum { WIDTH = 131, HEIGHT = 20, RUN = WIDTH - (WIDTH - 1) / 2 };
	struct experiment *still = run("depth=2 width=6 activation=sigmoid seed=1", 3);
	struct experiment *moving = run("depth=2 width=6 activation=relu seed=1 lr=3", 30);
	struct view view = {.beside = "traces", .layer = 1};
	struct picture picture = {.frame = frame_of(still), .twin = frame_of(moving), .view = &view};
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct canvas *canvas = canvas_make(WIDTH, HEIGHT, glyphs_find("braille"));
		int labels = 0;
		pane_named("weights")->draw(&picture, area_all(canvas));
		for (int y = 2; y < HEIGHT; y++) {
			const struct cell *pinned = &canvas->cell[y * WIDTH], *run = pinned + RUN;
			for (int x = 0; x < WIDTH / 2 && pinned[x].code < 0x80; x++) {
				labels += pinned[x].code >= '0' && pinned[x].code <= '9';
				if (pinned[x].code != run[x].code)
					fail_msg("row %d column %d: %c beside %c", y, x, (int)pinned[x].code,
						(int)run[x].code);
			}
		}
		assert_true(labels > 6);
		canvas_free(canvas);
		picture.frame = frame_of(moving);
		picture.twin = frame_of(still);
	}
	experiment_free(still);
	experiment_free(moving);
}

static void without_a_detail_the_pane_says_so(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.beside = "traces";
	made->picture.frame.detail = NULL;
	made->picture.frame.state = NULL;
	assert_shows(&made->picture, "weights", 50, 12, "weights not kept for this epoch", true);
	picture_free(made);
}

/* The quotient of the course needs more columns than there are beside the layers. */
static void the_weights_alone_have_room_for_all_columns_at_80x24(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	assert_shows(&made->picture, "weights", 78, 18, "(start−now)/η", false);
	made->view.beside = "nothing";
	assert_shows(&made->picture, "weights", 78, 18, "(start−now)/η", true);
	assert_shows(&made->picture, "weights", 78, 18, "∂L/∂W", true);
	picture_free(made);
}

/* A matrix has columns: of a dense layer the units below or the features, of a recurrent one the
 * units of its own layer. Kernels have other places, so theirs are counted through. */
static void a_weight_is_named_by_its_row_and_column_where_it_has_them(void **state)
{
	static const struct {
		const char *settings;
		int layer, weight;
		const char *name;
	} cases[] = {
		{"depth=2 width=4", 1, 0, "1←1"},
		{"depth=2 width=4", 1, 1, "1←2"},
		{"depth=2 width=4", 1, 2, "2←1"}, /* two features */
		{"depth=2 width=4", 2, 3, "1←4"},
		{"depth=2 width=4", 2, 4, "2←1"},
		{"depth=2 width=4", 3, 3, "1←4"},
		{"model=rnn depth=1 width=3 data=echo length=5 samples=60", 1, 2, "1←3"},
		{"model=rnn depth=1 width=3 data=echo length=5 samples=60", 1, 3, "2←1"},
		{"model=cnn depth=1 width=2 data=digits samples=60", 1, 4, "weight 5"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct experiment *e = run(cases[i].settings, 1);
		struct view view = {.beside = "traces", .layer = cases[i].layer, .weight = cases[i].weight};
		struct picture picture = {.frame = frame_of(e), .view = &view};
		char text[80];
		snprintf(text, sizeof(text), "━ %s: ", cases[i].name);
		assert_shows(&picture, "weights", 58, 12, text, true);
		assert_shows(&picture, "weights", 58, 12, "2 epochs kept", true);
		experiment_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_detail_keeps_weights_of_every_layer),
		cmocka_unit_test(the_legend_tells_the_chosen_weight_then_and_now),
		cmocka_unit_test(weights_that_do_not_move_are_flat_lines),
		cmocka_unit_test(curves_of_two_runs_share_their_axes),
		cmocka_unit_test(without_a_detail_the_pane_says_so),
		cmocka_unit_test(the_weights_alone_have_room_for_all_columns_at_80x24),
		cmocka_unit_test(a_weight_is_named_by_its_row_and_column_where_it_has_them),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
