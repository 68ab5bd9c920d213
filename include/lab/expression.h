/* Comparisons of recorded numbers, as lessons write them.
 *
 *	loss < 0.1            a number of the whole network
 *	delta_rms(1) < 1e-6   of layer 1; -1 is the output layer
 *	delta_rms(1,5) > 0    of its time step 5; without it of the last one
 *	loss < 0.5 * twin.loss
 *	verdict = vanishing   a word; != means any other
 *
 * Names are those of the statistics (record.h), and `epoch`. A comparison with a number that was
 * not recorded, or is nan, is false.
 */
#ifndef LAB_EXPRESSION_H
#define LAB_EXPRESSION_H

#include "lab/error.h"
#include "lab/record.h"

struct quantity_name {
	const struct statistic *statistic; /* NULL: the epoch */
	bool twin;                         /* of the second run */
	int layer, step;                   /* 0: none was named; layer -1: the output layer */
};

enum comparison { LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, EQUAL, UNEQUAL };

struct expression {
	struct quantity_name left, right;
	enum comparison comparison;
	double number; /* alone on the right, or the factor of the name there */
	bool has_name; /* there is a name on the right */
	bool verdict;  /* the left side is the verdict, */
	bool of_twin;  /* of the second run, */
	char word[32]; /* and the right side this word */
};

/* False: error says what was found and what was expected. */
bool expression_parse(const char *text, struct expression *expression, struct error *error);

/* The records of the run and of the second run (NULL: there is none). */
struct record_pair {
	const struct record *run, *twin;
};

bool expression_holds(const struct expression *expression, struct record_pair records);

/* The left side as it is now: "loss is 0.6931". */
void expression_describe(
	const struct expression *expression, struct record_pair records, char *out, size_t size);

/* A quantity by its name: "loss", "twin.grad_rms(1)". */
bool quantity_parse(const char *text, struct quantity_name *quantity, struct error *error);
/* Its value; record_nothing() where it was not recorded. */
double quantity_value(const struct quantity_name *quantity, struct record_pair records);

#endif
