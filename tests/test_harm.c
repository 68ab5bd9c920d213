/* Changes of settings that spoil what a run has learned. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/harm.h"
#include "lab/text.h"
#include "session.h"

/* A run that has learned: what it knows is of no use to a network with skip connections. */
static const char learned[] = "samples=300 depth=6 width=10 activation=relu noise=0 seed=1";

static void train(struct fixture *fixture, int64_t epoch)
{
	while (epoch_of(fixture) < epoch)
		press(fixture, 'S');
}

static void a_change_that_spoils_the_loss_says_so_at_once_and_how_to_go_back(void **state)
{
	struct fixture fixture = start_paused(learned, "ascii");
	(void)state;
	press(&fixture, 'f'); /* of no harm yet: nothing has been learned */
	assert_false(shows(&fixture, "u takes it back"));
	press(&fixture, 'u');
	train(&fixture, 150);
	float loss = experiment_record(experiment_of(&fixture))->loss;
	assert_true(loss < 0.05f);
	press(&fixture, 'f');
	float now = experiment_record(experiment_of(&fixture))->loss;
	char text[120];
	snprintf(text, sizeof(text), "skip=1: the loss was %.2g, now %.2g: trained without it",
		number_to_print((double)loss), number_to_print((double)now));
	assert_true(now > 3 * loss);
	if (!shows(&fixture, text) || !shows(&fixture, "u takes it back"))
		fail_msg("'%s', not '%s'", fixture.app->messages.text, text);
	assert_int_equal(fixture.app->messages.style, STYLE_WARNING);
	press(&fixture, 'f'); /* instead of the first one */
	if (!strstr(fixture.app->messages.text, "skip=2: the loss was"))
		fail_msg("'%s'", fixture.app->messages.text);
	press(&fixture, 'u');
	assert_true(experiment_record(experiment_of(&fixture))->loss == loss);
	press(&fixture, 'e'); /* measures no other loss */
	assert_false(shows(&fixture, "the loss was"));
	app_free(fixture.app);
}

/* Not to a state with the change in it, which would only diverge again. */
static void undo_after_a_change_that_diverges_takes_the_change_back(void **state)
{
	struct fixture fixture = start_paused(learned, "ascii");
	(void)state;
	train(&fixture, 20);
	command(&fixture, "lr=100");
	settle(&fixture);
	press(&fixture, 'S');
	assert_true(experiment_diverged(experiment_of(&fixture)));
	if (!shows(&fixture, "after the change: u takes it back, r restarts"))
		fail_msg("'%s'", fixture.app->messages.text);
	press(&fixture, 'u');
	assert_int_equal(epoch_of(&fixture), 20);
	assert_true(config_of(&fixture)->lr < 1);
	app_free(fixture.app);
}

/* Three times the loss before, and a tenth more: both, or it is no harm. */
static void harm_begins_at_three_times_the_loss_and_a_tenth_more(void **state)
{
	static const struct {
		double before;
		float after;
		bool harm;
	} cases[] = {
		{1, 3, true},
		{1, 2.99f, false},
		{0.05, 0.1501f, true},
		{0.02, 0.1201f, true},
		{0.02, 0.1199f, false}, /* nearly six times, but little */
		{0.01, 0.05f, false},
		{(double)NAN, 3, false},
		{(double)INFINITY, 3, false},
	};
	struct fixture fixture = start_paused(learned, "ascii");
	char text[NOTICE_TEXT];
	(void)state;
	train(&fixture, 10);
	assert_false(harm_tell(experiment_of(&fixture), 0.001, text, sizeof(text))); /* no change */
	press(&fixture, 'f');
	struct record *record = (struct record *)experiment_record(experiment_of(&fixture));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		record->loss = cases[i].after;
		assert_true(harm_loss(experiment_of(&fixture)) == (double)cases[i].after);
		bool told = harm_tell(experiment_of(&fixture), cases[i].before, text, sizeof(text));
		if (told != cases[i].harm)
			fail_msg("from %g to %g", cases[i].before, (double)cases[i].after);
	}
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_that_spoils_the_loss_says_so_at_once_and_how_to_go_back),
		cmocka_unit_test(undo_after_a_change_that_diverges_takes_the_change_back),
		cmocka_unit_test(harm_begins_at_three_times_the_loss_and_a_tenth_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
