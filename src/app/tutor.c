#include "app/tutor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- beginning, going on and back ---- */

/* Those of the lesson's head, and without advice, which would answer before it is asked; the
 * rest of the screen is the student's. */
static struct all_settings lesson_settings(struct tutor *tutor, const struct context *context)
{
	const struct lesson *lesson = tutor->lesson;
	struct all_settings settings = controls_settings(context->controls);
	if (!tutor->keeps_before)
		tutor->before = settings.screen;
	tutor->keeps_before = true;
	settings.screen = tutor->before;
	settings.screen.advice = "off";
	for (int i = 0; i < lesson->heads; i++) {
		struct error ignored; /* it was read before */
		all_settings_assign_pair(&settings, lesson->head[i], &ignored);
	}
	settings.config = lesson->start.config;
	return settings;
}

void tutor_give_back(struct tutor *tutor, const struct context *context)
{
	struct all_settings settings = controls_settings(context->controls);
	if (!tutor->keeps_before)
		return;
	settings.screen = tutor->before;
	tutor->keeps_before = false;
	controls_adopt(context->controls, &settings);
	context->viewer->focus = hidden_focus(&settings.screen.hidden, context->viewer->focus);
}

void tutor_close(struct tutor *tutor, const struct context *context)
{
	tutor->open = false;
	tutor_give_back(tutor, context);
}

void tutor_open(struct tutor *tutor)
{
	tutor->open = true;
	tutor_depart(tutor);
}

/* From the first line on, without stopping before stop `goal`. */
static void begin(struct tutor *tutor, int goal, const struct context *context)
{
	struct all_settings settings = lesson_settings(tutor, context);
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
	context->viewer->focus = hidden_focus(&settings.screen.hidden, context->viewer->focus);
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
	tutor_give_back(tutor, context);
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
	const struct language *words = tutor->lesson->language;
	if (tutor->state == TUTOR_ASKS) {
		message_say(context->messages, STYLE_NORMAL, "%s", words->predict_first);
	} else if (tutor->state == TUTOR_WORKS) {
		/* whoever does not want to wait sees the end at once */
		session_pace(context->session, INFINITY, context->now);
	} else if (tutor->state == TUTOR_ENDED) {
		message_say(context->messages, STYLE_NORMAL, "%s", words->lists);
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
		message_say_once(context->messages, "%s", tutor->lesson->language->begins_here);
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

bool tutor_tell(const struct tutor *tutor, char *out, size_t size, bool *right)
{
	const struct lesson_line *line = tutor->told;
	if (!line)
		return false;
	const struct lesson_question *question = &line->question;
	const struct language *words = tutor->lesson->language;
	int chosen = tutor->answer[line - tutor->lesson->line];
	*right = chosen == question->right;
	if (*right)
		snprintf(out, size, "%s: %s", words->right, question->choice[chosen - 1]);
	else
		snprintf(out, size, "%s: %s. %s: %s", words->predicted, question->choice[chosen - 1],
			words->it_is, question->choice[question->right - 1]);
	return true;
}
