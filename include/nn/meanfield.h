/* What an infinitely wide random layer does to a signal: moments of f(u) and f'(u) for
 * u ~ N(0, q), the integrals behind mean-field theory (section 10 of the numerics sheet).
 *
 * By Gauss-Legendre panels that end at every kink and grow from the scale of f outwards: to 1e-9
 * of the value or better for every row of the activation table, at every q. Rows of act.c are
 * used as they are, in double; one that oscillates for ever needs a closed form in meanfield.c.
 * Same bits on every machine. This module is built in double only and shares no type-dependent
 * name.
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

/* For q >= 0. A q outside 1e-80 .. 1e40 (past what a float network can hold) counts as the
 * nearer of the two, so that q = 0 gives the limit from above. */
struct meanfield_moments meanfield_integrate(const struct meanfield_unit *unit, double q);

#endif
