/* The quiz: the screen shows the numbers without verdict and advice, and asks for the verdict.
 *
 * A question is posed whenever the run comes to rest at a record (setting quiz=on). Its choices are
 * rows of the table of verdicts: the one in force and some whose rules do not hold. A digit
 * answers; then the verdict is shown with its numbers until the run goes on, and a score is kept.
 */
#ifndef APP_QUIZ_H
#define APP_QUIZ_H

#include "app/context.h"
#include "lab/verdict.h"

enum { QUIZ_CHOICES = 4 };

struct quiz {
	const struct verdict *choice[QUIZ_CHOICES];
	int count;      /* choices; 0: no question is posed */
	int right;      /* the right choice, from 1 */
	int answer;     /* the person's, from 1; 0: not answered */
	int64_t record; /* of the session, that the question is about */
	int asked, hits;
};

bool quiz_is_on(const struct context *context);

/* True while verdict and advice are not to be seen. */
bool quiz_hides(const struct context *context);

/* Poses or withdraws a question. True if there is something new to see. */
bool quiz_work(const struct context *context);

/* A digit answers the question, unless a window lies over it. True if it did. */
bool quiz_takes_key(const struct context *context);
bool quiz_answer(const struct context *context, int choice);

/* The question without its choices, or what to do while there is none. */
void quiz_text(const struct quiz *quiz, char *out, size_t size);

/* Question and choices, their last line in row `y`. */
void quiz_draw(const struct quiz *quiz, struct area area, int y);

#endif
