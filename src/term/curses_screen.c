#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* wcwidth */
#endif
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS
#include "term/curses_screen.h"
#include "term/builtin.h"
#include "term/drawn.h"
#include "term/term.h"
#include <curses.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termcap.h>
#include <unistd.h>
#include <wchar.h>

enum { RUN_MAX = 64, NO_PAIR = -2, CURSOR_ASTRAY = -1 };

struct curses_screen {
	struct tty *tty;
	FILE *sink; /* ncurses writes here: into tty->memory */
	SCREEN *handle;
	const char *kind; /* the environment's TERM */
	bool ecma48;      /* control sequences are those of ECMA-48; has bracketed paste */
	bool has_mouse, wants_mouse;
	bool default_colors; /* it has a default foreground and background */

	/* Rows that ncurses believes to be below ours: 1 where the cursor waits at the right margin
	 * (terminfo: xenl). ncurses fills the last cell of its last row by inserting a character, which
	 * fails in one column and after a wide character; in all other rows it just writes. */
	int spare_rows;

	char notice[120];     /* for the user; empty: none */
	char restore[256];    /* resets all modes */
	struct drawn drawn;   /* the cells given to ncurses */
	struct cursor cursor; /* as given to it; x is CURSOR_ASTRAY while a picture is sent in parts */
	const struct color_scheme *scheme;
	attr_t attributes[STYLE_COUNT];
	short foreground[STYLE_COUNT];        /* NO_PAIR: drawn without colours */
	short pair[STYLE_COUNT][STYLE_COUNT]; /* by style and background; 0: not made yet */
	int pairs;                            /* made */
};

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

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

/* Written by a crash: resets keypad, colours, attributes, cursor and screen. */
static void prepare_restore(struct curses_screen *screen)
{
	static const char *const undo[] = {"rmkx", "op", "sgr0", "cnorm", "rmcup"};
	if (screen->ecma48)
		strcpy(screen->restore, screen->has_mouse ? MOUSE_OFF PASTE_OFF : PASTE_OFF);
	for (size_t i = 0; i < sizeof(undo) / sizeof(*undo); i++)
		append_capability(screen->restore, sizeof(screen->restore), undo[i]);
}

static bool has_capability(const char *name)
{
	const char *text = tigetstr(name);
	return text != NULL && text != (char *)-1 && *text != '\0';
}

static bool refuse_memory(struct error *error)
{
	return error_set(error, STATUS_WORLD, "not enough memory for the screen");
}

static bool refuse_kind(const struct curses_screen *screen, struct error *error)
{
	return error_set(error, STATUS_USAGE,
		"TERM=%s cannot move the cursor; to train without a screen use: wane run", screen->kind);
}

/* Checked first, because a failing newterm() leaks its screen and does not say what is missing. */
static bool is_described(const char *name)
{
	char unused[2048];
	errno = 0;
	return tgetent(unused, name) > 0;
}

/* For a terminal without an entry in the database. ncurses before version 6.1 cannot read the
 * built-in description; most machines have an entry for xterm. */
static bool open_builtin(struct curses_screen *screen, struct error *error)
{
	const struct builtin *builtin = builtin_for(screen->kind);
	char *before;
	if (builtin == NULL)
		return refuse_kind(screen, error);
	const struct {
		const char *name, *like;
	} kinds[] = {
		{builtin->name, builtin->like},
		{"xterm-256color", "xterm-256color"},
		{"xterm", "xterm"},
	};

	before = builtin_publish(builtin);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && screen->handle == NULL; i++) {
		if (!is_described(kinds[i].name))
			continue;
		screen->handle = newterm(kinds[i].name, screen->sink, stdin);
		snprintf(screen->notice, sizeof(screen->notice), "TERM=%.22s is unknown here; used like %s",
			screen->kind, kinds[i].like);
	}
	builtin_withdraw(before);
	return screen->handle != NULL || refuse_memory(error);
}

/* ncurses writes into tty->memory; modes, size and input of the terminal are not its business. */
static bool open_screen(struct curses_screen *screen, struct error *error)
{
	int copy = dup(screen->tty->memory);
	screen->sink = copy >= 0 ? fdopen(copy, "w") : NULL;
	if (screen->sink == NULL)
		return copy >= 0 ? refuse_memory(error)
						 : error_set(error, STATUS_WORLD, "no file descriptor left for the screen");
	screen->kind = getenv("TERM");
	if (screen->kind == NULL || *screen->kind == '\0')
		return error_set(error, STATUS_USAGE,
			"TERM is not set, so the kind of terminal is "
			"unknown; try TERM=xterm, or without a screen: wane run");
	use_env(FALSE);
	use_tioctl(TRUE);
	if (is_described(screen->kind))
		screen->handle = newterm(screen->kind, screen->sink, stdin);
	else if (errno != ENOMEM && !open_builtin(screen, error))
		return false;
	if (screen->handle == NULL)
		return refuse_memory(error);
	return has_capability("cup") || refuse_kind(screen, error);
}

bool curses_screen_update_size(struct curses_screen *screen)
{
	int columns, rows;
	tty_size(screen->tty, &columns, &rows);
	if (columns == screen->drawn.columns && rows == screen->drawn.rows)
		return false;
	if (resizeterm(rows + screen->spare_rows, columns) != OK ||
		!drawn_resize(&screen->drawn, columns, rows))
		return false;
	erase(); /* else a row that becomes the spare row would keep its text */
	return true;
}

/* newterm() assumed 80x24 and set scrolling margins for it: drops its output and repeats it for the
 * real size. */
static void restart_screen(struct curses_screen *screen)
{
	curses_screen_update_size(screen);
	endwin();
	tty_drop(screen->tty);
	doupdate();
}

static void set_up_screen(struct curses_screen *screen)
{
	const char *address = tigetstr("cup");
	screen->spare_rows = tigetflag("xenl") > 0;
	restart_screen(screen);
	/* By default ncurses interrupts a frame when it finds typed keys. */
	typeahead(-1);
	leaveok(stdscr, FALSE); /* the hidden cursor rests where the canvas says */
	if (has_colors() && start_color() == OK)
		screen->default_colors = use_default_colors() == OK;
	screen->ecma48 = strncmp(address, "\033[", 2) == 0;
	screen->has_mouse = screen->ecma48 && has_capability("kmous");
	prepare_restore(screen);
}

static bool open_all(struct curses_screen *screen, struct error *error)
{
	if (!open_screen(screen, error))
		return false;
	set_up_screen(screen);
	return screen->drawn.cells != NULL || refuse_memory(error);
}

struct curses_screen *curses_screen_new(struct tty *tty, struct error *error)
{
	struct curses_screen *screen = calloc(1, sizeof(*screen));
	if (screen == NULL) {
		refuse_memory(error);
		return NULL;
	}
	screen->tty = tty;
	if (!open_all(screen, error)) {
		curses_screen_free(screen);
		return NULL;
	}
	return screen;
}

void curses_screen_free(struct curses_screen *screen)
{
	if (screen == NULL)
		return;
	if (screen->handle != NULL)
		delscreen(screen->handle);
	if (screen->sink != NULL)
		fclose(screen->sink);
	drawn_free(&screen->drawn);
	free(screen);
}

void curses_screen_begin(struct curses_screen *screen)
{
	keypad(stdscr, TRUE);
	curs_set(0);
	if (screen->ecma48)
		tty_write(screen->tty, PASTE_ON);
	if (screen->has_mouse && screen->wants_mouse)
		tty_write(screen->tty, MOUSE_ON);
	screen->drawn.repaint = true;
}

bool curses_screen_want_mouse(struct curses_screen *screen, bool wanted, bool begun)
{
	bool changes = screen->has_mouse && begun && wanted != screen->wants_mouse;
	screen->wants_mouse = wanted;
	if (changes)
		tty_write(screen->tty, wanted ? MOUSE_ON : MOUSE_OFF);
	return changes;
}

void curses_screen_end(struct curses_screen *screen)
{
	if (screen->has_mouse && screen->wants_mouse)
		tty_write(screen->tty, MOUSE_OFF);
	if (screen->ecma48)
		tty_write(screen->tty, PASTE_OFF);
	endwin();
}

void curses_screen_leave(void)
{
	if (!isendwin())
		endwin();
}

/* Drawing. */

static attr_t attributes_of(uint8_t attributes)
{
	return (attributes & ATTRIBUTE_BOLD ? A_BOLD : 0) | (attributes & ATTRIBUTE_DIM ? A_DIM : 0) |
		(attributes & ATTRIBUTE_REVERSE ? A_REVERSE : 0) |
		(attributes & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0);
}

static void set_look(struct curses_screen *screen, int style, const struct look *look, bool color)
{
	short foreground = COLORS >= 256 ? look->color256 : look->color8;
	screen->attributes[style] = attributes_of(color ? look->attributes : look->mono);
	screen->drawn.shows_on_blank[style] =
		(screen->attributes[style] & (A_REVERSE | A_UNDERLINE)) != 0;
	screen->foreground[style] =
		color && (foreground >= 0 || screen->default_colors) ? foreground : NO_PAIR;
}

/* Makes a pair when it is first drawn, because few of all combinations are ever drawn. The default
 * colour gets its own pair, because ncurses selects pair 0 by a full reset. */
static short pair_of(struct curses_screen *screen, int style, int ground)
{
	short background = screen->default_colors ? -1 : COLOR_BLACK;
	short *pair = &screen->pair[style][ground];
	if (screen->foreground[style] == NO_PAIR)
		return 0;
	if (*pair == 0 && screen->pairs + 1 < COLOR_PAIRS && screen->pairs + 1 < SHRT_MAX) {
		if (ground != STYLE_NORMAL && screen->foreground[ground] >= 0)
			background = screen->foreground[ground];
		*pair = (short)++screen->pairs;
		init_pair(*pair, screen->foreground[style], background);
	}
	return *pair;
}

static void set_scheme(struct curses_screen *screen, const struct color_scheme *scheme)
{
	bool color = scheme->color && has_colors() && COLORS >= 8;
	for (int style = 0; style < STYLE_COUNT; style++)
		set_look(screen, style, color_scheme_look(scheme, (enum style)style), color);
	memset(screen->pair, 0, sizeof(screen->pair));
	screen->pairs = 0;
	screen->scheme = scheme;
}

/* Only characters that the locale calls printable and that have the expected width are sent. */
static void set_character(struct curses_screen *screen, cchar_t *out, struct cell cell, int width)
{
	wchar_t text[2] = {(wchar_t)cell.code, 0};
	if (cell.code == 0)
		text[0] = L' ';
	else if (wcwidth(text[0]) != width)
		text[0] = L'?';
	int pen = screen->drawn.pen;
	setcchar(out, text, screen->attributes[pen], pair_of(screen, pen, screen->drawn.ground), NULL);
}

/* Draws the run of changed cells from x on; returns its end. */
static int draw_run(struct curses_screen *screen, const struct canvas *canvas, int x, int y)
{
	struct drawn *drawn = &screen->drawn;
	cchar_t run[RUN_MAX];
	int start = x, count = 0;
	for (; x < drawn->columns && count < RUN_MAX && drawn_differs(drawn, canvas, x, y); x++) {
		int width = drawn_width(drawn, canvas, x, y);
		struct cell cell = drawn_take(drawn, canvas, x, y);
		if (width > 0)
			set_character(screen, &run[count++], cell, width);
		else if (count == 0)
			start = x + 1;
	}
	if (count > 0)
		mvadd_wchnstr(y, start, run, count);
	return x;
}

/* Returns how many cells of the row have changed. */
static int draw_row(struct curses_screen *screen, const struct canvas *canvas, int y)
{
	int changed = 0;
	for (int x = 0; x < screen->drawn.columns; x++)
		if (drawn_differs(&screen->drawn, canvas, x, y)) {
			int end = draw_run(screen, canvas, x, y);
			changed += end - x;
			x = end - 1;
		}
	return changed;
}

static void write_out(struct curses_screen *screen)
{
	if (screen->drawn.repaint)
		clearok(curscr, TRUE);
	screen->drawn.repaint = false;
	wnoutrefresh(stdscr);
	doupdate();
}

static bool has_changes(
	const struct curses_screen *screen, const struct canvas *canvas, int first_row)
{
	for (int y = first_row; y < screen->drawn.rows; y++)
		for (int x = 0; x < screen->drawn.columns; x++)
			if (drawn_differs(&screen->drawn, canvas, x, y))
				return true;
	return false;
}

/* What cells cost is known when ncurses has written them, which takes a system call: it writes when
 * the cells since could be worth one. */
static enum screen_drawing draw_changes(
	struct curses_screen *screen, const struct canvas *canvas, size_t most)
{
	enum { CELLS = 24 };
	int waiting = 0;
	bool changed = screen->drawn.repaint, whole = screen->drawn.repaint;
	for (int y = 0; y < screen->drawn.rows; y++) {
		int cells = draw_row(screen, canvas, y);
		waiting += cells;
		changed |= cells > 0;
		if (whole || waiting < CELLS)
			continue;
		write_out(screen);
		screen->cursor.x = CURSOR_ASTRAY;
		waiting = 0;
		if (tty_left(screen->tty) >= most && has_changes(screen, canvas, y + 1))
			return SCREEN_IN_PART;
	}
	bool moves = canvas->cursor.x != screen->cursor.x || canvas->cursor.y != screen->cursor.y;
	if (waiting > 0 || whole || moves) {
		screen->cursor = canvas->cursor;
		move(canvas->cursor.y, canvas->cursor.x);
		write_out(screen);
	}
	return changed || moves ? SCREEN_WHOLE : SCREEN_UNCHANGED;
}

enum screen_drawing curses_screen_draw(struct curses_screen *screen, const struct canvas *canvas,
	const struct color_scheme *scheme, bool repaint, size_t most)
{
	screen->drawn.repaint |= repaint || scheme != screen->scheme;
	if (scheme != screen->scheme)
		set_scheme(screen, scheme);
	enum screen_drawing drawing = draw_changes(screen, canvas, most);
	if (drawing != SCREEN_UNCHANGED && screen->ecma48 && screen->spare_rows > 0)
		tty_compress(screen->tty, screen->drawn.columns);
	return drawing;
}

/* What the terminal can do. */

int curses_screen_columns(const struct curses_screen *screen)
{
	return screen->drawn.columns;
}

int curses_screen_rows(const struct curses_screen *screen)
{
	return screen->drawn.rows;
}

int curses_screen_colors(void)
{
	int colors = has_colors() ? COLORS : 0;
	return colors >= 256 ? 256 : colors >= 16 ? 16 : colors >= 8 ? 8 : 0;
}

bool curses_screen_is_ecma48(const struct curses_screen *screen)
{
	return screen->ecma48;
}

const char *curses_screen_kind(const struct curses_screen *screen)
{
	return screen->kind;
}

const char *curses_screen_notice(const struct curses_screen *screen)
{
	return screen->notice;
}

const char *curses_screen_restore(const struct curses_screen *screen)
{
	return screen->restore;
}
