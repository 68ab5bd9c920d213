/* The data pane: regions are the answers cell by cell, and wrong points are crossed. */
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
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
#include "golden.h"

/* So low that the pane has neither legend nor axes: all of it is the plane. */
enum { COLUMNS = 40, ROWS = 3, CELLS = COLUMNS * ROWS, LOWER_HALF = 0x2584 };

/* Answers and points that a test sets; the plane is the unit square. */
struct plane_case {
	struct answer grid[2 * CELLS], point[8];
	float target[8], place[16];
	struct dataset data;
	struct state_view state;
	struct view view;
	struct picture picture;
	struct canvas *canvas;
};

static struct plane_case *plane_case_make(const char *glyphs, int colors, int rows, int training)
{
	struct plane_case *made = calloc(1, sizeof(*made));
	assert_non_null(made);
	made->data = (struct dataset){.name = "square",
		.rows = rows,
		.training = training,
		.features = 2,
		.classes = 2,
		.target = made->target,
		.projection = made->place};
	made->state = (struct state_view){
		.data = &made->data, .plane = {{0, 0}, {1, 1}}, .grid = made->grid, .point = made->point};
	made->picture.frame.data = &made->data;
	made->picture.frame.state = &made->state;
	made->picture.view = &made->view;
	made->canvas = canvas_make(COLUMNS, ROWS, glyphs_find(glyphs));
	made->canvas->colors = colors;
	made->state.wish = pane_data.wish(&made->picture, area_all(made->canvas));
	return made;
}

static void plane_case_free(struct plane_case *made)
{
	canvas_free(made->canvas);
	free(made);
}

/* A point in the middle of a cell. */
static void place_point(struct plane_case *made, int i, int x, int y, int class, int answer)
{
	made->place[i] = (float)((x + 0.5) / COLUMNS);
	made->place[made->data.rows + i] = (float)(1 - (y + 0.5) / ROWS);
	made->target[i] = (float)class;
	made->point[i] = (struct answer){0.9F, (int16_t)answer};
}

static void draw(struct plane_case *made)
{
	int colors = made->canvas->colors;
	assert_true(canvas_reset(made->canvas, COLUMNS, ROWS, made->canvas->glyphs));
	made->canvas->colors = colors;
	pane_data.draw(&made->picture, area_all(made->canvas));
}

static int expected_style(struct answer answer)
{
	double p = (double)answer.value;
	if (isnan(p))
		return STYLE_NORMAL;
	return p < 0.55 ? STYLE_REGION_BETWEEN
					: STYLE_REGION + answer.class % 4 * 3 +
			(p < 0.75          ? 0
					: p < 0.95 ? 1
							   : 2);
}

/* Every probability and class, beside and above every other one. */
static void regions_are_the_answers_cell_by_cell(void **state)
{
	(void)state;
	static const float values[] = {0.3F, 0.51F, 0.56F, 0.74F, 0.8F, 0.94F, 0.96F, 1, NAN};
	enum { VALUES = sizeof(values) / sizeof(values[0]) };
	struct plane_case *made = plane_case_make("braille", 256, 1, 1);
	made->data.classes = 6;
	assert_int_equal(made->state.wish.columns, COLUMNS);
	assert_int_equal(made->state.wish.rows, 2 * ROWS);
	for (int i = 0; i < 2 * CELLS; i++)
		made->grid[i] =
			(struct answer){values[i * 7 / 3 % VALUES], (int16_t)(i % COLUMNS / 8 + (i == 5))};
	place_point(made, 0, COLUMNS - 1, ROWS - 1, 4, 4);
	draw(made);
	int halves = 0, borders = 0;
	for (int i = 0; i < CELLS - 1; i++) {
		const struct answer *upper = &made->grid[i / COLUMNS * 2 * COLUMNS + i % COLUMNS];
		int above = expected_style(*upper), below = expected_style(upper[COLUMNS]);
		struct cell cell = made->canvas->cell[i];
		if (cell.code != ' ' && cell.code != LOWER_HALF) {
			assert_int_equal(cell.ground, STYLE_REGION_BETWEEN);
			borders++;
			continue;
		}
		if (cell.ground != above || cell.code != (above == below ? ' ' : LOWER_HALF) ||
			(above != below && cell.style != below))
			fail_msg("cell %d: U+%04X, styles %d and %d, expected %d over %d", i,
				(unsigned)cell.code, cell.ground, cell.style, above, below);
		halves += above != below;
	}
	assert_true(halves > CELLS / 3);
	assert_in_range(borders, 3 * ROWS, 10 * ROWS);
	plane_case_free(made);
}

/* The answer at the point's own half of the cell is behind it. */
static void a_point_stands_on_its_own_region(void **state)
{
	(void)state;
	struct plane_case *made = plane_case_make("braille", 256, 2, 2);
	for (int i = 0; i < 2 * CELLS; i++)
		made->grid[i] = (struct answer){i / COLUMNS == 1 ? 1 : 0.6F, i / COLUMNS == 1};
	place_point(made, 0, 3, 0, 0, 0);
	place_point(made, 1, 7, 0, 1, 1);
	made->place[2] = 1 - 0.2F / ROWS;
	made->place[3] = 1 - 0.8F / ROWS;
	draw(made);
	assert_int_equal(made->canvas->cell[3].code, 'o');
	assert_int_equal(made->canvas->cell[3].ground, STYLE_REGION);
	assert_int_equal(made->canvas->cell[7].code, 'x');
	assert_int_equal(made->canvas->cell[7].ground, STYLE_REGION + 3 + 2);
	plane_case_free(made);
}

static void points_that_the_network_gets_wrong_are_crossed(void **state)
{
	(void)state;
	static const struct {
		const char *glyphs;
		uint32_t wrong, wrong_held_out, held_out;
	} sets[] = {{"braille", 0x2717, 0xD7, 0xB7}, {"block", 0x2717, 0xD7, 0xB7},
		{"console", '*', '!', '.'}, {"ascii", '*', '!', '.'}};
	for (size_t s = 0; s < sizeof(sets) / sizeof(sets[0]); s++)
		for (int colors = 0; colors <= 256; colors += 256) {
			struct plane_case *made = plane_case_make(sets[s].glyphs, colors, 7, 4);
			for (int i = 0; i < 2 * CELLS; i++)
				made->grid[i] = (struct answer){1, 0};
			place_point(made, 0, 1, 0, 0, 0);
			place_point(made, 1, 3, 0, 1, 1);
			place_point(made, 2, 5, 0, 1, 0);
			place_point(made, 3, 7, 0, 0, 0);
			made->point[3].value = NAN;
			place_point(made, 4, 9, 0, 0, 0);
			place_point(made, 5, 11, 0, 0, 1);
			place_point(made, 6, 1, 0, 0, 1); /* in the cell of a trained one that is right */
			draw(made);
			const uint32_t expected[] = {sets[s].wrong_held_out, 'x', sets[s].wrong, sets[s].wrong,
				sets[s].held_out, sets[s].wrong_held_out};
			for (int i = 0; i < 6; i++) {
				struct cell cell = made->canvas->cell[2 * i + 1];
				bool wrong = i != 1 && i != 4;
				if (cell.code != expected[i])
					fail_msg("%s, %d colours: point %d is U+%04X, expected U+%04X", sets[s].glyphs,
						colors, i, (unsigned)cell.code, (unsigned)expected[i]);
				assert_int_equal(cell.style == (colors ? STYLE_POINT_WRONG : STYLE_ALARM), wrong);
			}
			plane_case_free(made);
		}
}

static void without_colours_a_class_is_a_shade_and_the_border_dots(void **state)
{
	(void)state;
	struct plane_case *made = plane_case_make("ascii", 8, 1, 1);
	assert_int_equal(made->state.wish.rows, ROWS);
	for (int i = 0; i < CELLS; i++)
		made->grid[i] = (struct answer){i % COLUMNS == 30 ? 0.52F : 0.9F, i % COLUMNS >= 20};
	place_point(made, 0, 0, 0, 0, 0);
	draw(made);
	for (int i = 1; i < CELLS; i++) {
		uint32_t code = made->canvas->cell[i].code;
		int x = i % COLUMNS;
		if (x == 19 || x == 20)
			continue;
		assert_int_equal(code, x < 20 || x == 30 ? ' ' : '-');
	}
	for (int y = 0; y < ROWS; y++)
		assert_true(made->canvas->cell[y * COLUMNS + 19].code == ':' ||
			made->canvas->cell[y * COLUMNS + 20].code == ':');
	plane_case_free(made);
}

/* Where nothing is known of the present data's answers, the points are drawn alone. */
static void without_a_view_of_these_data_there_are_points_alone(void **state)
{
	(void)state;
	struct plane_case *made = plane_case_make("braille", 256, 1, 1);
	const struct dataset other = {0};
	for (int i = 0; i < 2 * CELLS; i++)
		made->grid[i] = (struct answer){1, 1};
	place_point(made, 0, 0, 0, 0, 1);
	made->state.data = &other;
	for (int round = 0; round < 2; round++) {
		draw(made);
		for (int i = 0; i < CELLS; i++) {
			assert_int_equal(made->canvas->cell[i].ground, STYLE_NORMAL);
			assert_true(made->canvas->cell[i].code == ' ' || made->canvas->cell[i].code == 'o');
		}
		made->picture.frame.state = NULL;
	}
	plane_case_free(made);
}

static void the_wish_is_what_the_pane_can_show(void **state)
{
	(void)state;
	for (int width = 1; width < 140; width += 13)
		for (int height = 1; height < 50; height += 3) {
			struct case_data *made = case_named("vanishing");
			struct canvas *canvas = canvas_make(width, height, glyphs_find("braille"));
			canvas->colors = 256;
			struct probe_wish wish = pane_data.wish(&made->picture, area_all(canvas));
			assert_true(wish.points && !wish.weights && !wish.step);
			assert_in_range(wish.columns, 1, width);
			assert_in_range(wish.rows, 1, 2 * height);
			canvas->colors = 8;
			assert_int_equal(pane_data.wish(&made->picture, area_all(canvas)).rows, wish.rows / 2);
			made->data->classes = 0;
			wish = pane_data.wish(&made->picture, area_all(canvas));
			assert_true(wish.rows == 1 && !wish.points);
			made->picture.frame.data = NULL;
			wish = pane_data.wish(&made->picture, area_all(canvas));
			assert_false(probe_wishes(&wish));
			canvas_free(canvas);
			picture_free(made);
		}
}

static void the_legend_counts_what_is_wrong(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	int wrong[2] = {0, 0};
	for (int i = 0; i < made->data->rows; i++)
		wrong[i >= made->data->training] +=
			made->state->point[i].class != (int)made->data->target[i];
	char text[80];
	snprintf(text, sizeof(text), "✗ %d of %d wrong · acc %.1f %%", wrong[0], made->data->training,
		100 * (1 - wrong[0] / (double)made->data->training));
	assert_shows(&made->picture, "data", 70, 16, text, true);
	snprintf(text, sizeof(text), "× %d of %d held out wrong", wrong[1],
		made->data->rows - made->data->training);
	assert_shows(&made->picture, "data", 70, 16, text, true);
	made->picture.frame.state = NULL;
	assert_shows(&made->picture, "data", 70, 16, "wrong", false);
	assert_shows(&made->picture, "data", 70, 16, "800 to train on", true);
	picture_free(made);
}

/* In each column the curve of a flat answer is at the row of that value. */
static void the_curve_of_a_regression_is_its_answers(void **state)
{
	(void)state;
	struct plane_case *made = plane_case_make("ascii", 0, 1, 1);
	made->data.classes = 0;
	made->data.features = 1;
	made->state.wish = pane_data.wish(&made->picture, area_all(made->canvas));
	assert_int_equal(made->state.wish.columns, COLUMNS);
	place_point(made, 0, 0, 0, 0, 0);
	made->target[0] = 2; /* not in the plane */
	for (int x = 0; x < COLUMNS; x++)
		made->grid[x] = (struct answer){x < 20 ? 0.1F : x < 30 ? 0.95F : NAN, 0};
	draw(made);
	for (int i = 0; i < CELLS; i++) {
		int x = i % COLUMNS, y = i / COLUMNS;
		bool curve = made->canvas->cell[i].code != ' ';
		if (x > 0 && x != 19 && x != 20 && x < 29)
			assert_int_equal(curve, y == (x < 20 ? ROWS - 1 : 0));
		if (x >= 30)
			assert_false(curve);
	}
	plane_case_free(made);
}

/* As many images as have room, the wrong ones first, with the class, the answer and p. */
static void wrong_images_come_first(void **state)
{
	(void)state;
	struct case_data *made = case_named("images");
	struct answer *point = (struct answer *)(uintptr_t)made->state->point;
	for (int i = 0; i < made->data->rows; i++)
		point[i] = (struct answer){0.93F, (int16_t)made->data->target[i]};
	point[58].class = 3;
	char *text = drawn("data", &made->picture, 78, 19, "braille");
	const char *wrong = strstr(text, "is 8, says 3 (0.93)");
	const char *right = strstr(text, "is 1, says 1 (0.93)");
	if (!wrong || !right || wrong > right)
		fail_msg("the wrong image is not the first:\n%s", text);
	free(text);
	point[17].class = 8;
	assert_shows(&made->picture, "data", 78, 19, "is 7, says 8", true);
	assert_shows(&made->picture, "data", 78, 19, "is 8, says 3", true);
	assert_shows(&made->picture, "data", 38, 19, "says", false);
	made->picture.frame.state = NULL;
	assert_shows(&made->picture, "data", 78, 19, "is 1", true);
	assert_shows(&made->picture, "data", 78, 19, "says", false);
	made->data->image_width = 0;
	assert_shows(&made->picture, "data", 78, 19, "is 1", false);
	picture_free(made);
}

/* Row 0 is of class 0: its first column is the brightest, and from the fourth on all are dark. */
static void an_image_has_its_pixels_in_place(void **state)
{
	(void)state;
	struct case_data *made = case_named("images");
	struct canvas *canvas = canvas_make(78, 19, glyphs_find("braille"));
	canvas->colors = 256;
	struct answer *point = (struct answer *)(uintptr_t)made->state->point;
	for (int i = 0; i < made->data->rows; i++)
		point[i].class = (int16_t)made->data->target[i];
	pane_data.draw(&made->picture, area_all(canvas));
	const struct cell *image = &canvas->cell[78 - 40 + 1];
	const int styles[] = {11, 8, 4, 0, 0, 0, 0, 0};
	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 8; x++)
			assert_int_equal(image[y * 78 + x].style, STYLE_HEAT + styles[x]);
	canvas_free(canvas);
	picture_free(made);
}

/* ---- golden frames: the text, and under it the background of each cell as a letter ---- */

static char *add_grounds(char *end, const struct canvas *canvas)
{
	for (int i = 0; i < canvas->columns * canvas->rows; i++) {
		int ground = canvas->cell[i].ground;
		*end++ = ground == STYLE_NORMAL      ? ' '
			: ground == STYLE_REGION_BETWEEN ? '-'
											 : (char)('a' + ground - STYLE_REGION);
		if ((i + 1) % canvas->columns == 0)
			*end++ = '\n';
	}
	*end = '\0';
	return end;
}

static void golden_frames_have_not_changed(void **state)
{
	(void)state;
	static const char *const names[] = {"vanishing", "healthy", "exploded", "images"};
	static const int sizes[][2] = {{80, 24}, {132, 43}};
	char *all = malloc(FRAME_MAX), *end = all;
	assert_non_null(all);
	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		for (size_t s = 0; s < 2; s++) {
			struct case_data *made = case_named(names[n]);
			struct canvas *canvas = canvas_make(sizes[s][0], sizes[s][1], glyphs_find("braille"));
			canvas->colors = 256;
			pane_draw(&pane_data, 5, false, &made->picture, area_all(canvas));
			char *text = canvas_text(canvas);
			assert_true(end + strlen(text) + 133 * 43 < all + FRAME_MAX);
			end = add_grounds(stpcpy(end, text), canvas);
			free(text);
			canvas_free(canvas);
			picture_free(made);
		}
	check_frames("data", all);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_the_answers_cell_by_cell),
		cmocka_unit_test(a_point_stands_on_its_own_region),
		cmocka_unit_test(points_that_the_network_gets_wrong_are_crossed),
		cmocka_unit_test(without_colours_a_class_is_a_shade_and_the_border_dots),
		cmocka_unit_test(without_a_view_of_these_data_there_are_points_alone),
		cmocka_unit_test(the_wish_is_what_the_pane_can_show),
		cmocka_unit_test(the_legend_counts_what_is_wrong),
		cmocka_unit_test(the_curve_of_a_regression_is_its_answers),
		cmocka_unit_test(wrong_images_come_first),
		cmocka_unit_test(an_image_has_its_pixels_in_place),
		cmocka_unit_test(golden_frames_have_not_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
