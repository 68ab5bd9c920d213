#include "lab/theory.h"

#include "lab/record.h"

#include "nn/elementary.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { VALUES_LOOKED_AT = 1 << 20 };

/* How much ln of a layer's ratio scatters, times 4 N. */
static double scatter(const struct meanfield_moments *moments, const struct theory_given *next)
{
	double slope = moments->derivative_square;
	double kappa = 3 * moments->derivative_fourth / (slope * slope) - 1;
	if (next->orthogonal)
		kappa -= 2 * min_f64(1, (double)next->inputs / next->outputs);
	return max_f64(0, kappa); /* a rounding below it in linear networks */
}

void theory_recur(
	const struct theory_given *given, int count, double mean_square, struct theory_layer *out)
{
	double square = mean_square; /* of what the layer before puts out */
	for (int l = 0; l + 1 < count; l++) {
		const struct theory_given *here = &given[l], *next = &given[l + 1];
		double q = here->inputs * here->weight_variance * square + here->bias_variance;
		struct meanfield_moments moments = meanfield_integrate(&here->unit, q);
		double chi = next->outputs * next->weight_variance * moments.derivative_square;
		double kappa = scatter(&moments, next), ratio = sqrt(chi);
		double shift = kappa / (4.0 * here->outputs);
		out[l] = (struct theory_layer){
			.q = q,
			.chi = chi,
			.kappa = kappa,
			.ratio = ratio,
			.typical = ratio * exp_f64(-shift),
			.spread = sqrt(shift),
		};
		square = moments.square;
	}
}

/* ---- where the theory does not hold ---- */

static bool is_uneven(const struct initializer_parameters *parameters)
{
	return parameters->low + parameters->high != 0;
}

/* Initializers whose deviation does not tell all about them. */
static const struct {
	const char *initializer, *reason;
	bool (*applies)(const struct initializer_parameters *parameters); /* NULL: always */
} unfit[] = {
	{"identity", "the initial weights are not random", NULL},
	{"uniform-2-5", "the mean of the initial weights is not 0", NULL},
	{"uniform", "the mean of the initial weights is not 0", is_uneven},
};

static const char *why_initializer_does_not_fit(const struct initializer *initializer,
	const struct initializer_parameters *parameters, int inputs, int outputs)
{
	if (initializer->unit_variance)
		return "the initial weights are scaled by what the data make of them";
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++)
		if (strcmp(unfit[i].initializer, initializer->name) == 0 &&
			(!unfit[i].applies || unfit[i].applies(parameters)))
			return unfit[i].reason;
	if (initializer->std(parameters, inputs, outputs) == 0)
		return "the initial weights are all the same";
	return NULL;
}

/* One recurrent layer without gates, then the output layer. */
static bool is_recurrent(const struct net_spec *spec)
{
	return spec->layers == 2 && layer_kind_of(spec, 1) == &layer_rnn;
}

static const char *why_weights_do_not_fit(const struct plan *plan)
{
	const struct net_spec *spec = &plan->spec;
	int units = net_units(spec, 1);
	const char *why =
		why_initializer_does_not_fit(plan->initializer, &plan->initial, net_units(spec, 0), units);
	if (!why && is_recurrent(spec))
		why = why_initializer_does_not_fit(plan->recurrent, &plan->recurrent_initial, units, units);
	return why;
}

static const char *why_network_does_not_fit(const struct net_spec *spec)
{
	if (plan_hidden(spec) == 0)
		return "there is no hidden layer";
	for (int l = 1; l <= spec->layers; l++)
		if (layer_kind_of(spec, l) != &layer_dense && !is_recurrent(spec))
			return "it knows dense layers, or one recurrent layer without gates";
	if (strcmp(spec->normalization, "none") != 0)
		return "it knows no normalization";
	if (spec->skip)
		return "it knows no skip connections";
	if (spec->dropout > 0)
		return "it knows no dropout";
	return NULL;
}

/* ---- from a plan ---- */

/* Over features first ... first + count - 1 of the training set. */
static double mean_square(const struct dataset *data, int first, int count)
{
	int rows = data->training, most = VALUES_LOOKED_AT / data->features;
	rows = rows < most ? rows : most;
	double squares = 0;
	for (int feature = first; feature < first + count; feature++) {
		const float *x = data->x + (size_t)feature * data->rows;
		for (int i = 0; i < rows; i++)
			squares += (double)x[i] * x[i];
	}
	return squares / ((double)rows * count);
}

static struct meanfield_unit unit_of(const struct net_spec *spec, int l)
{
	return (struct meanfield_unit){
		.activation = spec->activation[l - 1],
		.leaky_slope = spec->leaky_slope,
		.elu_alpha = spec->elu_alpha,
		.learned_slope = activation_parameters_default().learned_slope,
	};
}

static struct theory_given given_layer(const struct plan *plan, int l)
{
	const struct net_spec *spec = &plan->spec;
	int inputs = spec->size[l - 1], outputs = spec->size[l];
	const struct initializer *initializer = plan->initializer;
	double deviation = initializer->std(&plan->initial, inputs, outputs);
	double variance = deviation * deviation;
	struct theory_given given = {
		.inputs = inputs,
		.outputs = outputs,
		.weight_variance = variance,
		.bias_variance = initializer->draws_bias ? variance : 0,
		.orthogonal = initializer->orthogonal,
	};
	if (net_hidden(spec, l))
		given.unit = unit_of(spec, l);
	return given;
}

/* Variance of the weights that an initializer draws for a recurrent layer of so many units. */
static double weight_variance(const struct initializer *initializer,
	const struct initializer_parameters *parameters, int inputs, int units)
{
	int fan_in = initializer_fan_in(initializer, inputs, units);
	double deviation = initializer->std(parameters, fan_in, units);
	return deviation * deviation;
}

/* Time steps as layers whose matrix is always the same, which mean-field theory does not mind
 * (Chen, Pennington and Schoenholz 2018). One entry of out for each row of the record: where it has
 * not all steps, the ratio is over those to the next row. */
static void predict_steps(
	const struct plan *plan, const struct dataset *data, struct theory_layer *out)
{
	const struct net_spec *spec = &plan->spec;
	const struct meanfield_unit unit = unit_of(spec, 1);
	int inputs = net_units(spec, 0), units = net_units(spec, 1), steps = spec->shape[0].steps;
	double input = weight_variance(plan->initializer, &plan->initial, inputs, units);
	double recurrent = weight_variance(plan->recurrent, &plan->recurrent_initial, units, units);
	double from_input = inputs * input, from_state = units * recurrent;
	double biases =
		(plan->initializer->draws_bias ? input : 0) + (plan->recurrent->draws_bias ? recurrent : 0);
	double square = 0, ratio = 1;
	int row = -1;
	for (int step = 1; step <= steps; step++) {
		double given = mean_square(data, (step - 1) * inputs, inputs);
		double q = from_input * given + from_state * square + biases;
		struct meanfield_moments moments = meanfield_integrate(&unit, q);
		ratio *= sqrt(from_state * moments.derivative_square);
		square = moments.square;
		if (record_row_of(steps, step) < 0)
			continue;
		if (row >= 0)
			out[row].ratio = out[row].typical = ratio;
		out[++row] = (struct theory_layer){.q = q, .chi = from_state * moments.derivative_square};
		ratio = 1;
	}
	int outputs = spec->size[spec->layers];
	double deviation = plan->initializer->std(&plan->initial, units, outputs);
	out[row].ratio = out[row].typical = sqrt(outputs) * deviation;
}

bool theory_predict(const struct plan *plan, const struct dataset *data, struct theory_layer *out,
	const char **reason)
{
	int count = plan_hidden(&plan->spec) + 1; /* the layer above the last hidden one counts */
	struct theory_given given[NET_LAYERS_MAX];
	double squares = mean_square(data, 0, data->features);
	const char *why = why_network_does_not_fit(&plan->spec);
	if (!why)
		why = why_weights_do_not_fit(plan);
	if (!why && !(squares > 0))
		why = "the inputs are all 0";
	if (reason)
		*reason = why;
	if (why)
		return false;
	if (is_recurrent(&plan->spec)) {
		predict_steps(plan, data, out);
		return true;
	}
	for (int l = 1; l <= count; l++)
		given[l - 1] = given_layer(plan, l);
	theory_recur(given, count, squares, out);
	return true;
}

void theory_bands(const struct theory_layer *layer, int hidden, struct theory_band *band)
{
	double factor = 1, variance = 0;
	for (int l = hidden - 1; l >= 0; l--) {
		factor *= layer[l].typical;
		variance += layer[l].spread * layer[l].spread;
		double spread = exp_f64(sqrt(variance));
		band[l] = (struct theory_band){factor / spread, factor * spread};
	}
}
