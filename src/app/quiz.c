#include "app/quiz.h"

#include "app/fold.h"
#include "app/tutor.h"
#include "nn/rng.h"
#include "ui/glyphs.h"
#include "ui/target.h"
#include <stdio.h>
#include <string.h>

bool quiz_is_on(const struct context *context)
{
	return strcmp(context->controls->screen.quiz, "on") == 0;
}

bool quiz_hides(const struct context *context)
{
	return quiz_is_on(context) && context->quiz->answer == 0;
}

/* ---- questions ---- */

/* Would be true, too: its rule holds, or the run has converged and is healthy. The last rule always
 * holds, so that it is false beside any verdict but these. */
static bool also_true(
	const struct verdict *row, const struct verdict *right, const struct evidence *evidence)
{
	bool last = strcmp(row->name, "healthy") == 0;
	return last ? right->tone == TONE_GOOD : row->applies(evidence);
}

/* The same run gives the same question: the order comes from its seed and epoch. */
static void pose(struct quiz *quiz, const struct frame *frame, const struct verdict *right)
{
	const struct evidence evidence = evidence_collect(frame);
	const struct verdict *row, *false_one[32];
	struct rng rng =
		rng_stream((uint64_t)frame->settings->seed, "quiz", (uint64_t)frame->record->epoch);
	uint32_t count = 0;
	for (int i = 0; (row = verdict_at(i)); i++)
		if (count < 32 && row != right && !also_true(row, right, &evidence))
			false_one[count++] = row;
	quiz->count = quiz->answer = 0;
	while (quiz->count < QUIZ_CHOICES - 1 && count > 0) {
		uint32_t chosen = rng_below(&rng, count);
		quiz->choice[quiz->count++] = false_one[chosen];
		false_one[chosen] = false_one[--count];
	}
	int place = (int)rng_below(&rng, (uint32_t)quiz->count + 1);
	quiz->choice[quiz->count++] = quiz->choice[place];
	quiz->choice[place] = right;
	quiz->right = place + 1;
}

static bool may_ask(const struct context *context)
{
	const struct session *session = context->session;
	return quiz_is_on(context) && session->left == 0 && session_at_rest(session) &&
		context->viewer->epoch == EPOCH_PRESENT && !session_failed(session) &&
		!(context->tutor->lesson && context->tutor->state == TUTOR_WORKS);
}

bool quiz_work(const struct context *context)
{
	struct quiz *quiz = context->quiz;
	const struct experiment *experiment = context->session->experiment;
	const struct record *record = may_ask(context) ? experiment_record(experiment) : NULL;
	const struct verdict *right = record && record->verdict ? verdict_find(record->verdict) : NULL;
	if (!right) {
		bool open = quiz->count > 0;
		quiz->count = quiz->answer = 0;
		return open;
	}
	if (quiz->count > 0 && quiz->record == context->session->records)
		return false;
	struct frame frame;
	experiment_frame(experiment, EPOCH_PRESENT, &frame);
	quiz->record = context->session->records;
	pose(quiz, &frame, right);
	return true;
}

/* ---- answers ---- */

bool quiz_answer(const struct context *context, int choice)
{
	struct quiz *quiz = context->quiz;
	if (!quiz_is_on(context) || quiz->answer || choice < 1 || choice > quiz->count)
		return false;
	const char *chosen = quiz->choice[choice - 1]->name;
	const char *right = quiz->choice[quiz->right - 1]->name;
	quiz->answer = choice;
	quiz->asked++;
	quiz->hits += choice == quiz->right;
	if (choice == quiz->right)
		message_say(context->messages, STYLE_GOOD, "Right: %s. %d of %d right", right, quiz->hits,
			quiz->asked);
	else
		message_say(context->messages, STYLE_WARNING,
			"You said %s, the verdict is %s. %d of %d right", chosen, right, quiz->hits,
			quiz->asked);
	return true;
}

bool quiz_takes_key(const struct context *context)
{
	return context->viewer->overlay == OVERLAY_NONE && quiz_answer(context, context->key - '0');
}

/* ---- drawing ---- */

void quiz_text(const struct quiz *quiz, char *out, size_t size)
{
	char score[40] = "";
	if (quiz->asked > 0)
		snprintf(score, sizeof(score), " (%d of %d right)", quiz->hits, quiz->asked);
	snprintf(out, size, "Quiz%s: %s", score,
		quiz->count > 0 ? "what is wrong with this training, if anything?"
						: "pause when you know what is wrong with this training.");
}

/* As many choices in a line as fit; returns the number of lines. */
static int draw_choices(const struct quiz *quiz, struct area area, int y)
{
	int x = 0, first = y;
	for (int i = 0; i < quiz->count; i++) {
		const char *name = quiz->choice[i]->name;
		int width = 2 + (int)strlen(name);
		if (x > 0 && x + width > area.width) {
			x = 0;
			y++;
		}
		area_target(area_sub(area, x, y, width, 1), (struct target){.key = '1' + i});
		area_format(area, x, y, STYLE_KEY, "%d", i + 1);
		area_text(area, x + 2, y, STYLE_NORMAL, name);
		x += width + 3;
	}
	return y + (quiz->count > 0) - first;
}

void quiz_draw(const struct quiz *quiz, struct area area, int y)
{
	char text[160];
	struct area nowhere = area_sub(area, 0, 0, 0, 0);
	nowhere.width = area.width - 2;
	quiz_text(quiz, text, sizeof(text));
	int lines = fold_draw(nowhere, 0, 0, STYLE_TITLE, text) + draw_choices(quiz, nowhere, 0);
	struct area box = area_sub(area, 0, y + 1 - lines, area.width, lines);
	area_cover(box);
	struct area inside = area_sub(box, 1, 0, area.width - 2, lines);
	draw_choices(quiz, inside, fold_draw(inside, 0, 0, STYLE_TITLE, text));
}
