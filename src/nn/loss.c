#include "variant.h"

#include "elementary_real.h"
#include <string.h>

/* log(1 + e^x) - x y without overflow, and sigma(x) - y without cancellation. */
static inline real bce_point(real x, real y, real share, real *delta)
{
	real e = real_exp_of_negative(-real_abs(x));
	real r = 1 / (1 + e);
	real sigma = x < 0 ? e * r : r, mirror = x < 0 ? r : e * r;
	*delta = share * (y == 1 ? -mirror : sigma - y);
	return (x > 0 ? x : 0) - x * y + real_log1p(e);
}

static double bce(int outputs, int rows, int stride, int total, const real *logits,
	const real *target, real *delta)
{
	double lane[NN_LANES] = {0};
	const real share = (real)(1.0 / ((double)total * outputs));
	for (int o = 0; o < outputs; o++)
		for (int i = 0; i < rows; i += NN_LANES) {
			size_t at = (size_t)o * stride + i;
			real point[NN_LANES], slope[NN_LANES];
			int some = rows - i < NN_LANES ? rows - i : NN_LANES;
			for (int k = 0; k < NN_LANES; k++)
				point[k] = bce_point(logits[at + k], target[at + k], share, &slope[k]);
			memcpy(delta + at, slope, sizeof(slope));
			for (int k = 0; k < some; k++)
				lane[k] += point[k];
		}
	for (int k = 1; k < NN_LANES; k++)
		lane[0] += lane[k];
	return lane[0] / outputs;
}

static void bce_each(
	int outputs, int rows, int stride, const real *logits, const real *target, double *sample)
{
	for (int i = 0; i < rows; i++) {
		real slope;
		sample[i] = 0;
		for (int o = 0; o < outputs; o++) {
			size_t at = (size_t)o * stride + i;
			sample[i] += bce_point(logits[at], target[at], 1, &slope);
		}
		sample[i] /= outputs;
	}
}

/* A sample whose target is shared among the classes; delta comes as e^(logit - largest) and
 * `exponentials` is its sum. dLoss/dlogit = softmax sum(t) - t, written as a difference of two
 * sums over the other classes, so that nothing cancels. */
static double ce_of_shares(int outputs, int stride, real share, double largest, double exponentials,
	const real *logits, const real *target, real *delta)
{
	const double log_sum = largest + log_f64(exponentials);
	double targets = 0, sum = 0;
	for (int o = 0; o < outputs; o++)
		targets += target[(size_t)o * stride];
	for (int o = 0; o < outputs; o++) {
		size_t at = (size_t)o * stride;
		double t = target[at], e = delta[at];
		sum += t * (log_sum - logits[at]);
		delta[at] = share * (real)((e * (targets - t) - t * (exponentials - e)) / exponentials);
	}
	return sum;
}

static double ce(int outputs, int rows, int stride, int total, const real *logits,
	const real *target, real *delta)
{
	double sum = 0;
	const real share = (real)(1.0 / total);
	for (int i = 0; i < rows; i++) {
		real largest = logits[i], chosen = 0;
		int ones = 0, zeros = 0;
		for (int o = 1; o < outputs; o++)
			if (logits[(size_t)o * stride + i] > largest)
				largest = logits[(size_t)o * stride + i];
		double exponentials = 0;
		for (int o = 0; o < outputs; o++) {
			size_t at = (size_t)o * stride + i;
			delta[at] = real_exp(logits[at] - largest);
			exponentials += delta[at];
			if (target[at] == 1)
				chosen = logits[at];
			ones += target[at] == 1;
			zeros += target[at] == 0;
		}
		if (ones != 1 || zeros != outputs - 1) {
			sum += ce_of_shares(outputs, stride, share, (double)largest, exponentials, logits + i,
				target + i, delta + i);
			continue;
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

static void ce_each(
	int outputs, int rows, int stride, const real *logits, const real *target, double *sample)
{
	for (int i = 0; i < rows; i++) {
		real largest = logits[i];
		double exponentials = 0;
		for (int o = 1; o < outputs; o++)
			if (logits[(size_t)o * stride + i] > largest)
				largest = logits[(size_t)o * stride + i];
		for (int o = 0; o < outputs; o++)
			exponentials += real_exp(logits[(size_t)o * stride + i] - largest);
		double log_sum = log_f64(exponentials);
		sample[i] = 0;
		for (int o = 0; o < outputs; o++) {
			size_t at = (size_t)o * stride + i;
			/* 0 times the infinite loss of a class that is not the target is 0 */
			if (target[at] != 0)
				sample[i] += target[at] * ((double)largest - logits[at] + log_sum);
		}
	}
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

static void mse_each(
	int outputs, int rows, int stride, const real *logits, const real *target, double *sample)
{
	for (int i = 0; i < rows; i++) {
		sample[i] = 0;
		for (int o = 0; o < outputs; o++) {
			size_t at = (size_t)o * stride + i;
			real difference = logits[at] - target[at];
			sample[i] += (double)difference * difference;
		}
		sample[i] /= outputs;
	}
}

/* clang-format off */
static const struct loss rows[] = {
	{.name = "bce", .help = "binary cross-entropy on logits", .threshold = 0,
		.apply = bce, .each = bce_each},
	{.name = "ce", .help = "softmax cross-entropy on logits", .softmax = true,
		.apply = ce, .each = ce_each},
	{.name = "mse", .help = "mean squared error, without a half", .threshold = 0.5,
		.apply = mse, .each = mse_each},
};
/* clang-format on */

const struct loss_table VARIANT(loss_table) = TABLE(rows);
