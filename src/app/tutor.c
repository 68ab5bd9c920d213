#include "app/tutor.h"

#include <math.h>
#include <string.h>

/* ---- beginning, going on and back ---- */

/* From the first line on, without stopping before stop `goal`. */
static void begin(struct tutor *tutor, int goal, const struct context *context)
{
	struct all_settings settings = controls_settings(context->controls);
	settings.config = tutor->lesson->start.config;
	tutor->state = TUTOR_WORKS;
	tutor->next = tutor->stop = 0;
	tutor->goal = goal;
	tutor->departed = tutor->training = false;
	tutor->question = tutor->told = NULL;
	tutor->text[0] = '\0';
	session_run(context->session, 0, context->now);
	if (context->twin->experiment || context->twin->asked)
		twin_unpin(context->twin, context->session, context->messages);
	controls_adopt(context->controls, &settings);
	session_restart(context->session, context->now);
	session_pace(context->session, INFINITY, context->now);
}

void tutor_end(struct tutor *tutor)
{
	lesson_free(tutor->lesson);
	*tutor = (struct tutor){.lesson = NULL};
}

void tutor_start(struct tutor *tutor, struct lesson *lesson, const struct context *context)
{
	tutor_end(tutor);
	tutor->lesson = lesson;
	tutor->open = true;
	tutor->stops = lesson_stops(lesson);
	begin(tutor, 1, context);
}

void tutor_pace(const struct context *context)
{
	session_pace(context->session, pace_rate(context->controls->screen.pace), context->now);
}

/* The student has let the run go on. */
static bool has_trained_on(const struct tutor *tutor, const struct session *session)
{
	return session->trained != tutor->trained || session->left != 0;
}

void tutor_next(struct tutor *tutor, const struct context *context)
{
	if (tutor->state == TUTOR_ASKS) {
		message_say(context->messages, STYLE_NORMAL, "predict first: a digit chooses an answer");
	} else if (tutor->state == TUTOR_WORKS) {
		/* whoever does not want to wait sees the end at once */
		session_pace(context->session, INFINITY, context->now);
	} else if (tutor->state == TUTOR_ENDED) {
		message_say(context->messages, STYLE_NORMAL, "the lesson ends here; L lists all lessons");
	} else if (tutor->departed || has_trained_on(tutor, context->session)) {
		begin(tutor, tutor->stop + 1, context);
	} else {
		tutor->state = TUTOR_WORKS;
		tutor->goal = tutor->stop + 1;
		tutor->told = NULL;
		tutor_pace(context);
	}
}

void tutor_back(struct tutor *tutor, const struct context *context)
{
	if (tutor->stop <= 1 && tutor->state != TUTOR_WORKS)
		message_say_once(context->messages, "the lesson begins here");
	else
		begin(tutor, tutor->stop > 2 ? tutor->stop - 1 : 1, context);
}

void tutor_depart(struct tutor *tutor)
{
	tutor->departed = tutor->lesson && tutor->state != TUTOR_WORKS;
}

bool tutor_answer(struct tutor *tutor, int choice, const struct context *context)
{
	const struct lesson_line *line = tutor->question;
	if (tutor->state != TUTOR_ASKS || choice < 1 || choice > line->question.count)
		return false;
	int index = (int)(line - tutor->lesson->line);
	tutor->answer[index] = choice;
	tutor->asked++;
	tutor->right += choice == line->question.right;
	tutor->state = TUTOR_STOPS;
	tutor_next(tutor, context);
	tutor->told = line;
	return true;
}
