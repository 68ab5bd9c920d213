/* The prompt: a line editor with a history. It does not know the commands.
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
	char note[600]; /* an error, or possible completions */
	bool alarm;     /* the note is an error */
	char past[PROMPT_HISTORY][PROMPT_MAX];
	int past_count, recalled; /* recalled: lines back from the newest; 0: the new line */
	char draft[PROMPT_MAX];   /* the new line while an older one is shown */
};

void prompt_open(struct prompt *prompt, const char *text);
enum prompt_event prompt_key(struct prompt *prompt, int key);

/* Inserts printable text at the cursor, up to the first line end. */
void prompt_insert(struct prompt *prompt, const char *text);

/* Replaces the line by `text`, with the cursor at its end. */
void prompt_set(struct prompt *prompt, const char *text);

/* The text was carried out: adds it to the history and closes the prompt. */
void prompt_done(struct prompt *prompt);

#endif
