#include "variant.h"

#include "elementary_real.h"
#include "wides.h"

/* What is summed of each value. */
enum term { VALUE, SQUARE_FROM_MEAN, PRODUCT };

static inline __attribute__((always_inline)) wide term_of(
	const real *x, const real *y, double mean, const enum term term)
{
	wide value = load_wide(x);
	if (term == SQUARE_FROM_MEAN)
		return (value - mean) * (value - mean);
	return term == PRODUCT ? value * load_wide(y) : value;
}

/* The first n values of a group of NN_LANES. The others are undefined: their terms become 0. */
static inline __attribute__((always_inline)) void add_terms(
	wide sum[WIDES], const real *x, const real *y, double mean, const enum term term, int n)
{
	double lane[NN_LANES];
	UNROLLED
	for (int v = 0; v < WIDES; v++)
		*(stored_wide *)(lane + v * WIDE) = term_of(x + v * WIDE, y + v * WIDE, mean, term);
	for (int k = n; k < NN_LANES; k++)
		lane[k] = 0;
	UNROLLED
	for (int v = 0; v < WIDES; v++)
		sum[v] += *(stored_wide *)(lane + v * WIDE);
}

/* Sums over the first `rows` values of each of a unit's places use NN_LANES partial sums: the same
 * order whatever the width of the registers. */
static inline __attribute__((always_inline)) double sum_of(
	const struct norm_work *w, const real *x, const real *y, double mean, const enum term term)
{
	const int rest = w->rows % NN_LANES, whole = w->rows - rest;
	wide sum[WIDES] = {{0}};
	for (int place = 0; place < w->places; place++, x += w->stride, y += w->stride) {
		for (int i = 0; i < whole; i += NN_LANES)
			UNROLLED
		for (int v = 0; v < WIDES; v++)
			sum[v] += term_of(x + i + v * WIDE, y + i + v * WIDE, mean, term);
		if (rest > 0)
			add_terms(sum, x + whole, y + whole, mean, term, rest);
	}
	return wides_joined(sum);
}

static double unit_sum(const struct norm_work *w, const real *x)
{
	return sum_of(w, x, x, 0, VALUE);
}

static double unit_squares(const struct norm_work *w, const real *x, double mean)
{
	return sum_of(w, x, x, mean, SQUARE_FROM_MEAN);
}

static double unit_product(const struct norm_work *w, const real *x, const real *y)
{
	return sum_of(w, x, y, 0, PRODUCT);
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
		for (size_t i = 0; i < all; i += NN_LANES) {
			real value[NN_LANES]; /* `result` may be `row` */
			for (int k = 0; k < NN_LANES; k++)
				value[k] = (real)((row[i + k] - mean) * inverse);
			for (int k = 0; k < NN_LANES; k++)
				out[i + k] = value[k];
			for (int k = 0; k < NN_LANES; k++)
				result[i + k] = gamma * value[k] + beta;
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
		for (int place = 0; place < w->places; place++, x += w->stride, g += w->stride)
			for (int i = 0; i < w->stride; i += NN_LANES)
				for (int k = 0; k < NN_LANES; k++) {
					double value = scale * (g[i + k] - sum / n - x[i + k] * (product / n));
					g[i + k] = i + k < w->rows ? (real)value : 0;
				}
	}
}

/* Layer norm works on NN_LANES samples at a time, so that its inner loops run along the batch: x,
 * normalized and gradient are those of the first of them. */
static void layer_forward_lanes(
	const struct norm_work *w, const real *x, real *normalized, real *y, real *inv_std)
{
	const int values = w->units * w->places;
	const size_t stride = (size_t)w->stride;
	double mean[NN_LANES] = {0}, square[NN_LANES] = {0};
	for (int value = 0; value < values; value++)
		for (int k = 0; k < NN_LANES; k++)
			mean[k] += x[value * stride + k];
	for (int k = 0; k < NN_LANES; k++)
		mean[k] /= values;
	for (int value = 0; value < values; value++)
		for (int k = 0; k < NN_LANES; k++) {
			double d = x[value * stride + k] - mean[k];
			square[k] += d * d;
		}
	for (int k = 0; k < NN_LANES; k++) {
		square[k] = 1 / sqrt(square[k] / values + (double)w->epsilon);
		inv_std[k] = (real)square[k];
	}
	for (int unit = 0; unit < w->units; unit++) {
		const real gamma = w->gamma[unit], beta = w->beta[unit];
		for (int place = 0; place < w->places; place++) {
			real standard[NN_LANES]; /* y may be x */
			for (int k = 0; k < NN_LANES; k++)
				standard[k] = (real)((x[k] - mean[k]) * square[k]);
			for (int k = 0; k < NN_LANES; k++)
				normalized[k] = standard[k];
			for (int k = 0; k < NN_LANES; k++)
				y[k] = gamma * standard[k] + beta;
			x += stride;
			normalized += stride;
			y += stride;
		}
	}
}

static void layer_forward(const struct norm_work *w, const real *x, real *normalized, real *y)
{
	for (int first = 0; first < w->rows; first += NN_LANES)
		layer_forward_lanes(w, x + first, normalized + first, y + first, w->inv_std + first);
}

/* Of so many samples; the other lanes become 0. */
static void layer_backward_lanes(const struct norm_work *w, int samples, const real *normalized,
	real *gradient, const real *inv_std)
{
	const int values = w->units * w->places;
	const size_t stride = (size_t)w->stride;
	double sum[NN_LANES] = {0}, product[NN_LANES] = {0};
	for (int unit = 0, value = 0; unit < w->units; unit++)
		for (int place = 0; place < w->places; place++, value++)
			for (int k = 0; k < NN_LANES; k++) {
				double g = (double)gradient[value * stride + k] * w->gamma[unit];
				sum[k] += g;
				product[k] += g * normalized[value * stride + k];
			}
	for (int k = 0; k < NN_LANES; k++) {
		sum[k] /= values;
		product[k] /= values;
	}
	for (int unit = 0; unit < w->units; unit++)
		for (int place = 0; place < w->places; place++) {
			for (int k = 0; k < NN_LANES; k++) {
				double g =
					(double)gradient[k] * w->gamma[unit] - sum[k] - normalized[k] * product[k];
				gradient[k] = k < samples ? (real)(g * inv_std[k]) : 0;
			}
			normalized += stride;
			gradient += stride;
		}
}

static void layer_backward(const struct norm_work *w, const real *normalized, real *gradient,
	real *gamma_gradient, real *beta_gradient)
{
	for (int unit = 0; unit < w->units; unit++) {
		const real *g = gradient + unit * unit_stride(w);
		beta_gradient[unit] += (real)unit_sum(w, g);
		gamma_gradient[unit] += (real)unit_product(w, g, normalized + unit * unit_stride(w));
	}
	for (int first = 0; first < w->rows; first += NN_LANES)
		layer_backward_lanes(
			w, w->rows - first, normalized + first, gradient + first, w->inv_std + first);
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
