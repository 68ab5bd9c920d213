/* The map of layers and epochs, from histories made by hand. */
#include "lab/text.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

enum { WIDTH = 45, HEIGHT = 15, LEFT = 5, TOP = 1, MAP_WIDTH = WIDTH - LEFT, LAYERS = 11 };
enum { FEW_LAYERS = 3 }; /* so few that those of all epochs are kept */

static struct picture picture_of(const struct history *history, const struct view *view)
{
	return (struct picture){
		.frame =
			{
				.history = history_until(history, INT64_MAX),
				.record = history_count(history) ? history_newest(history) : NULL,
			},
		.view = view,
	};
}

static const struct view gradients_shown = {.gradient = "rms", .history = "rms", .layer = 1};

/* The gradient of layer l in epoch e is 10 to the power of exponent(e, l). */
static struct record *record_made(int64_t epoch, int layers, double (*exponent)(int64_t, int))
{
	struct record *record = record_new(layers);
	assert_non_null(record);
	record->epoch = epoch;
	for (int l = 1; l <= layers; l++) {
		record->layer[l - 1].grad_rms = (float)pow(10, exponent(epoch, l));
		record->layer[l - 1].delta_rms = 1e-8f;
		record->layer[l - 1].update_ratio = 1e-3f;
		record->layer[l - 1].a_std = l == 1 ? 2e-3f : 1;
		record->layer[l - 1].change = 100;
		record->layer[l - 1].dead = (float)(l == 1);
	}
	return record;
}

static void add(struct history *history, int64_t epoch, int layers,
	double (*exponent)(int64_t, int), const char *event)
{
	struct record *record = record_made(epoch, layers, exponent);
	snprintf(record->event, sizeof(record->event), "%s", event);
	assert_true(history_add(history, record));
	free(record);
}

/* Differs from epoch to epoch and from layer to layer by more than one step of the ramp. */
static double varied(int64_t epoch, int layer)
{
	return -7.9 + (double)((epoch * 5 + layer * 3) % 11) * 0.62;
}

static double vanishing(int64_t epoch, int layer)
{
	(void)epoch;
	return layer < 15 ? -8 + 0.6 * layer : 1;
}

static struct canvas *canvas_of(const struct picture *picture, int width, int height, int colors)
{
	struct canvas *canvas = canvas_make(width, height, glyphs_find("braille"));
	canvas->colors = colors;
	pane_history.draw(picture, area_all(canvas));
	return canvas;
}

static struct canvas *map_of(const struct history *history, const struct view *view)
{
	struct picture picture = picture_of(history, view);
	return canvas_of(&picture, WIDTH, HEIGHT, 256);
}

static struct cell cell_at(const struct canvas *canvas, int x, int y)
{
	return canvas->cell[y * canvas->columns + x];
}

/* Style of the map's cell at a column, in the row of a layer: the map has one row for each. */
static enum style style_at(const struct canvas *canvas, int column, int layer)
{
	int rows = HEIGHT - TOP - 2; /* axis and legend */
	assert_int_equal(rows, LAYERS + 1);
	int row = layer == 1 ? rows - 1 : LAYERS - layer;
	return cell_at(canvas, LEFT + column, TOP + row).style;
}

/* Whatever the number of layers. */
static enum style style_of_output(const struct canvas *canvas, int column)
{
	return cell_at(canvas, LEFT + column, TOP).style;
}

static enum style style_for(int64_t epoch, int layer)
{
	return heat_style(heat_step(pow(10, varied(epoch, layer))));
}

static void a_column_is_an_epoch_while_they_fit(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < MAP_WIDTH; epoch++)
		add(history, epoch, LAYERS, varied, "");
	struct canvas *canvas = map_of(history, &gradients_shown);
	for (int epoch = 0; epoch < MAP_WIDTH; epoch++)
		for (int layer = 1; layer <= LAYERS; layer++)
			assert_int_equal(style_at(canvas, epoch, layer), style_for(epoch, layer));
	canvas_free(canvas);
	history_free(history);
}

/* A frame may change only the newest column, so that few bytes go to the terminal. */
static void a_new_epoch_changes_no_column_before_it(void **state)
{
	(void)state;
	struct history *history = history_new();
	struct canvas *before = NULL;
	int whole = 0; /* frames in which all of the map changed */
	for (int64_t epoch = 0; epoch < 400; epoch++) {
		add(history, epoch, LAYERS, varied, "");
		struct canvas *now = map_of(history, &gradients_shown);
		int changed = 0;
		for (int x = 0; before && x < MAP_WIDTH; x++)
			for (int layer = 1; layer <= LAYERS; layer++)
				changed += style_at(now, x, layer) != style_at(before, x, layer);
		if (changed > 2 * 8 * LAYERS)
			whole++;
		if (before)
			canvas_free(before);
		before = now;
	}
	/* in powers of two from 8 columns an epoch to 16 epochs a column; layers are thinned, too */
	assert_in_range(whole, 6, 14);
	canvas_free(before);
	history_free(history);
}

static void a_column_of_many_epochs_shows_its_first_and_the_last_one_the_newest(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch <= 4 * 36 + 2; epoch++)
		add(history, epoch, FEW_LAYERS, varied, "");
	struct canvas *canvas = map_of(history, &gradients_shown);
	for (int column = 0; column <= 36; column++) {
		int64_t epoch = column < 36 ? 4 * column : 4 * column + 2;
		assert_int_equal(style_of_output(canvas, column), style_for(epoch, FEW_LAYERS));
	}
	assert_int_equal(cell_at(canvas, LEFT + 37, TOP).code, ' ');
	canvas_free(canvas);
	history_free(history);
}

static double bright(int64_t epoch, int layer)
{
	(void)epoch;
	(void)layer;
	return -1;
}

static void a_mark_stands_above_the_first_column_of_its_epoch(void **state)
{
	(void)state;
	for (int64_t marked = 1; marked < 30; marked++) {
		struct history *history = history_new();
		for (int64_t epoch = 0; epoch < 30; epoch++)
			add(history, epoch, FEW_LAYERS, epoch < marked ? vanishing : bright,
				epoch == marked ? "x" : "");
		struct canvas *canvas = map_of(history, &gradients_shown);
		int mark = 0, change = 0;
		while (cell_at(canvas, LEFT + mark, 0).code != 0x2193)
			mark++;
		while (style_of_output(canvas, change) == style_of_output(canvas, 0))
			change++;
		if (mark != change)
			fail_msg("epoch %d begins in column %d, its mark is in %d", (int)marked, change, mark);
		canvas_free(canvas);
		history_free(history);
	}
}

/* Whatever the epoch and the width; before, a young run has eight columns an epoch. */
static void a_run_fills_at_least_half_of_the_width(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < 1000; epoch++) {
		add(history, epoch, FEW_LAYERS, vanishing, "");
		for (int width = 20; width <= 200; width += epoch % 100 ? 180 : 1) {
			struct picture picture = picture_of(history, &gradients_shown);
			struct canvas *canvas = canvas_of(&picture, width, 8, 256);
			int used = 0, room = width - LEFT;
			while (used < room && cell_at(canvas, LEFT + used, 2).code != ' ')
				used++;
			if (used < 0.5 * room - 1 && used != 8 * (epoch + 1))
				fail_msg("epoch %d in %d columns: %d are used", (int)epoch, room, used);
			canvas_free(canvas);
		}
	}
	history_free(history);
}

static void columns_without_layers_show_the_nearest_epoch_and_say_so(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < 30; epoch++)
		add(history, epoch, epoch % 10 == 0 || epoch == 29 ? LAYERS : 0, varied, "");
	struct picture picture = picture_of(history, &gradients_shown);
	struct canvas *canvas = map_of(history, &gradients_shown);
	static const int nearest[30] = {
		0,
		0,
		0,
		0,
		0,
		0,
		10,
		10,
		10,
		10,
		10,
		10,
		10,
		10,
		10,
		10,
		20,
		20,
		20,
		20,
		20,
		20,
		20,
		20,
		20,
		29,
		29,
		29,
		29,
		29,
	};
	for (int column = 0; column < 30; column++)
		assert_int_equal(style_at(canvas, column, 3), style_for(nearest[column], 3));
	canvas_free(canvas);
	assert_shows(&picture, "history", 80, HEIGHT, "epochs 0 to 29: 1 in 10 kept", true);
	assert_shows(&picture, "history", 46, HEIGHT, "1 in 10 kept", true);
	/* four epochs a column, which all have one of their own, and then eight */
	assert_shows(&picture, "history", 13, HEIGHT, "kept", false);
	history_free(history);
	history = history_new();
	for (int64_t epoch = 0; epoch < 30; epoch++)
		add(history, epoch, epoch < 8 || epoch % 2 == 0 ? LAYERS : 0, varied, "");
	picture = picture_of(history, &gradients_shown);
	assert_shows(&picture, "history", 80, HEIGHT, "epochs 8 to 29: 1 in 2 kept", true);
	assert_shows(&picture, "history", 24, HEIGHT, "kept", false);
	history_free(history);

	history = history_new();
	for (int64_t epoch = 0; epoch < 3; epoch++)
		add(history, epoch, 0, varied, "");
	picture = picture_of(history, &gradients_shown);
	assert_shows(&picture, "history", 80, HEIGHT, "no layers recorded", true);
	history_free(history);
}

static double broken(int64_t epoch, int layer)
{
	return epoch < 10 ? vanishing(epoch, layer) : NAN;
}

static void epochs_that_are_not_numbers_are_alarms(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < 20; epoch++)
		add(history, epoch, LAYERS, broken, "");
	struct canvas *canvas = map_of(history, &gradients_shown);
	for (int x = 0; x < 40; x++) /* two columns an epoch */
		for (int y = TOP; y < HEIGHT - 2; y++) {
			struct cell cell = cell_at(canvas, LEFT + x, y);
			assert_int_equal(cell.code == '!', x >= 20);
			assert_int_equal(cell.style == STYLE_ALARM, x >= 20);
		}
	canvas_free(canvas);
	history_free(history);
}

static void changes_are_marked_above_and_named_where_there_is_room(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < MAP_WIDTH; epoch++)
		add(history, epoch, LAYERS, varied,
			epoch == 4        ? "norm=batch"
				: epoch == 12 ? "lr=0.2"
				: epoch == 37 ? "skip=1"
							  : "");
	struct picture picture = picture_of(history, &gradients_shown);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "↓batch  ↓lr=0.2            skip=1↓", true);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "norm", false);
	assert_shows(&picture, "history", WIDTH, 3, "↓", false);
	history_free(history);
}

static void the_past_epoch_that_is_shown_has_an_arrow_on_the_axis(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < MAP_WIDTH; epoch++)
		add(history, epoch, LAYERS, varied, "");
	struct picture picture = picture_of(history, &gradients_shown);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "↑", false);
	picture.frame.record = history_at(history, 13);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "↑13", true);
	picture.frame.record = history_at(history, 38);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "38↑", true);
	/* labels are whole, or left out beside the cursor */
	picture.frame.record = history_at(history, 13);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "0    5    10 ↑13    20", true);
	picture.frame.record = history_at(history, 11);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "0    5     ↑11 15   20", true);
	picture.frame.record = history_at(history, 19);
	assert_shows(&picture, "history", WIDTH, HEIGHT, "10   15  ↑19   25", true);
	history_free(history);
}

static void output_is_on_top_and_layer_1_at_the_bottom_in_any_depth(void **state)
{
	static const int layers[] = {1, 2, 5, 11, 12, 13, 23, 24, 25, 301};
	(void)state;
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
		for (int colors = 0; colors <= 256; colors += 256) {
			struct history *history = history_new();
			for (int64_t epoch = 0; epoch < 3; epoch++)
				add(history, epoch, layers[i], vanishing, "");
			struct picture picture = picture_of(history, &gradients_shown);
			struct canvas *canvas = canvas_of(&picture, WIDTH, HEIGHT, colors);
			struct cell top = cell_at(canvas, LEFT, TOP),
						bottom = cell_at(canvas, LEFT, HEIGHT - 3);
			bool pairs = colors == 256 && layers[i] > HEIGHT - TOP - 2;
			enum style high = heat_style(heat_step(pow(10, vanishing(0, layers[i]))));
			enum style low = heat_style(heat_step(pow(10, vanishing(0, 1))));
			assert_int_equal(pairs && top.code == 0x2584 ? top.ground : top.style, high);
			assert_int_equal(bottom.style, low);
			char *text = canvas_text(canvas);
			assert_non_null(strstr(text, "out"));
			if (layers[i] > 1)
				assert_non_null(strstr(text, "▸  1"));
			free(text);
			canvas_free(canvas);
			history_free(history);
		}
}

static void layers_that_an_epoch_did_not_have_are_blank(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch < MAP_WIDTH; epoch++)
		add(history, epoch, epoch < 20 ? 7 : LAYERS, varied, "");
	struct canvas *canvas = map_of(history, &gradients_shown);
	assert_int_equal(style_at(canvas, 10, LAYERS), style_for(10, 7));
	assert_int_equal(style_at(canvas, 10, 6), style_for(10, 6));
	for (int layer = 7; layer < LAYERS; layer++)
		assert_int_equal(style_at(canvas, 10, layer), STYLE_NORMAL);
	assert_int_equal(style_at(canvas, 30, 8), style_for(30, 8));
	canvas_free(canvas);
	/* a network of before that is up to twice as deep keeps its rows */
	add(history, MAP_WIDTH, 6, varied, "depth=5");
	struct picture shallower = picture_of(history, &gradients_shown);
	assert_shows(&shallower, "history", WIDTH, HEIGHT, " 9 ", true);
	/* a much deeper network of before does not take the rows of the present one */
	add(history, MAP_WIDTH + 1, 3, varied, "depth=2");
	struct picture picture = picture_of(history, &gradients_shown);
	assert_shows(&picture, "history", WIDTH, HEIGHT, " 3 ", false);
	assert_shows(&picture, "history", WIDTH, HEIGHT, " 2 ", true);
	history_free(history);
}

static void the_setting_chooses_what_is_shown(void **state)
{
	static const struct {
		const char *name, *title;
		int step_of_1, step_of_2; /* layers */
	} rows[] = {
		{"delta", "history · RMS δ = ∂L/∂z · layer × epoch", 0, 0},
		{"update", "history · |ΔW|/|W| of a step · layer × epoch", 7, 7},
		{"output", "history · deviation of a · layer × epoch", 6, 10},
		{"change", "history · change since the start · layer × epoch", 11, 11},
		{"dead", "history · dead units · layer × epoch", 0, 11},
	};
	(void)state;
	struct history *history = history_new();
	add(history, 0, LAYERS, varied, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view view = gradients_shown;
		view.history = rows[i].name;
		struct picture picture = picture_of(history, &view);
		char title[100];
		pane_history.title(&picture, title, sizeof(title));
		assert_string_equal(title, rows[i].title);
		struct canvas *canvas = map_of(history, &view);
		assert_int_equal(style_at(canvas, 0, 1), heat_style(rows[i].step_of_1));
		assert_int_equal(style_at(canvas, 0, 2), heat_style(rows[i].step_of_2));
		canvas_free(canvas);
	}
	history_free(history);
}

/* The output's ramp has other ends than that of gradients, and each says them. */
static void the_ends_of_the_ramp_are_those_of_what_is_shown(void **state)
{
	static const struct {
		const char *name, *low, *high;
	} rows[] = {
		{"rms", "1e-8", " 1 "},
		{"delta", "1e-8", " 1 "},
		{"output", "1e-7", "1e1"},
		{"change", "1e-8", " 1"},
		{"dead", "all dead", "none"},
	};
	(void)state;
	struct history *history = history_new();
	add(history, 0, LAYERS, varied, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view view = gradients_shown;
		view.history = rows[i].name;
		struct picture picture = picture_of(history, &view);
		assert_shows(&picture, "history", WIDTH, HEIGHT, rows[i].low, true);
		assert_shows(&picture, "history", WIDTH, HEIGHT, rows[i].high, true);
	}
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_column_is_an_epoch_while_they_fit),
		cmocka_unit_test(a_new_epoch_changes_no_column_before_it),
		cmocka_unit_test(a_column_of_many_epochs_shows_its_first_and_the_last_one_the_newest),
		cmocka_unit_test(a_mark_stands_above_the_first_column_of_its_epoch),
		cmocka_unit_test(a_run_fills_at_least_half_of_the_width),
		cmocka_unit_test(columns_without_layers_show_the_nearest_epoch_and_say_so),
		cmocka_unit_test(epochs_that_are_not_numbers_are_alarms),
		cmocka_unit_test(changes_are_marked_above_and_named_where_there_is_room),
		cmocka_unit_test(the_past_epoch_that_is_shown_has_an_arrow_on_the_axis),
		cmocka_unit_test(output_is_on_top_and_layer_1_at_the_bottom_in_any_depth),
		cmocka_unit_test(layers_that_an_epoch_did_not_have_are_blank),
		cmocka_unit_test(the_setting_chooses_what_is_shown),
		cmocka_unit_test(the_ends_of_the_ramp_are_those_of_what_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
