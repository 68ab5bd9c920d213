/* A team does each part once, at once, and goes home. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/float_mode.h"
#include "nn/team.h"

enum { CALLS = 300 };

struct seen {
	int times[TEAM_MAX], parts[TEAM_MAX];
	pthread_t thread[TEAM_MAX];
	float tiny[TEAM_MAX];
	int signals_taken[TEAM_MAX];
};

static void look(void *context, int part, int parts)
{
	struct seen *seen = context;
	volatile float smallest = 0x1p-126f, half = 0.5f;
	sigset_t blocked;

	seen->times[part]++;
	seen->parts[part] = parts;
	seen->thread[part] = pthread_self();
	seen->tiny[part] = smallest * half;
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	seen->signals_taken[part] = !sigismember(&blocked, SIGTERM);
}

static void every_part_is_done_once_a_call(void **state)
{
	static const int sizes[] = {1, 2, 3, 7};
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct team *team = team_new(sizes[i]);
		struct seen seen;
		assert_non_null(team);
		assert_int_equal(team_size(team), sizes[i]);
		memset(&seen, 0, sizeof(seen));
		for (int call = 0; call < CALLS; call++)
			team_share(team, look, &seen);
		for (int part = 0; part < TEAM_MAX; part++)
			assert_int_equal(seen.times[part], part < sizes[i] ? CALLS : 0);
		for (int part = 0; part < sizes[i]; part++)
			assert_int_equal(seen.parts[part], sizes[i]);
		team_free(team);
	}
}

static void nobody_else_takes_signals_or_keeps_numbers_too_small(void **state)
{
	struct team *team = team_new(3);
	struct seen seen;
	(void)state;
	assert_non_null(team);
	memset(&seen, 0, sizeof(seen));
	floating_point_setup();
	team_share(team, look, &seen);
	assert_true(pthread_equal(seen.thread[0], pthread_self()));
	assert_true(seen.signals_taken[0]);
	for (int part = 0; part < 3; part++) {
		assert_true(seen.tiny[part] == 0);
		for (int other = part + 1; other < 3; other++)
			assert_false(pthread_equal(seen.thread[part], seen.thread[other]));
		assert_int_equal(seen.signals_taken[part], part == 0);
	}
	team_free(team);
}

static void no_team_is_one_alone(void **state)
{
	struct seen seen;
	(void)state;
	memset(&seen, 0, sizeof(seen));
	assert_int_equal(team_size(NULL), 1);
	team_share(NULL, look, &seen);
	assert_int_equal(seen.times[0], 1);
	assert_int_equal(seen.parts[0], 1);
	team_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_done_once_a_call),
		cmocka_unit_test(nobody_else_takes_signals_or_keeps_numbers_too_small),
		cmocka_unit_test(no_team_is_one_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
