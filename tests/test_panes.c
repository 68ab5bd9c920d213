/* Every pane, at every size, in every glyph set, from records of all kinds. Golden frames are in
 * tests/frames (or $WANE_FRAMES); WANE_FRAMES_WRITE=1 writes them anew: read the difference as a
 * user would. */
#include "lab/text.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"
#include "golden.h"

/* True for ASCII and the glyphs of the set. */
static bool in_set(const struct glyphs *glyphs, uint32_t code)
{
	if (glyphs->unicode || (code >= ' ' && code < 0x7f))
		return true;
	if (strcmp(glyphs->name, "ascii") == 0)
		return false;
	return (code >= 0x2500 && code <= 0x253C) || (code >= 0x2588 && code <= 0x2592);
}

/* Draws into the middle of a canvas whose border must keep its sentinels. */
static void check_size(struct canvas *canvas, const struct pane *pane,
	const struct picture *picture, int width, int height, const struct glyphs *glyphs)
{
	assert_true(canvas_reset(canvas, width + 2, height + 2, glyphs));
	struct area all = area_all(canvas), area = area_sub(all, 1, 1, width, height);
	for (int x = 0; x < width + 2; x++) {
		area_put(all, x, 0, SENTINEL, STYLE_ALARM);
		area_put(all, x, height + 1, SENTINEL, STYLE_ALARM);
	}
	for (int y = 1; y <= height; y++) {
		area_put(all, 0, y, SENTINEL, STYLE_ALARM);
		area_put(all, width + 1, y, SENTINEL, STYLE_ALARM);
	}
	pane->draw(picture, area);
	const struct cell *cell = canvas->cell;
	for (int y = 0; y < height + 2; y++)
		for (int x = 0; x < width + 2; x++, cell++) {
			uint32_t code = cell->code;
			bool border = x == 0 || y == 0 || x > width || y > height;
			if (border ? code != SENTINEL : code != 0 && !in_set(glyphs, code))
				fail_msg("%s at %dx%d with %s: U+%04X at %d,%d", pane->name, width, height,
					glyphs->name, (unsigned)code, x, y);
		}
}

static void panes_stay_inside_at_every_size_from_any_record(void **state)
{
	(void)state;
	struct canvas *canvas = canvas_make(1, 1, glyphs_at(0));
	for (int i = 0; picture_case_at(i); i++) {
		struct case_data *made = picture_make(picture_case_at(i));
		for (int p = 0; pane_at(p); p++)
			for (int set = 0; glyphs_at(set); set++) {
				for (int width = 1; width <= 34; width++)
					for (int height = 1; height <= 14; height += 1 + set % 2)
						check_size(
							canvas, pane_at(p), &made->picture, width, height, glyphs_at(set));
				for (int width = 35; width <= 250; width += 43)
					for (int height = 1; height <= 80; height += 13)
						check_size(
							canvas, pane_at(p), &made->picture, width, height, glyphs_at(set));
			}
		picture_free(made);
	}
	canvas_free(canvas);
}

/* Each size once for every pane; records and glyph sets alternate. */
static void every_pane_draws_at_every_size(void **state)
{
	enum { CASES_MAX = 32 };
	struct case_data *made[CASES_MAX];
	int cases = 0, sets = 0, turn = 0;
	(void)state;
	for (; picture_case_at(cases); cases++) {
		assert_true(cases < CASES_MAX);
		made[cases] = picture_make(picture_case_at(cases));
	}
	while (glyphs_at(sets))
		sets++;
	struct canvas *canvas = canvas_make(1, 1, glyphs_at(0));
	for (int width = 1; width <= 250; width++)
		for (int height = 1; height <= 80; height++)
			for (int p = 0; pane_at(p); p++, turn++)
				check_size(canvas, pane_at(p), &made[turn % cases]->picture, width, height,
					glyphs_at(turn / cases % sets));
	canvas_free(canvas);
	while (cases > 0)
		picture_free(made[--cases]);
}

static void frames_stay_inside_and_keep_titles_whole(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	for (int p = 0; pane_at(p); p++)
		for (int width = 1; width < 60; width++)
			for (int focused = 0; focused < 2; focused++) {
				struct canvas *canvas = canvas_make(width, 8, glyphs_find("ascii"));
				pane_draw(pane_at(p), p + 1, focused, &made->picture, area_all(canvas));
				char *text = canvas_text(canvas), word[32];
				snprintf(word, sizeof(word), "%d %s", p + 1, pane_at(p)->name);
				bool room = width >= (int)strlen(word) + 4;
				assert_int_equal(width > 3 && strncmp(text + 2, word, strlen(word)) == 0, room);
				if (width > 2)
					assert_int_equal(text[1] == '>', focused);
				free(text);
				canvas_free(canvas);
			}
	picture_free(made);
}

static void table_of_panes_is_whole(void **state)
{
	(void)state;
	struct case_data *made = case_named("nothing");
	int count = 0;
	assert_null(pane_at(-1));
	for (; pane_at(count); count++) {
		int i = count;
		char title[256] = "";
		pane_at(i)->title(&made->picture, title, sizeof(title));
		if (strncmp(title, pane_at(i)->name, strlen(pane_at(i)->name)) != 0)
			fail_msg("pane %s: its title '%s' must begin with its name", pane_at(i)->name, title);
		if (strlen(pane_at(i)->help) < 20 || strlen(pane_at(i)->help) > 90)
			fail_msg("pane %s: its help must have 20 to 90 characters", pane_at(i)->name);
		if (pane_at(i)->minimum_width < 1 || pane_at(i)->minimum_height < 1)
			fail_msg("pane %s has no minimum size", pane_at(i)->name);
		for (int k = 0; k < i; k++)
			if (strcmp(pane_at(i)->name, pane_at(k)->name) == 0)
				fail_msg("two panes are named %s", pane_at(i)->name);
	}
	assert_int_equal(pane_count(), count);
	picture_free(made);
}

/* A pane must look different with and without a run. */
static void every_pane_draws_something_when_all_is_well(void **state)
{
	(void)state;
	struct case_data *nothing = case_named("nothing");
	for (int i = 0; pane_at(i); i++) {
		const char *name = pane_at(i)->name;
		/* a healthy network has no remedies */
		const char *of = strcmp(name, "remedies") == 0 ? "vanishing" : "healthy";
		struct case_data *made = case_named(of);
		char *full = drawn(name, &made->picture, 60, 20, "braille");
		char *empty = drawn(name, &nothing->picture, 60, 20, "braille");
		if (strcmp(full, empty) == 0 || strspn(full, " \n") == strlen(full))
			fail_msg("pane %s draws nothing of the case '%s': fill what it shows in "
					 "tests/pictures.c, or draw it\n%s",
				name, of, full);
		free(full);
		free(empty);
		picture_free(made);
	}
	picture_free(nothing);
}

static void values_without_a_bar_are_written_as_words(void **state)
{
	(void)state;
	struct case_data *made = case_named("exploded");
	static const char *const words[] = {
		"  1  inf ",
		"  2  nan ",
		"  4  0 underflow ",
		"  5  -inf ",
		"  7  not recorded ",
		"1.0e+30",
		"DIVERGED",
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_shows(&made->picture, "gradients", 48, 11, words[i], true);
	assert_shows(&made->picture, "loss", 48, 9, "loss nan", true);
	assert_shows(&made->picture, "numbers", 60, 20, "inf", true);
	picture_free(made);

	made = case_named("zeros");
	assert_shows(&made->picture, "gradients", 48, 14, "0 by zero weights", true);
	made->record->layer[7].dead = 1;
	/* layer 9 gets nothing from layer 8; the layers above have other reasons */
	assert_shows(&made->picture, "gradients", 48, 14, "  8  0 by a dead layer", true);
	assert_shows(&made->picture, "gradients", 48, 14, "  9  0 by a dead layer", true);
	assert_shows(&made->picture, "gradients", 48, 14, " 10  0 by zero weights", true);
	assert_shows(&made->picture, "gradients", 48, 14, "█", false);
	picture_free(made);
}

static void shares_near_none_and_all_are_not_said_to_be_none_and_all(void **state)
{
	static const struct {
		float share;
		const char *text;
	} cases[] = {
		{0, "dead 0 %"},
		{0.001f, "dead <1 %"},
		{0.01f, "dead 1 %"},
		{0.996f, "dead >99 %"},
		{1, "dead 100 %"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct case_data *made = case_named("vanishing");
		made->record->layer[4].dead = cases[i].share;
		assert_shows(&made->picture, "units", 60, 13, cases[i].text, true);
		picture_free(made);
	}
}

static int rows_with_curves(const char *text)
{
	int rows = 0;
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		bool found = false;
		for (const char *at = line; *at != '\n'; at++)
			/* U+2580..25BF and U+2800..28FF in UTF-8 */
			found |= strncmp(at, "\xe2\x96", 2) == 0 || strncmp(at, "\xe2\xa0", 2) == 0 ||
				strncmp(at, "\xe2\xa1", 2) == 0 || strncmp(at, "\xe2\xa2", 2) == 0 ||
				strncmp(at, "\xe2\xa3", 2) == 0;
		rows += found;
	}
	return rows;
}

static void flat_loss_looks_flat_and_a_falling_one_falls(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	char *text = drawn("loss", &made->picture, 60, 20, "braille");
	assert_in_range(rows_with_curves(text), 1, 3);
	free(text);
	picture_free(made);
	made = case_named("healthy");
	text = drawn("loss", &made->picture, 60, 20, "braille");
	assert_in_range(rows_with_curves(text), 12, 17);
	free(text);
	picture_free(made);
}

/* A plateau stands in the middle of its axis, not at the top of an empty pane. */
static void the_fitted_axis_shows_the_curve_and_the_others_begin_at_zero(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	made->view.loss_axis = "fit";
	assert_shows(&made->picture, "loss", 60, 20, "0.60", true);
	assert_shows(&made->picture, "loss", 60, 20, "0.0┤", false);
	made->view.loss_axis = "zero";
	assert_shows(&made->picture, "loss", 60, 20, "0.0┤", true);
	made->view.loss_axis = "log";
	assert_shows(&made->picture, "loss", 60, 20, "1e-1┤", true);
	picture_free(made);
}

/* A loss of someone else's log may be negative. */
static void a_negative_loss_is_on_the_axis(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	struct record *record = record_copy(history_newest(made->history), 0);
	assert_non_null(record);
	record->epoch++;
	record->loss = -2;
	made->view.loss_axis = "zero";
	assert_true(history_add(made->history, record));
	free(record);
	assert_shows(&made->picture, "loss", 60, 20, "-2.0", true);
	picture_free(made);
}

static void loss_marks_the_baseline_the_events_and_the_break(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	assert_shows(&made->picture, "loss", 60, 12, "ln 2", true);
	assert_shows(&made->picture, "loss", 60, 12, "activation=relu", true);
	assert_shows(&made->picture, "loss", 28, 9, "activation", false);
	made->picture.frame.baseline_loss = 0.65; /* another baseline than that of two equal classes */
	assert_shows(&made->picture, "loss", 60, 12, "ln 2", false);
	assert_shows(&made->picture, "loss", 60, 12, "baseline", true);
	picture_free(made);
	made = case_named("exploded");
	assert_shows(&made->picture, "loss", 60, 12, "  nan", true);
	picture_free(made);
}

static void loss_tells_how_many_steps_were_cut(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	char title[80];
	made->record->steps = 25;
	made->view.loss_axis = "zero";
	pane_loss.title(&made->picture, title, sizeof(title));
	assert_string_equal(title, "loss · bce");
	made->record->clipped = 12;
	pane_loss.title(&made->picture, title, sizeof(title));
	assert_string_equal(title, "loss · clipped 12/25 · bce");
	made->picture.frame.record = NULL; /* before the first record */
	pane_loss.title(&made->picture, title, sizeof(title));
	assert_string_equal(title, "loss · bce");
	picture_free(made);
}

static void units_are_shown_by_sign_and_share(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	assert_shows(&made->picture, "units", 28, 8, " 1 ▓▓▃▄▄▄░░░░", true);
	assert_shows(&made->picture, "units", 60, 14, "20 %   50 %", true);
	assert_shows(&made->picture, "units", 60, 14, "< 0.1 max", true);
	made->picture.frame.detail = NULL;
	assert_shows(&made->picture, "units", 60, 14, "▓", true);
	picture_free(made);
}

/* The history has no details but that of the picture: what was before is not known. */
static void units_tell_when_the_dead_ones_died(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	assert_shows(&made->picture, "units", 60, 20, "unit 9 died at or before epoch 137", true);
	assert_shows(&made->picture, "units", 60, 20, "unit 10 died at or before epoch 137", true);
	assert_shows(&made->picture, "units", 60, 20, "more", false);
	assert_shows(&made->picture, "units", 60, 14, "137 · 1 more", true);
	made->detail->epoch = 0;
	assert_shows(&made->picture, "units", 60, 20, "unit 9 dead from the start", true);
	float *inactive = detail_shares(made->detail, 5);
	for (int unit = 0; unit < 10; unit++)
		inactive[unit] = 0.5f;
	assert_shows(&made->picture, "units", 60, 20, "from the start", false);
	picture_free(made);
}

/* With 256 colours the cell of a unit has the colour of its activity, below its sign. */
static void units_have_the_colour_of_their_activity(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	struct canvas *canvas = canvas_make(28, 8, glyphs_at(0));
	canvas->colors = 256;
	pane_units.draw(&made->picture, area_all(canvas));
	for (int unit = 0; unit < 10; unit++) {
		const struct cell *cell = &canvas->cell[3 + unit];
		enum style expected =
			heat_style(heat_step_of_share((double)made->detail->layer[0].activity[unit]));
		if (cell->code == glyphs_at(0)->full)
			assert_int_equal(cell->style, expected);
		else
			assert_int_equal(cell->ground, expected);
	}
	canvas_free(canvas);
	picture_free(made);
}

/* A cell that stands for several units has the sign and the colour of one state, also where exactly
 * half of them are dead. */
static void sign_and_colour_of_a_cell_tell_the_same(void **state)
{
	const struct glyphs *glyphs = glyphs_find("braille");
	struct case_data *made = case_named("vanishing");
	int dead = 0;
	(void)state;
	for (int l = 1; l <= made->detail->layers; l++)
		for (int unit = 0; unit < made->detail->layer[l - 1].units; unit++)
			detail_shares(made->detail, l)[unit] = unit % 2 ? 1 : 0.3f;
	for (int width = 1; width <= 40; width++) {
		struct canvas *canvas = canvas_make(width, 3, glyphs);
		pane_named("units")->draw(&made->picture, area_all(canvas));
		for (int i = 0; i < width * 3; i++) {
			const struct cell *cell = &canvas->cell[i];
			assert_int_equal(cell->code == glyphs->shade[2], cell->style == STYLE_DEAD);
			dead += cell->style == STYLE_DEAD;
		}
		canvas_free(canvas);
	}
	assert_true(dead > 0);
	picture_free(made);
}

static void points_tell_their_class_by_letter(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	static const char *const marks[] = {
		"o: class 0",
		"x: class 1",
		"+: class 2",
		"of 320 wrong",
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		assert_shows(&made->picture, "data", 70, 16, marks[i], true);
	picture_free(made);
}

static void notes_about_a_file_stand_above_its_points(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	made->data->notes.count = 1;
	strcpy(made->data->notes.text[0], "column 'Id' counts the rows: drop=Id leaves it out");
	assert_shows(
		&made->picture, "data", 70, 16, "'Id' counts the rows: drop=Id leaves it out", true);
	assert_shows(&made->picture, "data", 30, 16, "column 'Id' counts the rows:", true);
	assert_shows(&made->picture, "data", 30, 16, "drop=Id leaves it out", true);
	assert_shows(&made->picture, "data", 30, 5, "column", false);
	picture_free(made);
}

static void standardized_data_say_so_with_the_scale_of_the_target(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	assert_shows(&made->picture, "data", 70, 16, "standardized", false);
	made->data->standardized = true;
	made->data->target_mean = 412345;
	made->data->target_sd = 146500;
	strcpy(made->data->target_name, "price");
	assert_shows(&made->picture, "data", 70, 16, "features standardized", true);
	made->data->classes = 0;
	assert_shows(
		&made->picture, "data", 70, 16, "standardized · price: mean 412345, sd 146500", true);
	assert_shows(&made->picture, "data", 30, 16, "standardized", true);
	made->record->rmse = 31758;
	assert_shows(&made->picture, "loss", 70, 16, "RMSE 31758 (unit of price)", true);
	made->data->target_name[0] = '\0';
	assert_shows(&made->picture, "data", 70, 16, "target: mean 412345, sd 146500", true);
	assert_shows(&made->picture, "loss", 70, 16, "(unit of", false);
	picture_free(made);
}

/* A frame of a million points draws some of them, and says so. */
static void large_sets_are_thinned_and_say_so(void **state)
{
	(void)state;
	enum { ROWS = 50000 };
	struct case_data *made = case_named("healthy");
	float *target = calloc(ROWS, sizeof(float)), *view = calloc(2 * ROWS, sizeof(float));
	assert_true(target && view);
	free(made->data->target);
	free(made->data->projection);
	made->data->target = target;
	made->data->projection = view;
	made->data->rows = made->data->training = ROWS;
	made->picture.frame.state = NULL; /* it has answers to fewer points */
	assert_shows(&made->picture, "data", 90, 16, "1 point in 3 drawn", true);
	picture_free(made);
}

/* All panes of one case, in several sizes and glyph sets. */
static char *frames_of(const struct picture *picture)
{
	static const struct {
		int width, height;
		const char *glyphs;
	} frames[] = {{50, 11, "braille"}, {30, 10, "braille"}, {100, 26, "braille"}, {40, 9, "ascii"},
		{44, 14, "console"}};
	char *all = malloc(FRAME_MAX), *end = all;
	assert_non_null(all);
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		for (int p = 0; pane_at(p); p++) {
			struct canvas *canvas =
				canvas_make(frames[i].width, frames[i].height, glyphs_find(frames[i].glyphs));
			pane_draw(pane_at(p), p + 1, p == 0, picture, area_all(canvas));
			char *text = canvas_text(canvas);
			assert_true(end + strlen(text) < all + FRAME_MAX);
			end = stpcpy(end, text);
			free(text);
			canvas_free(canvas);
		}
	return all;
}

static void golden_frames_have_not_changed(void **state)
{
	(void)state;
	static const char *const names[] = {"vanishing", "healthy", "exploded", "deep", "nothing"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct case_data *made = case_named(names[i]);
		char *now = frames_of(&made->picture);
		char file[40];
		snprintf(file, sizeof(file), "pane-%s", names[i]);
		check_frames(file, now);
		free(now);
		picture_free(made);
	}
}

/* Two panes alone on the screen, at 80x24 and 132x43: all phases of a step; the weights. */
static void golden_frames_of_the_network_have_not_changed(void **state)
{
	(void)state;
	static const struct {
		const char *pane;
		int phases;
	} rows[] = {{"step", 6}, {"weights", 1}};
	static const int sizes[][2] = {{80, 20}, {132, 39}};
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct case_data *made = case_named("vanishing");
		char *all = malloc(FRAME_MAX), *end = all;
		assert_non_null(all);
		for (int i = 0; i < 2 * rows[r].phases; i++) {
			struct canvas *canvas =
				canvas_make(sizes[i % 2][0], sizes[i % 2][1], glyphs_find("braille"));
			made->view.phase = i / 2;
			pane_draw(pane_named(rows[r].pane), 1, true, &made->picture, area_all(canvas));
			char *text = canvas_text(canvas);
			assert_true(end + strlen(text) < all + FRAME_MAX);
			end = stpcpy(end, text);
			free(text);
			canvas_free(canvas);
		}
		check_frames(rows[r].pane, all);
		free(all);
		picture_free(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panes_stay_inside_at_every_size_from_any_record),
		cmocka_unit_test(every_pane_draws_at_every_size),
		cmocka_unit_test(frames_stay_inside_and_keep_titles_whole),
		cmocka_unit_test(table_of_panes_is_whole),
		cmocka_unit_test(every_pane_draws_something_when_all_is_well),
		cmocka_unit_test(values_without_a_bar_are_written_as_words),
		cmocka_unit_test(shares_near_none_and_all_are_not_said_to_be_none_and_all),
		cmocka_unit_test(flat_loss_looks_flat_and_a_falling_one_falls),
		cmocka_unit_test(loss_tells_how_many_steps_were_cut),
		cmocka_unit_test(the_fitted_axis_shows_the_curve_and_the_others_begin_at_zero),
		cmocka_unit_test(a_negative_loss_is_on_the_axis),
		cmocka_unit_test(loss_marks_the_baseline_the_events_and_the_break),
		cmocka_unit_test(units_are_shown_by_sign_and_share),
		cmocka_unit_test(units_tell_when_the_dead_ones_died),
		cmocka_unit_test(units_have_the_colour_of_their_activity),
		cmocka_unit_test(sign_and_colour_of_a_cell_tell_the_same),
		cmocka_unit_test(points_tell_their_class_by_letter),
		cmocka_unit_test(notes_about_a_file_stand_above_its_points),
		cmocka_unit_test(standardized_data_say_so_with_the_scale_of_the_target),
		cmocka_unit_test(large_sets_are_thinned_and_say_so),
		cmocka_unit_test(golden_frames_have_not_changed),
		cmocka_unit_test(golden_frames_of_the_network_have_not_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
