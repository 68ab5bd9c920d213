/* The dense layer: every unit sees every unit of the layer before. Then, if it is hidden, a
 * normalization, an activation, dropout and a skip connection; see nn/net.h for their order. */
#include "hidden.h"

#include <math.h>
#include <string.h>

/* ---- what it is made of ---- */

static bool dense_fits(const struct net_spec *spec, int l)
{
	return spec->size[l - 1] >= 1 && spec->size[l] >= 1;
}

static int dense_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	int inputs = spec->size[l - 1], outputs = spec->size[l];
	int count = weight_tensors(outputs, inputs, inputs, outputs, out);
	if (net_hidden(spec, l))
		count += hidden_tensors(spec, l, outputs, &out[count]);
	return count;
}

static int dense_buffers(const struct net_spec *spec, int l, struct buffer out[LAYER_BUFFERS_MAX])
{
	int units = spec->size[l], count = 0;
	out[count++] = (struct buffer){.name = "output", .units = units};
	if (net_hidden(spec, l))
		count += hidden_buffers(spec, l, &out[count]);
	return count;
}

/* ---- what a layer has to do ---- */

static bool has_layer_before(const struct net *net, const struct net_layer *layer)
{
	return layer_number(net, layer) > 1;
}

/* ---- forward: each stage over one block ---- */

static void forward_product(struct net *net, struct net_layer *layer, struct block block)
{
	net->kernels->product(&(struct product){
		.fused = layer->fused,
		.rows = block.units,
		.columns = block.columns,
		.inner = layer->inputs,
		.a = layer->weight + (size_t)block.first * layer->inputs,
		.a_row = layer->inputs,
		.a_inner = 1,
		.b = layer_input(net, layer) + block.column,
		.b_row = net->stride,
		.start = layer->bias + block.first,
		.c = (layer->hidden ? net->preactivation : layer->output) + block.offset,
		.c_row = net->stride,
	});
}

/* ---- backward ---- */

/* dW = delta h^T and db, block of units by block of samples. */
static void backward_weights(struct net *net, struct net_layer *layer, struct block block)
{
	net->kernels->product_transposed(&(struct product){
		.fused = layer->fused,
		.rows = block.units,
		.columns = layer->inputs,
		.inner = block.columns,
		.a = net->delta + block.offset,
		.a_row = net->stride,
		.a_inner = 1,
		.b = layer_input(net, layer) + block.column,
		.b_row = net->stride,
		.add = true,
		.c = gradient_at(net, layer->weight) + (size_t)block.first * layer->inputs,
		.c_row = layer->inputs,
		.sums = gradient_at(net, layer->bias) + block.first,
	});
}

/* dL/dh of the layer before = W^T delta, plus what a skip connection held back for it; or at once
 * delta of the layer before. */
static void backward_inputs(struct net *net, struct net_layer *layer, struct block block)
{
	const struct net_layer *before = layer - 1;
	bool held = hidden_skip_starts_at(net, layer_number(net, before));
	for (int unit = 0; held && unit < block.units; unit++) {
		size_t row = block.offset + (size_t)unit * net->stride;
		memcpy(net->upstream + row, net->held + row, block.columns * sizeof(real));
	}
	net->kernels->product(&(struct product){
		.fused = layer->fused,
		.rows = block.units,
		.columns = block.columns,
		.inner = layer->outputs,
		.a = layer->weight + block.first,
		.a_row = 1,
		.a_inner = layer->inputs,
		.b = net->delta + block.column,
		.b_row = net->stride,
		.add = held,
		.c = net->upstream + block.offset,
		.c_row = net->stride,
		.factor = before->takes_delta ? before->derivative + block.offset : NULL,
	});
}

/* ---- the row ---- */

static uint64_t cost_of_products(const struct net_layer *layer)
{
	return 1 + (uint64_t)layer->inputs;
}

static uint64_t cost_of_inputs(const struct net_layer *layer)
{
	return 1 + (uint64_t)layer->outputs;
}

/* clang-format off */
static const struct stage forward[] = {
	{.name = "product", .cut = CUT_PRODUCT, .work = forward_product,
		.complete = hidden_complete_z, .cost = cost_of_products},
	HIDDEN_FORWARD_STAGES
	{0},
};
/* clang-format on */

/* clang-format off */
static const struct stage backward[] = {
	HIDDEN_BACKWARD_STAGES
	{.name = "weights", .cut = CUT_PRODUCT, .work = backward_weights, .cost = cost_of_products},
	{.name = "inputs", .cut = CUT_PRODUCT, .over_inputs = true, .needed = has_layer_before,
		.work = backward_inputs, .complete = hidden_complete_inputs, .cost = cost_of_inputs},
	{0},
};
/* clang-format on */

const struct layer_kind layer_dense = {
	.name = "dense",
	.help = "every unit sees every unit of the layer before",
	.fits = dense_fits,
	.tensors = dense_tensors,
	.buffers = dense_buffers,
	.forward = forward,
	.backward = backward,
	.takes_delta = hidden_takes_delta,
};
