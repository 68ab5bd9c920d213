/* Accuracy: counts the samples that the network classifies correctly. */
#include "nn/loss.h"

#include <stddef.h>

static int largest_row(int outputs, int stride, const real *column)
{
	int best = 0;
	for (int o = 1; o < outputs; o++)
		if (column[(size_t)o * stride] > column[(size_t)best * stride])
			best = o;
	return best;
}

int loss_correct(const struct loss *loss, int outputs, int count, int stride, const real *logits,
	const real *target)
{
	int correct = 0;
	for (int i = 0; i < count; i++) {
		if (outputs == 1)
			correct += ((double)logits[i] > loss->threshold) == (target[i] > (real)0.5);
		else
			correct += largest_row(outputs, stride, logits + i) ==
				largest_row(outputs, stride, target + i);
	}
	return correct;
}
