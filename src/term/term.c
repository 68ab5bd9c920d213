#include "term/term.h"
#include "term/curses_screen.h"
#include "term/flow.h"
#include "term/input.h"
#include "term/signal.h"
#include "term/tty.h"
#include <langinfo.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { LAST_BYTES_MS = 200 };

struct term {
	struct tty tty;
	struct term_flow flow;
	struct curses_screen *screen;
	bool taken; /* its modes are ours */
	int signal_pipe;
	int end_status; /* not 0: the program must end */
	bool resized, resumed;
	struct term_input input;
};

/* Opening. */

/* Signals first, else ncurses would install its own handlers. */
static bool open_all(struct term *term, struct error *error)
{
	term->signal_pipe = -1;
	if (!tty_open(&term->tty, error))
		return false;
	term->signal_pipe = term_signal_open();
	if (term->signal_pipe < 0)
		return error_set(error, STATUS_WORLD, "no file descriptor left for signals");
	term->screen = curses_screen_new(&term->tty, error);
	return term->screen != NULL;
}

struct term *term_open(struct error *error)
{
	struct term *term;
	term = calloc(1, sizeof(*term));
	if (term == NULL) {
		error_set(error, STATUS_WORLD, "not enough memory for the terminal");
		return NULL;
	}
	if (!open_all(term, error)) {
		term_close(term);
		return NULL;
	}
	return term;
}

/* Taking and restoring the terminal. */

static void take(struct term *term)
{
	tty_set_raw(&term->tty);
	curses_screen_begin(term->screen);
	term_flow_forget(&term->flow);
	term->taken = true;
	term_signal_hold(term->tty.descriptor, curses_screen_restore(term->screen), &term->tty.found);
}

static void give_back(struct term *term)
{
	if (!term->taken)
		return;
	curses_screen_end(term->screen);
	tty_flush(&term->tty, LAST_BYTES_MS);
	if (term_flow_expects(&term->flow, term_now()))
		tty_swallow(&term->tty, 'n', LAST_BYTES_MS);
	tty_set_found(&term->tty);
	term_signal_release();
	term->taken = false;
}

void term_close(struct term *term)
{
	if (term == NULL)
		return;
	give_back(term);
	curses_screen_free(term->screen);
	if (term->signal_pipe >= 0)
		term_signal_close();
	tty_close(&term->tty);
	free(term);
}

/* Signals. */

static void end(struct term *term, int signal_number)
{
	if (term->end_status == 0)
		term->end_status = 128 + signal_number;
}

static bool ends(int number)
{
	return number != SIGTSTP && number != SIGCONT && number != SIGWINCH;
}

/* Other programs may have used the terminal meanwhile, so all modes are set again. In the
 * background that has to wait. */
static void resume(struct term *term)
{
	curses_screen_leave();
	if (tty_is_ours(&term->tty)) {
		take(term);
	} else {
		tty_drop(&term->tty);
		term_signal_release();
		term->taken = false;
	}
	term->resumed = true;
	term->resized |= curses_screen_update_size(term->screen);
}

/* Handles all signals that have arrived; true if the last of SIGTSTP and SIGCONT was SIGTSTP. */
static bool read_signals(struct term *term)
{
	bool stop = false, resumed = false;
	int number;
	while ((number = term_signal_next()) != 0) {
		if (number == SIGTSTP || number == SIGCONT)
			stop = number == SIGTSTP;
		else if (ends(number))
			end(term, number);
		resumed |= number == SIGCONT;
	}
	if (term->end_status == 0 && resumed)
		resume(term);
	if (term->taken)
		term->resized |= curses_screen_update_size(term->screen);
	return stop && term->end_status == 0;
}

static void suspend(struct term *term, bool group)
{
	int number;
	give_back(term);
	term_signal_stop(group);
	while ((number = term_signal_next()) != 0)
		if (ends(number))
			end(term, number);
	if (term->end_status == 0)
		resume(term);
}

void term_suspend(struct term *term)
{
	suspend(term, true);
}

/* Sleeps while the program is in the background. Taking the terminal would stop the program, which
 * could then not be ended by SIGTERM. It polls, because a shell may move a running program to the
 * foreground without a signal. */
static void wait_for_terminal(struct term *term)
{
	enum { LOOK_MS = 200 };
	struct pollfd wait[2] = {
		{.fd = term->tty.descriptor, .events = 0},
		{.fd = term->signal_pipe, .events = POLLIN},
	};
	bool waited = false;
	int number;
	while (term->end_status == 0 && !tty_is_ours(&term->tty)) {
		waited = true;
		poll(wait, 2, LOOK_MS);
		if (wait[0].revents != 0)
			end(term, SIGHUP);
		while ((number = term_signal_next()) != 0) {
			if (number == SIGTSTP)
				term_signal_stop(false);
			if (ends(number))
				end(term, number);
		}
	}
	if (waited && term->end_status == 0) {
		tty_find(&term->tty);
		term->resized |= curses_screen_update_size(term->screen);
	}
}

/* Waiting. */

static bool event_waiting(const struct term *term)
{
	return term->end_status != 0 || term->resized || term->resumed || input_waiting(&term->input);
}

static double sooner(double timeout, double left)
{
	return timeout >= 0 && timeout < left ? timeout : left > 0 ? left : 0;
}

/* Seconds until an incomplete sequence or an answer times out; `timeout` if that is sooner. */
static double limit_timeout(const struct term *term, double timeout)
{
	double now = term_now();
	double patience = input_patience(&term->input, now);
	double answer = term_flow_wait(&term->flow, now);
	if (event_waiting(term))
		return 0;
	if (patience >= 0)
		timeout = sooner(timeout, patience);
	return answer > 0 ? sooner(timeout, answer) : timeout;
}

/* Rounds up, so that a wait below 1 ms does not spin. */
static int poll_milliseconds(double timeout)
{
	if (timeout < 0)
		return -1;
	return timeout > 1e6 ? 1000000000 : (int)(timeout * 1e3 + 0.999);
}

void term_wait(struct term *term, double timeout_seconds)
{
	struct pollfd wait[2] = {
		{.fd = term->tty.descriptor, .events = POLLIN},
		{.fd = term->signal_pipe, .events = POLLIN},
	};
	bool was_sent = term->taken && !tty_pending(&term->tty);
	if (!term->taken)
		wait_for_terminal(term);
	if (term->end_status != 0)
		return;
	if (!term->taken)
		take(term);
	tty_pump(&term->tty);
	if (tty_pending(&term->tty))
		wait[0].events |= POLLOUT;
	else if (!was_sent)
		timeout_seconds = 0;
	poll(wait, 2, poll_milliseconds(limit_timeout(term, timeout_seconds)));
	if (wait[1].revents != 0 && read_signals(term))
		suspend(term, false);
	if (term->end_status != 0 || !term->taken)
		return;
	if (wait[0].revents & POLLOUT)
		tty_pump(&term->tty);
	if (term->tty.been_slow)
		term_flow_full(&term->flow, term_now());
	input_read(&term->input, &term->tty);
	if (term->tty.gone || (wait[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
		end(term, SIGHUP);
}

void term_want_mouse(struct term *term, bool wanted)
{
	if (curses_screen_want_mouse(term->screen, wanted, term->taken))
		tty_pump(&term->tty);
}

bool term_waiting(const struct term *term)
{
	struct pollfd wait[2] = {
		{.fd = term->tty.descriptor, .events = POLLIN},
		{.fd = term->signal_pipe, .events = POLLIN},
	};
	return event_waiting(term) || poll(wait, 2, 0) > 0;
}

static struct term_event next_key(struct term *term)
{
	bool answered;
	struct term_event event = input_next(&term->input, &answered);
	if (answered)
		term_flow_answered(&term->flow, term_now());
	if (event.kind != TERM_NOTHING)
		term_flow_hurry(&term->flow);
	return event;
}

struct term_event term_next(struct term *term)
{
	struct term_event event = {.columns = term_columns(term), .rows = term_rows(term)};
	if (term->end_status != 0) {
		event.kind = TERM_END;
		event.status = term->end_status;
	} else if (term->resumed) {
		event.kind = TERM_RESUMED;
		term->resumed = false;
	} else if (term->resized) {
		event.kind = TERM_RESIZE;
		term->resized = false;
		term_flow_hurry(&term->flow);
	} else {
		return next_key(term);
	}
	return event;
}

/* Showing. */

bool term_ready(const struct term *term)
{
	return term->taken && !tty_pending(&term->tty) && term_flow_wait(&term->flow, term_now()) <= 0;
}

bool term_present(
	struct term *term, const struct canvas *canvas, const struct color_scheme *scheme, bool repaint)
{
	int cells = term_columns(term) * term_rows(term);
	if (!term_ready(term))
		return true;
	enum screen_drawing drawing = curses_screen_draw(
		term->screen, canvas, scheme, repaint, term_flow_most(&term->flow, cells));
	if (drawing == SCREEN_UNCHANGED)
		return true;
	size_t bytes = tty_left(&term->tty);
	double now = term_now();
	term_flow_sent(&term->flow, bytes, cells, now);
	if (curses_screen_is_ecma48(term->screen) && term_flow_ask(&term->flow, bytes, now))
		tty_write(&term->tty, TERM_FLOW_QUESTION);
	tty_pump(&term->tty);
	return drawing == SCREEN_WHOLE;
}

/* What the terminal can do. */

int term_columns(const struct term *term)
{
	return curses_screen_columns(term->screen);
}

int term_rows(const struct term *term)
{
	return curses_screen_rows(term->screen);
}

int term_colors(const struct term *term)
{
	const char *unwanted = getenv("NO_COLOR");
	(void)term; /* there is one terminal */
	return unwanted == NULL || *unwanted == '\0' ? curses_screen_colors() : 0;
}

const char *term_notice(const struct term *term)
{
	return curses_screen_notice(term->screen);
}

const char *term_glyphs(const struct term *term)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return "ascii";
	return strncmp(curses_screen_kind(term->screen), "linux", 5) == 0 ? "console" : "braille";
}
