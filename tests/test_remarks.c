/* Remarks: hand-made records and exactly which of them each gets. Advice: followed to its end,
 * on paper and in real runs, it never goes round in a circle. */
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

#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { LAYERS = 4 };

static const double guess = 0.7;

/* A network in the middle of a good run but for what a row says: settings of whole records, and
 * of layer `at` (1 if 0). 0 leaves a number as it is, ZERO makes it 0. */
#define ZERO (-1)
static const struct story {
	const char *what;
	int epoch;
	double loss, val_loss, decades;
	int at, freeze;
	double update, gradient, delta, output_delta, dead, dead_at_start;
	const char *remarks; /* names, each with a blank after it */
} stories[] = {
	{ "nothing special", .remarks = "" },

	{ "a loss that is a guess's", .loss = 0.7, .remarks = "no-learning " },
	{ "just within", .loss = 0.6966, .remarks = "no-learning " },
	{ "just outside", .loss = 0.6964, .remarks = "" },
	{ "the first moment", .epoch = 20, .loss = 0.7, .remarks = "no-learning " },
	{ "too early", .epoch = 19, .loss = 0.7, .remarks = "" },
	{ "what the verdict says already", .loss = 0.7, .decades = 4, .remarks = "" },

	{ "worse than guessing", .loss = 0.85, .remarks = "worse-than-guessing " },
	{ "hardly worse", .loss = 0.83, .remarks = "" },
	{ "worse, the first moment", .epoch = 5, .loss = 0.85, .remarks = "worse-than-guessing " },
	{ "worse, too early", .epoch = 4, .loss = 0.85, .remarks = "" },
	{ "far worse, but diverged", .loss = 101, .val_loss = 101, .remarks = "" },

	{ "overfitting", .loss = 0.2, .val_loss = 0.41, .remarks = "overfitting " },
	{ "not twice the loss", .loss = 0.2, .val_loss = 0.39, .remarks = "" },
	{ "twice, but of little", .loss = 0.04, .val_loss = 0.1, .remarks = "" },
	{ "converged and overfitting", .loss = 0.01, .val_loss = 0.2, .remarks = "overfitting " },
	{ "no validation set", .val_loss = (double)NAN, .remarks = "" },

	{ "an underflow", .delta = ZERO, .decades = (double)INFINITY, .remarks = "underflow " },
	{ "an error further up", .at = 2, .delta = ZERO, .remarks = "" },
	{ "no error at all", .delta = ZERO, .output_delta = ZERO, .remarks = "" },
	{ "an underflow after convergence", .loss = 0.01, .delta = ZERO, .remarks = "" },

	{ "steps that change nothing", .update = ZERO, .remarks = "lost-steps " },
	{ "and have nothing to change", .update = ZERO, .gradient = ZERO, .remarks = "" },
	{ "in the output layer", .at = 4, .update = ZERO, .remarks = "lost-steps " },
	{ "in a frozen layer", .freeze = 1, .update = ZERO, .remarks = "" },
	{ "above a frozen layer", .at = 2, .freeze = 1, .update = ZERO, .remarks = "lost-steps " },
	{ "nothing lost after convergence", .loss = 0.01, .update = ZERO, .remarks = "" },

	{ "as good as frozen", .update = 9e-6, .remarks = "frozen " },
	{ "slow", .update = 1.1e-5, .remarks = "" },
	{ "frozen on purpose", .freeze = 3, .at = 3, .update = 9e-6, .remarks = "" },
	{ "frozen in a dead network", .dead = 1, .at = 2, .update = 9e-6, .remarks = "" },

	{ "a step of a tenth", .update = 0.101, .remarks = "large-steps " },
	{ "nearly a tenth", .update = 0.099, .remarks = "" },
	{ "large steps in the output layer", .at = 4, .update = 0.5, .remarks = "large-steps " },
	{ "infinite steps", .update = (double)INFINITY, .remarks = "" },
	{ "large steps of a diverged run", .loss = (double)NAN, .update = 5, .remarks = "" },

	{ "most units dead", .at = 3, .dead = 0.91, .dead_at_start = 0.91,
		.remarks = "dying-units " },
	{ "many dead from the start", .dead = 0.9, .dead_at_start = 0.9, .remarks = "" },
	{ "a fifth has died", .dead = 0.51, .dead_at_start = 0.3, .remarks = "dying-units " },
	{ "less than a fifth", .dead = 0.49, .dead_at_start = 0.3, .remarks = "" },
	{ "units that came back", .dead = 0.1, .dead_at_start = 0.6, .remarks = "" },
	{ "dying after convergence", .loss = 0.01, .dead = 0.5, .remarks = "dying-units " },
	{ "all dead is the verdict's to say", .dead = 1, .remarks = "" },

	{ "several at once", .loss = 0.85, .val_loss = 2, .update = 0.2, .dead = 0.4,
		.remarks = "worse-than-guessing overfitting large-steps dying-units " },
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
	record->layer[LAYERS - 1].delta_rms = or_else(story->output_delta, 0.1);
	return record;
}

static struct history *past_of(const struct story *story)
{
	struct history *history = history_new();
	struct record *record = record_new(LAYERS);

	record->epoch = 0;
	record->loss = 0.75f;
	record->grad_norm = 0.1f;
	for (int l = 1; l < LAYERS; l++)
		record->layer[l - 1].dead =
			(float)(l == (story->at ? story->at : 1) ? story->dead_at_start : 0);
	assert_true(history_add(history, record));
	free(record);
	return history;
}

static void each_remark_is_made_where_its_rule_says(void **state)
{
	const struct remark *remark;

	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct record *record = record_of(&stories[i]);
		struct history *history = past_of(&stories[i]);
		struct config config = config_default();
		const struct verdict_case given = { record, history, &config, guess, { 0 } };
		char made[300] = "", text[200];

		config.freeze = stories[i].freeze;
		for (int k = 0; (remark = remark_at(k)); k++) {
			if (!remark->applies(&given))
				continue;
			remark->say(&given, text, sizeof text);
			assert_in_range(strlen(text), 10, 100);
			assert_null(strstr(text, "nan"));
			strcat(strcat(made, remark->name), " ");
		}
		if (strcmp(made, stories[i].remarks) != 0)
			fail_msg("%s: '%s', not '%s'", stories[i].what, made, stories[i].remarks);
		history_free(history);
		free(record);
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
			fail_msg("%s", remark->name);
	}
	assert_null(remark_at(-1));
}

/* ---- advice ---- */

/* Settings that a walk may pass; compared as a whole. */
struct walk {
	struct config config[64];
	int count;
};

static bool same(const struct config *a, const struct config *b)
{
	for (int i = 0; i < config_table.count; i++)
		if (!setting_equal(&config_table.row[i], a, b))
			return false;
	return true;
}

static void step_on(struct walk *walk, const struct config *config)
{
	for (int i = 0; i < walk->count; i++)
		if (same(&walk->config[i], config))
			fail_msg("back to init=%s activation=%s clip=%s lr=%g", config->init,
				config->activation, config->clip, config->lr);
	assert_true(walk->count < (int)COUNT(walk->config));
	walk->config[walk->count++] = *config;
}

/* The first remedy, taken; false if there is none. It must change something, and not for the
 * worse. */
static bool take_advice(const struct verdict *verdict, struct config *config)
{
	const char *value;
	const struct config before = *config;
	const struct setting *setting = verdict_remedy(verdict, config, 0, &value);

	if (!setting)
		return false;
	assert_true(setting_assign(setting, config, value, NULL));
	assert_false(setting_equal(setting, config, &before));
	assert_true(config->lr <= before.lr && config->depth <= before.depth);
	return true;
}

/* Whatever the verdicts are on the way. */
static void go_everywhere(struct walk *walk, const struct config *config)
{
	const struct verdict *verdict;

	step_on(walk, config);
	for (int i = 0; (verdict = verdict_at(i)); i++) {
		struct config next = *config;

		if (take_advice(verdict, &next))
			go_everywhere(walk, &next);
	}
	walk->count--;
}

static void advice_never_leads_in_a_circle(void **state)
{
	static const char *const starts[] = {
		"", "init=zeros", "init=he-normal activation=tanh", "init=uniform-2-5 depth=50",
		"init=constant activation=relu", "lr=0.001 clip=value",
		"norm=layer init=lecun-normal",
		"init=normal activation=relu lr=0.001 depth=30", "activation=relu/sigmoid",
		"init=he-uniform optimizer=adam lr=0.005 activation=sigmoid/relu skip=2",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct config config = config_of(starts[i]);
		struct walk walk = { .count = 0 };

		go_everywhere(&walk, &config);
	}
}

/* The first thing to try, again and again, in networks that are trained. */
static void followed_advice_comes_to_an_end(void **state)
{
	static const char *const starts[] = {
		"depth=8 activation=sigmoid", "depth=30 activation=relu", "depth=12 init=zeros",
		"depth=6 activation=relu init=uniform-2-5", "depth=12 activation=tanh init=normal",
		"depth=25 activation=relu init=constant", "lr=100 data=wave activation=relu",
		"depth=20 init=normal activation=identity",
		"lr=10 init=he-normal activation=relu depth=9",
	};
	int better = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct config config = config_of(starts[i]);
		struct walk walk = { .count = 0 };
		const struct verdict *verdict;

		do {
			struct experiment *e = experiment_new(&config, NULL);

			step_on(&walk, &config);
			for (int epoch = 0; epoch < 5 && !experiment_diverged(e); epoch++)
				train(e, 1, UINT64_MAX, NULL);
			verdict = verdict_find(experiment_record(e)->verdict);
			experiment_free(e);
		} while (take_advice(verdict, &config));
		better += verdict->tone != TONE_ALARM;
	}
	assert_true(better >= (int)COUNT(starts) / 2);
}

static void advice_only_offers_what_is_not_in_force(void **state)
{
	const struct verdict *verdict;
	const struct setting *setting;
	const char *value;

	(void)state;
	for (int i = 0; (verdict = verdict_at(i)); i++)
		for (int k = 0; k < VERDICT_REMEDIES && verdict->remedy[k].text; k++) {
			const char *in_force = verdict->remedy[k].text;
			struct config config = config_with(config_default(), in_force);
			char text[300];

			for (int n = 0;
					(setting = verdict_remedy(verdict, &config, n, &value)); n++) {
				snprintf(text, sizeof text, "%s=%s", setting->name, value);
				assert_string_not_equal(text, in_force);
			}
			config.lr = 0.002;
			verdict_advice(verdict, &config, text, sizeof text);
			assert_null(strstr(text, "lr"));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_remark_is_made_where_its_rule_says),
		cmocka_unit_test(every_remark_has_its_story),
		cmocka_unit_test(advice_never_leads_in_a_circle),
		cmocka_unit_test(followed_advice_comes_to_an_end),
		cmocka_unit_test(advice_only_offers_what_is_not_in_force),
	};

	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
