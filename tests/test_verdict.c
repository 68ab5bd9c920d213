/* Verdicts: hand-made records and what must be said of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/lab/thresholds.h"
#include "lab/verdict.h"
#include "frames.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { LAYERS = 4 };

/* A healthy network but for what a row says; 0 leaves a number as it is. */
static const struct story {
	const char *what;
	int epoch, changed; /* a setting, at the start of that epoch */
	double loss, decades, grad_norm, dead, weight;
	double first_loss, usual_norm;
	double best_loss; /* of the epochs before */
	double val_loss, penalty, shrunk, step;
	const char *before;         /* verdict of the epochs before; NULL: healthy */
	int step_epoch;             /* 0: this one */
	int equal, linear, freshly; /* freshly: in epoch 0 */
	const char *verdict;
} stories[] = {
	{"nothing special", .verdict = "healthy"},
	{"a little decay", .decades = 0.9, .verdict = "healthy"},
	{"a little growth", .decades = -0.9, .verdict = "healthy"},
	{"half the units of every ReLU layer dead", .dead = 0.5, .verdict = "healthy"},
	{"nine tenths dead", .dead = 0.9, .verdict = "healthy"},
	{"weak", .decades = 1, .verdict = "weak"},
	{"nearly vanishing", .decades = 2.99, .verdict = "weak"},
	{"growing", .decades = -1, .verdict = "growing"},
	{"nearly exploding", .decades = -2.99, .verdict = "growing"},
	{"vanishing", .decades = 3, .verdict = "vanishing"},
	{"fifty ReLU layers with Glorot's weights", .decades = 10, .verdict = "vanishing"},
	{"underflow", .decades = (double)INFINITY, .verdict = "vanishing"},
	{"fully trained, with small gradients", .loss = 0.03, .decades = 10, .verdict = "converged"},
	{"fully trained, gradients 0", .loss = 1e-9, .decades = (double)INFINITY,
		.verdict = "converged"},
	{"not quite trained", .loss = 0.035, .decades = 10, .verdict = "vanishing"},
	{"a dead layer", .dead = 1, .decades = (double)INFINITY, .verdict = "dead"},
	{"a dead layer with a skip connection around it", .dead = 1, .verdict = "healthy"},
	{"a dead layer in a trained network", .dead = 1, .decades = (double)INFINITY, .loss = 0.01,
		.verdict = "converged"},
	{"exploding backwards", .decades = -3, .verdict = "exploding"},
	{"a huge gradient", .grad_norm = 1001, .verdict = "exploding"},
	{"a large gradient that is no news", .grad_norm = 900, .usual_norm = 800, .verdict = "healthy"},
	{"a gradient out of nothing", .grad_norm = 2, .usual_norm = 0.019, .verdict = "exploding"},
	{"a gradient out of nothing, of a network just changed", .grad_norm = 2, .usual_norm = 0.019,
		.changed = 30, .verdict = "healthy"},
	{"the same a moment later", .grad_norm = 2, .usual_norm = 0.019, .changed = 15,
		.verdict = "healthy"},
	{"the same long after", .grad_norm = 2, .usual_norm = 0.019, .changed = 3,
		.verdict = "exploding"},
	{"not far out of nothing", .grad_norm = 2, .usual_norm = 0.021, .verdict = "healthy"},
	{"out of nothing, but small", .grad_norm = 0.9, .usual_norm = 0.001, .verdict = "healthy"},
	{"a loss that is not a number", .loss = (double)NAN, .verdict = "diverged"},
	{"the same as x86 makes it", .loss = -(double)NAN, .verdict = "diverged"},
	{"an infinite loss", .loss = (double)INFINITY, .verdict = "diverged"},
	{"an infinite gradient", .grad_norm = (double)INFINITY, .verdict = "diverged"},
	{"a weight that is not a number", .weight = (double)NAN, .dead = 1, .verdict = "diverged"},
	{"a loss that ran away", .loss = 101, .verdict = "diverged"},
	{"a loss that was always high", .loss = 101, .first_loss = 2, .decades = 4,
		.verdict = "vanishing"},
	{"not finite from the start", .loss = (double)NAN, .freshly = 1, .verdict = "overflow"},

	{"the baseline loss and a penalty", .loss = 1.69, .penalty = 1, .shrunk = 0.049, .decades = 5,
		.verdict = "weights-vanished"},
	{"weights not yet vanished", .loss = 1.69, .penalty = 1, .shrunk = 0.051, .decades = 5,
		.verdict = "vanishing"},
	{"small weights that will do", .loss = 1.3, .penalty = 1, .shrunk = 0.04, .verdict = "healthy"},
	{"small weights, and no penalty", .loss = 0.69, .shrunk = 0.04, .decades = 5,
		.verdict = "vanishing"},
	{"nor is there one now", .loss = 0.69, .shrunk = 0.04, .decades = 5,
		.before = "weights-vanished", .verdict = "weights-vanished"},
	{"a penalty beside a converged loss", .loss = 1.03, .penalty = 1, .verdict = "converged"},

	{"equal units", .equal = 2, .decades = 5, .verdict = "symmetric"},
	{"equal units, enough for the data", .equal = 2, .loss = 0.03, .verdict = "converged"},

	{"learned and lost", .best_loss = 0.34, .loss = 0.63, .verdict = "collapsed"},
	{"not learned well", .best_loss = 0.36, .loss = 0.63, .verdict = "healthy"},
	{"not lost yet", .best_loss = 0.34, .loss = 0.61, .verdict = "healthy"},
	{"learned under other settings", .best_loss = 0.34, .loss = 0.68, .changed = 17,
		.verdict = "healthy"},

	{"dead by a step", .dead = 1, .decades = (double)INFINITY, .step = 0.26,
		.verdict = "too-large-steps"},
	{"dead, but not by a small step", .dead = 1, .decades = (double)INFINITY, .step = 0.24,
		.verdict = "dead"},
	{"vanished by a step", .decades = 4, .step = 3, .verdict = "too-large-steps"},
	{"vanishing before it", .decades = 4, .step = 3, .before = "vanishing", .verdict = "vanishing"},
	{"a loss far off by a step", .loss = 0.9, .step = 3, .verdict = "too-large-steps"},
	{"a large step that did no harm", .step = 3, .verdict = "healthy"},
	{"a step three epochs ago", .decades = 4, .step = 3, .step_epoch = 18,
		.verdict = "too-large-steps"},
	{"a step too long ago", .decades = 4, .step = 3, .step_epoch = 17, .verdict = "vanishing"},
	{"a step long ago, in trouble since", .decades = 4, .step = 3, .step_epoch = 1,
		.before = "too-large-steps", .verdict = "too-large-steps"},
	{"other settings do not undo it", .decades = 4, .step = 3, .step_epoch = 1,
		.before = "too-large-steps", .changed = 15, .verdict = "too-large-steps"},
	{"a loss that ran away by steps", .loss = 101, .step = 3, .verdict = "too-large-steps"},
	{"not a number by steps", .loss = (double)NAN, .step = 3, .verdict = "diverged"},

	{"a straight line is all it can draw", .linear = 1, .loss = 0.69, .grad_norm = 0.01,
		.verdict = "cannot-learn"},
	{"a straight line not yet fitted", .linear = 1, .loss = 0.69, .grad_norm = 0.03,
		.verdict = "not-learning"},
	{"a straight line that does", .linear = 1, .loss = 0.5, .grad_norm = 0.01,
		.verdict = "healthy"},
	{"no better than the baseline", .loss = 0.69, .verdict = "not-learning"},
	{"a little better", .loss = 0.686, .verdict = "healthy"},
	{"worse than the baseline", .loss = 0.8, .verdict = "not-learning"},
	{"worse, with a weak signal", .loss = 0.8, .decades = 2, .verdict = "not-learning"},
	{"too early to say", .epoch = 19, .loss = 0.8, .verdict = "healthy"},
	{"too early after a change", .loss = 0.8, .changed = 12, .verdict = "healthy"},
	{"late enough after it", .loss = 0.8, .changed = 11, .verdict = "not-learning"},
	{"overfitting", .loss = 0.2, .val_loss = 0.41, .decades = 2, .verdict = "overfitting"},
	{"hardly", .loss = 0.2, .val_loss = 0.39, .decades = 2, .verdict = "weak"},
};

static double or_else(double value, double usual)
{
	return value != 0 ? value : usual;
}

static struct record *record_of(const struct story *story)
{
	struct record *record = record_new(LAYERS);
	double decades = story->decades;
	assert_non_null(record);
	record->epoch = story->freshly ? 0 : story->epoch ? story->epoch : 30;
	strcpy(record->event, story->changed == record->epoch ? "depth=9" : "");
	record->loss = (float)or_else(story->loss, 0.4);
	record->grad_norm = (float)or_else(story->grad_norm, 0.1);
	record->decades = (float)decades;
	record->eval_loss = record->loss;
	record->val_loss = (float)or_else(story->val_loss, (double)record->loss);
	record->penalty = (float)story->penalty;
	record->equal_layer = story->equal;
	record->largest_step = (float)(story->step_epoch ? 0 : story->step);
	record->largest_step_layer = 1;
	for (int l = 0; l < LAYERS; l++) {
		record->layer[l].weight_rms = (float)or_else(story->weight, 0.3);
		record->layer[l].weight_rms *= (float)or_else(story->shrunk, 1);
		record->layer[l].grad_rms = 0.01f;
		record->layer[l].delta_rms = (float)pow(10, -decades * (LAYERS - 1 - l) / (LAYERS - 1));
		if (l < LAYERS - 1)
			record->layer[l].dead = (float)(l == 1 ? story->dead : 0);
	}
	return record;
}

/* Epoch 0 and then `records` - 1 more before the one that is judged. */
static struct history *past_of(const struct story *story, int records)
{
	struct history *history = history_new();
	struct record *record = record_new(LAYERS);
	for (int i = 0; i < records; i++) {
		record->epoch = i;
		strcpy(record->event, i && i == story->changed ? "depth=9" : "");
		record->loss =
			(float)or_else(i == 14 ? story->best_loss : 0, or_else(story->first_loss, 0.7));
		record->verdict = story->before ? story->before : "healthy";
		record->largest_step = (float)(i && i == story->step_epoch ? story->step : 0);
		record->largest_step_layer = 1;
		if (i > 0 && i <= story->step_epoch && !strcmp(record->verdict, "too-large-steps"))
			record->verdict = i < story->step_epoch ? "healthy" : record->verdict;
		for (int l = 0; l < LAYERS; l++)
			record->layer[l].weight_rms = 0.3f;
		record->grad_norm = (float)or_else(story->usual_norm, 0.1);
		assert_true(history_add(history, record));
	}
	free(record);
	return history;
}

/* Calls look() with every story. */
static void walk(void (*look)(const struct story *story, const struct evidence *evidence))
{
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct record *record = record_of(&stories[i]);
		struct history *history = past_of(&stories[i], 20);
		struct config config = config_default();
		config.depth = stories[i].linear ? 0 : LAYERS - 1;
		config.l2 = stories[i].penalty > 0 ? 0.1 : 0;
		const struct frame frame = frame_by_hand(record, history, &config, 0.69);
		const struct evidence evidence = evidence_collect(&frame);

		look(&stories[i], &evidence);
		free(record);
		frame_drop(&frame);
		history_free(history);
	}
}

static void check_verdict(const struct story *story, const struct evidence *evidence)
{
	const struct verdict *verdict = verdict_judge(evidence);
	if (strcmp(verdict->name, story->verdict) != 0)
		fail_msg("%s: %s", story->what, verdict->name);
	assert_ptr_equal(verdict_find(story->verdict), verdict);
}

static void every_story_has_its_verdict(void **state)
{
	(void)state;
	walk(check_verdict);
}

static void every_verdict_has_its_story(void **state)
{
	const struct verdict *verdict;
	(void)state;
	for (int i = 0; (verdict = verdict_at(i)); i++) {
		int told = 0;
		for (size_t k = 0; k < COUNT(stories); k++)
			told += strcmp(stories[k].verdict, verdict->name) == 0;
		if (!told)
			fail_msg("no story leads to verdict %s: add one to stories[]", verdict->name);
		if (!verdict->help[0])
			fail_msg("verdict %s has no help", verdict->name);
		for (int k = 0; k < i; k++)
			if (strcmp(verdict->name, verdict_at(k)->name) == 0)
				fail_msg("two verdicts are named %s", verdict->name);
	}
	assert_null(verdict_find("no such"));
}

/* A sudden norm is one beside ten earlier ones, not beside fewer. */
static void a_short_past_explodes_nothing(void **state)
{
	const struct story story = {"", .grad_norm = 2, .usual_norm = 0.001};
	struct config config = config_default();
	struct record *record = record_of(&story);
	(void)state;
	for (int records = 0; records <= 12; records++) {
		struct history *history = past_of(&story, records);
		const struct frame frame = frame_by_hand(record, history, &config, 0.69);
		const struct evidence evidence = evidence_collect(&frame);
		assert_string_equal(verdict_judge(&evidence)->name, records < 10 ? "healthy" : "exploding");
		frame_drop(&frame);
		history_free(history);
	}
	free(record);
}

/* Records of others may hold next to nothing, and thinned ones have no layers. */
static void records_without_layers_get_the_same_verdict(void **state)
{
	struct config config = config_default();
	char sentence[300];
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct record *record = record_of(&stories[i]), *bare = record_copy(record, 0);
		struct history *history = past_of(&stories[i], 20);
		const struct frame frame = frame_by_hand(bare, history, &config, 0.69);
		const struct evidence evidence = evidence_collect(&frame);
		const struct verdict *verdict = verdict_judge(&evidence);
		if (!stories[i].dead && !stories[i].weight && !stories[i].linear && !stories[i].shrunk &&
			!stories[i].penalty)
			assert_string_equal(verdict->name, stories[i].verdict);
		for (int k = 0; verdict_at(k); k++)
			verdict_sentence(verdict_at(k), &evidence, SENTENCE_WHOLE, sentence, sizeof(sentence));
		free(record);
		free(bare);
		frame_drop(&frame);
		history_free(history);
	}
}

static void a_record_of_nothing_is_no_alarm(void **state)
{
	struct config config = config_default();
	struct history *history = history_new();
	struct record *record = record_new(0);
	const struct frame frame = frame_by_hand(record, history, &config, 0);
	const struct evidence evidence = evidence_collect(&frame);
	char sentence[300];
	(void)state;
	assert_string_equal(verdict_judge(&evidence)->name, "healthy");
	verdict_sentence(
		verdict_judge(&evidence), &evidence, SENTENCE_WHOLE, sentence, sizeof(sentence));
	assert_string_equal(sentence, "δ was not recorded, so the layers cannot be compared.");
	free(record);
	frame_drop(&frame);
	history_free(history);
}

static void an_output_without_an_error_is_told_from_a_record_without_delta(void **state)
{
	struct config config = config_default();
	struct history *history = history_new();
	struct record *record = record_new(config.depth + 1);
	char sentence[300];
	(void)state;
	for (int l = 0; l < record->layers; l++)
		record->layer[l].delta_rms = 0;
	const struct frame frame = frame_by_hand(record, history, &config, 0);
	const struct evidence evidence = evidence_collect(&frame);
	verdict_sentence(
		verdict_find("healthy"), &evidence, SENTENCE_WHOLE, sentence, sizeof(sentence));
	assert_string_equal(sentence, "δ of the output layer is 0: no error is left to send back.");
	free(record);
	frame_drop(&frame);
	history_free(history);
}

static void check_sentence(const struct story *story, const struct evidence *evidence)
{
	const struct verdict *verdict = verdict_judge(evidence);
	char whole[400];
	verdict_sentence(verdict, evidence, SENTENCE_WHOLE, whole, sizeof(whole));
	if (strlen(whole) < 10 || strchr(whole, '{') || strstr(whole, "nan times") ||
		strstr(whole, "-nan"))
		fail_msg("%s: '%s'", story->what, whole);
	for (size_t size = 1; size < 200; size++) {
		char *exact = malloc(size);
		verdict_sentence(verdict, evidence, SENTENCE_WHOLE, exact, size);
		assert_int_equal(strlen(exact), strlen(whole) < size ? strlen(whole) : size - 1);
		assert_memory_equal(exact, whole, strlen(exact));
		free(exact);
	}
}

static void sentences_say_something_and_fit_any_size(void **state)
{
	(void)state;
	walk(check_sentence);
}

static void a_flat_loss_is_said_once_and_not_too_early(void **state)
{
	static const struct {
		struct story story;
		int told;
	} cases[] = {
		{{"", .epoch = 20, .loss = 0.69}, 1},
		{{"", .epoch = 19, .loss = 0.69}, 0},
		{{"", .epoch = 20, .loss = 0.6866}, 1},
		{{"", .epoch = 20, .loss = 0.686}, 0},
		{{"", .epoch = 20, .loss = 0.69, .decades = 5}, 2},
		{{"", .epoch = 20, .loss = 0.5, .decades = 5}, 0},
	};
	struct config config = config_default();
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct record *record = record_of(&cases[i].story);
		struct history *history = past_of(&cases[i].story, 15);
		const struct frame frame = frame_by_hand(record, history, &config, 0.69);
		const struct evidence evidence = evidence_collect(&frame);
		char text[300];
		verdict_sentence(verdict_judge(&evidence), &evidence, SENTENCE_WHOLE, text, sizeof(text));
		assert_int_equal(
			!strcmp(verdict_judge(&evidence)->name, "not-learning"), cases[i].told == 1);
		assert_int_equal(strstr(text, "loss flat") != NULL, cases[i].told == 2);
		free(record);
		frame_drop(&frame);
		history_free(history);
	}
}

/* A step before the best epoch, or in it, cannot have lost what was learned by then. */
static void a_collapse_is_blamed_on_a_step_only_after_the_best_epoch(void **state)
{
	enum { BEST = 14 };
	(void)state;
	for (int epoch = BEST - 1; epoch <= BEST + 1; epoch++) {
		const struct evidence evidence = {.epoch = BEST + 2,
			.baseline_loss = 0.69,
			.loss = 0.66,
			.best_loss = 0.3,
			.best_epoch = BEST,
			.step = {1, epoch, 3}};
		char text[300];
		assert_string_equal(verdict_judge(&evidence)->name, "collapsed");
		verdict_sentence(verdict_judge(&evidence), &evidence, SENTENCE_WHOLE, text, sizeof(text));
		assert_int_equal(strstr(text, "by a 300 % step") != NULL, epoch > BEST);
	}
}

/* ---- numbers in words ---- */

struct quote {
	const char *row, *text; /* a piece of its help, or of a sentence of it */
	double says, threshold;
};

/* Blanks the piece out wherever it stands; true if it stands somewhere. */
static bool blank(char *text, const char *piece)
{
	bool found = false;
	for (char *at; (at = strstr(text, piece)); found = true)
		memset(at, ' ', strlen(piece));
	return found;
}

/* What a row says of its rule: its help and its sentences, but for words in braces. */
static void write_row(const char *help, const struct sentence *sentence, char *out)
{
	strcpy(out, help);
	for (;; sentence++) {
		sprintf(out + strlen(out), "\n%s\n%s", sentence->whole, sentence->brief);
		if (!sentence->applies)
			return;
	}
}

static void assert_quoted(const char *name, char *text, const struct quote *quotes, size_t count)
{
	static const char *const no_thresholds[] = {
		"layer 1",
		"layers 1 to",
		"f' = 0",
		"1e-38",
		"1.2e-38",
		"a float's 0",
		"a float is 0",
		"delta 0",
		"delta is 0",
		"layer 1's",
		"is exactly 0",
		"is 0",
		"of 0",
		"near 0",
		"loss, 1)",
		"1,000 steps",
		"under 1 % in",
		"float32",
	};
	for (size_t i = 0; i < count; i++) {
		if (strcmp(quotes[i].row, name) != 0)
			continue;
		if (!blank(text, quotes[i].text))
			fail_msg("%s: nothing says '%s'", name, quotes[i].text);
		if (fabs(quotes[i].says - quotes[i].threshold) > 1e-9)
			fail_msg("%s: '%s', but it is %g", name, quotes[i].text, quotes[i].threshold);
	}
	for (size_t i = 0; i < COUNT(no_thresholds); i++)
		blank(text, no_thresholds[i]);
	if (strpbrk(text, "0123456789"))
		fail_msg("%s: a number that is no threshold known here: %s", name, text);
}

static void numbers_in_help_are_the_thresholds(void **state)
{
	const struct thresholds *t = &threshold;
	const struct quote quotes[] = {
		{"diverged", "> 100 max", 100, t->diverged_times},
		{"converged", "under 5 %", 0.05, t->converged_share},
		{"weights-vanished", "below 5 %", 0.05, t->weights_shrunk},
		{"collapsed", "under half", 0.5, t->learned_share},
		{"collapsed", "above 90 %", 0.9, t->lost_share},
		{"too-large-steps", "a quarter", 0.25, t->step_harmful},
		{"vanishing", "D >= 3", 3, t->decades_lost},
		{"exploding", "D <= -3", 3, t->decades_lost},
		{"exploding", "norm > 1000", 1000, t->norm_exploding},
		{"exploding", "> 100 times", 100, t->norm_times_median},
		{"exploding", "> 1", 1, t->norm_least},
		{"cannot-learn", "90 %", 0.9, t->lost_share},
		{"not-learning", "20 epochs", 20, t->stuck_epochs},
		{"overfitting", "twice", 2, t->overfit_times},
		{"overfitting", "a tenth", 0.1, t->overfit_share},
		{"weak", "1 <= D", 1, t->decades_weak},
		{"weak", "< 3", 3, t->decades_lost},
		{"growing", "1 <= -D", 1, t->decades_weak},
		{"growing", "< 3", 3, t->decades_lost},
		{"healthy", "|D| < 1", 1, t->decades_weak},
		{"large-steps", "0.1 or more", 0.1, t->step_too_large},
		{"large-steps", "over 1", 1, t->step_huge},
		{"worse-than-baseline", "5 epochs", 5, t->worse_epochs},
		{"worse-than-baseline", "1.2 times", 1.2, t->worse_times},
		{"no-learning", "20 epochs", 20, t->stuck_epochs},
		{"no-learning", "0.5 %", 0.005, t->stuck_share},
		{"frozen", "1e-5", 1e-5, t->step_frozen},
		{"running-statistics-lag", "1.5 times", 1.5, t->lag_times},
		{"running-statistics-lag", "a tenth", 0.1, t->lag_share},
		{"validation-rises", "10 %", 0.1, t->rise_times - 1},
		{"validation-rises", "ten", 10, t->falling_epochs},
		{"dying-units", "90 %", 0.9, t->units_dead},
		{"dying-units", "20 points", 0.2, t->units_died},
		{"no-progress", "20 epochs", 20, t->stuck_epochs},
		{"no-progress", "1 %", 0.01, t->flat_fall},
		{"still-falling", "ten epochs", 10, t->falling_epochs},
	};
	char text[1600];
	(void)state;
	for (int i = 0; verdict_at(i); i++) {
		write_row(verdict_at(i)->help, verdict_at(i)->sentence, text);
		assert_quoted(verdict_at(i)->name, text, quotes, COUNT(quotes));
	}
	for (int i = 0; remark_at(i); i++) {
		write_row(remark_at(i)->help, remark_at(i)->sentence, text);
		assert_quoted(remark_at(i)->name, text, quotes, COUNT(quotes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_story_has_its_verdict),
		cmocka_unit_test(every_verdict_has_its_story),
		cmocka_unit_test(a_short_past_explodes_nothing),
		cmocka_unit_test(records_without_layers_get_the_same_verdict),
		cmocka_unit_test(a_record_of_nothing_is_no_alarm),
		cmocka_unit_test(an_output_without_an_error_is_told_from_a_record_without_delta),
		cmocka_unit_test(sentences_say_something_and_fit_any_size),
		cmocka_unit_test(a_flat_loss_is_said_once_and_not_too_early),
		cmocka_unit_test(a_collapse_is_blamed_on_a_step_only_after_the_best_epoch),
		cmocka_unit_test(numbers_in_help_are_the_thresholds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
