#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* wcwidth */
#endif
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS
#include "term/term.h"
#include "term/builtin.h"
#include "term/drawn.h"
#include "term/flow.h"
#include "term/input.h"
#include "term/tty.h"
#include "term/signal.h"
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termcap.h>
#include <unistd.h>
#include <wchar.h>

enum { RUN_MAX = 64, LAST_BYTES_MS = 200 };

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct term {
	struct tty tty;
	struct term_flow flow;
	FILE *sink; /* what ncurses believes to be the terminal: the tty's memory */
	SCREEN *screen;
	const char *kind;    /* the environment's TERM */
	bool taken;          /* the terminal is in our hands */
	bool ecma48;         /* its sequences are standard; can tell a paste from typing */
	bool default_colors; /* it has a default foreground and background */

	/* Rows that ncurses believes to have below ours. Writing the last corner scrolls no terminal
	 * that waits with the wrap, but ncurses gets there by inserting, and fails in one column and
	 * after a wide character; what it takes for the row before the last it just writes. */
	int spare_rows;

	char notice[120];  /* what the person should know, or empty */
	char restore[256]; /* undoes all modes */
	int signal_pipe;
	int end_status; /* not 0: leave */
	bool resized, resumed;

	struct term_input input;
	struct drawn drawn; /* what ncurses has been given */
	const struct color_scheme *scheme;
	attr_t attributes[STYLE_COUNT];
	short foreground[STYLE_COUNT];        /* -2: none is asked for */
	short pair[STYLE_COUNT][STYLE_COUNT]; /* by style and background; 0: not made yet */
	int pairs;                            /* made */
};

/* Opening. */

/* A capability's string, without its padding marks; empty if the terminal lacks it. */
static void append_capability(char *text, size_t size, const char *name)
{
	const char *from = tigetstr(name);
	size_t length = strlen(text);
	if (from == NULL || from == (char *)-1)
		return;
	while (*from != '\0' && length + 1 < size) {
		size_t padding = from[0] == '$' && from[1] == '<' ? strcspn(from, ">") : 0;
		if (padding > 0 && from[padding] == '>')
			from += padding + 1;
		else
			text[length++] = *from++;
	}
	text[length] = '\0';
}

/* What a crash sends: keypad, colours, attributes, cursor and screen as they were. */
static void prepare_restore(struct term *term)
{
	static const char *const undo[] = {"rmkx", "op", "sgr0", "cnorm", "rmcup"};
	if (term->ecma48)
		strcpy(term->restore, PASTE_OFF);
	for (size_t i = 0; i < sizeof(undo) / sizeof(*undo); i++)
		append_capability(term->restore, sizeof(term->restore), undo[i]);
}

static bool can_move_cursor(void)
{
	const char *address = tigetstr("cup");
	return address != NULL && address != (char *)-1 && *address != '\0';
}

static bool refuse_memory(struct error *error)
{
	return error_set(error, STATUS_WORLD, "no memory for the screen");
}

static bool refuse_kind(const struct term *term, struct error *error)
{
	return error_set(error, STATUS_USAGE,
		"TERM=%s cannot move the cursor; to train without a screen use: wane run", term->kind);
}

/* A failing newterm() would leak its screen, and does not tell what was missing. */
static bool is_described(const char *name)
{
	char unused[2048];
	errno = 0;
	return tgetent(unused, name) > 0;
}

/* For a terminal without a description here. Before version 6.1 ncurses knows nothing of ours,
 * but most machines have one for xterm. */
static bool open_builtin(struct term *term, struct error *error)
{
	const struct builtin *builtin = builtin_for(term->kind);
	char *before;
	if (builtin == NULL)
		return refuse_kind(term, error);
	const struct {
		const char *name, *like;
	} kinds[] = {
		{builtin->name, builtin->like},
		{"xterm-256color", "xterm-256color"},
		{"xterm", "xterm"},
	};

	before = builtin_publish(builtin);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && term->screen == NULL; i++) {
		if (!is_described(kinds[i].name))
			continue;
		term->screen = newterm(kinds[i].name, term->sink, stdin);
		snprintf(term->notice, sizeof(term->notice), "TERM=%.22s is unknown here: used like %s",
			term->kind, kinds[i].like);
	}
	builtin_withdraw(before);
	return term->screen != NULL || refuse_memory(error);
}

/* ncurses never meets the terminal: neither its settings nor its size nor its keyboard. */
static bool open_screen(struct term *term, struct error *error)
{
	int copy = dup(term->tty.memory);
	term->sink = copy >= 0 ? fdopen(copy, "w") : NULL;
	if (term->sink == NULL)
		return copy >= 0 ? refuse_memory(error)
						 : error_set(error, STATUS_WORLD, "no descriptor left for the screen");
	term->kind = getenv("TERM");
	if (term->kind == NULL || *term->kind == '\0')
		return error_set(error, STATUS_USAGE,
			"TERM is not set, so the kind of terminal is "
			"unknown; try TERM=xterm, or without a screen: wane run");
	use_env(FALSE);
	use_tioctl(TRUE);
	if (is_described(term->kind))
		term->screen = newterm(term->kind, term->sink, stdin);
	else if (errno != ENOMEM && !open_builtin(term, error))
		return false;
	if (term->screen == NULL)
		return refuse_memory(error);
	return can_move_cursor() || refuse_kind(term, error);
}

/* Takes the size the terminal has now; false if it has not changed. */
static bool update_size(struct term *term)
{
	int columns, rows;
	tty_size(&term->tty, &columns, &rows);
	if (columns == term->drawn.columns && rows == term->drawn.rows)
		return false;
	if (resizeterm(rows + term->spare_rows, columns) != OK ||
		!drawn_resize(&term->drawn, columns, rows))
		return false;
	erase(); /* a spare row that was a row of ours would keep its text */
	return true;
}

/* What newterm() has said is for 80x24, scrolling margins included: it is to say it anew. */
static void restart_screen(struct term *term)
{
	update_size(term);
	endwin();
	tty_drop(&term->tty);
	doupdate();
}

static void set_up_screen(struct term *term)
{
	const char *address = tigetstr("cup");
	term->spare_rows = tigetflag("xenl") > 0;
	restart_screen(term);
	/* Looking for typed keys would make ncurses break off frames. */
	typeahead(-1);
	leaveok(stdscr, TRUE);
	if (has_colors() && start_color() == OK)
		term->default_colors = use_default_colors() == OK;
	term->ecma48 = strncmp(address, "\033[", 2) == 0;
	prepare_restore(term);
}

/* Signals come before the screen, else ncurses would put in handlers of its own. */
static bool open_all(struct term *term, struct error *error)
{
	term->signal_pipe = -1;
	if (!tty_open(&term->tty, error))
		return false;
	term->signal_pipe = term_signal_open();
	if (term->signal_pipe < 0)
		return error_set(error, STATUS_WORLD, "no descriptor left for signals");
	if (!open_screen(term, error))
		return false;
	set_up_screen(term);
	return term->drawn.cells != NULL || refuse_memory(error);
}

struct term *term_open(struct error *error)
{
	struct term *term;
	term = calloc(1, sizeof(*term));
	if (term == NULL) {
		error_set(error, STATUS_WORLD, "no memory for the terminal");
		return NULL;
	}
	if (!open_all(term, error)) {
		term_close(term);
		return NULL;
	}
	return term;
}

/* Taking the terminal and giving it back. */

static void take(struct term *term)
{
	tty_set_raw(&term->tty);
	keypad(stdscr, TRUE);
	curs_set(0);
	if (term->ecma48)
		tty_write(&term->tty, PASTE_ON);
	term_flow_forget(&term->flow);
	term->taken = true;
	term->drawn.repaint = true;
	term_signal_hold(term->tty.descriptor, term->restore, &term->tty.found);
}

static void give_back(struct term *term)
{
	if (!term->taken)
		return;
	if (term->ecma48)
		tty_write(&term->tty, PASTE_OFF);
	endwin();
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
	if (term->screen != NULL)
		delscreen(term->screen);
	if (term->signal_pipe >= 0)
		term_signal_close();
	if (term->sink != NULL)
		fclose(term->sink);
	tty_close(&term->tty);
	drawn_free(&term->drawn);
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

/* Who stopped us may have used the terminal: everything is set anew. In the background it still
 * does; then it is taken later. */
static void resume(struct term *term)
{
	if (!isendwin())
		endwin();
	if (tty_is_ours(&term->tty)) {
		take(term);
	} else {
		tty_drop(&term->tty);
		term_signal_release();
		term->taken = false;
	}
	term->resumed = true;
	term->resized |= update_size(term);
}

/* Reads what signals have come; returns true if the last word was to stop. */
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
		term->resized |= update_size(term);
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

/* Sleeps while another job has the terminal. Taking it would stop us, and a stopped program is
 * deaf to what should end it. No signal says that a shell has given the terminal to us. */
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
		term->resized |= update_size(term);
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

/* Seconds until an open sequence or an answer is given up; `timeout` if that is sooner. */
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

/* Rounds up, so that waiting for a moment just ahead does not spin. */
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
	if (input_read(&term->input, &term->tty))
		term_flow_hurry(&term->flow);
	if (term->tty.gone || (wait[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
		end(term, SIGHUP);
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
		term_flow_answered(&term->flow);
	return event;
}

struct term_event term_next(struct term *term)
{
	struct term_event event = {.columns = term->drawn.columns, .rows = term->drawn.rows};
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

static attr_t attributes_of(uint8_t attributes)
{
	return (attributes & ATTRIBUTE_BOLD ? A_BOLD : 0) | (attributes & ATTRIBUTE_DIM ? A_DIM : 0) |
		(attributes & ATTRIBUTE_REVERSE ? A_REVERSE : 0) |
		(attributes & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0);
}

static void set_look(struct term *term, int style, const struct look *look, bool color)
{
	short foreground = COLORS >= 256 ? look->color256 : look->color8;
	term->attributes[style] = attributes_of(color ? look->attributes : look->mono);
	term->drawn.shows_on_blank[style] = (term->attributes[style] & (A_REVERSE | A_UNDERLINE)) != 0;
	term->foreground[style] = color && (foreground >= 0 || term->default_colors) ? foreground : -2;
}

/* A pair is made when it is first drawn with: few of the many that there could be ever are.
 * The default colour has one, too: to pair 0 ncurses goes by way of a full reset. */
static short pair_of(struct term *term, int style, int ground)
{
	short background = term->default_colors ? -1 : COLOR_BLACK;
	short *pair = &term->pair[style][ground];
	if (term->foreground[style] < -1)
		return 0;
	if (*pair == 0 && term->pairs + 1 < COLOR_PAIRS && term->pairs < SHRT_MAX - 1) {
		if (ground != STYLE_NORMAL && term->foreground[ground] >= 0)
			background = term->foreground[ground];
		*pair = (short)++term->pairs;
		init_pair(*pair, term->foreground[style], background);
	}
	return *pair;
}

static void set_scheme(struct term *term, const struct color_scheme *scheme)
{
	bool color = scheme->color && has_colors() && COLORS >= 8;
	for (int style = 0; style < STYLE_COUNT; style++)
		set_look(term, style, color_scheme_look(scheme, (enum style)style), color);
	memset(term->pair, 0, sizeof(term->pair));
	term->pairs = 0;
	term->scheme = scheme;
}

/* The last gate: only what the locale calls printable, and as wide as its place, gets out. */
static void set_character(struct term *term, cchar_t *out, struct cell cell, int width)
{
	wchar_t text[2] = {(wchar_t)cell.code, 0};
	if (cell.code == 0)
		text[0] = L' ';
	else if (wcwidth(text[0]) != width)
		text[0] = L'?';
	int pen = term->drawn.pen;
	setcchar(out, text, term->attributes[pen], pair_of(term, pen, term->drawn.ground), NULL);
}

/* Draws the changed cells from x on; returns where they end. */
static int draw_run(struct term *term, const struct canvas *canvas, int x, int y)
{
	struct drawn *drawn = &term->drawn;
	cchar_t run[RUN_MAX];
	int start = x, count = 0;
	for (; x < drawn->columns && count < RUN_MAX && drawn_differs(drawn, canvas, x, y); x++) {
		int width = drawn_width(drawn, canvas, x, y);
		struct cell cell = drawn_take(drawn, canvas, x, y);
		if (width > 0)
			set_character(term, &run[count++], cell, width);
		else if (count == 0)
			start = x + 1;
	}
	if (count > 0)
		mvadd_wchnstr(y, start, run, count);
	return x;
}

static bool draw_changes(struct term *term, const struct canvas *canvas)
{
	bool changed = term->drawn.repaint;
	for (int y = 0; y < term->drawn.rows; y++)
		for (int x = 0; x < term->drawn.columns; x++)
			if (drawn_differs(&term->drawn, canvas, x, y)) {
				x = draw_run(term, canvas, x, y) - 1;
				changed = true;
			}
	return changed;
}

void term_present(
	struct term *term, const struct canvas *canvas, const struct color_scheme *scheme, bool repaint)
{
	if (!term_ready(term))
		return;
	term->drawn.repaint |= repaint || scheme != term->scheme;
	if (scheme != term->scheme)
		set_scheme(term, scheme);
	if (!draw_changes(term, canvas))
		return;
	if (term->drawn.repaint)
		clearok(curscr, TRUE);
	term->drawn.repaint = false;
	wnoutrefresh(stdscr);
	doupdate();
	if (term->ecma48 && term->spare_rows > 0)
		tty_compress(&term->tty, term->drawn.columns);
	size_t bytes = tty_left(&term->tty);
	double now = term_now();
	term_flow_sent(&term->flow, bytes, term->drawn.columns * term->drawn.rows, now);
	if (term->ecma48 && term_flow_ask(&term->flow, bytes, now))
		tty_write(&term->tty, TERM_FLOW_QUESTION);
	tty_pump(&term->tty);
}

/* What the terminal can do. */

int term_columns(const struct term *term)
{
	return term->drawn.columns;
}

int term_rows(const struct term *term)
{
	return term->drawn.rows;
}

int term_colors(const struct term *term)
{
	const char *unwanted = getenv("NO_COLOR");
	(void)term; /* ncurses knows: there is one terminal */
	bool wanted = unwanted == NULL || *unwanted == '\0';
	int colors = has_colors() && wanted ? COLORS : 0;
	return colors >= 256 ? 256 : colors >= 16 ? 16 : colors >= 8 ? 8 : 0;
}

const char *term_notice(const struct term *term)
{
	return term->notice;
}

const char *term_glyphs(const struct term *term)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return "ascii";
	return strncmp(term->kind, "linux", 5) == 0 ? "console" : "braille";
}
