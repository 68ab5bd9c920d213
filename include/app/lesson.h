/* A lesson: a text file that trains a network, explains it, and asks before it shows.
 *
 *	# a comment
 *	title   Why does a deep sigmoid network stop learning?
 *	minutes 6
 *	sees    the gradient fall by a factor of four in every layer
 *	rows    1 2 41               of docs/teaching.md
 *	activation=sigmoid           settings of the start
 *	depth=10
 *	say     Ten layers, two half moons. The bar of layer 1 is the shortest.
 *	ask     What will the loss be after 100 epochs? | 0.69 | 0.39 | 0.0001 | = 1
 *	run     100
 *	expect  loss > 0.68
 *	say     It is {loss}: the network guesses.
 *
 * A line is a word of lessons, or a line of the prompt that scripts may contain (app/command.h).
 * `hide` and `show` (app/hiding.h) keep settings, keys and panes out of sight until needed.
 * A lesson stops after each block of lines with `say`, and at each `ask`. {NAME} in a text stands
 * for the number of this moment (lab/expression.h). A preset has the same form.
 */
#ifndef APP_LESSON_H
#define APP_LESSON_H

#include "app/all_settings.h"
#include "app/language.h"
#include "lab/expression.h"
#include <stdint.h>

enum { LESSON_CHOICES = 6, LESSON_ROWS = 24, LESSON_LINES_MAX = 400 };

enum lesson_kind {
	LESSON_SAY,
	LESSON_ASK,
	LESSON_RUN,    /* trains `epochs` */
	LESSON_UNTIL,  /* trains until `expression` holds, for at most `epochs` */
	LESSON_EXPECT, /* a claim that is checked */
	LESSON_COMMAND /* a line of the prompt */
};

struct lesson_question {
	const char *text, *choice[LESSON_CHOICES];
	int count, right; /* choices; the right one, from 1 */
};

struct lesson_line {
	int number; /* in the file, from 1 */
	enum lesson_kind kind;
	const char *text; /* behind the word; of a command the whole line */
	int64_t epochs;
	struct expression expression;
	struct lesson_question question;
};

struct lesson {
	char *name; /* of the file, without folder and suffix; or the path as it was given */
	char *bytes;
	const struct language *language; /* of its texts */
	char *translated;                /* owned; NULL: they are not */
	const char *title, *sees;        /* "" if the file does not say */
	int minutes;                     /* 0: the file does not say */
	int row[LESSON_ROWS], rows;
	struct all_settings start;
	const char **head; /* [heads] the settings of the start, as NAME=VALUE */
	int heads;
	bool fixes_seed;          /* the seed is one of the settings of the start */
	struct lesson_line *line; /* [count] at most LESSON_LINES_MAX */
	int count;
};

void lesson_free(struct lesson *lesson);

/* True if a lesson stops after this line: a block of text and the question behind it are one
 * stop. */
bool lesson_stops_after(const struct lesson *lesson, int line);
int lesson_stops(const struct lesson *lesson); /* in all */

/* "FILE:LINE: CAUSE"; returns false. */
bool lesson_refuse(
	const struct lesson *lesson, int number, const char *cause, int status, struct error *error);

/* The text with each {NAME} replaced by its number in these records. */
void lesson_fill(const char *text, struct record_pair records, char *out, size_t size);

#endif
