/* The tutor gives a lesson: carries out its lines in a session, one block at a time.
 *
 * It stops after every block of text and at every question, until the student goes on. Training
 * between two stops goes at the pace of the screen. A question is answered by a digit, before the
 * answer is computed. What the student changes at a stop is forgotten when the lesson goes on: the
 * lesson's state is made anew by carrying out all lines up to there, without stopping. The same
 * makes going back exact, since what is computed depends on the lines alone.
 */
#ifndef APP_TUTOR_H
#define APP_TUTOR_H

#include "app/context.h"
#include "app/lesson.h"

enum { TUTOR_TEXT_MAX = 2000 };

enum tutor_state {
	TUTOR_WORKS, /* carries out lines, or waits for training */
	TUTOR_STOPS, /* waits until the student goes on */
	TUTOR_ASKS,  /* waits for a digit */
	TUTOR_ENDED  /* the last line is done */
};

struct tutor {
	struct lesson *lesson; /* owned; NULL: none */
	enum tutor_state state;
	struct screen_settings before; /* of the student: they come back when the lesson ends */
	bool keeps_before;             /* they are kept */
	char wanted[DATA_PATH_MAX];    /* name of the lesson (or preset) to begin; "": none */
	bool wants_preset;
	bool open;                 /* the panel is shown, and the keys of the tutor work */
	int next;                  /* line */
	int stop, stops;           /* stops so far; stops in all */
	int goal;                  /* the stop at which it stops again; those before are passed over */
	bool training;             /* a line that trains is under way */
	bool speaks;               /* a command of the lesson is carried out */
	bool departed;             /* the student has changed run or screen since the stop */
	int64_t records;           /* of the session when `until` was checked last */
	int64_t trained;           /* epochs of the session at the stop */
	char text[TUTOR_TEXT_MAX]; /* of the present stop, numbers filled in */
	char asking[TUTOR_TEXT_MAX];        /* the question of the present stop, likewise */
	int answer[LESSON_LINES_MAX];       /* [line] the student's choice, from 1; 0: not answered */
	int asked, right;                   /* questions answered, and how many rightly */
	const struct lesson_line *question; /* of the present stop; NULL: none */
	const struct lesson_line *told;     /* the question answered before this stop, or NULL */
	struct error failed; /* the first claim that does not hold, or command that cannot be done */
	int failures;
};

void tutor_end(struct tutor *tutor);

/* Hides the panel, with the settings of the screen as they were; or shows it again, and what the
 * student did in between is forgotten when the lesson goes on. */
void tutor_close(struct tutor *tutor, const struct context *context);
void tutor_open(struct tutor *tutor);

/* The settings of the screen are the student's again. */
void tutor_give_back(struct tutor *tutor, const struct context *context);

/* Begins a lesson, which the tutor now owns. */
void tutor_start(struct tutor *tutor, struct lesson *lesson, const struct context *context);

/* One stop on or back; says why if there is none. */
void tutor_next(struct tutor *tutor, const struct context *context);
void tutor_back(struct tutor *tutor, const struct context *context);

/* Answers the open question; false: there is none, or it has no such choice. */
bool tutor_answer(struct tutor *tutor, int choice, const struct context *context);

/* What became of the prediction made before this stop; false: none was. *right: it was right. */
bool tutor_tell(const struct tutor *tutor, char *out, size_t size, bool *right);

/* The student has changed the run. */
void tutor_depart(struct tutor *tutor);

/* The session trains at the pace of the screen again. */
void tutor_pace(const struct context *context);

#endif
