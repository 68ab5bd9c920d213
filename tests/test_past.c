/* Walking through the epochs that have passed: the whole screen shows them as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/past.h"
#include "session.h"

static void train_to(struct fixture *fixture, int64_t epoch)
{
	while (epoch_of(fixture) < epoch)
		press(fixture, 's');
}

static int64_t shown(struct fixture *fixture)
{
	const struct context context = app_context(fixture->app, 0);
	return past_shown(&context);
}

static void command_and_settle(struct fixture *fixture, const char *line)
{
	command(fixture, line);
	settle(fixture);
}

/* Panes ask for views while they are drawn. */
static void wait_for_views(struct fixture *fixture)
{
	app_draw(fixture->app);
	work_until(fixture, fixture->now + 1);
}

/* Everything but the header's end, and panes that show the whole run and a cursor. */
static struct cell *picture_of(struct fixture *fixture)
{
	const struct canvas *canvas = app_draw(fixture->app);
	size_t bytes = (size_t)(canvas->rows * canvas->columns) * sizeof(struct cell);
	struct cell *copy = malloc(bytes);
	assert_non_null(copy);
	memcpy(copy, canvas->cell, bytes);
	return copy;
}

static void a_past_epoch_is_drawn_as_it_was_when_it_was_the_present(void **state)
{
	(void)state;
	for (int p = 0; pane_at(p); p++) {
		const char *name = pane_at(p)->name;
		bool whole_run = strcmp(name, "loss") == 0 || strcmp(name, "history") == 0;
		if (whole_run || strcmp(name, "remedies") == 0)
			continue;
		struct fixture fixture = start_paused("advice=off depth=4 width=5", "ascii");
		char focus[80];
		snprintf(focus, sizeof(focus), "pane %s", name);
		command_and_settle(&fixture, focus);
		press(&fixture, 'z');
		train_to(&fixture, 5);
		wait_for_views(&fixture);
		struct cell *then = picture_of(&fixture);
		train_to(&fixture, 8);
		press(&fixture, 'a');
		train_to(&fixture, 12);
		command_and_settle(&fixture, "epoch 5");
		assert_int_equal(shown(&fixture), 5);
		wait_for_views(&fixture);
		const struct canvas *canvas = app_draw(fixture.app);
		for (int i = canvas->columns; i < (canvas->rows - 1) * canvas->columns; i++)
			if (canvas->cell[i].code != then[i].code || canvas->cell[i].style != then[i].style)
				fail_msg("pane %s at epoch 5, seen from epoch 12: row %d, column %d differs", name,
					i / canvas->columns, i % canvas->columns);
		assert_true(shows(&fixture, "sigmoid"));
		assert_true(shows(&fixture, "epoch 5 of 12"));
		free(then);
		app_free(fixture.app);
	}
}

static void keys_walk_through_the_epochs_and_back_to_the_present(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off", "ascii");
	press(&fixture, ',');
	assert_true(shows(&fixture, "no earlier epoch is kept"));
	train_to(&fixture, 4);
	press(&fixture, ',');
	assert_int_equal(shown(&fixture), 3);
	press(&fixture, ',');
	assert_int_equal(shown(&fixture), 2);
	assert_true(shows(&fixture, "epoch 2 of 4"));
	press(&fixture, ';');
	assert_int_equal(shown(&fixture), 3);
	press(&fixture, ';');
	assert_int_equal(shown(&fixture), EPOCH_PRESENT);
	press(&fixture, ';');
	assert_true(shows(&fixture, "this is the newest epoch"));
	for (int i = 0; i < 10; i++)
		press(&fixture, ',');
	assert_int_equal(shown(&fixture), 0);
	press(&fixture, 'F');
	assert_int_equal(shown(&fixture), EPOCH_PRESENT);
	app_free(fixture.app);
}

static void training_goes_on_while_the_past_is_shown(void **state)
{
	(void)state;
	struct fixture fixture = start_small("advice=off pace=10");
	work_until(&fixture, fixture.now + 2);
	press(&fixture, ',');
	int64_t epoch = shown(&fixture), reached = epoch_of(&fixture);
	work_until(&fixture, fixture.now + 1);
	assert_int_equal(shown(&fixture), epoch);
	assert_true(epoch_of(&fixture) > reached);
	assert_true(shows(&fixture, "past"));
	app_free(fixture.app);
}

static void a_change_leads_back_to_the_present(void **state)
{
	(void)state;
	static const int keys[] = {'a', 'r', 'e'};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct fixture fixture = start_paused("advice=off", "ascii");
		train_to(&fixture, 4);
		press(&fixture, ',');
		press(&fixture, keys[i]);
		work_until(&fixture, fixture.now + 1);
		if (shown(&fixture) != EPOCH_PRESENT)
			fail_msg("key %c: the screen stays in the past", keys[i]);
		app_free(fixture.app);
	}
}

static bool has_layers(struct fixture *fixture)
{
	const struct context context = app_context(fixture->app, 0);
	return context_picture(&context).frame.record->layers > 0;
}

static void a_shown_epoch_that_loses_its_layers_gives_way_to_the_one_kept_before(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off seed=1 depth=10", "ascii");
	char told[80];
	train_to(&fixture, 40);
	command_and_settle(&fixture, "epoch 35");
	assert_int_equal(shown(&fixture), 35);
	int moves = 0;
	for (int64_t epoch = 41, before = 35; epoch <= 160; epoch++) {
		train_to(&fixture, epoch);
		int64_t now = shown(&fixture);
		assert_true(has_layers(&fixture));
		assert_in_range(now, 1, before);
		snprintf(told, sizeof(told), "epoch %d of %d: %d is not kept", (int)now, (int)epoch,
			(int)before);
		if (now != before && !shows(&fixture, told))
			fail_msg("at epoch %d %d is shown, not %d, and nothing says '%s'", (int)epoch, (int)now,
				(int)before, told);
		moves += now != before;
		before = now;
	}
	assert_in_range(moves, 1, 4);
	app_free(fixture.app);
}

static void an_epoch_that_is_not_kept_is_told_beside_the_one_shown_instead(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off seed=1 depth=10", "ascii");
	train_to(&fixture, 160);
	command_and_settle(&fixture, "epoch 51");
	assert_int_equal(shown(&fixture), 48);
	assert_true(shows(&fixture, "epoch 48 of 160: 51 is not kept"));
	command_and_settle(&fixture, "epoch 48");
	assert_true(shows(&fixture, "epoch 48 of 160"));
	assert_false(shows(&fixture, "51 is not kept"));
	app_free(fixture.app);
}

static void an_epoch_is_gone_to_by_its_number(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off", "ascii");
	enum app_state end;
	struct error error;
	train_to(&fixture, 4);
	command_and_settle(&fixture, "epoch 1");
	assert_int_equal(shown(&fixture), 1);
	command_and_settle(&fixture, "epoch 100");
	assert_int_equal(shown(&fixture), EPOCH_PRESENT);
	assert_false(app_command(fixture.app, "epoch x", &end, &error));
	assert_string_equal(error.text, "epoch: found 'x', expected a number of epochs");
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_past_epoch_is_drawn_as_it_was_when_it_was_the_present),
		cmocka_unit_test(keys_walk_through_the_epochs_and_back_to_the_present),
		cmocka_unit_test(training_goes_on_while_the_past_is_shown),
		cmocka_unit_test(a_change_leads_back_to_the_present),
		cmocka_unit_test(an_epoch_is_gone_to_by_its_number),
		cmocka_unit_test(a_shown_epoch_that_loses_its_layers_gives_way_to_the_one_kept_before),
		cmocka_unit_test(an_epoch_that_is_not_kept_is_told_beside_the_one_shown_instead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
