/* Views of the run's state: made for the panes on the screen, and for nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "session.h"

/* Works and draws as the program does, `frames` times in a row with 0.1 s in between. */
static void live(struct fixture *fixture, int frames)
{
	for (int i = 0; i < frames; i++) {
		app_draw(fixture->app);
		work_until(fixture, fixture->now + 0.1);
	}
}

static const struct state_view *view_of(const struct fixture *fixture)
{
	return prober_view(&fixture->app->prober, experiment_of(fixture));
}

/* Only the pane of this name is on the screen. */
static struct fixture zoomed(const char *pane, const char *settings)
{
	char line[80];
	struct fixture fixture = start_session(settings, "braille", 80, 24);
	snprintf(line, sizeof(line), "pane %s", pane);
	command(&fixture, line);
	app_key(fixture.app, 'z', fixture.now);
	return fixture;
}

static void nothing_is_computed_unless_a_pane_on_the_screen_asks(void **state)
{
	(void)state;
	struct fixture fixture = zoomed("loss", "advice=off pace=10");
	live(&fixture, 20);
	assert_true(epoch_of(&fixture) > 5);
	assert_null(view_of(&fixture));
	assert_false(probe_busy(fixture.app->prober.probe));
	command(&fixture, "pane data");
	live(&fixture, 5);
	assert_non_null(view_of(&fixture));
	command(&fixture, "pane loss");
	live(&fixture, 5);
	assert_null(view_of(&fixture));
	assert_false(probe_busy(fixture.app->prober.probe));
	app_free(fixture.app);
}

static void a_view_follows_the_epochs(void **state)
{
	(void)state;
	struct fixture fixture = zoomed("data", "advice=off pace=10");
	int64_t before = -1;
	for (int i = 0; i < 10; i++) {
		live(&fixture, 6);
		const struct state_view *view = view_of(&fixture);
		assert_non_null(view);
		assert_true(view->epoch > before && view->epoch >= epoch_of(&fixture) - 6);
		assert_ptr_equal(view->data, experiment_data(experiment_of(&fixture)));
		assert_true(view->grid && view->point);
		before = view->epoch;
	}
	app_free(fixture.app);
}

static void a_paused_run_gets_one_view_of_its_newest_epoch(void **state)
{
	(void)state;
	struct fixture fixture = zoomed("data", "advice=off pace=10");
	live(&fixture, 15);
	press(&fixture, ' ');
	live(&fixture, 4);
	const struct state_view *view = view_of(&fixture);
	assert_non_null(view);
	assert_int_equal(view->epoch, epoch_of(&fixture));
	live(&fixture, 30);
	assert_ptr_equal(view_of(&fixture), view); /* a new one would be at the other place */
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	press(&fixture, 's');
	live(&fixture, 4);
	assert_ptr_not_equal(view_of(&fixture), view);
	assert_int_equal(view_of(&fixture)->epoch, epoch_of(&fixture));
	app_free(fixture.app);
}

static void other_data_get_a_view_of_their_own(void **state)
{
	(void)state;
	struct fixture fixture = zoomed("data", "advice=off pace=10");
	live(&fixture, 10);
	assert_non_null(view_of(&fixture));
	command(&fixture, "set data iris");
	live(&fixture, 20);
	assert_non_null(view_of(&fixture));
	assert_int_equal(view_of(&fixture)->data->classes, 3);
	assert_ptr_equal(view_of(&fixture)->data, experiment_data(experiment_of(&fixture)));
	app_free(fixture.app);
}

/* Records of the same run, seen through a pane that asks and through one that does not. */
static void training_is_the_same_bit_by_bit_with_views_and_without(void **state)
{
	(void)state;
	static const char *const settings[] = {"advice=off pace=20 norm=batch dropout=0.2",
		"advice=off pace=max optimizer=adam epochs=60 width=8"};
	for (size_t s = 0; s < sizeof(settings) / sizeof(settings[0]); s++) {
		struct fixture asking = zoomed("data", settings[s]), silent = zoomed("loss", settings[s]);
		live(&asking, 50);
		live(&silent, 50);
		assert_non_null(view_of(&asking));
		assert_null(view_of(&silent));
		struct frame seen, unseen;
		experiment_frame(experiment_of(&asking), EPOCH_PRESENT, &seen);
		experiment_frame(experiment_of(&silent), EPOCH_PRESENT, &unseen);
		int count =
			seen.history.count < unseen.history.count ? seen.history.count : unseen.history.count;
		assert_true(count > 30);
		for (int i = 0; i < count; i++) {
			const struct record *a = history_at(seen.history.all, i);
			const struct record *b = history_at(unseen.history.all, i);
			assert_int_equal(a->epoch, b->epoch);
			if (memcmp(&a->loss, &b->loss, sizeof(a->loss)) != 0)
				fail_msg("%s: epoch %d: the loss differs", settings[s], (int)a->epoch);
			assert_int_equal(a->rows, b->rows);
			assert_memory_equal(a->layer, b->layer, (size_t)a->rows * sizeof(*a->layer));
		}
		app_free(asking.app);
		app_free(silent.app);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_computed_unless_a_pane_on_the_screen_asks),
		cmocka_unit_test(a_view_follows_the_epochs),
		cmocka_unit_test(a_paused_run_gets_one_view_of_its_newest_epoch),
		cmocka_unit_test(other_data_get_a_view_of_their_own),
		cmocka_unit_test(training_is_the_same_bit_by_bit_with_views_and_without),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
