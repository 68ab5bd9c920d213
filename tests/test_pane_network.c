/* Pane network: which colour a unit has and where it is, and what is told of a selected one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "drawn.h"
#include "nets.h"
#include "ui/heat.h"

/* 4 layers, the hidden ones of 16 units, and 2 inputs: 5 columns of 6 cells, the last one blank. */
enum { WIDTH = 30, PITCH = 6, UNITS = 16, HIDDEN = 3, MAP_ROWS = 32, LABELS = 1, WORDS = 4 };

/* Replaces the network of the state. Signs of the weights alternate; each layer's have moved by
 * 2 * 10^(layer - layers - 1) of their size. The caller frees it. */
static struct net *net_make(struct case_data *made, int units)
{
	struct net_spec spec = plain_spec("relu", made->record->layers - 1, units, "bce");
	spec.size[0] = made->data->features;
	struct net *net = net_of(&spec, 1, 0);
	for (int l = 1; l <= spec.layers; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		for (size_t i = 0; i < layer->weights; i++)
			layer->weight[i] = (real)((i % 2 ? 0.25 : -0.5) * (1 + (double)i / 64));
		net_mark_initial(net, layer->weight, layer->weights);
		for (size_t i = 0; i < layer->weights; i++)
			layer->weight[i] *= (real)(1 + 2 * pow(10, l - spec.layers - 1));
		for (int i = 0; i < layer->outputs; i++)
			layer->bias[i] = (real)(0.125 * i);
	}
	made->state->net = net;
	return net;
}

static struct canvas *draw(const struct picture *picture, int width, int height, int colors)
{
	struct canvas *canvas = canvas_make(width, height, glyphs_at(0));
	canvas->colors = colors;
	pane_network.draw(picture, area_all(canvas));
	return canvas;
}

static const struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
	return &canvas->cell[y * canvas->columns + x];
}

/* The styles of the cells of all hidden units; two rows a unit, so each has a row of its own. */
static void assert_colours(const struct picture *picture,
	int (*expected)(const struct case_data *, int, int), const struct case_data *made)
{
	struct canvas *canvas = draw(picture, WIDTH, LABELS + MAP_ROWS + WORDS, 256);
	for (int l = 0; l < HIDDEN; l++)
		for (int u = 0; u < UNITS; u++) {
			enum style style = heat_style(expected(made, l, u));
			for (int x = 0; x < PITCH - 1; x++) {
				const struct cell *cell = cell_at(canvas, (l + 1) * PITCH + x, LABELS + 2 * u);
				if (cell->style != style || cell->code != 0x2588)
					fail_msg("layer %d, unit %d: style %d, glyph %x; expected style %d", l + 1,
						u + 1, cell->style, (unsigned)cell->code, style);
			}
		}
	canvas_free(canvas);
}

static int step_of_delta(const struct case_data *made, int l, int u)
{
	return heat_step((double)made->detail->layer[l].delta[u]);
}

static int step_of_activity(const struct case_data *made, int l, int u)
{
	return heat_step_of_share((double)made->detail->layer[l].activity[u]);
}

static int step_of_slope(const struct case_data *made, int l, int u)
{
	return heat_step_of_share((double)made->detail->layer[l].derivative[u]);
}

static int step_of_change(const struct case_data *made, int l, int u)
{
	(void)u;
	return heat_step(2 * pow(10, l + 1 - made->record->layers - 1));
}

static void each_unit_has_the_colour_of_its_number(void **state)
{
	static const struct {
		const char *name, *title;
		int (*step)(const struct case_data *made, int l, int u);
	} rows[] = {
		{"delta", "network · RMS δ · log", step_of_delta},
		{"activity", "network · mean |a|", step_of_activity},
		{"slope", "network · mean |f′|", step_of_slope},
		{"change", "network · |W − W₀|/|W₀| · log", step_of_change},
	};
	(void)state;
	struct case_data *made = case_named("healthy");
	struct net *net = net_make(made, UNITS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char title[80];
		made->view.network = rows[i].name;
		pane_network.title(&made->picture, title, sizeof(title));
		assert_string_equal(title, rows[i].title);
		assert_colours(&made->picture, rows[i].step, made);
	}
	net_free(net);
	picture_free(made);
}

/* Where a row is shared, both halves are seen: 16 units in 8 rows. */
static void two_units_share_a_row_only_with_256_colours(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	float *delta = detail_signals(made->detail, 1);
	made->view.unit = 0;
	delta[4] = 1e-8f;
	delta[5] = 1;
	struct canvas *canvas = draw(&made->picture, WIDTH, LABELS + 8 + 2, 256);
	const struct cell *cell = cell_at(canvas, PITCH, LABELS + 2);
	assert_int_equal(cell->code, 0x2584);
	assert_int_equal(cell->style, heat_style(HEAT_STEPS - 1));
	assert_int_equal(cell->ground, heat_style(0));
	canvas_free(canvas);
	assert_shows(&made->picture, "network", WIDTH + 20, LABELS + 8 + 2, "2 units a cell", true);
	picture_free(made);
}

static void a_column_of_several_layers_says_so(void **state)
{
	(void)state;
	struct case_data *made = case_named("deep");
	assert_shows(&made->picture, "network", 100, 20, "4 layers a column", true);
	assert_shows(&made->picture, "network", 310, 20, "a column", false);
	/* the first column shows the root mean square of its layers */
	struct canvas *canvas = draw(&made->picture, 76, 20, 256);
	double squares = 0;
	for (int l = 0; l < 4; l++)
		squares += pow((double)made->detail->layer[l].delta[0], 2);
	assert_int_equal(cell_at(canvas, 0, LABELS)->style, heat_style(heat_step(sqrt(squares / 4))));
	canvas_free(canvas);
	picture_free(made);
}

static void a_selected_unit_tells_its_signals_and_weights(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	struct net *net = net_make(made, UNITS);
	char number[16], text[80];
	made->view.layer = 1;
	made->view.unit = 2;
	snprintf(number, sizeof(number), "%.4f", (double)made->detail->layer[0].activity[1]);
	snprintf(text, sizeof(text), "a %s", number);
	assert_shows(&made->picture, "network", 70, 30, "layer 1, unit 2", true);
	assert_shows(&made->picture, "network", 70, 30, text, true);
	assert_shows(&made->picture, "network", 70, 30, "bias 0.125", true);
	assert_shows(&made->picture, "network", 70, 30, "1 of 2 weights > 0", true);
	assert_shows(&made->picture, "network", 70, 30, "w -0.52 +0.26", true);
	/* the last unit stands for those that do not exist */
	made->view.unit = 99;
	assert_shows(&made->picture, "network", 70, 30, "layer 1, unit 16", true);
	made->view.unit = 0;
	assert_shows(&made->picture, "network", 70, 30, "unit ", false);
	made->view.unit = 1;
	made->picture.frame.state = NULL;
	assert_shows(&made->picture, "network", 70, 30, "weights not known yet", true);
	made->record->epoch--;
	assert_shows(&made->picture, "network", 70, 30, "weights not kept for this epoch", true);
	net_free(net);
	picture_free(made);
}

/* Unit 2 of layer 2: of its weights from layer 1, every other one is negative. */
static void signs_stand_beside_the_units_that_the_weights_come_from(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	struct net *net = net_make(made, UNITS);
	made->view.layer = 2;
	made->view.unit = 2;
	struct canvas *canvas = draw(&made->picture, WIDTH, LABELS + MAP_ROWS + WORDS, 256);
	const real *weight = net_layer_of(made->state->net, 2)->weight + UNITS;
	for (int u = 0; u < UNITS; u++) {
		const struct cell *cell = cell_at(canvas, 2 * PITCH - 1, LABELS + 2 * u);
		assert_int_equal(cell->code, weight[u] > 0 ? '+' : '-');
	}
	assert_int_equal(cell_at(canvas, 3 * PITCH - 1, LABELS + 2)->code, glyphs_at(0)->arrow_left);
	canvas_free(canvas);
	net_free(net);
	picture_free(made);
}

/* A view of other data, or of a network of another shape, has no weights for this picture. */
static void weights_of_another_network_are_not_shown(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	made->view.unit = 1;
	made->state->data = NULL;
	assert_shows(&made->picture, "network", 70, 30, "weights not known", true);
	picture_free(made);
	made = case_named("healthy");
	made->view.unit = 1;
	struct net *net = net_make(made, UNITS - 1);
	assert_shows(&made->picture, "network", 70, 30, "weights not known", true);
	net_free(net);
	picture_free(made);
}

static void weights_are_wished_for_only_where_they_are_shown(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	struct canvas *canvas = canvas_make(40, 20, glyphs_at(0));
	struct probe_wish wish = pane_network.wish(&made->picture, area_all(canvas));
	assert_false(probe_wishes(&wish));
	made->view.network = "change";
	wish = pane_network.wish(&made->picture, area_all(canvas));
	assert_true(wish.weights);
	made->view.network = "delta";
	made->view.unit = 1;
	wish = pane_network.wish(&made->picture, area_all(canvas));
	assert_true(wish.weights && !wish.points && !wish.columns && !wish.step);
	canvas_free(canvas);
	picture_free(made);
}

/* Where units are not kept, the layer's number stands for all of them. */
static void without_units_layers_are_shown(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	made->picture.frame.detail = NULL;
	made->picture.frame.state = NULL;
	made->record->epoch--;
	made->view.unit = 0;
	assert_shows(&made->picture, "network", 60, 30, "units not kept: layers", true);
	struct canvas *canvas = draw(&made->picture, 60, 30, 256);
	for (int y = LABELS; y < LABELS + 20; y += 4)
		assert_int_equal(cell_at(canvas, 12, y)->style,
			heat_style(heat_step((double)made->record->layer[0].delta_rms)));
	canvas_free(canvas);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_unit_has_the_colour_of_its_number),
		cmocka_unit_test(two_units_share_a_row_only_with_256_colours),
		cmocka_unit_test(a_column_of_several_layers_says_so),
		cmocka_unit_test(a_selected_unit_tells_its_signals_and_weights),
		cmocka_unit_test(signs_stand_beside_the_units_that_the_weights_come_from),
		cmocka_unit_test(weights_of_another_network_are_not_shown),
		cmocka_unit_test(weights_are_wished_for_only_where_they_are_shown),
		cmocka_unit_test(without_units_layers_are_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
