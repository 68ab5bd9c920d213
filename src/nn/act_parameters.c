/* Activation functions: what does not depend on the instruction set. */
#include "nn/act.h"

double activation_max_slope(
	const struct activation *activation, const struct activation_parameters *parameters)
{
	double alpha = parameters->elu_alpha;
	if (activation->alpha_scales && alpha > activation->max_slope)
		return alpha;
	return activation->max_slope;
}

struct activation_parameters activation_parameters_default(void)
{
	return (struct activation_parameters){
		.leaky_slope = (real)0.01, .elu_alpha = 1, .learned_slope = (real)0.25};
}
