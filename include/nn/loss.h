/* Losses, as the mean over samples and outputs, at the logits.
 *
 * Targets are [outputs][stride]: 0 or 1 for classes (one row for two classes, else one row a
 * class), or shares between 0 and 1 (for ce a sample's shares add up to 1); values for
 * regression. Section 3 of the numerics sheet. To add one: a function and a row in src/nn/loss.c.
 */
#ifndef NN_LOSS_H
#define NN_LOSS_H

#include "nn/real.h"
#include <stdbool.h>

struct loss {
	const char *name, *help;
	double threshold; /* of a single output, above which it says class 1 */
	bool softmax;     /* several outputs are made into shares that add up to 1 */
	/* Writes delta = dL/dlogits of the first `rows` columns, where L is the mean over `total`
	 * samples, and returns the sum over the rows of the loss per sample (mean over outputs). All
	 * three matrices have whole vectors of NN_LANES columns; what is past the rows is undefined. */
	double (*apply)(int outputs, int rows, int stride, int total, const real *logits,
		const real *target, real *delta);
	/* sample[i] = the loss of sample i < rows (mean over outputs). Their sum is what apply()
	 * returns, except for rounding. */
	void (*each)(
		int outputs, int rows, int stride, const real *logits, const real *target, double *sample);
};

#define loss_at NN(loss_at)
#define loss_find NN(loss_find)
#define loss_correct NN(loss_correct)

const struct loss *loss_at(int index);          /* NULL past the end */
const struct loss *loss_find(const char *name); /* NULL if unknown */

/* How many of the rows are classified right: threshold for one output, else the largest. */
int loss_correct(const struct loss *loss, int outputs, int rows, int stride, const real *logits,
	const real *target);

#endif
