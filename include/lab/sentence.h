/* Sentences with numbers in them. A row is a sentence in two forms: one that is whole in
 * SENTENCE_WHOLE columns with the longest numbers, and one for SENTENCE_BRIEF. Words in braces
 * stand for numbers of the evidence; the table of them is in sentence.c.
 */
#ifndef LAB_SENTENCE_H
#define LAB_SENTENCE_H

#include "lab/evidence.h"

enum { SENTENCE_WHOLE = 78, SENTENCE_BRIEF = 38 };

struct sentence {
	bool (*applies)(const struct evidence *evidence); /* NULL: always */
	const char *whole, *brief;
};

/* Writes the first sentence that applies, in the form that fits in `columns` (at least
 * SENTENCE_BRIEF). The last sentence of a list has no condition. Cut only if it exceeds `size`.
 * "" if it would name a layer that the evidence does not know: that of a thinned record. */
void sentence_write(const struct sentence *list, const struct evidence *evidence, int columns,
	char *out, size_t size);

/* A word that may stand in braces. */
struct sentence_word {
	const char *name;
	const char *longest; /* its longest value: how many columns to reserve */
	void (*write)(const struct evidence *evidence, char out[32]);
};

const struct sentence_word *sentence_word_at(int index); /* NULL past the end */

/* Columns of a text. A delta counts as five: terminals without Greek show "delta". */
int sentence_columns(const char *text);

#endif
