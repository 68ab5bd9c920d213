/* Mean-field theory (Poole et al. 2016, Schoenholz et al. 2017): what random weights alone do to
 * the signal and to the error term.
 *
 * For wide layers of independent weights of mean 0 and variance v_l, z ~ N(0, 1):
 *	q_1 = fan_in_1 v_1 mean(x^2) + s_b^2,  q_l+1 = fan_in v_l+1 E[f(sqrt(q_l) z)^2] + s_b^2
 *	chi_l = fan_out_l+1 v_l+1 E[f'(sqrt(q_l) z)^2],  g_l / g_l+1 = sqrt(chi_l)
 * where g is the rms of delta. With N_l units a network's own ratio scatters about a smaller one:
 * ln(g_l / g_l+1) has mean ln sqrt(chi_l) - kappa_l / (4 N_l) and variance kappa_l / (4 N_l) over
 * networks, kappa = 3 E[f'^4] / E[f'^2]^2 - 1 (Hanin 2018; docs/numerics.md, section 10).
 * Orthogonal weights preserve the length of delta, so kappa is less by 2, or by
 * 2 N_l / N_l+1 where the next layer is the wider. Over several layers means and variances add.
 */
#ifndef LAB_THEORY_H
#define LAB_THEORY_H

#include "lab/plan.h"
#include "nn/meanfield.h"

/* What enters a layer and how: its weight matrix [outputs][inputs] and its activation. */
struct theory_given {
	int inputs, outputs;
	double weight_variance, bias_variance;
	bool orthogonal;            /* else the weights are independent */
	struct meanfield_unit unit; /* not looked at in the output layer */
};

/* Of hidden layer l; every number is finite unless q is. */
struct theory_layer {
	double q; /* mean square of u, what enters the activation */
	double chi;
	double kappa;
	double ratio;   /* sqrt(chi): rms delta of this layer over that of the next */
	double typical; /* the same for a typical network of this width */
	double spread;  /* standard deviation of ln(typical) over networks */
};

/* Where the delta of a hidden layer of a typical network lies, as a multiple of the output
 * layer's: one standard deviation of its logarithm to either side. */
struct theory_band {
	double low, high;
};

/* layer[hidden] as predicted; band[hidden]. */
void theory_bands(const struct theory_layer *layer, int hidden, struct theory_band *band);

/* given[count]: the hidden layers from layer 1 on, then the layer above them, which only shares in
 * the ratio of the last; out[count - 1]: the hidden layers. */
void theory_recur(
	const struct theory_given *given, int count, double mean_square, struct theory_layer *out);

/* The prediction for the weights that a plan draws (a file of weights is not its concern);
 * out[rows of hidden layers in a record], of which a recurrent layer has one for each time step;
 * every layer before training, whatever was trained since. False if
 * the theory does not hold for it: *reason (may be NULL) says why in a static text, out is left
 * alone. The mean square of the inputs is that of the training set, of a large one of its first
 * points (they are in random order): about a millisecond, and as much for 100 layers. */
bool theory_predict(const struct plan *plan, const struct dataset *data, struct theory_layer *out,
	const char **reason);

#endif
