/* Moments of f(u) and f'(u) for u ~ N(0, q): how an infinitely wide random layer changes a signal.
 * These are the integrals of mean-field theory (Poole et al. 2016, Schoenholz et al. 2017); see
 * docs/numerics.md, section 10.
 *
 * Computed by Gauss-Legendre quadrature on panels that end at every kink and grow with the distance
 * from 0. The relative error is at most 1e-9 for every activation of the table and every q. An
 * activation that oscillates without end needs a closed form in meanfield.c. The bits are the same
 * on every machine. This module is built in double only and shares no type-dependent name.
 */
#ifndef NN_MEANFIELD_H
#define NN_MEANFIELD_H

struct meanfield_unit {
	const char *activation; /* a name of the activation table */
	double leaky_slope, elu_alpha, learned_slope;
};

struct meanfield_moments {
	double square;            /* E[f(u)^2] */
	double derivative_square; /* E[f'(u)^2] */
	double derivative_fourth; /* E[f'(u)^4] */
};

/* q >= 0 is the variance of u. A q outside 1e-80 .. 1e40, which a float network cannot reach, is
 * replaced by the nearer bound, so that q = 0 gives the limit from above. */
struct meanfield_moments meanfield_integrate(const struct meanfield_unit *unit, double q);

#endif
