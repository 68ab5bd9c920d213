/* The loop between the terminal and the app.
 *
 * It sleeps until a key, a signal or the next work of the app, handles all events, works for a
 * moment, and draws if something has changed and the terminal accepts a frame.
 */
#include "show.h"

#include "app/console.h"
#include "lab/error.h"
#include "term/term.h"
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define WORK_SECONDS 0.010 /* longest time between two looks at the keyboard */
#define REST_SECONDS 0.050 /* longest time between two parts of a picture */

struct loop {
	struct term *term;
	struct app *app;
	const struct canvas *picture; /* the newest one; part of it may not have been sent: */
	bool in_part;
	bool event;       /* since the last frame */
	double frame_due; /* earliest time of the next frame */
	bool repaint, ended;
	int status;
};

static void end(struct loop *loop, int status)
{
	loop->ended = true;
	loop->status = status;
}

static void obey(struct loop *loop, enum app_state state)
{
	switch (state) {
	case APP_QUIT:
		end(loop, STATUS_DONE);
		break;
	case APP_INTERRUPTED:
		end(loop, 128 + SIGINT);
		break;
	case APP_SUSPEND:
		term_suspend(loop->term);
		break;
	case APP_REPAINT:
		loop->repaint = true;
		break;
	case APP_RUN:
		break;
	}
}

static void handle_event(struct loop *loop, const struct term_event *event)
{
	switch (event->kind) {
	case TERM_KEY:
		obey(loop, app_key(loop->app, event->key, term_now()));
		break;
	case TERM_MOUSE:
		obey(loop, app_mouse(loop->app, &event->mouse, term_now()));
		break;
	case TERM_PASTE:
		app_paste(loop->app, event->text);
		break;
	case TERM_RESIZE:
		app_resize(loop->app, event->columns, event->rows);
		loop->repaint = true;
		break;
	case TERM_RESUMED:
		loop->repaint = true;
		break;
	case TERM_END:
		end(loop, event->status);
		break;
	case TERM_NOTHING:
		break;
	}
}

/* All events are handled before anything is drawn, so a paste costs one frame. */
static void handle_events(struct loop *loop)
{
	struct term_event event;
	do {
		event = term_next(loop->term);
		handle_event(loop, &event);
		loop->event |= event.kind != TERM_NOTHING;
	} while (event.kind != TERM_NOTHING && !loop->ended);
}

static bool wants_frame(const struct loop *loop)
{
	bool wanted = loop->repaint || loop->in_part || app_changed(loop->app);
	return wanted && term_ready(loop->term);
}

/* Seconds until there is something to do; negative: only after an event. term_wait() returns by
 * itself when the terminal becomes ready. */
static double time_to_sleep(const struct loop *loop)
{
	double now = term_now();
	double work = app_wait(loop->app, now);
	double frame = loop->frame_due > now ? loop->frame_due - now : 0;
	if (!wants_frame(loop))
		return work;
	return work >= 0 && work < frame ? work : frame;
}

static double processor_seconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void work(struct loop *loop)
{
	double start = term_now(), now = start, processor;
	if (app_wait(loop->app, now) != 0)
		return;
	processor = processor_seconds();
	do {
		app_work(loop->app, now);
		now = term_now();
	} while (
		app_wait(loop->app, now) == 0 && now - start < WORK_SECONDS && !term_waiting(loop->term));
	app_took(loop->app, now - start, processor_seconds() - processor);
}

/* A picture of which a part has been sent is sent to its end, so that the screen shows one moment;
 * but an event is answered at once. */
static void draw(struct loop *loop)
{
	double now = term_now();
	int rate = app_frames_per_second(loop->app);
	if (!wants_frame(loop) || now < loop->frame_due)
		return;
	if (!loop->in_part || loop->event || loop->repaint)
		loop->picture = app_draw(loop->app);
	loop->in_part = !term_present(loop->term, loop->picture, app_colors(loop->app), loop->repaint);
	loop->repaint = loop->event = false;
	double wait = 1.0 / (rate > 0 ? rate : 1);
	loop->frame_due = now + (loop->in_part && wait > REST_SECONDS ? REST_SECONDS : wait);
}

static int run(struct loop *loop)
{
	app_resize(loop->app, term_columns(loop->term), term_rows(loop->term));
	loop->repaint = true;
	if (*term_notice(loop->term) != '\0')
		app_notice(loop->app, term_notice(loop->term), term_now());
	while (!loop->ended) {
		term_want_mouse(loop->term, app_wants_mouse(loop->app));
		term_wait(loop->term, time_to_sleep(loop));
		handle_events(loop);
		if (loop->ended)
			break;
		work(loop);
		draw(loop);
	}
	return loop->status;
}

int show(struct app_options *options)
{
	struct loop loop = {0};
	struct error error = {0};
	int status;
	loop.term = term_open(&error);
	if (loop.term == NULL)
		return console_complain(&error);
	options->processor = processor_seconds;
	options->glyphs = term_glyphs(loop.term);
	options->color_count = term_colors(loop.term);
	options->colors = options->color_count > 0 ? "default" : "mono";
	loop.app = app_new(options, &error);
	status = loop.app != NULL ? run(&loop) : STATUS_WORLD;
	char words[COMMAND_LINE_MAX];
	bool last = loop.app != NULL && app_last_words(loop.app, words);
	app_free(loop.app);
	term_close(loop.term);
	if (last && (puts(words) < 0 || fflush(stdout) != 0) && status == STATUS_DONE)
		status = STATUS_WORLD;
	return loop.app != NULL ? status : console_complain(&error);
}
