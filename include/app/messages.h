/* The message line: the answer to a key, shown for some seconds or until the next key. */
#ifndef APP_MESSAGES_H
#define APP_MESSAGES_H

#include "ui/canvas.h"
#include <stdbool.h>

enum { TOLD_KEYS = 64 };

struct messages {
	char text[600]; /* empty: no message */
	enum style style;
	double until; /* when it disappears, in seconds */
	bool changed; /* for the owner to set back */
	int key;      /* that is being handled; 0: none, or a command */
	double now;
	int told[TOLD_KEYS]; /* keys that message_say_once() has answered */
	int told_count;
};

/* A key is handled (0: a command, or work) at this time, in seconds. */
void messages_begin(struct messages *messages, int key, double now);

void message_say(struct messages *messages, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Says why the key does nothing: the first time only. A command is always answered. */
void message_say_once(struct messages *messages, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void messages_drop(struct messages *messages);

#endif
