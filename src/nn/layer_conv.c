/* The convolutional layer. Its input has a map for each channel, [channels][height][width]; each of
 * its own channels makes a map of all of them, by kernels that are the same at every place (LeCun
 * et al. 1998). Behind z, each value is a unit like those of a dense layer, but a channel has one
 * bias, one gamma and one beta for its whole map. Last, the map may be pooled. Formulas:
 * docs/numerics.md, section 7.
 *
 * A map is worked on line by line: with zeros around it, the values that one tap of the kernel sees
 * along a line, with all samples, lie side by side.
 */
#include "hidden.h"

#include <string.h>

/* ---- what it is made of ---- */

struct geometry {
	int inputs, height, width; /* channels and map of the input */
	int kernel, padding;
	int channels;      /* of the layer */
	int lines, places; /* height and width of its map */
	int pool;
};

static int at_least_1(int size)
{
	return size ? size : 1;
}

static struct geometry geometry_of(const struct net_spec *spec, int l)
{
	const struct net_shape *in = &spec->shape[l - 1];
	int kernel = spec->kernel[l - 1], padding = spec->padding[l - 1];
	int height = at_least_1(in->height), width = at_least_1(in->width);
	return (struct geometry){
		.inputs = net_units(spec, l - 1),
		.height = height,
		.width = width,
		.kernel = kernel,
		.padding = padding,
		.channels = net_units(spec, l),
		.lines = height + 2 * padding - kernel + 1,
		.places = width + 2 * padding - kernel + 1,
		.pool = spec->pool[l - 1],
	};
}

static struct net_shape conv_map(const struct net_spec *spec, int l)
{
	const struct geometry g = geometry_of(spec, l);
	return (struct net_shape){.height = g.lines, .width = g.places};
}

struct net_shape net_conv_shape(const struct net_spec *spec, int l)
{
	struct net_shape map = conv_map(spec, l);
	if (spec->pool[l - 1] == NET_POOL_MEAN)
		return (struct net_shape){.height = 1, .width = 1};
	if (spec->pool[l - 1] == NET_POOL_MAX)
		return (struct net_shape){.height = map.height / 2, .width = map.width / 2};
	return map;
}

static bool conv_fits(const struct net_spec *spec, int l)
{
	const struct net_shape *in = &spec->shape[l - 1], *out = &spec->shape[l];
	int kernel = spec->kernel[l - 1], padding = spec->padding[l - 1], pool = spec->pool[l - 1];
	bool known = pool == 0 || pool == NET_POOL_MAX || pool == NET_POOL_MEAN;
	if (!net_hidden(spec, l) || in->steps > 1 || out->steps > 1 || !known)
		return false;
	if (kernel < 1 || padding < 0 || padding >= kernel)
		return false;
	const struct net_shape map = conv_map(spec, l), wanted = net_conv_shape(spec, l);
	return map.height >= 1 && map.width >= 1 && wanted.height == at_least_1(out->height) &&
		wanted.width == at_least_1(out->width) && wanted.height >= 1 && wanted.width >= 1 &&
		net_units(spec, l - 1) >= 1 && net_units(spec, l) >= 1 &&
		spec->size[l] == net_units(spec, l) * wanted.height * wanted.width &&
		spec->size[l - 1] ==
		net_units(spec, l - 1) * at_least_1(in->height) * at_least_1(in->width);
}

static int conv_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	const struct geometry g = geometry_of(spec, l);
	int taps = g.kernel * g.kernel;
	int count =
		weight_tensors(g.channels, g.inputs * taps, g.inputs * taps, g.channels * taps, out);
	return count + hidden_tensors(spec, l, g.channels, &out[count]);
}

static int conv_buffers(const struct net_spec *spec, int l, struct buffer out[LAYER_BUFFERS_MAX])
{
	int count = 0;
	out[count++] = (struct buffer){.name = "output", .units = spec->size[l]};
	if (spec->pool[l - 1])
		out[count++] = (struct buffer){.name = "map", .units = net_map_values(spec, l)};
	return count + hidden_buffers(spec, l, &out[count]);
}

/* Zeros around a map of delta on the way back: so many that each tap of the turned kernel sees what
 * it contributed to. */
static int padding_back(const struct geometry *g)
{
	return g->kernel - 1 - g->padding;
}

static struct buffer conv_shared(const struct net_spec *spec, int l)
{
	const struct geometry g = geometry_of(spec, l);
	int around = 2 * g.padding, back = 2 * padding_back(&g);
	int forth = g.inputs * (g.height + around) * (g.width + around);
	int to = l > 1 ? g.channels * (g.lines + back) * (g.places + back) : 0;
	return (struct buffer){.units = max_int(forth, to),
		.more = l > 1 ? g.inputs * g.channels * g.kernel * g.kernel : 0};
}

/* ---- what a layer has to do ---- */

static struct geometry geometry(const struct net *net, const struct net_layer *layer)
{
	return geometry_of(&net->spec, layer_number(net, layer));
}

static bool has_layer_before(const struct net *net, const struct net_layer *layer)
{
	return layer_number(net, layer) > 1;
}

static bool pads(const struct net *net, const struct net_layer *layer)
{
	return net->spec.padding[layer_number(net, layer) - 1] > 0;
}

static bool pads_back(const struct net *net, const struct net_layer *layer)
{
	const struct geometry g = geometry(net, layer);
	return has_layer_before(net, layer) && padding_back(&g) > 0;
}

static bool pools(const struct net *net, const struct net_layer *layer)
{
	return net->spec.pool[layer_number(net, layer) - 1] != 0;
}

static bool takes_delta(const struct net *net, const struct net_layer *layer)
{
	return !pools(net, layer) && hidden_takes_delta(net, layer);
}

static int channels_before(const struct net *net, const struct net_layer *layer)
{
	return geometry(net, layer).inputs;
}

static int channels(const struct net *net, const struct net_layer *layer)
{
	return geometry(net, layer).channels;
}

static int places(const struct net *net, const struct net_layer *layer)
{
	(void)net;
	return layer->places;
}

static int places_before(const struct net *net, const struct net_layer *layer)
{
	const struct geometry g = geometry(net, layer);
	return g.height * g.width;
}

/* ---- maps with zeros around them ---- */

struct map {
	const real *values;      /* as a kernel sees them, from the first zero on */
	ptrdiff_t channel, line; /* from channel to channel, and from line to line */
};

static struct map map_of(
	const struct net *net, const real *values, int height, int width, int padding)
{
	ptrdiff_t line = (ptrdiff_t)(width + 2 * padding) * net->stride;
	return (struct map){padding ? net->padded : values, (height + 2 * padding) * line, line};
}

/* Copies some channels. */
static void pad(
	struct net *net, struct block block, const real *from, int height, int width, int padding)
{
	const struct map map = map_of(net, from, height, width, padding);
	size_t inside = (size_t)width * net->stride, side = (size_t)padding * net->stride;
	from += (size_t)block.first * height * inside;
	for (int channel = block.first; channel < block.first + block.units; channel++) {
		real *to = net->padded + channel * map.channel, *end = to + map.channel;
		memset(to, 0, padding * map.line * sizeof(real));
		to += padding * map.line;
		for (int y = 0; y < height; y++, to += map.line, from += inside) {
			memset(to, 0, side * sizeof(real));
			memcpy(to + side, from, inside * sizeof(real));
			memset(to + side + inside, 0, side * sizeof(real));
		}
		memset(to, 0, (size_t)(end - to) * sizeof(real));
	}
}

static void pad_input(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	pad(net, block, layer_input(net, layer), g.height, g.width, g.padding);
}

static void pad_delta(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	pad(net, block, net->delta, g.lines, g.places, padding_back(&g));
}

/* A product over some places of a map of this width: `p` is that of its first place, with b as a
 * kernel sees it. Places that see neighbouring values are worked on together. */
static void convolve(const struct net *net, struct block block, int width, struct product p)
{
	const bool whole = block.columns == net->stride,
			   flat = p.b_line == (ptrdiff_t)width * net->stride;
	const struct product first = p;
	const int end = block.first + block.units;
	int run;
	for (int place = block.first; place < end; place += run) {
		ptrdiff_t to = (ptrdiff_t)place * net->stride + block.column;
		run = !whole ? 1 : flat ? end - place : min_int(width - place % width, end - place);
		p.columns = whole ? run * net->stride : block.columns;
		p.b = first.b + place / width * p.b_line + place % width * p.b_place + block.column;
		p.c = first.c + to;
		p.factor = first.factor ? first.factor + to : NULL;
		net->kernels->product(&p);
	}
}

/* ---- forward ---- */

static void forward_product(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	const struct map map = map_of(net, layer_input(net, layer), g.height, g.width, g.padding);
	convolve(net, block, g.places,
		(struct product){
			.fused = layer->fused,
			.rows = g.channels,
			.inner = g.inputs * g.kernel * g.kernel,
			.a = layer->weight,
			.a_row = g.inputs * g.kernel * g.kernel,
			.a_inner = 1,
			.b = map.values,
			.b_row = map.channel,
			.b_line = map.line,
			.b_place = net->stride,
			.kernel = g.kernel,
			.start = layer->bias,
			.c = net->preactivation,
			.c_row = (ptrdiff_t)layer->places * net->stride,
		});
}

/* The four places of the map that become place (y, x): in row order, from the first one. */
struct window {
	size_t at[4];
};

static struct window window_of(const struct net *net, const struct geometry *g, int y, int x)
{
	size_t from = ((size_t)2 * y * g->places + 2 * x) * net->stride;
	size_t line = (size_t)g->places * net->stride;
	return (struct window){{from, from + net->stride, from + line, from + line + net->stride}};
}

/* A value that is no number stays one. */
static real larger(real a, real b)
{
	return b > a || b != b ? b : a;
}

static void pool_max(const struct net *net, const struct geometry *g, const real *map, real *output)
{
	for (int y = 0; y < g->lines / 2; y++)
		for (int x = 0; x < g->places / 2; x++, output += net->stride) {
			const struct window w = window_of(net, g, y, x);
			for (int i = 0; i < net->stride; i++)
				output[i] = larger(larger(map[w.at[0] + i], map[w.at[1] + i]),
					larger(map[w.at[2] + i], map[w.at[3] + i]));
		}
}

static void pool_mean(
	const struct net *net, const struct geometry *g, const real *map, real *output)
{
	const int places = g->lines * g->places;
	memset(output, 0, (size_t)net->stride * sizeof(real));
	for (int place = 0; place < places; place++, map += net->stride)
		for (int i = 0; i < net->stride; i++)
			output[i] += map[i];
	for (int i = 0; i < net->stride; i++)
		output[i] /= (real)places;
}

static void forward_pool(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	size_t from = (size_t)layer->places * net->stride;
	size_t to = (size_t)layer->outputs / g.channels * net->stride;
	for (int channel = block.first; channel < block.first + block.units; channel++)
		(g.pool == NET_POOL_MAX ? pool_max : pool_mean)(
			net, &g, layer->map + channel * from, layer->output + channel * to);
}

/* ---- backward ---- */

/* The gradient goes to the first of the largest values in row order. */
static void unpool_max(const struct net *net, const struct geometry *g, const real *map,
	const real *output, const real *from, real *to)
{
	memset(to, 0, (size_t)g->lines * g->places * net->stride * sizeof(real));
	for (int y = 0; y < g->lines / 2; y++)
		for (int x = 0; x < g->places / 2; x++, from += net->stride, output += net->stride) {
			const struct window w = window_of(net, g, y, x);
			for (int i = 0; i < net->stride; i++) {
				bool first = !(map[w.at[0] + i] < output[i]);
				bool second = !first & !(map[w.at[1] + i] < output[i]);
				bool third = !first & !second & !(map[w.at[2] + i] < output[i]);
				to[w.at[0] + i] = first ? from[i] : 0;
				to[w.at[1] + i] = second ? from[i] : 0;
				to[w.at[2] + i] = third ? from[i] : 0;
				to[w.at[3] + i] = (first | second | third) ? 0 : from[i];
			}
		}
}

static void unpool_mean(const struct net *net, const struct geometry *g, const real *from, real *to)
{
	const int places = g->lines * g->places;
	for (int i = 0; i < net->stride; i++)
		to[i] = from[i] / (real)places;
	for (int place = 1; place < places; place++)
		memcpy(to + (size_t)place * net->stride, to, (size_t)net->stride * sizeof(real));
}

/* From dL/dh behind pooling to dL/dh of the map, for the time being in `delta`. */
static void backward_pool(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	size_t map = (size_t)layer->places * net->stride;
	size_t pooled = (size_t)layer->outputs / g.channels * net->stride;
	for (int channel = block.first; channel < block.first + block.units; channel++) {
		const real *from = net->upstream + channel * pooled;
		real *to = net->delta + channel * map;
		if (g.pool == NET_POOL_MAX)
			unpool_max(
				net, &g, layer->map + channel * map, layer->output + channel * pooled, from, to);
		else
			unpool_mean(net, &g, from, to);
	}
}

static void complete_pool(struct net *net, struct net_layer *layer)
{
	real *upstream = net->delta;
	(void)layer;
	net->delta = net->upstream;
	net->upstream = upstream;
}

/* The gradient of the kernels of some channels: of each tap, delta times what it saw. */
static void backward_weights(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	const struct map map = map_of(net, layer_input(net, layer), g.height, g.width, g.padding);
	const bool whole = block.columns == net->stride;
	size_t row = (size_t)layer->places * net->stride;
	size_t kernels = (size_t)g.inputs * g.kernel * g.kernel;
	net->kernels->correlate(&(struct correlation){
		.fused = layer->fused,
		.rows = block.units,
		.channels = g.inputs,
		.kernel = g.kernel,
		.lines = g.lines,
		.places = whole ? 1 : g.places,
		.length = whole ? g.places * net->stride : block.columns,
		.place = net->stride,
		.a = net->delta + block.first * row + block.column,
		.a_row = (ptrdiff_t)row,
		.a_line = (ptrdiff_t)g.places * net->stride,
		.b = map.values + block.column,
		.b_row = map.channel,
		.b_line = map.line,
		.c = gradient_at(net, layer->weight) + block.first * kernels,
		.sums = gradient_at(net, layer->bias) + block.first,
	});
}

/* Kernels as the way back needs them: [channel of the input][channel][taps], each turned by half a
 * circle. */
static void turn_kernels(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	const int taps = g.kernel * g.kernel;
	for (int input = block.first; input < block.first + block.units; input++)
		for (int channel = 0; channel < g.channels; channel++) {
			const real *from = layer->weight + ((size_t)channel * g.inputs + input) * taps;
			real *to = net->turned + ((size_t)input * g.channels + channel) * taps;
			for (int tap = 0; tap < taps; tap++)
				to[tap] = from[taps - 1 - tap];
		}
}

/* dL/dh of the layer before, plus what a skip connection held back for it; or at once its delta. */
static void backward_inputs(struct net *net, struct net_layer *layer, struct block block)
{
	const struct geometry g = geometry(net, layer);
	const struct net_layer *before = layer - 1;
	const struct map map = map_of(net, net->delta, g.lines, g.places, padding_back(&g));
	const bool held = hidden_skip_starts_at(net, layer_number(net, before));
	const ptrdiff_t row = (ptrdiff_t)g.height * g.width * net->stride;
	for (int place = block.first; held && place < block.first + block.units; place++)
		for (int input = 0; input < g.inputs; input++) {
			size_t at = input * row + (size_t)place * net->stride + block.column;
			memcpy(net->upstream + at, net->held + at, block.columns * sizeof(real));
		}
	convolve(net, block, g.width,
		(struct product){
			.fused = layer->fused,
			.rows = g.inputs,
			.inner = g.channels * g.kernel * g.kernel,
			.a = net->turned,
			.a_row = g.channels * g.kernel * g.kernel,
			.a_inner = 1,
			.b = map.values,
			.b_row = map.channel,
			.b_line = map.line,
			.b_place = net->stride,
			.kernel = g.kernel,
			.add = held,
			.c = net->upstream,
			.c_row = row,
			.factor = before->takes_delta ? before->derivative : NULL,
		});
}

/* ---- the row ---- */

/* Of a channel's place, with all it sees. */
static uint64_t cost_of_place(const struct net_layer *layer)
{
	return 1 + (uint64_t)layer->weights;
}

/* Of a channel, for one sample. */
static uint64_t cost_of_kernels(const struct net_layer *layer)
{
	uint64_t channels = (uint64_t)layer->values / (uint64_t)layer->places;
	return 1 + layer->weights / channels * (uint64_t)layer->places;
}

static uint64_t cost_of_map(const struct net_layer *layer)
{
	return 8 * (uint64_t)layer->places;
}

static uint64_t cost_of_turning(const struct net_layer *layer)
{
	(void)layer;
	return 16;
}

/* clang-format off */
static const struct stage forward[] = {
	{.name = "zeros around the input", .cut = CUT_UNITS, .units = channels_before, .needed = pads,
		.work = pad_input, .cost = cost_of_map},
	{.name = "product", .cut = CUT_PLACES, .units = places, .work = forward_product,
		.complete = hidden_complete_z, .cost = cost_of_place},
	HIDDEN_FORWARD_STAGES
	{.name = "pooling", .cut = CUT_UNITS, .units = channels, .needed = pools,
		.work = forward_pool, .cost = cost_of_map},
	{0},
};

static const struct stage backward[] = {
	{.name = "pooling", .cut = CUT_UNITS, .units = channels, .needed = pools,
		.work = backward_pool, .complete = complete_pool, .cost = cost_of_map},
	HIDDEN_BACKWARD_STAGES
	{.name = "zeros around the input", .cut = CUT_UNITS, .units = channels_before, .needed = pads,
		.work = pad_input, .cost = cost_of_map},
	{.name = "weights", .cut = CUT_PRODUCT, .units = channels, .work = backward_weights,
		.cost = cost_of_kernels},
	{.name = "turned kernels", .cut = CUT_UNITS, .units = channels_before,
		.needed = has_layer_before, .work = turn_kernels, .cost = cost_of_turning},
	{.name = "zeros around delta", .cut = CUT_UNITS, .units = channels, .needed = pads_back,
		.work = pad_delta, .cost = cost_of_map},
	{.name = "inputs", .cut = CUT_PLACES, .units = places_before, .needed = has_layer_before,
		.work = backward_inputs, .complete = hidden_complete_inputs, .cost = cost_of_place},
	{0},
};
/* clang-format on */

const struct layer_kind layer_conv = {
	.name = "conv",
	.help = "every channel sees a window of all channels before, the same way at every place",
	.fits = conv_fits,
	.map = conv_map,
	.tensors = conv_tensors,
	.buffers = conv_buffers,
	.shared = conv_shared,
	.forward = forward,
	.backward = backward,
	.takes_delta = takes_delta,
};
