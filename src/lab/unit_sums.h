/* Counts and sums over the samples of one hidden unit, for records and details (lab/record.h). */
#ifndef LAB_UNIT_SUMS_H
#define LAB_UNIT_SUMS_H

#include "nn/moments.h"

/* Numbers of a unit in a detail: inactive, saturated; delta, activity, derivative, z. */
enum { UNIT_SHARES = 2, UNIT_SIGNALS = 4 };

struct unit_sums {
	uint32_t inactive, saturated, broken; /* samples; broken: u is not a number */
	/* only for a detail */
	double z, activity, derivative, delta_squares; /* activity and derivative: absolute values */
	double samples, with_derivative;               /* samples in all; samples that have an f' */
};

/* Adds n samples of the unit: u, f'(u) (may be NULL) and h. */
void unit_sums_forward(struct unit_sums *sums, const struct moment_kernels *kernels, size_t n,
	const real *u, const real *derivative, const real *output);
void unit_sums_backward(
	struct unit_sums *sums, const struct moment_kernels *kernels, size_t n, const real *delta);
void unit_sums_join(struct unit_sums *to, const struct unit_sums *from);

/* Writes the shares of unit `unit` of a layer to shares [UNIT_SHARES][units]. */
void unit_sums_write_shares(
	const struct unit_sums *sums, double samples, float *shares, int units, int unit);
/* Likewise its signals to signals [UNIT_SIGNALS][units]. `total`: samples
 * that the loss behind delta is the mean of. */
void unit_sums_write_signals(
	const struct unit_sums *sums, int total, float *signals, int units, int unit);

#endif
