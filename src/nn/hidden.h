/* What layers of several kinds are made of, and what hidden ones do once their z is there: a kind's
 * lists of tensors, buffers and stages contain these. Its own stages make z, and of delta the
 * gradients. */
#ifndef NN_HIDDEN_H
#define NN_HIDDEN_H

#include "stages.h"

#define weight_tensors NN(weight_tensors)
#define hidden_tensors NN(hidden_tensors)
#define hidden_buffers NN(hidden_buffers)
#define hidden_takes_delta NN(hidden_takes_delta)
#define hidden_skip_starts_at NN(hidden_skip_starts_at)
#define hidden_complete_z NN(hidden_complete_z)
#define hidden_complete_inputs NN(hidden_complete_inputs)

/* The weight matrix [rows][columns] and the biases, the first tensors of a layer; returns their
 * number. */
int weight_tensors(int rows, int columns, int fan_in, int fan_out, struct tensor *out);
/* norm.* for `units` units, and the activation's slope, whether these are in use or not; returns
 * their number. */
int hidden_tensors(const struct net_spec *spec, int layer, int units, struct tensor *out);
/* All buffers but the output; returns their number. */
int hidden_buffers(const struct net_spec *spec, int layer, struct buffer *out);

/* For struct layer_kind: true if delta = dL/dh * f'(u). */
bool hidden_takes_delta(const struct net *net, const struct net_layer *layer);

/* Does layer l get a gradient through a skip connection that starts there? The stage that makes
 * dL/dh of layer l adds it to what `held` has. */
bool hidden_skip_starts_at(const struct net *net, int l);

/* After the stage that made z. */
void hidden_complete_z(struct net *net, struct net_layer *layer);
/* After the stage that made dL/dh of the layer before, times f' if that takes its delta. */
void hidden_complete_inputs(struct net *net, struct net_layer *layer);

/* ---- rows for a kind's tables of stages ---- */

#define HIDDEN_CONDITION(name) bool name(const struct net *net, const struct net_layer *layer)
#define HIDDEN_WORK(name) void name(struct net *net, struct net_layer *layer, struct block block)

#define hidden_is NN(hidden_is)
#define hidden_normalizes_before NN(hidden_normalizes_before)
#define hidden_normalizes_after NN(hidden_normalizes_after)
#define hidden_combines NN(hidden_combines)
#define hidden_makes_delta NN(hidden_makes_delta)
#define hidden_output_observed NN(hidden_output_observed)
#define hidden_delta_observed NN(hidden_delta_observed)
#define hidden_norm_before NN(hidden_norm_before)
#define hidden_norm_after NN(hidden_norm_after)
#define hidden_activate NN(hidden_activate)
#define hidden_combine NN(hidden_combine)
#define hidden_show_output NN(hidden_show_output)
#define hidden_norm_before_back NN(hidden_norm_before_back)
#define hidden_norm_after_back NN(hidden_norm_after_back)
#define hidden_activate_back NN(hidden_activate_back)
#define hidden_combine_back NN(hidden_combine_back)
#define hidden_show_delta NN(hidden_show_delta)
#define hidden_cost_of_norm NN(hidden_cost_of_norm)
#define hidden_cost_of_values NN(hidden_cost_of_values)

HIDDEN_CONDITION(hidden_is);
HIDDEN_CONDITION(hidden_normalizes_before);
HIDDEN_CONDITION(hidden_normalizes_after);
HIDDEN_CONDITION(hidden_combines);
HIDDEN_CONDITION(hidden_makes_delta);
HIDDEN_CONDITION(hidden_output_observed);
HIDDEN_CONDITION(hidden_delta_observed);
HIDDEN_WORK(hidden_norm_before);
HIDDEN_WORK(hidden_norm_after);
HIDDEN_WORK(hidden_activate);
HIDDEN_WORK(hidden_combine);
HIDDEN_WORK(hidden_show_output);
HIDDEN_WORK(hidden_norm_before_back);
HIDDEN_WORK(hidden_norm_after_back);
HIDDEN_WORK(hidden_activate_back);
HIDDEN_WORK(hidden_combine_back);
HIDDEN_WORK(hidden_show_delta);
uint64_t hidden_cost_of_norm(const struct net_layer *layer);
uint64_t hidden_cost_of_values(const struct net_layer *layer);

/* clang-format off */

/* From z in the network's `preactivation` to the layer's output. */
#define HIDDEN_FORWARD_STAGES \
	{.name = "norm before", .cut = CUT_NORM, .needed = hidden_normalizes_before, \
		.work = hidden_norm_before, .cost = hidden_cost_of_norm}, \
	{.name = "activation", .needed = hidden_is, .work = hidden_activate, \
		.cost = hidden_cost_of_values}, \
	{.name = "norm after", .cut = CUT_NORM, .needed = hidden_normalizes_after, \
		.work = hidden_norm_after, .cost = hidden_cost_of_norm}, \
	{.name = "dropout and skip", .needed = hidden_combines, .work = hidden_combine, \
		.cost = hidden_cost_of_values}, \
	{.name = "look at output", .needed = hidden_output_observed, .work = hidden_show_output, \
		.cost = hidden_cost_of_values},

/* From dL/dh in the network's `upstream` to delta = dL/dz in `delta`. */
#define HIDDEN_BACKWARD_STAGES \
	{.name = "dropout and skip", .needed = hidden_combines, .work = hidden_combine_back, \
		.cost = hidden_cost_of_values}, \
	{.name = "norm after", .cut = CUT_NORM, .needed = hidden_normalizes_after, \
		.work = hidden_norm_after_back, .cost = hidden_cost_of_norm}, \
	{.name = "activation", .needed = hidden_makes_delta, .work = hidden_activate_back, \
		.cost = hidden_cost_of_values}, \
	{.name = "norm before", .cut = CUT_NORM, .needed = hidden_normalizes_before, \
		.work = hidden_norm_before_back, .cost = hidden_cost_of_norm}, \
	{.name = "look at delta", .cut = CUT_UNITS, .needed = hidden_delta_observed, \
		.work = hidden_show_delta, .cost = hidden_cost_of_values},

/* clang-format on */

#endif
