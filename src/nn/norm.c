#include "variant.h"

#include "elementary_real.h"

/* Sums over the first n values of a row use NN_LANES partial sums: the same order whatever the
 * width of the registers. */
static double row_sum(const real *x, int n)
{
	double lane[NN_LANES] = {0};
	for (int i = 0; i < n; i += NN_LANES)
		for (int k = 0; k < NN_LANES; k++)
			lane[k] += i + k < n ? x[i + k] : 0;
	return lanes_joined(lane);
}

static double row_squares(const real *x, int n, double mean)
{
	double lane[NN_LANES] = {0};
	for (int i = 0; i < n; i += NN_LANES)
		for (int k = 0; k < NN_LANES; k++) {
			double d = i + k < n ? x[i + k] - mean : 0;
			lane[k] += d * d;
		}
	return lanes_joined(lane);
}

static double row_product(const real *x, const real *y, int n)
{
	double lane[NN_LANES] = {0};
	for (int i = 0; i < n; i += NN_LANES)
		for (int k = 0; k < NN_LANES; k++)
			lane[k] += i + k < n ? (double)x[i + k] * y[i + k] : 0;
	return lanes_joined(lane);
}

static void update_running(const struct norm_work *w, int unit, double mean, double variance)
{
	double unbiased = w->rows > 1 ? variance * w->rows / (w->rows - 1) : variance;
	double keep = 1 - w->momentum;
	w->running_mean[unit] = (real)(keep * w->running_mean[unit] + w->momentum * mean);
	w->running_variance[unit] = (real)(keep * w->running_variance[unit] + w->momentum * unbiased);
}

static void batch_forward(const struct norm_work *w, const real *x, real *normalized, real *y)
{
	for (int unit = 0; unit < w->units; unit++) {
		const real *row = x + (size_t)unit * w->stride;
		real *out = normalized + (size_t)unit * w->stride;
		real *result = y + (size_t)unit * w->stride;
		double mean, variance;
		if (w->evaluate) {
			mean = w->running_mean[unit];
			variance = w->running_variance[unit];
		} else {
			mean = row_sum(row, w->rows) / w->rows;
			variance = row_squares(row, w->rows, mean) / w->rows;
			if (w->update_running)
				update_running(w, unit, mean, variance);
		}
		double inverse = 1 / sqrt(variance + (double)w->epsilon);
		w->inv_std[unit] = (real)inverse;
		real gamma = w->gamma[unit], beta = w->beta[unit];
		for (int i = 0; i < w->stride; i++) {
			out[i] = (real)((row[i] - mean) * inverse);
			result[i] = gamma * out[i] + beta;
		}
	}
}

static void batch_backward(const struct norm_work *w, const real *normalized, real *gradient,
	real *gamma_gradient, real *beta_gradient)
{
	for (int unit = 0; unit < w->units; unit++) {
		const real *x = normalized + (size_t)unit * w->stride;
		real *g = gradient + (size_t)unit * w->stride;
		double sum = row_sum(g, w->rows);
		double product = row_product(g, x, w->rows);
		beta_gradient[unit] += (real)sum;
		gamma_gradient[unit] += (real)product;
		double scale = (double)w->gamma[unit] * w->inv_std[unit];
		for (int i = 0; i < w->rows; i++)
			g[i] = (real)(scale * (g[i] - sum / w->rows - x[i] * (product / w->rows)));
		for (int i = w->rows; i < w->stride; i++)
			g[i] = 0;
	}
}

/* Layer norm works on NN_LANES samples at a time, so that its inner loops run along the batch. */
static void layer_forward(const struct norm_work *w, const real *x, real *normalized, real *y)
{
	for (int first = 0; first < w->rows; first += NN_LANES) {
		double mean[NN_LANES] = {0}, square[NN_LANES] = {0};
		for (int unit = 0; unit < w->units; unit++)
			for (int k = 0; k < NN_LANES; k++)
				mean[k] += x[(size_t)unit * w->stride + first + k];
		for (int k = 0; k < NN_LANES; k++)
			mean[k] /= w->units;
		for (int unit = 0; unit < w->units; unit++)
			for (int k = 0; k < NN_LANES; k++) {
				double d = x[(size_t)unit * w->stride + first + k] - mean[k];
				square[k] += d * d;
			}
		for (int k = 0; k < NN_LANES; k++)
			square[k] = 1 / sqrt(square[k] / w->units + (double)w->epsilon);
		for (int k = 0; k < NN_LANES; k++)
			w->inv_std[first + k] = (real)square[k];
		for (int unit = 0; unit < w->units; unit++)
			for (int k = 0; k < NN_LANES; k++) {
				size_t at = (size_t)unit * w->stride + first + k;
				normalized[at] = (real)((x[at] - mean[k]) * square[k]);
				y[at] = w->gamma[unit] * normalized[at] + w->beta[unit];
			}
	}
}

static void layer_backward(const struct norm_work *w, const real *normalized, real *gradient,
	real *gamma_gradient, real *beta_gradient)
{
	for (int unit = 0; unit < w->units; unit++) {
		const real *g = gradient + (size_t)unit * w->stride;
		beta_gradient[unit] += (real)row_sum(g, w->rows);
		gamma_gradient[unit] +=
			(real)row_product(g, normalized + (size_t)unit * w->stride, w->rows);
	}
	for (int first = 0; first < w->rows; first += NN_LANES) {
		double sum[NN_LANES] = {0}, product[NN_LANES] = {0};
		for (int unit = 0; unit < w->units; unit++)
			for (int k = 0; k < NN_LANES; k++) {
				size_t at = (size_t)unit * w->stride + first + k;
				double g = (double)gradient[at] * w->gamma[unit];
				sum[k] += g;
				product[k] += g * normalized[at];
			}
		for (int unit = 0; unit < w->units; unit++)
			for (int k = 0; k < NN_LANES; k++) {
				size_t at = (size_t)unit * w->stride + first + k;
				double g = (double)gradient[at] * w->gamma[unit] - sum[k] / w->units -
					normalized[at] * (product[k] / w->units);
				gradient[at] = first + k < w->rows ? (real)(g * w->inv_std[first + k]) : 0;
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
