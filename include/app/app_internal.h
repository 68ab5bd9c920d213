/* The app's own state, for app.c, the benchmark and the tests. */
#ifndef APP_APP_INTERNAL_H
#define APP_APP_INTERNAL_H

#include "app/app.h"
#include "app/context.h"
#include "app/player.h"
#include "app/quiz.h"
#include "app/tutor.h"

struct app {
	struct session *session;
	struct controls controls;
	struct viewer viewer;
	struct follower follower;
	struct prober prober;
	struct kept kept;
	struct twin twin;
	struct exporter exporter;
	struct prompt prompt;
	struct messages messages;
	struct tutor tutor;
	struct quiz quiz;
	struct player player;
	struct script *script; /* that is or was played; NULL: none */
	struct {
		int focus;
		bool zoomed;
		int64_t epoch;
		struct screen_settings screen;
	} noted; /* what the journal knows of the view */
	int columns, rows;
	int percent; /* progress shown in the header; -1: none */
	bool changed;
};

/* The parts of the app that a key may use; 0: a command. */
struct context app_context(struct app *app, int key);

/* Carries out a line of the prompt; *state says what the caller has to do next. */
bool app_command(struct app *app, const char *line, enum app_state *state, struct error *error);

#endif
