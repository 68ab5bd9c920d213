/* What the numbers mean: one table of rules, the first that applies wins.
 *
 * Thresholds and their reasons: section 9 of the numerics sheet. Each rule names its evidence;
 * what to do about it is in remedy.h and advice.h. A converged network is never 'vanishing'.
 * To add a verdict or a remark: a rule and a row in verdict.c.
 */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include "lab/history.h"
#include "lab/settings.h"

enum verdict_tone { TONE_QUIET, TONE_GOOD, TONE_WARNING, TONE_ALARM };

/* The first number of the run that was not finite; layer 0: all are. */
struct fault {
	int64_t epoch;
	int layer;
	const char *tensor;
};

/* Everything a rule may look at. */
struct verdict_case {
	const struct record *record;
	const struct history *history; /* the epochs before it */
	const struct config *config;
	double constant_guess;         /* loss of the best constant answer */
	struct fault fault;
};

struct verdict {
	const char *name;       /* "vanishing" */
	const char *help;       /* the rule with its thresholds, for people */
	enum verdict_tone tone;
	bool (*applies)(const struct verdict_case *given);
	/* the evidence as one sentence with numbers */
	void (*say)(const struct verdict_case *given, char *out, size_t size);
};

const struct verdict *verdict_at(int index);          /* NULL past the end */
const struct verdict *verdict_find(const char *name); /* NULL if unknown */

/* The first rule that applies; always one. */
const struct verdict *verdict_judge(const struct verdict_case *given);

/* What stands beside a verdict: the loss, the steps, the units. Any number of them may apply. */
struct remark {
	const char *name, *help;
	bool (*applies)(const struct verdict_case *given);
	void (*say)(const struct verdict_case *given, char *out, size_t size);
};

const struct remark *remark_at(int index); /* NULL past the end */

/* The evidence in one sentence. */
void verdict_sentence(const struct verdict *verdict, const struct verdict_case *given, int columns,
	char *out, size_t size);
void remark_sentence(const struct remark *remark, const struct verdict_case *given, int columns,
	char *out, size_t size);

#endif
