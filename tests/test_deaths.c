/* When a unit died, as far as a history keeps details. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "lab/deaths.h"

enum { UNITS = 3 };

/* A letter for each epoch: is unit 2 of layer 1 dead (d), alive (a), or has the record no detail
 * (-)? `steps` has the largest step of each epoch, in layer 2; NULL: its number in hundredths. */
static struct history *history_made(const char *epochs, const float *steps)
{
	static const int units[] = {UNITS, UNITS};
	struct history *history = history_new();
	struct record *record = record_new(3);
	struct detail *detail = detail_new(2, units, NULL);
	assert_true(history && record && detail);
	for (int i = 0; epochs[i]; i++) {
		record->epoch = detail->epoch = i;
		record->largest_step = steps ? steps[i] : 0.01f * (float)i;
		record->largest_step_layer = 2;
		detail_shares(detail, 1)[1] = epochs[i] == 'd' ? 1.0f : 0.9f;
		assert_true(history_add(history, record));
		if (epochs[i] != '-')
			assert_true(history_keep_detail(history, detail));
	}
	free(record);
	detail_release(detail);
	return history;
}

static void a_death_is_as_exact_as_the_details_that_are_kept(void **state)
{
	static const struct {
		const char *epochs;
		bool dead;
		int epoch, alive;
	} cases[] = {
		{"aaaa", false, 0, 0},
		{"aadd", true, 2, 1},
		{"a---dd", true, 4, 0},
		{"a---d--d", true, 4, 0},
		{"dddd", true, 0, -1},
		{"-ddd", true, 1, -1},
		{"addadd", true, 4, 3}, /* it came to life again */
		{"adda", false, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct history *history = history_made(cases[i].epochs, NULL);
		struct history_view view = history_until(history, INT64_MAX);
		struct death death;
		const struct detail *now = history_detail(history, view.count - 1);
		bool dead = death_find(view, now, 1, 2, &death);
		if (dead != cases[i].dead)
			fail_msg("%s: dead %d", cases[i].epochs, dead);
		if (dead && (death.epoch != cases[i].epoch || death.alive != cases[i].alive))
			fail_msg("%s: dead in epoch %d, alive in %d; expected %d, %d", cases[i].epochs,
				(int)death.epoch, (int)death.alive, cases[i].epoch, cases[i].alive);
		assert_false(death_find(view, now, 1, 1, &death));
		assert_false(death_find(view, now, 2, 2, &death));
		history_free(history);
	}
}

static void the_step_before_a_death_is_the_largest_since_the_unit_was_alive(void **state)
{
	struct history *history = history_made("aa--dd", NULL);
	struct history_view view = history_until(history, INT64_MAX);
	struct death death;
	(void)state;
	assert_true(death_find(view, history_detail(history, 5), 1, 2, &death));
	assert_int_equal(death.step_layer, 2);
	assert_true(death.step == 0.01f * 4);
	/* a past epoch knows nothing of later ones */
	assert_false(death_find(history_until(history, 1), history_detail(history, 1), 1, 2, &death));
	history_free(history);
	history = history_made("dd", NULL);
	view = history_until(history, INT64_MAX);
	assert_true(death_find(view, history_detail(history, 1), 1, 2, &death));
	assert_int_equal(death.step_layer, 0);
	history_free(history);
}

static void a_step_that_the_unit_survived_is_not_blamed(void **state)
{
	static const float steps[] = {0.1f, 0.9f, 0.3f, 0.2f, 0.8f};
	struct history *history = history_made("aa-dd", steps);
	struct history_view view = history_until(history, INT64_MAX);
	struct death death;
	(void)state;
	assert_true(death_find(view, history_detail(history, 4), 1, 2, &death));
	assert_int_equal(death.alive, 1);
	assert_int_equal(death.epoch, 3);
	assert_true(death.step == 0.3f);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_death_is_as_exact_as_the_details_that_are_kept),
		cmocka_unit_test(the_step_before_a_death_is_the_largest_since_the_unit_was_alive),
		cmocka_unit_test(a_step_that_the_unit_survived_is_not_blamed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
