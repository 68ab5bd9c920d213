/* Sequences in the data pane: each step has its place and height, beside its target and answer. */
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

enum { ROWS = 4, STEPS = 10 };

/* One value for each step of each row, and a second input that marks some of them. */
struct sequence_case {
	float x[2 * STEPS * ROWS], target[ROWS], place[2 * ROWS];
	struct answer point[ROWS];
	struct dataset data;
	struct state_view state;
	struct view view;
	struct picture picture;
};

static void make(struct sequence_case *made, int inputs, int classes)
{
	*made = (struct sequence_case){.data = {.name = "echo",
									   .rows = ROWS,
									   .training = ROWS - 1,
									   .features = inputs * STEPS,
									   .steps = STEPS,
									   .classes = classes,
									   .x = made->x,
									   .target = made->target,
									   .projection = made->place}};
	made->state = (struct state_view){.data = &made->data, .point = made->point};
	made->picture.frame.data = &made->data;
	made->picture.frame.state = &made->state;
	made->picture.view = &made->view;
}

static float *input(struct sequence_case *made, int row, int step, int input)
{
	int inputs = made->data.features / STEPS;
	return &made->x[(step * inputs + input) * ROWS + row];
}

static struct canvas *canvas_of(const struct sequence_case *made, int columns, int rows)
{
	struct canvas *canvas = canvas_make(columns, rows, glyphs_find("ascii"));
	pane_data.draw(&made->picture, area_all(canvas));
	return canvas;
}

/* The text stands somewhere, in that style. */
static void assert_drawn(const struct canvas *canvas, const char *text, enum style style)
{
	int length = (int)strlen(text);
	for (int at = 0; at + length <= canvas->columns * canvas->rows; at++) {
		int same = 0;
		while (same < length && canvas->cell[at + same].code == (unsigned char)text[same] &&
			canvas->cell[at + same].style == style)
			same++;
		if (same == length)
			return;
	}
	char *all = canvas_text(canvas);
	fail_msg("'%s' is not drawn, or not in its style:\n%s", text, all);
}

static void a_marked_step_has_its_place_and_height(void **state)
{
	struct sequence_case made;
	(void)state;
	for (int step = 0; step < STEPS; step++) {
		make(&made, 2, 0);
		for (int i = 0; i < STEPS * (ROWS - 1); i++)
			*input(&made, i % (ROWS - 1), i / (ROWS - 1), 0) = (float)(i % 2);
		*input(&made, 0, step, 0) = step % 2 ? 1 : 0;
		*input(&made, 0, step, 1) = 1;
		struct canvas *canvas = canvas_of(&made, 20 + 3 * STEPS, 5);
		for (int y = 0; y < 4; y++)
			for (int t = 0; t < STEPS; t++) {
				bool marked = canvas->cell[y * canvas->columns + 20 + 3 * t + 1].code == 'o';
				assert_int_equal(marked, t == step && y == (step % 2 ? 0 : 3));
			}
		canvas_free(canvas);
	}
}

static void a_number_has_its_target_and_answer(void **state)
{
	struct sequence_case made;
	(void)state;
	make(&made, 1, 0);
	made.target[0] = 0.25F;
	made.point[0] = (struct answer){0.125F, 0};
	struct canvas *canvas = canvas_of(&made, 60, 5);
	assert_drawn(canvas, "target 0.25", STYLE_BAR);
	assert_drawn(canvas, "answer 0.125", STYLE_TITLE);
	assert_drawn(canvas, "10 steps", STYLE_NORMAL);
	canvas_free(canvas);
}

static void wrong_sequences_come_first(void **state)
{
	struct sequence_case made;
	(void)state;
	make(&made, 1, 2);
	made.target[2] = 1;
	for (int i = 0; i < ROWS; i++)
		made.point[i] = (struct answer){0.75F, 0};
	struct canvas *canvas = canvas_of(&made, 60, 5); /* with room for one */
	assert_drawn(canvas, "is 1, says 0 (0.75)", STYLE_ALARM);
	canvas_free(canvas);
	canvas = canvas_of(&made, 60, 30);
	assert_drawn(canvas, "is 0, says 0 (0.75)", STYLE_NORMAL);
	canvas_free(canvas);
}

/* The pane asks for an answer to each sequence, and for none on a plane. */
static void the_wish_is_an_answer_to_each(void **state)
{
	struct sequence_case made;
	(void)state;
	for (int classes = 0; classes <= 2; classes += 2) {
		make(&made, 1, classes);
		struct canvas *canvas = canvas_make(60, 20, glyphs_find("ascii"));
		struct probe_wish wish = pane_data.wish(&made.picture, area_all(canvas));
		assert_true(wish.points && wish.columns == 0 && wish.rows == 0);
		canvas_free(canvas);
	}
}

/* Sizes from nothing on, with values that are no numbers. */
static void every_size_is_drawn(void **state)
{
	struct sequence_case made;
	(void)state;
	for (int columns = 0; columns < 60; columns += 3)
		for (int rows = 0; rows < 30; rows++) {
			make(&made, 1 + rows % 2, rows % 3 ? 2 : 0);
			for (int i = 0; i < STEPS * ROWS; i++)
				made.x[i] = i % 7 == 3 ? NAN : i % 7 == 4 ? INFINITY : (float)i;
			made.point[0].value = NAN;
			struct canvas *canvas = canvas_of(&made, columns, rows);
			canvas_free(canvas);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_marked_step_has_its_place_and_height),
		cmocka_unit_test(a_number_has_its_target_and_answer),
		cmocka_unit_test(wrong_sequences_come_first),
		cmocka_unit_test(the_wish_is_an_answer_to_each),
		cmocka_unit_test(every_size_is_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
