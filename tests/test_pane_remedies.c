/* The list of remedies: what its colours say beside its numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "drawn.h"

/* The style of the first letter of a row of the list; row 0 has the headings. */
static enum style style_of(const struct picture *picture, int row)
{
	struct canvas *canvas = canvas_make(70, 1 + CASE_TRIALS, glyphs_find("ascii"));
	pane_named("remedies")->draw(picture, area_all(canvas));
	enum style style = (enum style)canvas->cell[(1 + row) * 70 + 1].style;
	canvas_free(canvas);
	return style;
}

static void remedies_that_halve_the_loss_have_the_colour_of_good_news(void **state)
{
	struct case_data *made = case_named("vanishing");
	struct trial *trial = made->trial;
	(void)state;
	made->view.choice = CASE_TRIALS - 1;
	trial[0].reached = 0.49f * (float)made->advice.loss;
	trial[1].reached = 0.51f * (float)made->advice.loss;
	trial[2].reached = 0.1f * (float)made->advice.loss;
	trial[2].first = NULL; /* the run left alone is no remedy */
	trial[2].restart = false;
	trial[3].reached = 0.1f * (float)made->advice.loss;
	trial[3].state = TRIAL_WAITING;
	assert_int_equal(style_of(&made->picture, 0), STYLE_GOOD);
	assert_int_equal(style_of(&made->picture, 1), STYLE_NORMAL);
	assert_int_equal(style_of(&made->picture, 2), STYLE_DIM);
	assert_int_equal(style_of(&made->picture, 3), STYLE_DIM);
	assert_int_equal(style_of(&made->picture, CASE_TRIALS - 1), STYLE_SELECTED);
	picture_free(made);
}

/* In a wide pane the losses on the way become wider, not the blank between change and numbers. */
static void numbers_stand_near_the_change_they_belong_to(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (int width = 80; width <= 250; width++) {
		char *text = drawn("remedies", &made->picture, width, 20, "ascii");
		const char *row = strstr(text, "[a] relu"), *number = strstr(text, "7.3e-05");
		assert_non_null(row);
		assert_non_null(number);
		assert_in_range(number - row, 0, 46);
		free(text);
	}
	assert_shows(&made->picture, "remedies", 80, 20, "7.3e-05 █▄▂", true);
	assert_shows(&made->picture, "remedies", 130, 20, "7.3e-05 ████▄▄▄▄▂▂▂▂", true);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remedies_that_halve_the_loss_have_the_colour_of_good_news),
		cmocka_unit_test(numbers_stand_near_the_change_they_belong_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
