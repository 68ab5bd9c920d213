#include "app/tutor_work.h"

#include "app/command.h"
#include <stdio.h>
#include <string.h>

static struct record_pair records_of(const struct context *context)
{
	return (struct record_pair){
		.run = experiment_record(context->session->experiment),
		.twin = context->twin->experiment ? experiment_record(context->twin->experiment) : NULL,
	};
}

/* ---- lines ---- */

static void note_failure(struct tutor *tutor, const struct lesson_line *line, const char *cause)
{
	struct error error;
	lesson_refuse(tutor->lesson, line->number, cause, STATUS_WORLD, &error);
	if (tutor->failures++ == 0)
		tutor->failed = error;
}

static void check(
	struct tutor *tutor, const struct lesson_line *line, const struct context *context)
{
	char found[100], cause[400];
	struct record_pair records = records_of(context);
	if (expression_holds(&line->expression, records))
		return;
	expression_describe(&line->expression, records, found, sizeof(found));
	snprintf(cause, sizeof(cause), "expected %.200s, found: %s", line->text, found);
	note_failure(tutor, line, cause);
}

static void add_text(
	struct tutor *tutor, const struct lesson_line *line, const struct context *context)
{
	char filled[TUTOR_TEXT_MAX];
	size_t used = strlen(tutor->text);
	lesson_fill(line->text, records_of(context), filled, sizeof(filled));
	snprintf(tutor->text + used, sizeof(tutor->text) - used, "%s%s", used ? "\n" : "", filled);
}

static void command(
	struct tutor *tutor, const struct lesson_line *line, const struct context *context)
{
	const struct action *action = NULL;
	struct error error = {STATUS_DONE, ""};
	tutor->speaks = true;
	if (!command_run(context, line->text, &action, &error))
		note_failure(tutor, line, error.text);
	else if (action)
		action->run(context);
	tutor->speaks = false;
	messages_drop(context->messages);
}

/* Stops, unless it is on its way to a later stop. */
static void stop(struct tutor *tutor, const struct lesson_line *line, const struct context *context)
{
	bool asks = line->kind == LESSON_ASK;
	bool answered = asks && tutor->answer[line - tutor->lesson->line] > 0;
	tutor->stop++;
	if (tutor->stop == tutor->goal - 1)
		tutor_pace(context);
	if (tutor->stop < tutor->goal) {
		tutor->text[0] = '\0';
		return;
	}
	tutor->question = asks ? line : NULL;
	tutor->state = asks && !answered ? TUTOR_ASKS : TUTOR_STOPS;
	tutor->trained = context->session->trained;
	tutor_pace(context);
}

static void carry_out(
	struct tutor *tutor, const struct lesson_line *line, const struct context *context)
{
	switch (line->kind) {
	case LESSON_SAY:
		add_text(tutor, line, context);
		break;
	case LESSON_ASK:
		lesson_fill(line->question.text, records_of(context), tutor->asking, sizeof(tutor->asking));
		break;
	case LESSON_RUN:
	case LESSON_UNTIL:
		tutor->training = true;
		tutor->records = -1;
		session_run(context->session, line->epochs, context->now);
		break;
	case LESSON_EXPECT:
		check(tutor, line, context);
		break;
	case LESSON_COMMAND:
		command(tutor, line, context);
		break;
	}
}

/* ---- work ---- */

bool tutor_due(const struct tutor *tutor, const struct session *session, const struct twin *twin)
{
	if (!tutor->lesson || tutor->state != TUTOR_WORKS || !runs_at_rest(twin, session))
		return false;
	/* the run has trained what it was told to, or cannot go on */
	return !tutor->training || session->left == 0 || session_failed(session);
}

/* `until`: looks at every record, and pauses the run before the next epoch can begin. */
static void watch(struct tutor *tutor, const struct context *context)
{
	struct session *session = context->session;
	const struct lesson_line *line = &tutor->lesson->line[tutor->next - 1];
	if (line->kind != LESSON_UNTIL || session->records == tutor->records || session->in_epoch)
		return;
	tutor->records = session->records;
	if (expression_holds(&line->expression, records_of(context)))
		session->left = 0;
}

static void end_training(struct tutor *tutor, const struct context *context)
{
	const struct lesson_line *line = &tutor->lesson->line[tutor->next - 1];
	tutor->training = false;
	if (line->kind == LESSON_UNTIL)
		check(tutor, line, context);
}

/* The text of the stop before is shown until the next one has its own. */
static void begin_block(struct tutor *tutor, const struct lesson_line *line)
{
	int index = (int)(line - tutor->lesson->line);
	bool follows = index > 0 && line[-1].kind == LESSON_SAY;
	if ((line->kind == LESSON_SAY || line->kind == LESSON_ASK) && !follows)
		tutor->text[0] = '\0';
}

static void go_on(struct tutor *tutor, const struct context *context)
{
	const struct lesson *lesson = tutor->lesson;
	while (!tutor->training && tutor_due(tutor, context->session, context->twin)) {
		if (tutor->next == lesson->count) {
			tutor->state = TUTOR_ENDED;
			tutor_give_back(tutor, context);
			tutor_pace(context);
			return;
		}
		const struct lesson_line *line = &lesson->line[tutor->next++];
		begin_block(tutor, line);
		carry_out(tutor, line, context);
		if (lesson_stops_after(lesson, tutor->next - 1))
			stop(tutor, line, context);
	}
}

bool tutor_work(struct tutor *tutor, const struct context *context)
{
	if (!tutor->lesson || tutor->state != TUTOR_WORKS)
		return false;
	if (tutor->training)
		watch(tutor, context);
	else if (context->session->left != 0)
		session_run(
			context->session, 0, context->now); /* a change lets a run that has ended go on */
	if (!tutor_due(tutor, context->session, context->twin))
		return false;
	if (tutor->training)
		end_training(tutor, context);
	go_on(tutor, context);
	return true;
}
