/* What a paused session shows after some keys. */
#ifndef TESTS_SCENES_H
#define TESTS_SCENES_H

#include "session.h"
#include "ui/key.h"

/* \x01 is the page key, \x02 the key Left, \x03 Escape. */
struct scene {
	const char *name, *settings, *keys;
};

static inline void press_all(struct fixture *fixture, const char *keys)
{
	static const int special[] = {0, KEYCODE_PAGE_DOWN, KEYCODE_LEFT, KEYCODE_ESCAPE};
	for (const char *key = keys; *key; key++) {
		press(fixture, *key < 4 ? special[(int)*key] : *key);
		if (fixture->app->session->left > 0)
			work_until(fixture, fixture->now + 1);
	}
	work_until(fixture, fixture->now + 0.5);
}

static inline struct fixture scene_begun(const struct scene *scene)
{
	char settings[200];
	snprintf(settings, sizeof(settings), "seed=1 pace=10 %s%s", scene->settings,
		strstr(scene->settings, "advice=") ? "" : " advice=off");
	struct fixture fixture = start_session(settings, "ascii", 80, 24);
	pause_run(&fixture);
	press_all(&fixture, scene->keys);
	return fixture;
}

#endif
