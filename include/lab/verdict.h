/* What the numbers mean: one table of rules, the first that applies wins.
 *
 * Thresholds and their reasons: section 9 of the numerics sheet. Each rule names its evidence
 * and, where something is wrong, what to try. A converged network is never 'vanishing'.
 * To add one: a rule and a row in verdict.c.
 */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include "lab/history.h"
#include "lab/settings.h"

enum verdict_tone { TONE_QUIET, TONE_GOOD, TONE_WARNING, TONE_ALARM };

/* Everything a rule may look at. */
struct verdict_case {
	const struct record *record;
	const struct history *history; /* the epochs before it */
	const struct config *config;
	double constant_guess;         /* loss of the best constant answer */
};

enum { VERDICT_REMEDIES = 4 };

struct verdict {
	const char *name;       /* "vanishing" */
	const char *help;       /* the rule with its thresholds, for people */
	enum verdict_tone tone;
	bool (*applies)(const struct verdict_case *given);
	/* the evidence as one sentence with numbers */
	void (*say)(const struct verdict_case *given, char *out, size_t size);
	/* settings to try, "name=value"; one already in force is passed over */
	const char *remedy[VERDICT_REMEDIES];
};

const struct verdict *verdict_at(int index);          /* NULL past the end */
const struct verdict *verdict_find(const char *name); /* NULL if unknown */

/* The first rule that applies; always one. */
const struct verdict *verdict_judge(const struct verdict_case *given);

/* The evidence, and whether the loss is no better than a constant guess's. */
void verdict_sentence(const struct verdict *verdict, const struct verdict_case *given, char *out,
	size_t size);

/* The next remedy that changes anything: its setting and value; NULL if there is none. */
const struct setting *verdict_remedy(const struct verdict *verdict, const struct config *config,
	int index, const char **value);

/* "Try a: relu, i: he-normal", with the keys of the settings; "" without a remedy. */
void verdict_advice(const struct verdict *verdict, const struct config *config, char *out,
	size_t size);

#endif
