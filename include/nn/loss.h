/* Losses: functions of the logits, averaged over samples and (bce, mse) outputs.
 *
 * Logits and targets are [outputs][stride]. Targets of classes are 0 or 1, one row for two classes
 * and else one row a class, or probabilities between 0 and 1 (for ce they add up to 1 in each
 * sample). Targets of a regression are values. Formulas: docs/numerics.md, section 3.
 *
 * To add one: its functions and a row in src/nn/loss.c.
 */
#ifndef NN_LOSS_H
#define NN_LOSS_H

#include "nn/real.h"
#include <stdbool.h>

struct loss {
	const char *name, *help;
	double threshold; /* a single output above it means class 1 */
	bool softmax;     /* several outputs are made into shares that add up to 1 */
	/* Writes delta = dL/dlogits of the first `rows` columns, where L is the mean over `total`
	 * samples, and returns the sum of the losses of these samples. All three matrices have a
	 * multiple of NN_LANES columns; those past `rows` are undefined. */
	double (*apply)(int outputs, int rows, int stride, int total, const real *logits,
		const real *target, real *delta);
	/* Writes the loss of sample i < rows to sample[i]. Except for rounding, their sum is the result
	 * of apply(). */
	void (*each)(
		int outputs, int rows, int stride, const real *logits, const real *target, double *sample);
};

#define loss_at NN(loss_at)
#define loss_find NN(loss_find)
#define loss_correct NN(loss_correct)

const struct loss *loss_at(int index);          /* NULL past the end */
const struct loss *loss_find(const char *name); /* NULL if unknown */

/* How many of the samples are classified correctly: by the threshold if there is one output, else
 * by the largest output. */
int loss_correct(const struct loss *loss, int outputs, int rows, int stride, const real *logits,
	const real *target);

#endif
