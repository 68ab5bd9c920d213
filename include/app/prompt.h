/* The line behind `:`: an editor of one line with a history. It knows no commands.
 *
 * Text is UTF-8; the cursor is a byte offset at the start of a character. Bounded by PROMPT_MAX.
 */
#ifndef APP_PROMPT_H
#define APP_PROMPT_H

#include <stdbool.h>

enum { PROMPT_MAX = 1200, PROMPT_HISTORY = 32 };

enum prompt_event {
	PROMPT_NOTHING,
	PROMPT_EDITED,
	PROMPT_ENTER,    /* the text is complete; it stays until prompt_done() */
	PROMPT_COMPLETE, /* Tab */
	PROMPT_CLOSED,
};

struct prompt {
	bool open;
	char text[PROMPT_MAX];
	int length, cursor;
	char note[600]; /* what is wrong with the text, or how it could go on */
	bool alarm;     /* the note is an error */
	char past[PROMPT_HISTORY][PROMPT_MAX];
	int past_count, recalled; /* recalled: lines back from the newest, 0 is the one at work */
	char draft[PROMPT_MAX];   /* the line at work while an older one is shown */
};

void prompt_open(struct prompt *prompt, const char *text);
enum prompt_event prompt_key(struct prompt *prompt, int key);

/* Inserts printable text at the cursor, up to the first line end. */
void prompt_insert(struct prompt *prompt, const char *text);

/* Puts `text` in place of the line, with the cursor at its end. */
void prompt_set(struct prompt *prompt, const char *text);

/* The text was carried out: to the history, and closes. */
void prompt_done(struct prompt *prompt);

#endif
