/* Every pane at every size: a checksum for each picture and range of sizes, of characters, styles,
 * backgrounds and what the mouse finds there. The golden frames show some of these pictures whole;
 * where only a checksum differs, draw the pane at sizes of that range before and after the change.
 */
#include "nn/float_mode.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/target.h"
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
#include "golden.h"
#include "probed.h"
#include "runs.h"
#include "sums.h"
#include "views.h"

enum { COLUMNS_MAX = 200, ROWS_MAX = 60 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Sizes from the first to the last by steps, in a terminal of its kind. */
static const struct range {
	const char *name, *glyphs;
	int colors;
	struct {
		int first, last, step;
	} columns, rows;
	bool large; /* with a large number first */
} ranges[] = {
	{"narrow", "braille", 256, {4, 60, 4}, {16, 16, 1}, false},
	{"wide", "braille", 256, {61, 140, 4}, {18, 18, 1}, false},
	{"low", "braille", 16, {78, 78, 1}, {1, 24, 1}, false},
	{"high", "console", 256, {100, 100, 1}, {25, 50, 5}, false},
	{"plain", "ascii", 8, {20, 130, 22}, {9, 22, 13}, false},
	{"large", "ascii", 0, {30, 110, 20}, {14, 34, 20}, true},
};

static void add_canvas(uint32_t *sum, const struct canvas *canvas)
{
	for (int i = 0; i < canvas->columns * canvas->rows; i++) {
		const struct cell *cell = &canvas->cell[i];
		const struct target *target = &canvas->target[i];
		add_number(sum, cell->code | (int64_t)cell->style << 24);
		add_number(sum, cell->ground);
		add_number(sum, target->layer + 1024 * target->unit + 1048576 * target->column);
		add_number(sum, target->weight + 65536 * target->cursor);
		add_number(sum, target->choice);
		add_number(sum, target->has_epoch ? target->epoch : -1);
	}
}

static void add_wish(uint32_t *sum, struct probe_wish wish)
{
	add_number(sum, wish.points + 2 * wish.weights + 4 * wish.step + 8 * wish.sample);
	add_number(sum, wish.columns + 65536 * wish.rows);
}

static uint32_t sum_of(struct canvas *canvas, const struct pane *pane,
	const struct picture *picture, const struct range *range)
{
	uint32_t sum = SUM_OF_NOTHING;
	canvas->colors = range->colors;
	for (int x = range->columns.first; x <= range->columns.last; x += range->columns.step)
		for (int y = range->rows.first; y <= range->rows.last; y += range->rows.step) {
			static struct target target[COLUMNS_MAX * ROWS_MAX];
			memset(target, 0, sizeof(target));
			assert_true(x <= COLUMNS_MAX && y <= ROWS_MAX);
			assert_true(canvas_reset(canvas, x, y, glyphs_find(range->glyphs)));
			canvas->target = target;
			pane_draw(pane, 1, x % 2 == 0, picture, area_all(canvas));
			add_canvas(&sum, canvas);
			canvas->target = NULL;
			struct area room = pane_room(pane, picture, area_all(canvas));
			if (pane->wish)
				add_wish(&sum, pane->wish(picture, room));
			if (pane->pinned_wish)
				add_wish(&sum, pane->pinned_wish(picture, room));
		}
	return sum;
}

/* Where the keys left and right lead to: to the end, some back, and to the beginning. */
static uint32_t sum_of_keys(const struct pane *pane, const struct picture *picture)
{
	uint32_t sum = SUM_OF_NOTHING;
	struct view view = *picture->view;
	struct picture moved = *picture;
	moved.view = &view;
	for (int step = 0; pane->across && step < 40; step++) {
		int by = step < 10 ? 1 : step < 12 ? 10 : step < 14 ? 1000 : step < 24 ? -1 : -10;
		add_number(&sum, pane->across(&moved, by, &view));
		add_number(&sum, view.phase + 8 * view.layer + 4096 * view.unit);
		add_number(&sum, view.weight + 65536 * view.cursor);
		add_number(&sum, view.column + 65536 * view.choice);
	}
	return sum;
}

/* A line of the file. */
static char *add_sums(char *end, struct canvas *canvas, const struct pane *pane, const char *name,
	const struct picture *picture, struct view *view)
{
	end += sprintf(end, "%-11s %-22s", pane->name, name);
	for (size_t i = 0; i < COUNT(ranges); i++) {
		view->large_first = ranges[i].large;
		end += sprintf(
			end, " %s %08x", ranges[i].name, (unsigned)sum_of(canvas, pane, picture, &ranges[i]));
	}
	view->large_first = false;
	return end + sprintf(end, " keys %08x\n", (unsigned)sum_of_keys(pane, picture));
}

/* The settings of the screen that change what panes show, and the phases of a step. */
static char *add_settings(char *end, struct canvas *canvas, const struct pane *pane)
{
	static const char *const of[] = {"vanishing", "healthy", "pair"};
	int phases = pane == &pane_step ? 6 : 2;
	char name[60];
	for (size_t i = 0; i < COUNT(of); i++)
		for (int k = 0; k < phases; k++) {
			struct case_data *made = case_named(of[i]);
			made->view.phase = k;
			made->view.gradient = k % 2 ? "l2" : "delta";
			made->view.history = k % 2 ? "dead" : "change";
			made->view.network = k % 2 ? "slope" : "change";
			made->view.loss_axis = k % 2 ? "zero" : "log";
			made->view.theory = k % 2 ? "on" : "off";
			made->view.sort = k % 2 ? "rising" : "falling";
			made->view.target_loss = 0.1;
			made->view.layer = 2;
			snprintf(name, sizeof(name), "%s, settings %d", of[i], k);
			end = add_sums(end, canvas, pane, name, &made->picture, &made->view);
			picture_free(made);
		}
	return end;
}

/* Networks that no picture is made of by hand. */
static const struct run {
	const char *name, *settings;
} runs[] = {
	{"recurrent", "model=lstm data=echo length=6 width=3 depth=1 samples=40 activation=tanh"},
	{"convolutional", "model=cnn data=digits width=3 depth=3 samples=40 activation=relu"},
	{"regression", "data=wave depth=2 width=6 norm=layer skip=1 optimizer=adam"},
};

static char *add_run(char *end, struct canvas *canvas, const struct run *run)
{
	const struct probe_wish wish = {
		.points = true, .columns = 40, .rows = 20, .weights = true, .step = true, .sample = 3};
	struct experiment *experiment = trained(run->settings, 4);
	struct probe *probe = probe_new();
	struct case_data *nothing = case_named("nothing"); /* whose view is that of the settings */
	struct picture picture = {.frame = frame_of(experiment), .view = &nothing->view};
	picture.frame.state = probe_whole(probe, experiment, wish);
	for (int p = 0; pane_at(p); p++)
		for (int unit = 0; unit <= 2; unit += 2) {
			char name[60];
			nothing->view.unit = unit;
			nothing->view.layer = 1 + unit;
			snprintf(name, sizeof(name), "%s, unit %d", run->name, unit);
			end = add_sums(end, canvas, pane_at(p), name, &picture, &nothing->view);
		}
	picture_free(nothing);
	probe_free(probe);
	experiment_free(experiment);
	return end;
}

/* As it is, with other places chosen, and with what its keys lead to. */
static char *add_pane(char *end, struct canvas *canvas, const struct pane *pane)
{
	static const char *const of[] = {"vanishing", "healthy", "exploded", "pair"};
	char name[60];
	for (int i = 0; picture_case_at(i); i++) {
		struct case_data *made = picture_make(picture_case_at(i));
		end = add_sums(end, canvas, pane, picture_case_at(i)->name, &made->picture, &made->view);
		picture_free(made);
	}
	for (size_t i = 0; i < COUNT(of); i++) {
		struct case_data *made = case_named(of[i]);
		made->view.layer = 3;
		made->view.unit = 2;
		made->view.weight = 11;
		made->view.choice = 4;
		made->view.column = 3;
		made->view.cursor = 21;
		made->view.phase = 1;
		made->view.path[1] = made->view.path[3] = 1;
		made->view.path[2] = 2;
		snprintf(name, sizeof(name), "%s, chosen", of[i]);
		end = add_sums(end, canvas, pane, name, &made->picture, &made->view);
		picture_free(made);
	}
	for (size_t i = 0; i < COUNT(choices); i++) {
		if (strcmp(choices[i].pane, pane->name) != 0)
			continue;
		struct case_data *made = case_named(choices[i].of);
		choose(&made->view, &choices[i].view);
		snprintf(name, sizeof(name), "%s, choice %zu", choices[i].of, i);
		end = add_sums(end, canvas, pane, name, &made->picture, &made->view);
		picture_free(made);
	}
	return end;
}

static void every_pane_looks_at_every_size_as_it_did_when_it_was_looked_at(void **state)
{
	char *all = malloc(FRAME_MAX), *end = all;
	struct canvas *canvas = canvas_make(1, 1, glyphs_at(0));
	(void)state;
	assert_non_null(all);
	for (int p = 0; pane_at(p); p++)
		end = add_settings(add_pane(end, canvas, pane_at(p)), canvas, pane_at(p));
	for (size_t i = 0; i < COUNT(runs); i++)
		end = add_run(end, canvas, &runs[i]);
	assert_true(end < all + FRAME_MAX);
	check_frames("pane-sums", all);
	canvas_free(canvas);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pane_looks_at_every_size_as_it_did_when_it_was_looked_at),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
