/* The bars of the gradients pane: their colours, ends and rows, and the columns beside them. */
#include "lab/theory.h"
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

enum { LAYERS = 11, FULL = 0x2588, UPPER_HALF = 0x2580, LOWER_HALF = 0x2584 };

/* Layer l has the gradient 10^(l - 9), and nothing before this epoch counts. */
static struct case_data *staircase(void)
{
	struct case_data *made = case_named("vanishing");
	made->view.gradient = "rms";
	assert_int_equal(made->record->layers, LAYERS);
	strcpy(made->record->event, "lr=0.2");
	for (int l = 1; l <= LAYERS; l++) {
		made->record->layer[l - 1].grad_rms = (float)pow(10, l - 9);
		made->record->layer[l - 1].delta_rms = 1e4f;
	}
	return made;
}

static struct canvas *pane_drawn(const struct picture *picture, int width, int height, int colors)
{
	struct canvas *canvas = canvas_make(width, height, glyphs_find("braille"));
	canvas->colors = colors;
	pane_named("gradients")->draw(picture, area_all(canvas));
	return canvas;
}

static bool is_bar(const struct cell *cell)
{
	return cell->code > 0x2580 && cell->code <= 0x258F &&
		(cell->style >= STYLE_HEAT && cell->style < STYLE_HEAT + HEAT_STEPS);
}

static void a_bar_has_the_colour_of_its_size_in_all_panes(void **state)
{
	static const struct {
		int width, height;
	} sizes[] = {{48, 13}, {48, 9}, {100, 30}};
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct case_data *made = staircase();
		struct canvas *canvas = pane_drawn(&made->picture, sizes[i].width, sizes[i].height, 256);
		bool seen[HEAT_STEPS] = {false};
		for (int k = 0; k < canvas->columns * canvas->rows; k++)
			if (is_bar(&canvas->cell[k]))
				seen[canvas->cell[k].style - STYLE_HEAT] = true;
		for (int l = 1; l <= LAYERS; l++) {
			int step = heat_step((double)made->record->layer[l - 1].grad_rms);
			if (!seen[step])
				fail_msg("layer %d at %dx%d: no bar of step %d", l, sizes[i].width, sizes[i].height,
					step);
			seen[step] = l < LAYERS && heat_step(pow(10, l - 8)) == step;
		}
		for (int step = 0; step < HEAT_STEPS; step++)
			assert_false(seen[step]);
		canvas_free(canvas);
		picture_free(made);
	}
}

/* The style of the bar of layer 1; level bars begin in column 5 of row 1. */
static int color_of_layer_1(const struct picture *picture)
{
	struct canvas *canvas = pane_drawn(picture, 100, 13, 256);
	const struct cell *cell = &canvas->cell[canvas->columns + 5];
	assert_true(is_bar(cell));
	int style = cell->style;
	canvas_free(canvas);
	return style;
}

static void colours_follow_the_mean_of_epochs_and_a_change_at_once(void **state)
{
	struct case_data *made = staircase();
	(void)state;
	/* the epochs before have 1e-4, the shown one 2e-2 */
	history_clear(made->history);
	made->record->event[0] = '\0';
	made->record->layer[0].grad_rms = 1e-4f;
	for (int epoch = 0; epoch < 30; epoch++) {
		made->record->epoch = epoch;
		assert_true(history_add(made->history, made->record));
	}
	made->record->epoch = 30;
	made->record->layer[0].grad_rms = 2e-2f;
	made->picture.frame.history = history_until(made->history, INT64_MAX);
	assert_int_equal(color_of_layer_1(&made->picture), heat_style(heat_step(pow(10, -3.75))));
	strcpy(made->record->event, "norm=batch");
	assert_int_equal(color_of_layer_1(&made->picture), heat_style(heat_step(2e-2)));
	picture_free(made);
}

/* Half rows of the first column of bars in each style; blank ones are not counted. */
static void count_halves(const struct canvas *canvas, int halves[STYLE_COUNT])
{
	for (int y = 1; y < canvas->rows - 1; y++) {
		const struct cell *cell = &canvas->cell[y * canvas->columns + 5];
		bool half = cell->code == UPPER_HALF || cell->code == LOWER_HALF;
		if (half && cell->ground != STYLE_NORMAL)
			halves[cell->ground]++;
		if (half || is_bar(cell))
			halves[cell->style] += half ? 1 : 2;
	}
}

/* Heights differ by half a row at most, or by a row where two colours do not fit a cell; at most
 * two rows stay blank, and none if heights differ. */
static void rows_stretch_to_the_height_there_is_and_are_alike(void **state)
{
	static const struct {
		int colors, step;
	} terminals[] = {{256, 1}, {16, 2}};
	struct case_data *made = staircase();
	(void)state;
	for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++)
		for (int height = LAYERS + 2; height <= 60; height++) {
			struct canvas *canvas = pane_drawn(&made->picture, 48, height, terminals[i].colors);
			int halves[STYLE_COUNT] = {0}, rows = height - 2, least = 1000, most = 0, sum = 0;
			count_halves(canvas, halves);
			for (int l = 1; l <= LAYERS - 4; l++) { /* their colours are their own */
				int own =
					halves[heat_style(heat_step((double)made->record->layer[l - 1].grad_rms))];
				least = own < least ? own : least;
				most = own > most ? own : most;
			}
			for (int step = 0; step < HEAT_STEPS; step++)
				sum += halves[heat_style(step)];
			int gaps = rows < 3 * LAYERS ? 0 : 2 * LAYERS;
			assert_in_range(most - least, 0, terminals[i].step);
			assert_in_range(2 * rows - gaps - sum, 0, most > least ? 0 : 4);
			canvas_free(canvas);
		}
	picture_free(made);
}

static void a_zoomed_pane_has_update_ratio_and_change_of_each_layer(void **state)
{
	struct case_data *made = staircase();
	(void)state;
	made->record->layer[3].update_ratio = 1.25e-3f;
	made->record->layer[3].change = 12.5f;
	assert_shows(&made->picture, "gradients", 78, 18, "|ΔW|/|W|", true);
	assert_shows(&made->picture, "gradients", 78, 18, "change", true);
	assert_shows(&made->picture, "gradients", 78, 18, "1.2e-03           12.5 %", true);
	picture_free(made);
}

/* One bar under the other where each layer has two rows, else points: never a mixture. */
static void bars_of_two_runs_are_pairs_in_all_layers_or_in_none(void **state)
{
	struct case_data *made = staircase(), *other = staircase();
	(void)state;
	made->picture.twin = other->picture.frame;
	for (int height = LAYERS + 2; height <= 60; height++) {
		struct canvas *canvas = pane_drawn(&made->picture, 48, height, 256);
		int bars = 0, points = 0;
		for (int y = 1; y < height - 1; y++)
			for (int x = 5; x < 48; x++) {
				const struct cell *cell = &canvas->cell[y * 48 + x];
				bool twin = cell->style == STYLE_TWIN;
				bars += twin && x == 5 && cell->code == FULL;
				points += twin && cell->code == 0x2022;
			}
		bool pairs = height - 2 >= 2 * LAYERS;
		if ((bars >= LAYERS) != pairs || (points == LAYERS) == pairs)
			fail_msg("height %d: %d rows of bars, %d points", height, bars, points);
		canvas_free(canvas);
	}
	picture_free(other);
	picture_free(made);
}

/* Rows of each layer's bar and of the pinned one under it, from the first column of bars. */
static void bars_of_two_runs_are_equally_high_in_all_layers(void **state)
{
	struct case_data *made = staircase(), *other = staircase();
	(void)state;
	made->picture.twin = other->picture.frame;
	for (int colors = 16; colors <= 256; colors += 240)
		for (int height = 2 * LAYERS + 2; height <= 99; height++) {
			struct canvas *canvas = pane_drawn(&made->picture, 48, height, colors);
			int own = 0, twin = 0, first = 0, pairs = 0;
			for (int y = 1; y < height; y++) {
				const struct cell *cell = &canvas->cell[y * 48 + 5];
				bool pinned = cell->style == STYLE_TWIN, next = is_bar(cell) && twin > 0;
				bool ends = next || y == height - 1;
				if (ends) {
					first = first ? first : own;
					if (own != first || twin != first)
						fail_msg("height %d, layer %d: %d rows and %d, layer 1 has %d", height,
							pairs + 1, own, twin, first);
					if (next && (height - 1) / LAYERS >= 3 && cell[-48].style == STYLE_TWIN)
						fail_msg("height %d: no gap under layer %d", height, pairs + 1);
					pairs++;
					own = twin = 0;
				}
				own += is_bar(cell);
				twin += pinned;
			}
			assert_int_equal(pairs, LAYERS);
			canvas_free(canvas);
		}
	picture_free(other);
	picture_free(made);
}

/* Cells of the pinned run's style in a row, or in a column. */
static int twin_cells(const struct canvas *canvas, int from, int step, int count)
{
	int cells = 0;
	for (int i = 0; i < count; i++)
		cells += canvas->cell[from + i * step].style == STYLE_TWIN;
	return cells;
}

static void a_word_in_place_of_a_bar_leaves_the_pinned_bar(void **state)
{
	struct case_data *made = staircase(), *other = staircase();
	(void)state;
	made->picture.twin = other->picture.frame;
	for (int l = 1; l <= LAYERS; l++)
		made->record->layer[l - 1].grad_rms = NAN;
	struct canvas *level = pane_drawn(&made->picture, 48, 2 * LAYERS + 2, 256);
	for (int l = 1; l <= LAYERS; l++)
		assert_true(twin_cells(level, 48 * 2 * l + 5, 1, 20) > 0);
	struct canvas *points = pane_drawn(&made->picture, 48, LAYERS + 2, 256);
	int above_words = 0;
	for (int l = 1; l <= LAYERS; l++)
		above_words += twin_cells(points, 48 * l + 5, 1, 40) > 0;
	assert_true(above_words > LAYERS / 2);
	struct canvas *upright = pane_drawn(&made->picture, 48, 9, 256);
	int columns = 0;
	for (int x = 0; x < 48; x++)
		columns += twin_cells(upright, x, 48, 8) > 0;
	assert_in_range(columns, LAYERS, 2 * LAYERS);
	canvas_free(level);
	canvas_free(points);
	canvas_free(upright);
	picture_free(other);
	picture_free(made);
}

/* The tick on a bar is that of its own run: the pinned one's delta is a hundredth. */
static void each_of_two_bars_has_the_tick_of_its_run(void **state)
{
	struct case_data *made = staircase(), *other = staircase();
	int tick[2] = {0, 0};
	(void)state;
	for (int l = 1; l <= LAYERS; l++) {
		made->record->layer[l - 1].delta_rms = 1e4f;
		other->record->layer[l - 1].delta_rms = 1e2f;
	}
	made->picture.twin = other->picture.frame;
	struct canvas *canvas = pane_drawn(&made->picture, 48, 2 * LAYERS + 2, 256);
	for (int row = 0; row < 2; row++)
		for (int x = 5; x < 40; x++)
			if (canvas->cell[(1 + row) * 48 + x].style == STYLE_TITLE)
				tick[row] = x;
	if (!(tick[1] > 5 && tick[1] < tick[0]))
		fail_msg("ticks in columns %d and %d", tick[0], tick[1]);
	canvas_free(canvas);
	canvas = pane_drawn(&made->picture, 48, 9, 256);
	for (int y = 8; y > 0; y--)
		for (int side = 0; side < 2; side++)
			if (canvas->cell[y * 48 + 6 + side].style == STYLE_TITLE)
				tick[side] = y;
	if (!(tick[1] > 0 && tick[1] < tick[0]))
		fail_msg("ticks in rows %d (pinned) and %d", tick[0], tick[1]);
	canvas_free(canvas);
	picture_free(other);
	picture_free(made);
}

/* Without colours they end at eighths. */
static void bars_in_colours_move_in_halves_of_a_cell(void **state)
{
	(void)state;
	for (int colors = 0; colors <= 256; colors += 256) {
		struct case_data *made = staircase();
		int others = 0;
		for (int i = 0; i < 8; i++) {
			for (int l = 1; l <= LAYERS; l++)
				made->record->layer[l - 1].grad_rms = (float)pow(10, l - 9 + 0.1 * i);
			for (int height = 9; height <= 13; height += 4) {
				struct canvas *canvas = pane_drawn(&made->picture, 48, height, colors);
				for (int k = 0; k < 48 * (height - 3); k++)
					others += is_bar(&canvas->cell[k]) && canvas->cell[k].code != FULL &&
						canvas->cell[k].code != 0x2584 && canvas->cell[k].code != 0x258C;
				canvas_free(canvas);
			}
		}
		assert_true(colors ? others == 0 : others > 20);
		picture_free(made);
	}
}

/* However small: a bar is where a number is. */
static void the_smallest_bar_is_seen(void **state)
{
	struct case_data *made = staircase();
	(void)state;
	for (int l = 1; l <= LAYERS; l++)
		made->record->layer[l - 1].grad_rms = 1.01e-9f;
	made->record->layer[LAYERS - 1].grad_rms = 1e2f;
	struct canvas *canvas = pane_drawn(&made->picture, 48, 9, 256);
	int bars = 0;
	for (int x = 0; x < 48; x++)
		bars += is_bar(&canvas->cell[6 * 48 + x]);
	assert_true(bars >= LAYERS);
	canvas_free(canvas);
	picture_free(made);
}

/* Theory's range lies on the bars, upright and level ones; without colours, too. */
static void theory_hides_no_bar(void **state)
{
	static const int heights[] = {8, 13, 24, 40}, colors[] = {0, 256};
	struct theory_band band[LAYERS];
	struct case_data *made = staircase();
	(void)state;
	for (int l = 1; l < LAYERS; l++)
		band[l - 1] = (struct theory_band){.low = 1e-30, .high = 1};
	for (int l = 1; l <= LAYERS; l++)
		made->record->layer[l - 1].delta_rms = 1e1f;
	made->picture.frame.theory = band;
	made->view.theory = "on";
	for (size_t h = 0; h < sizeof(heights) / sizeof(heights[0]); h++)
		for (size_t c = 0; c < sizeof(colors) / sizeof(colors[0]); c++) {
			struct canvas *canvas = pane_drawn(&made->picture, 48, heights[h], colors[c]);
			bool seen[HEAT_STEPS] = {false}, theory = false;
			for (int k = 0; k < canvas->columns * canvas->rows; k++) {
				if (is_bar(&canvas->cell[k]))
					seen[canvas->cell[k].style - STYLE_HEAT] = true;
				theory = theory || canvas->cell[k].code == '~';
			}
			assert_true(theory);
			for (int l = 1; l <= LAYERS; l++)
				if (!seen[heat_step((double)made->record->layer[l - 1].grad_rms)])
					fail_msg(
						"height %d, %d colours: layer %d has no bar", heights[h], colors[c], l);
			canvas_free(canvas);
		}
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bar_has_the_colour_of_its_size_in_all_panes),
		cmocka_unit_test(colours_follow_the_mean_of_epochs_and_a_change_at_once),
		cmocka_unit_test(rows_stretch_to_the_height_there_is_and_are_alike),
		cmocka_unit_test(a_zoomed_pane_has_update_ratio_and_change_of_each_layer),
		cmocka_unit_test(bars_of_two_runs_are_pairs_in_all_layers_or_in_none),
		cmocka_unit_test(bars_of_two_runs_are_equally_high_in_all_layers),
		cmocka_unit_test(a_word_in_place_of_a_bar_leaves_the_pinned_bar),
		cmocka_unit_test(each_of_two_bars_has_the_tick_of_its_run),
		cmocka_unit_test(bars_in_colours_move_in_halves_of_a_cell),
		cmocka_unit_test(the_smallest_bar_is_seen),
		cmocka_unit_test(theory_hides_no_bar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
