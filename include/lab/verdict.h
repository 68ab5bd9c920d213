/* What the numbers mean. Two tables of rules about the evidence (evidence.h): of verdicts the first
 * that applies wins, and one always does; remarks stand beside it, any number of them.
 *
 * Each row names its rule with the thresholds and says its evidence in a sentence (sentence.h);
 * what to do about it is in remedy.h and advice.h. To add one: a row in verdict.c or remark.c,
 * and what it has to know in evidence.c.
 */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include "lab/evidence.h"
#include "lab/sentence.h"

enum verdict_tone { TONE_QUIET, TONE_GOOD, TONE_WARNING, TONE_ALARM };

enum { VERDICT_SENTENCES = 5 };

struct verdict {
	const char *name; /* "vanishing" */
	const char *help; /* the rule with its thresholds, for people */
	enum verdict_tone tone;
	bool asks_advice; /* something should be changed */
	bool (*applies)(const struct evidence *evidence);
	struct sentence sentence[VERDICT_SENTENCES];
};

const struct verdict *verdict_at(int index);          /* NULL past the end */
const struct verdict *verdict_find(const char *name); /* NULL if unknown */

/* The first rule that applies; always one. */
const struct verdict *verdict_judge(const struct evidence *evidence);

/* What stands beside a verdict: the loss, the steps, the units. The gravest come first. */
struct remark {
	const char *name, *help;
	bool asks_advice;
	bool (*applies)(const struct evidence *evidence);
	struct sentence sentence[VERDICT_SENTENCES];
};

const struct remark *remark_at(int index);                         /* NULL past the end */
const struct remark *remark_find(const char *name, size_t length); /* NULL if unknown */

/* The names of those that apply, and then NULL if there is room. */
void remarks_list(const struct evidence *evidence, const char *names[RECORD_REMARKS_MAX]);

/* The evidence in one sentence of at most so many columns, 38 or more: whole, never cut. */
void verdict_sentence(const struct verdict *verdict, const struct evidence *evidence, int columns,
	char *out, size_t size);
void remark_sentence(const struct remark *remark, const struct evidence *evidence, int columns,
	char *out, size_t size);

#endif
