/* What the numbers mean. Two tables of rules about the evidence (evidence.h): of verdicts the first
 * that applies wins, and one always does; remarks stand beside it, any number of them.
 *
 * Each row states its rule with the thresholds, and its evidence in a sentence (sentence.h).
 * Remedies are in remedy.h and advice.h. To add a rule: a row in verdict.c or remark.c, and the
 * numbers it needs in evidence.c.
 */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include "lab/evidence.h"
#include "lab/sentence.h"

enum verdict_tone { TONE_QUIET, TONE_GOOD, TONE_WARNING, TONE_ALARM };

enum { VERDICT_SENTENCES = 12 };

struct verdict {
	const char *name; /* "vanishing" */
	const char *help; /* the rule with its thresholds */
	enum verdict_tone tone;
	bool asks_advice; /* something should be changed */
	bool (*applies)(const struct evidence *evidence);
	struct sentence sentence[VERDICT_SENTENCES];
};

const struct verdict *verdict_at(int index);          /* NULL past the end */
const struct verdict *verdict_find(const char *name); /* NULL if unknown */

/* The first rule that applies; always one. */
const struct verdict *verdict_judge(const struct evidence *evidence);

/* A remark stands beside the verdict: on the loss, the steps, the units. The gravest come first. */
struct remark {
	const char *name, *help;
	bool asks_advice;
	bool (*applies)(const struct evidence *evidence);
	struct sentence sentence[VERDICT_SENTENCES];
};

const struct remark *remark_at(int index);                         /* NULL past the end */
const struct remark *remark_find(const char *name, size_t length); /* NULL if unknown */

/* Fills names with the names of the remarks that apply; the rest is NULL. */
void remarks_list(const struct evidence *evidence, const char *names[RECORD_REMARKS_MAX]);

/* The evidence in one sentence of at most `columns` columns (38 or more), never cut. */
void verdict_sentence(const struct verdict *verdict, const struct evidence *evidence, int columns,
	char *out, size_t size);
void remark_sentence(const struct remark *remark, const struct evidence *evidence, int columns,
	char *out, size_t size);

#endif
