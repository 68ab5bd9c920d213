#include "variant.h"

#include "elementary_real.h"

/* Sums over the first `rows` values of each of a unit's places use NN_LANES partial sums: the same
 * order whatever the width of the registers. */
static double unit_sum(const struct norm_work *w, const real *x)
{
	double lane[NN_LANES] = {0};
	for (int place = 0; place < w->places; place++, x += w->stride)
		for (int i = 0; i < w->rows; i += NN_LANES)
			for (int k = 0; k < NN_LANES; k++)
				lane[k] += i + k < w->rows ? x[i + k] : 0;
	return lanes_joined(lane);
}

static double unit_squares(const struct norm_work *w, const real *x, double mean)
{
	double lane[NN_LANES] = {0};
	for (int place = 0; place < w->places; place++, x += w->stride)
		for (int i = 0; i < w->rows; i += NN_LANES)
			for (int k = 0; k < NN_LANES; k++) {
				double d = i + k < w->rows ? x[i + k] - mean : 0;
				lane[k] += d * d;
			}
	return lanes_joined(lane);
}

static double unit_product(const struct norm_work *w, const real *x, const real *y)
{
	double lane[NN_LANES] = {0};
	for (int place = 0; place < w->places; place++, x += w->stride, y += w->stride)
		for (int i = 0; i < w->rows; i += NN_LANES)
			for (int k = 0; k < NN_LANES; k++)
				lane[k] += i + k < w->rows ? (double)x[i + k] * y[i + k] : 0;
	return lanes_joined(lane);
}

/* Numbers of a unit, or of its rows with what pads them. */
static size_t unit_stride(const struct norm_work *w)
{
	return (size_t)w->places * w->stride;
}

static void update_running(
	const struct norm_work *w, int unit, double n, double mean, double variance)
{
	double unbiased = n > 1 ? variance * n / (n - 1) : variance;
	double keep = 1 - w->momentum;
	w->running_mean[unit] = (real)(keep * w->running_mean[unit] + w->momentum * mean);
	w->running_variance[unit] = (real)(keep * w->running_variance[unit] + w->momentum * unbiased);
}

static void batch_forward(const struct norm_work *w, const real *x, real *normalized, real *y)
{
	const size_t all = unit_stride(w);
	const double n = (double)w->rows * w->places;
	for (int unit = 0; unit < w->units; unit++) {
		const real *row = x + unit * all;
		real *out = normalized + unit * all;
		real *result = y + unit * all;
		double mean, variance;
		if (w->evaluate) {
			mean = w->running_mean[unit];
			variance = w->running_variance[unit];
		} else {
			mean = unit_sum(w, row) / n;
			variance = unit_squares(w, row, mean) / n;
			if (w->update_running)
				update_running(w, unit, n, mean, variance);
		}
		double inverse = 1 / sqrt(variance + (double)w->epsilon);
		w->inv_std[unit] = (real)inverse;
		real gamma = w->gamma[unit], beta = w->beta[unit];
		for (size_t i = 0; i < all; i++) {
			out[i] = (real)((row[i] - mean) * inverse);
			result[i] = gamma * out[i] + beta;
		}
	}
}

static void batch_backward(const struct norm_work *w, const real *normalized, real *gradient,
	real *gamma_gradient, real *beta_gradient)
{
	const size_t all = unit_stride(w);
	const double n = (double)w->rows * w->places;
	for (int unit = 0; unit < w->units; unit++) {
		const real *x = normalized + unit * all;
		real *g = gradient + unit * all;
		double sum = unit_sum(w, g);
		double product = unit_product(w, g, x);
		beta_gradient[unit] += (real)sum;
		gamma_gradient[unit] += (real)product;
		double scale = (double)w->gamma[unit] * w->inv_std[unit];
		for (int place = 0; place < w->places; place++, x += w->stride, g += w->stride) {
			for (int i = 0; i < w->rows; i++)
				g[i] = (real)(scale * (g[i] - sum / n - x[i] * (product / n)));
			for (int i = w->rows; i < w->stride; i++)
				g[i] = 0;
		}
	}
}

/* Layer norm works on NN_LANES samples at a time, so that its inner loops run along the batch. */
static void layer_forward(const struct norm_work *w, const real *x, real *normalized, real *y)
{
	const int values = w->units * w->places;
	for (int first = 0; first < w->rows; first += NN_LANES) {
		double mean[NN_LANES] = {0}, square[NN_LANES] = {0};
		for (int value = 0; value < values; value++)
			for (int k = 0; k < NN_LANES; k++)
				mean[k] += x[(size_t)value * w->stride + first + k];
		for (int k = 0; k < NN_LANES; k++)
			mean[k] /= values;
		for (int value = 0; value < values; value++)
			for (int k = 0; k < NN_LANES; k++) {
				double d = x[(size_t)value * w->stride + first + k] - mean[k];
				square[k] += d * d;
			}
		for (int k = 0; k < NN_LANES; k++)
			square[k] = 1 / sqrt(square[k] / values + (double)w->epsilon);
		for (int k = 0; k < NN_LANES; k++)
			w->inv_std[first + k] = (real)square[k];
		for (int value = 0; value < values; value++) {
			const real gamma = w->gamma[value / w->places], beta = w->beta[value / w->places];
			for (int k = 0; k < NN_LANES; k++) {
				size_t at = (size_t)value * w->stride + first + k;
				normalized[at] = (real)((x[at] - mean[k]) * square[k]);
				y[at] = gamma * normalized[at] + beta;
			}
		}
	}
}

static void layer_backward(const struct norm_work *w, const real *normalized, real *gradient,
	real *gamma_gradient, real *beta_gradient)
{
	const int values = w->units * w->places;
	for (int unit = 0; unit < w->units; unit++) {
		const real *g = gradient + unit * unit_stride(w);
		beta_gradient[unit] += (real)unit_sum(w, g);
		gamma_gradient[unit] += (real)unit_product(w, g, normalized + unit * unit_stride(w));
	}
	for (int first = 0; first < w->rows; first += NN_LANES) {
		double sum[NN_LANES] = {0}, product[NN_LANES] = {0};
		for (int value = 0; value < values; value++) {
			const real gamma = w->gamma[value / w->places];
			for (int k = 0; k < NN_LANES; k++) {
				size_t at = (size_t)value * w->stride + first + k;
				double g = (double)gradient[at] * gamma;
				sum[k] += g;
				product[k] += g * normalized[at];
			}
		}
		for (int value = 0; value < values; value++) {
			const real gamma = w->gamma[value / w->places];
			for (int k = 0; k < NN_LANES; k++) {
				size_t at = (size_t)value * w->stride + first + k;
				double g = (double)gradient[at] * gamma - sum[k] / values -
					normalized[at] * (product[k] / values);
				gradient[at] = first + k < w->rows ? (real)(g * w->inv_std[first + k]) : 0;
			}
		}
	}
}

/* clang-format off */
static const struct normalization rows[] = {
	{.name = "none", .help = "no normalization", .per_unit = true},
	{.name = "batch", .help = "each unit over the minibatch (Ioffe and Szegedy 2015)",
		.per_unit = true, .forward = batch_forward, .backward = batch_backward},
	{.name = "layer", .help = "each sample over the layer's units (Ba et al. 2016)",
		.per_unit = false, .forward = layer_forward, .backward = layer_backward},
};
/* clang-format on */

const struct normalization_table VARIANT(normalization_table) = TABLE(rows);
