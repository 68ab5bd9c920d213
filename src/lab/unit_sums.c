#include "unit_sums.h"

#include "lab/record.h"

#include <math.h>

static struct moments absolute_of(const struct moment_kernels *kernels, size_t n, const real *x)
{
	struct moments moments = {0};
	kernels->absolute_moments(n, x, &moments);
	return moments;
}

void unit_sums_forward(struct unit_sums *sums, const struct moment_kernels *kernels, size_t n,
	const real *u, const real *derivative, const real *output)
{
	struct moments of_u = {0};
	kernels->moments(n, u, &of_u);
	sums->z += lanes_joined(of_u.sum);
	sums->activity += lanes_joined(absolute_of(kernels, n, output).sum);
	sums->samples += (double)n;
	if (!derivative)
		return;
	sums->derivative += lanes_joined(absolute_of(kernels, n, derivative).sum);
	sums->with_derivative += (double)n;
}

void unit_sums_backward(
	struct unit_sums *sums, const struct moment_kernels *kernels, size_t n, const real *delta)
{
	sums->delta_squares += lanes_joined(absolute_of(kernels, n, delta).squares);
}

void unit_sums_join(struct unit_sums *to, const struct unit_sums *from)
{
	to->inactive += from->inactive;
	to->saturated += from->saturated;
	to->broken += from->broken;
	to->z += from->z;
	to->activity += from->activity;
	to->derivative += from->derivative;
	to->delta_squares += from->delta_squares;
	to->samples += from->samples;
	to->with_derivative += from->with_derivative;
}

void unit_sums_write_shares(
	const struct unit_sums *sums, double samples, float *shares, int units, int unit)
{
	shares[unit] = sums->broken ? NAN : (float)(sums->inactive / samples);
	shares[units + unit] = sums->broken ? NAN : (float)(sums->saturated / samples);
}

/* f'(NaN) may be a number, depending on f. */
static float mean_derivative(const struct unit_sums *sums)
{
	if (!(sums->with_derivative > 0))
		return record_nothing();
	return sums->broken ? NAN : (float)(sums->derivative / sums->with_derivative);
}

void unit_sums_write_signals(
	const struct unit_sums *sums, int total, float *signals, int units, int unit)
{
	double n = sums->samples;
	signals[unit] = (float)(total * sqrt(sums->delta_squares / n));
	signals[units + unit] = (float)(sums->activity / n);
	signals[2 * units + unit] = mean_derivative(sums);
	signals[3 * units + unit] = (float)(sums->z / n);
}
