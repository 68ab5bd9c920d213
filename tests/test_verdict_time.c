/* Verdicts and remarks of networks whose rows are time steps: hand-made records and what is said of
 * them, and real networks whose numbers are said. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/models.h"
#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { STEPS = 20, TEXT = 400 };

/* dL/dh loses `decades` from step 20 to step 1; steps up to `silent` have none at all. */
static const struct story {
	const char *what, *settings;
	double decades, kept; /* kept: of every step, 0 for no gates */
	int silent, clipped, dead_from;
	double dead;  /* share, from dead_from on; fewer by a tenth at step 20 */
	bool thinned; /* the history has dropped the rows */
	const char *whole, *brief;
} stories[] = {
	{"vanishing", .decades = 14.3,
		.whole = "Vanishing through time: ∂L/∂h at t1 is 5.0e-15 of that at t20.",
		.brief = "Vanishing: 5.0e-15 of ∂L/∂h is left."},
	{"exploding", .decades = -4,
		.whole = "Exploding through time: ∂L/∂h at t1 is 1.0e4× that at t20.",
		.brief = "Exploding: ∂L/∂h grows by 1.0e4×."},
	{"exploding, and clipped", .decades = -4, .clipped = 3,
		.whole = "Exploding through time, clipped: ∂L/∂h at t1 is 1.0e4× that at t20.",
		.brief = "Exploding: ∂L/∂h grows by 1.0e4×."},
	{"clipped in vain", .decades = 4, .clipped = 3,
		.whole = "Vanishing through time: ∂L/∂h at t1 is 1.0e-4 of that at t20."},
	{"gates that close", "model=lstm", .decades = 8.3, .kept = 0.6,
		.whole = "Vanishing through time: gates keep 0.60 a step; 5.0e-9 of ∂L/∂h is left.",
		.brief = "Vanishing: 5.0e-9 of ∂L/∂h is left."},
	{"gates that are open enough", "model=lstm", .decades = 4, .kept = 0.9,
		.whole = "Vanishing through time: ∂L/∂h at t1 is 1.0e-4 of that at t20."},
	{"gates that close, truncated before that matters", "model=gru truncate=8", .decades = 4,
		.kept = 0.6, .silent = 12,
		.whole = "Vanishing through time: ∂L/∂h at t13 is 1.0e-4 of that at t20."},
	{"gates that close in a network that learns", "model=gru", .decades = 0.3, .kept = 0.1,
		.whole = "Healthy: ∂L/∂h at t1 is within a factor of 2 of that at t20."},
	{"weak", .decades = 1.3, .whole = "Weak through time: ∂L/∂h at t1 is 0.05 of that at t20."},
	{"growing", .decades = -1.3, .whole = "Growing through time: ∂L/∂h at t1 is 20× that at t20."},
	{"healthy", .decades = 0.3,
		.whole = "Healthy: ∂L/∂h at t1 is within a factor of 2 of that at t20."},
	{"underflow", .decades = 40, .silent = 5,
		.whole = "Vanishing through time: ∂L/∂h at t1 is under 1e-38, a float's 0."},
	{"a step that passes nothing back", .decades = 1, .silent = 5,
		.whole = "Vanishing through time: t6 passes nothing back; ∂L/∂h before it is 0."},
	{"truncated: steps that get nothing by design", "truncate=8", .decades = 0.3, .silent = 12,
		.whole = "Healthy: ∂L/∂h at t13 is within a factor of 2 of that at t20."},
	{"truncated and vanishing", "truncate=8", .decades = 4, .silent = 12,
		.whole = "Vanishing through time: ∂L/∂h at t13 is 1.0e-4 of that at t20."},
	{"a layer dead at every step", .decades = (double)INFINITY, .silent = 19, .dead_from = 1,
		.dead = 1.1,
		.whole = "Dead: every unit of layer 1 has f' = 0 for every sample, at every step.",
		.brief = "Dead: f' = 0 in all of layer 1."},
	{"dead at some steps only", .decades = 0.3, .dead_from = 9, .dead = 1.1,
		.whole = "Healthy: ∂L/∂h at t1 is within a factor of 2 of that at t20."},
	{"a record without rows", .decades = 4, .thinned = true,
		.whole = "Vanishing through time: ∂L/∂h at t1 is 1.0e-4 of that at t20."},
	{"without rows and truncated", "truncate=8", .decades = 4, .thinned = true,
		.whole = "Vanishing through time: ∂L/∂h at t13 is 1.0e-4 of that at t20."},
	{"not recorded", .decades = (double)NAN,
		.whole = "∂L/∂h was not recorded, so the time steps cannot be compared."},
	{"layers above each other in time", "depth=2", .decades = 4,
		.whole = "Vanishing through time: ∂L/∂h at t1 is 1.0e-4 of that at t20."},
};

static struct record *record_of(const struct story *story, int hidden)
{
	const int steps[] = {STEPS, hidden > 1 ? STEPS : 0, 0};
	struct record *record = record_new_with_steps(hidden + 1, steps);
	assert_non_null(record);
	record->epoch = 30;
	record->loss = 0.2f;
	record->val_loss = 0.2f;
	record->grad_norm = 0.1f;
	record->decades = (float)story->decades;
	record->steps = 25;
	record->clipped = story->clipped;
	for (int r = 0; r < record->rows; r++) {
		struct layer_record *row = &record->layer[r];
		double back = STEPS - row->step, far = STEPS - 1 - story->silent;
		row->weight_rms = 0.3f;
		row->grad_rms = 0.01f;
		row->update_ratio = 1e-3f;
		row->delta_rms =
			(float)pow(10, isfinite(story->decades) ? -story->decades * back / far : 0);
		if (row->step > 0 && story->kept > 0)
			row->kept = (float)story->kept;
		if (row->step > 0 && row->step <= story->silent)
			row->delta_rms = 0;
		else if (story->decades == 40)
			row->delta_rms = 1e-35f;
		row->dead = row->step >= story->dead_from && row->layer <= hidden
			? (float)(story->dead - (row->step == STEPS ? 0.1 : 0))
			: 0;
	}
	return record;
}

/* A recurrent network of these settings, the judged record and one before it. */
struct told {
	struct config config;
	struct record *record;
	struct history *history;
	struct frame frame;
	struct evidence evidence;
};

static struct told told_of(const struct story *story)
{
	const struct data_shape sequences = {.features = STEPS, .arranged = {.steps = STEPS}};
	struct told told = {.config = config_with(config_default(), "model=rnn data=echo depth=1")};
	struct net_spec spec;
	if (story->settings)
		told.config = config_with(told.config, story->settings);
	model_spec(&told.config, &sequences, &spec);
	struct record *all = record_of(story, told.config.depth);
	told.record = record_copy(all, story->thinned ? 0 : all->layers);
	told.history = history_new();
	all->epoch = 0;
	assert_true(history_add(told.history, all));
	free(all);
	told.frame = (struct frame){
		.record = told.record,
		.history = history_until(told.history, INT64_MAX),
		.settings = &told.config,
		.model = model_of(&spec),
		.baseline_loss = 0.35,
	};
	told.evidence = evidence_collect(&told.frame);
	return told;
}

static void told_drop(struct told *told)
{
	frame_drop(&told->frame);
	history_free(told->history);
	free(told->record);
}

static void verdicts_of_recurrent_networks_speak_of_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct told told = told_of(&stories[i]);
		const struct verdict *verdict = verdict_judge(&told.evidence);
		char whole[TEXT], brief[TEXT];
		verdict_sentence(verdict, &told.evidence, SENTENCE_WHOLE, whole, sizeof(whole));
		verdict_sentence(verdict, &told.evidence, SENTENCE_BRIEF, brief, sizeof(brief));
		if (strcmp(whole, stories[i].whole) != 0)
			fail_msg("%s: '%s'", stories[i].what, whole);
		if (stories[i].brief && strcmp(brief, stories[i].brief) != 0)
			fail_msg("%s: '%s'", stories[i].what, brief);
		told_drop(&told);
	}
}

/* Whatever the numbers, nothing is said of "layer 1's delta". */
static void no_sentence_about_time_compares_layers(void **state)
{
	static const char *const known[] = {"vanishing", "exploding", "weak", "growing", "healthy"};
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++) {
		struct told told = told_of(&stories[i]);
		char text[TEXT];
		for (size_t k = 0; k < COUNT(known); k++)
			for (int columns = SENTENCE_BRIEF; columns <= SENTENCE_WHOLE; columns += 40) {
				if (strcmp(known[k], "exploding") == 0 && !(told.evidence.decades <= -3))
					continue; /* then the norm is meant */
				verdict_sentence(
					verdict_find(known[k]), &told.evidence, columns, text, sizeof(text));
				if (strstr(text, "layer") || strstr(text, "δ"))
					fail_msg("%s, %s: '%s'", stories[i].what, known[k], text);
			}
		told_drop(&told);
	}
}

static const char *remark_of(const struct told *told, const char *name)
{
	static char text[TEXT];
	const struct remark *remark = remark_find(name, strlen(name));
	assert_non_null(remark);
	if (!remark->applies(&told->evidence))
		return "";
	remark_sentence(remark, &told->evidence, SENTENCE_WHOLE, text, sizeof(text));
	return text;
}

static void remarks_name_the_steps(void **state)
{
	static const struct {
		struct story story;
		const char *remark, *text;
	} rows[] = {
		{{.settings = "truncate=8", .decades = 0.3, .silent = 12}, "truncated",
			"Truncated: gradients go back 8 steps; none comes to t12 and before."},
		{{.settings = "truncate=8", .decades = 0.3, .silent = 12}, "underflow", ""},
		{{.settings = "truncate=20", .decades = 0.3}, "truncated", ""},
		{{.decades = 0.3}, "truncated", ""},
		{{.decades = 40, .silent = 5}, "underflow",
			"Underflow: ∂L/∂h is under 1e-38 at the time steps to t5."},
		{{.decades = 1, .silent = 5}, "underflow", ""},
		{{.decades = 0.3, .dead_from = 1, .dead = 1}, "dying-units", ""},
		{{.decades = 0.3, .dead_from = 1, .dead = 1.05}, "dying-units",
			"Dead units: at every time step at least 95 % of layer 1."},
		{{.decades = 0.3, .dead_from = 2, .dead = 1}, "dying-units", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct told told = told_of(&rows[i].story);
		const char *text = remark_of(&told, rows[i].remark);
		if (strcmp(text, rows[i].text) != 0)
			fail_msg("row %d, %s: '%s'", (int)i, rows[i].remark, text);
		told_drop(&told);
	}
}

/* A log has no model that knows of time, but rows of steps. */
static void a_log_is_judged_by_its_rows(void **state)
{
	struct told told = told_of(&stories[0]);
	char text[TEXT];
	(void)state;
	frame_drop(&told.frame);
	told.frame.settings = NULL;
	told.frame.model = model_unknown(2);
	told.evidence = evidence_collect(&told.frame);
	verdict_sentence(
		verdict_judge(&told.evidence), &told.evidence, SENTENCE_WHOLE, text, sizeof(text));
	assert_string_equal(text, stories[0].whole);
	told_drop(&told);
}

/* ---- real networks ---- */

static const char recurrent[] = "model=rnn data=echo depth=1 width=8 length=24 samples=40";

/* D is the number of decades between the last step and the first that a gradient comes to. */
static void real_networks_are_judged_by_the_steps_that_gradients_come_to(void **state)
{
	static const struct {
		const char *settings;
		int first;
	} rows[] = {{"", 1}, {"truncate=6", 19}, {"truncate=24", 1}, {"depth=2 truncate=6", 19},
		{"model=lstm activation=tanh truncate=1", 24}, {"model=lstm truncate=23 forget-bias=4", 2}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char settings[200], text[TEXT], named[40];
		snprintf(settings, sizeof(settings), "%s %s", recurrent, rows[i].settings);
		struct experiment *e = trained(settings, 1);
		const struct record *record = experiment_record(e);
		const struct frame frame = frame_of(e);
		const struct evidence evidence = evidence_collect(&frame);
		double first = record_row(record, 1, rows[i].first)->delta_rms;
		double last = record_row(record, 1, 24)->delta_rms;
		assert_true(first > 0);
		assert_true(fabs(record->decades - log10(last / first)) < 1e-5);
		if (rows[i].first > 1)
			assert_true(record_row(record, 1, rows[i].first - 1)->delta_rms == 0);
		assert_int_equal(evidence.time.first, rows[i].first);
		assert_int_equal(evidence.time.last, 24);
		assert_int_equal(evidence.time.truncated, rows[i].first - 1);
		assert_false(evidence.no_signal);
		verdict_sentence(verdict_judge(&evidence), &evidence, SENTENCE_WHOLE, text, sizeof(text));
		snprintf(named, sizeof(named), "∂L/∂h at t%d is ", rows[i].first);
		if (!strstr(text, named))
			fail_msg("%s: '%s'", rows[i].settings, text);
		experiment_free(e);
	}
}

/* Without a recurrent matrix nothing leaves the last step. */
static void a_network_without_recurrent_weights_passes_nothing_back(void **state)
{
	char settings[200];
	snprintf(settings, sizeof(settings), "%s recurrent-gain=0", recurrent);
	struct experiment *e = trained(settings, 0);
	const struct frame frame = frame_of(e);
	const struct evidence evidence = evidence_collect(&frame);
	(void)state;
	assert_int_equal(evidence.time.blocked, 24);
	assert_int_equal(evidence.time.underflow, 0);
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_of_recurrent_networks_speak_of_time),
		cmocka_unit_test(no_sentence_about_time_compares_layers),
		cmocka_unit_test(remarks_name_the_steps),
		cmocka_unit_test(a_log_is_judged_by_its_rows),
		cmocka_unit_test(real_networks_are_judged_by_the_steps_that_gradients_come_to),
		cmocka_unit_test(a_network_without_recurrent_weights_passes_nothing_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
