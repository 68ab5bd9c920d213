#include "nn/loss.h"

#include "elementary_real.h"
#include <stddef.h>
#include <string.h>

static double bce(int outputs, int rows, int stride, int total, const real *logits,
	const real *target, real *delta)
{
	double sum = 0;
	const real share = (real)(1.0 / ((double)total * outputs));
	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < rows; i++) {
			size_t at = (size_t)o * stride + i;
			real x = logits[at], y = target[at];
			real e = real_exp(-real_abs(x));
			real r = 1 / (1 + e);
			/* log(1 + e^x) - x y without overflow; sigma(x) - y without cancellation */
			sum += (double)(x > 0 ? x : 0) - (double)x * y + real_log1p(e);
			real sigma = x < 0 ? e * r : r, mirror = x < 0 ? r : e * r;
			delta[at] = share * (y == 1 ? -mirror : sigma - y);
		}
	return sum / outputs;
}

static double ce(int outputs, int rows, int stride, int total, const real *logits,
	const real *target, real *delta)
{
	double sum = 0;
	const real share = (real)(1.0 / total);
	for (int i = 0; i < rows; i++) {
		real largest = logits[i], chosen = 0;
		for (int o = 1; o < outputs; o++)
			if (logits[(size_t)o * stride + i] > largest)
				largest = logits[(size_t)o * stride + i];
		double exponentials = 0;
		for (int o = 0; o < outputs; o++) {
			size_t at = (size_t)o * stride + i;
			delta[at] = real_exp(logits[at] - largest);
			exponentials += delta[at];
			if (target[at] != 0)
				chosen = logits[at];
		}
		/* the chosen class's softmax - 1 is minus the others' sum: no cancellation */
		double others = 0;
		for (int o = 0; o < outputs; o++)
			if (target[(size_t)o * stride + i] == 0)
				others += delta[(size_t)o * stride + i];
		for (int o = 0; o < outputs; o++) {
			size_t at = (size_t)o * stride + i;
			double slope = target[at] != 0 ? -others : (double)delta[at];
			delta[at] = share * (real)(slope / exponentials);
		}
		sum += (double)largest - chosen + log_f64(exponentials);
	}
	return sum;
}

static double mse(int outputs, int rows, int stride, int total, const real *logits,
	const real *target, real *delta)
{
	double sum = 0;
	const real share = (real)(2.0 / ((double)total * outputs));
	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < rows; i++) {
			size_t at = (size_t)o * stride + i;
			real difference = logits[at] - target[at];
			sum += (double)difference * difference;
			delta[at] = share * difference;
		}
	return sum / outputs;
}

static const struct loss rows[] = {
	{.name = "bce", .help = "binary cross-entropy on logits", .threshold = 0, .apply = bce},
	{.name = "ce", .help = "softmax cross-entropy on logits", .threshold = 0, .apply = ce},
	{.name = "mse", .help = "mean squared error, without a half", .threshold = 0.5,
		.apply = mse},
};

const struct loss *loss_at(int index)
{
	return index >= 0 && index < (int)(sizeof rows / sizeof rows[0]) ? &rows[index] : NULL;
}

const struct loss *loss_find(const char *name)
{
	const struct loss *row;
	for (int i = 0; (row = loss_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

static int largest_row(int outputs, int stride, const real *column)
{
	int best = 0;
	for (int o = 1; o < outputs; o++)
		if (column[(size_t)o * stride] > column[(size_t)best * stride])
			best = o;
	return best;
}

int loss_correct(const struct loss *loss, int outputs, int count, int stride,
	const real *logits, const real *target)
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
