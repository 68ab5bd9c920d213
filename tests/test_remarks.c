/* Remarks: hand-made records and exactly which of them each gets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/float_mode.h"

#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { LAYERS = 4 };

static const double baseline_loss = 0.7;

/* A network in the middle of a good run but for what a row says: settings of whole records, and
 * of layer `at` (1 if 0). 0 leaves a number as it is, ZERO makes it 0. */
#define ZERO (-1)
static const struct story {
	const char *what;
	int epoch;
	double loss, val_loss, decades;
	double eval_loss, penalty;               /* the loss if 0; in every loss, none if 0 */
	double best_val, former_loss, huge_step; /* of epoch 5 */
	int at, freeze, truncate;                /* of 20 time steps */
	double weight_above;                     /* of layer 2 */
	double update, gradient, delta, output_delta, dead, dead_at_start;
	const char *remarks; /* names, each with a blank after it */
} stories[] = {
	{"nothing special", .remarks = ""},

	{"the baseline loss", .loss = 0.7, .decades = -4, .remarks = "no-learning "},
	{"just within", .loss = 0.6966, .decades = -4, .remarks = "no-learning "},
	{"just outside", .loss = 0.6964, .decades = -4, .remarks = ""},
	{"the first moment", .epoch = 20, .loss = 0.7, .decades = -4, .remarks = "no-learning "},
	{"too early", .epoch = 19, .loss = 0.7, .decades = -4, .remarks = ""},
	{"what the verdict says already", .loss = 0.7, .remarks = ""},
	{"and that one, too", .loss = 0.7, .decades = 4, .remarks = ""},

	{"worse than the baseline", .loss = 0.85, .decades = 4, .remarks = "worse-than-baseline "},
	{"hardly worse", .loss = 0.83, .decades = 4, .remarks = ""},
	{"worse, the first moment", .epoch = 5, .loss = 0.85, .remarks = "worse-than-baseline "},
	{"worse, too early", .epoch = 4, .loss = 0.85, .remarks = ""},
	{"what a verdict says", .epoch = 20, .loss = 0.85, .remarks = ""},
	{"far worse, but diverged", .loss = 101, .val_loss = 101, .remarks = ""},

	{"overfitting", .loss = 0.2, .val_loss = 0.41, .decades = 4, .remarks = "overfitting "},
	{"what another verdict says", .loss = 0.2, .val_loss = 0.41, .remarks = ""},
	{"not twice the loss", .decades = 4, .loss = 0.2, .val_loss = 0.39, .remarks = ""},
	{"twice, but of little", .loss = 0.04, .val_loss = 0.1, .remarks = ""},
	{"converged and overfitting", .loss = 0.01, .val_loss = 0.2, .remarks = "overfitting "},
	{"overfitting only beside another mode's loss", .loss = 0.2, .eval_loss = 0.29, .decades = 4,
		.val_loss = 0.41, .remarks = ""},
	{"overfitting in the same mode", .decades = 4, .loss = 0.2, .eval_loss = 0.21, .val_loss = 0.43,
		.remarks = "overfitting "},
	{"overfitting under a penalty", .decades = 4, .loss = 2.2, .penalty = 2, .val_loss = 2.41,
		.remarks = "overfitting "},
	{"running statistics that lag", .loss = 0.2, .eval_loss = 0.31, .val_loss = 0.31,
		.remarks = "running-statistics-lag "},
	{"not half as much again", .loss = 0.2, .eval_loss = 0.29, .val_loss = 0.3, .remarks = ""},
	{"half as much again, but of little", .loss = 0.05, .eval_loss = 0.1, .val_loss = 0.1,
		.remarks = ""},
	{"a penalty, which the baseline does not pay", .loss = 0.9, .penalty = 0.3, .remarks = ""},
	{"the baseline loss and a penalty", .loss = 1.7, .penalty = 1, .decades = -4,
		.remarks = "no-learning "},
	{"a validation loss that rises", .best_val = 0.39, .remarks = "validation-rises "},
	{"hardly rises", .best_val = 0.41, .remarks = ""},
	{"rises, but not for long", .epoch = 14, .best_val = 0.39, .remarks = ""},
	{"rises by little", .loss = 0.03, .best_val = 0.02, .remarks = ""},
	{"rises in a network that has lost all", .best_val = 0.39, .decades = 4, .remarks = ""},
	{"no validation set", .val_loss = (double)NAN, .remarks = ""},

	{"an underflow", .delta = ZERO, .decades = (double)INFINITY, .remarks = "underflow "},
	{"an error further up", .at = 2, .delta = ZERO, .remarks = ""},
	{"no underflow, but weights of 0 above", .delta = ZERO, .weight_above = ZERO,
		.decades = (double)INFINITY, .remarks = ""},
	{"no error at all", .delta = ZERO, .output_delta = ZERO, .remarks = ""},
	{"an underflow after convergence", .loss = 0.01, .delta = ZERO, .remarks = ""},

	{"steps that change nothing", .update = ZERO, .remarks = "lost-steps "},
	{"and have nothing to change", .update = ZERO, .gradient = ZERO, .remarks = ""},
	{"in the output layer", .at = 4, .update = ZERO, .remarks = "lost-steps "},
	{"in a frozen layer", .freeze = 1, .update = ZERO, .remarks = ""},
	{"above a frozen layer", .at = 2, .freeze = 1, .update = ZERO, .remarks = "lost-steps "},
	{"nothing lost after convergence", .loss = 0.01, .update = ZERO, .remarks = ""},

	{"hardly moving", .update = 9e-6, .remarks = "frozen "},
	{"slow", .update = 1.1e-5, .remarks = ""},
	{"frozen on purpose", .freeze = 3, .at = 3, .update = 9e-6, .remarks = ""},
	{"frozen in a dead network", .dead = 1, .update = 9e-6, .remarks = ""},

	{"a step of a tenth", .update = 0.101, .remarks = "large-steps "},
	{"nearly a tenth", .update = 0.099, .remarks = ""},
	{"large steps in the output layer", .at = 4, .update = 0.5, .remarks = "large-steps "},
	{"infinite steps", .update = (double)INFINITY, .remarks = ""},
	{"large steps of a diverged run", .loss = (double)NAN, .update = 5, .remarks = ""},

	{"most units dead", .at = 3, .dead = 0.91, .dead_at_start = 0.91, .remarks = "dying-units "},
	{"many dead from the start", .dead = 0.9, .dead_at_start = 0.9, .remarks = ""},
	{"a fifth has died", .dead = 0.51, .dead_at_start = 0.3, .remarks = "dying-units "},
	{"less than a fifth", .dead = 0.49, .dead_at_start = 0.3, .remarks = ""},
	{"units that came back", .dead = 0.1, .dead_at_start = 0.6, .remarks = ""},
	{"dying after convergence", .loss = 0.01, .dead = 0.5, .remarks = "dying-units "},
	{"all dead is the verdict's to say", .dead = 1, .remarks = ""},

	{"truncated", .truncate = 8, .remarks = "truncated "},
	{"truncated, but diverged", .truncate = 8, .loss = (double)NAN, .remarks = ""},

	{"no progress", .epoch = 25, .loss = 0.4, .former_loss = 0.403, .remarks = "no-progress "},
	{"some", .epoch = 25, .loss = 0.4, .former_loss = 0.405, .remarks = ""},
	{"too early for progress", .epoch = 24, .loss = 0.4, .former_loss = 0.403, .remarks = ""},
	{"halved in ten epochs", .epoch = 15, .loss = 0.01, .former_loss = 0.0201,
		.remarks = "still-falling "},
	{"not quite", .epoch = 15, .loss = 0.01, .former_loss = 0.0199, .remarks = ""},
	{"halved, but not there yet", .epoch = 15, .loss = 0.2, .former_loss = 0.5, .remarks = ""},

	{"a huge step of the past", .loss = 0.9, .decades = 4, .huge_step = 2,
		.remarks = "large-steps worse-than-baseline "},
	{"from which it has recovered", .decades = 4, .huge_step = 2, .remarks = ""},

	{"several at once", .loss = 0.85, .val_loss = 2, .update = 0.2, .dead = 0.4,
		.remarks = "large-steps overfitting dying-units "},
};

static float or_else(double value, double usual)
{
	return value == ZERO ? 0 : (float)(value != 0 ? value : usual);
}

static struct record *record_of(const struct story *story)
{
	struct record *record = record_new(LAYERS);
	int at = story->at ? story->at : 1;
	assert_non_null(record);
	record->epoch = story->epoch ? story->epoch : 30;
	record->loss = or_else(story->loss, 0.4);
	record->val_loss = or_else(story->val_loss, 1.1 * or_else(story->loss, 0.4));
	record->eval_loss = or_else(story->eval_loss, record->loss);
	record->penalty = (float)story->penalty;
	record->grad_norm = 0.1f;
	record->decades = (float)story->decades;
	for (int l = 1; l <= LAYERS; l++) {
		struct layer_record *layer = &record->layer[l - 1];
		layer->weight_rms = 0.3f;
		layer->grad_rms = or_else(l == at ? story->gradient : 0, 0.01);
		layer->delta_rms = or_else(l == at ? story->delta : 0, 0.1);
		layer->update_ratio = or_else(l == at ? story->update : 0, 1e-3);
		if (l < LAYERS)
			layer->dead = (float)(l == at ? story->dead : 0);
	}
	record->layer[1].weight_rms = or_else(story->weight_above, 0.3);
	record->layer[LAYERS - 1].delta_rms = or_else(story->output_delta, 0.1);
	return record;
}

static struct history *past_of(const struct story *story)
{
	struct history *history = history_new();
	struct record *record = record_new(LAYERS);
	record->epoch = 0;
	record->loss = 0.75f;
	record->verdict = "vanishing";
	record->grad_norm = 0.1f;
	for (int l = 1; l < LAYERS; l++)
		record->layer[l - 1].dead =
			(float)(l == (story->at ? story->at : 1) ? story->dead_at_start : 0);
	assert_true(history_add(history, record));
	record->epoch = 5;
	record->loss = or_else(story->former_loss, 0.75);
	record->val_loss = or_else(story->best_val, 0.75);
	record->largest_step = (float)story->huge_step;
	record->largest_step_layer = 2;
	assert_true(history_add(history, record));
	free(record);
	return history;
}

static void truncate_steps(const struct frame *frame, int truncate)
{
	enum { STEPS = 20 };
	struct layer_model *first = (struct layer_model *)&frame->model->layer[0];
	if (truncate == 0)
		return;
	first->steps = STEPS;
	first->first_step = STEPS - truncate + 1;
}

static void each_remark_is_made_where_its_rule_says(void **state)
{
	const struct remark *remark;
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct record *record = record_of(&stories[i]);
		struct history *history = past_of(&stories[i]);
		struct config config = config_default();
		char made[300] = "", text[200];
		config.freeze = stories[i].freeze;
		const struct frame frame = frame_by_hand(record, history, &config, baseline_loss);
		truncate_steps(&frame, stories[i].truncate);
		const struct evidence evidence = evidence_collect(&frame);
		for (int k = 0; (remark = remark_at(k)); k++) {
			if (!remark->applies(&evidence))
				continue;
			remark_sentence(remark, &evidence, SENTENCE_WHOLE, text, sizeof(text));
			assert_in_range(strlen(text), 10, 100);
			assert_null(strstr(text, "nan"));
			strcat(strcat(made, remark->name), " ");
		}
		if (strcmp(made, stories[i].remarks) != 0)
			fail_msg("%s: '%s', not '%s'", stories[i].what, made, stories[i].remarks);
		frame_drop(&frame);
		history_free(history);
		free(record);
	}
}

static void dead_units_are_told_of_the_worst_layer(void **state)
{
	const struct story story = {"", .at = 1, .dead = 0.4};
	struct record *record = record_of(&story);
	struct history *history = past_of(&story);
	struct config config = config_default();
	const struct frame frame = frame_by_hand(record, history, &config, baseline_loss);
	const struct remark *remark = NULL;
	char text[200];
	(void)state;
	record->layer[1].dead = 0.6f;
	record->layer[2].dead = 0.5f;
	for (int i = 0; remark_at(i); i++)
		if (strcmp(remark_at(i)->name, "dying-units") == 0)
			remark = remark_at(i);
	const struct evidence evidence = evidence_collect(&frame);

	assert_true(remark && remark->applies(&evidence));
	remark_sentence(remark, &evidence, SENTENCE_WHOLE, text, sizeof(text));
	assert_string_equal(text, "Dead units: 60 % of layer 2.");
	frame_drop(&frame);
	history_free(history);
	free(record);
}

/* The history thins records: their layers go, the names of their remarks stay. */
static void no_remark_names_a_layer_of_a_record_without_layers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct record *record = record_of(&stories[i]), *bare = record_copy(record, 0);
		struct history *history = past_of(&stories[i]);
		struct config config = config_default();
		const struct frame frame = frame_by_hand(bare, history, &config, baseline_loss);
		const struct evidence evidence = evidence_collect(&frame);
		static const int columns[] = {SENTENCE_WHOLE, SENTENCE_BRIEF};
		char text[200];
		for (int k = 0; remark_at(k); k++)
			for (size_t c = 0; c < COUNT(columns); c++) {
				remark_sentence(remark_at(k), &evidence, columns[c], text, sizeof(text));
				if (strstr(text, "ayer 0") || strstr(text, "first 0") ||
					strstr(text, "layers 1 to 0."))
					fail_msg("%s, %s: '%s'", stories[i].what, remark_at(k)->name, text);
				if (strcmp(remark_at(k)->name, "lost-steps") == 0)
					assert_string_equal(text, "");
			}
		frame_drop(&frame);
		history_free(history);
		free(record);
		free(bare);
	}
}

static void every_remark_has_its_story(void **state)
{
	const struct remark *remark;
	(void)state;
	for (int k = 0; (remark = remark_at(k)); k++) {
		bool told = false;
		for (size_t i = 0; i < COUNT(stories); i++)
			told |= strstr(stories[i].remarks, remark->name) != NULL;
		if (!told || !remark->help[0])
			fail_msg(
				"remark %s needs a help, and a story in stories[] that leads to it", remark->name);
	}
	assert_null(remark_at(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_remark_is_made_where_its_rule_says),
		cmocka_unit_test(dead_units_are_told_of_the_worst_layer),
		cmocka_unit_test(no_remark_names_a_layer_of_a_record_without_layers),
		cmocka_unit_test(every_remark_has_its_story),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
