/* Maps: the kernels of a convolutional layer and what they make of one sample.
 *
 * Each channel is a tile: its kernel for the input channel to which its weights are largest, and
 * its map h before pooling. All kernels of a layer share one scale, and so have all maps. */
#include "halves.h"
#include "nn/bounds.h"
#include "nn/elementary.h"
#include "nn/net.h"
#include "pixels.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { GAP = 1, NUMBER = 3, SIZE_MOST = 4, ROWS_FOR_FOOT = 8 };

struct maps {
	const struct picture *picture;
	const struct step_view *step;
	const struct net_spec *spec;
	const struct net_layer *layer;
	int number; /* of the layer */
	struct net_shape map;
	int channels, inputs, kernel; /* inputs: channels of the layer before */
};

static bool is_convolution(const struct net_spec *spec, int layer)
{
	return layer >= 1 && layer <= spec->layers && layer_kind_of(spec, layer)->map != NULL;
}

/* The selected layer, or the last convolution below it. */
static int layer_of(const struct picture *picture, const struct net_spec *spec)
{
	int layer = layer_selected(picture, spec->layers);
	while (layer > 0 && !is_convolution(spec, layer))
		layer--;
	return layer;
}

/* False: the view is not there yet, or the network has no convolution. */
static bool maps_of(struct maps *maps, const struct picture *picture)
{
	const struct state_view *state = picture->frame.state;
	*maps = (struct maps){.picture = picture};
	if (!state || !state->step || !state->net)
		return false;
	maps->step = state->step;
	maps->spec = net_spec_of(state->net);
	maps->number = layer_of(picture, maps->spec);
	if (maps->number == 0 || maps->step->layers != maps->spec->layers)
		return false;
	maps->layer = net_layer_of(state->net, maps->number);
	maps->map = layer_kind_of(maps->spec, maps->number)->map(maps->spec, maps->number);
	maps->channels = net_units(maps->spec, maps->number);
	maps->inputs = net_units(maps->spec, maps->number - 1);
	maps->kernel = maps->spec->kernel[maps->number - 1];
	return true;
}

static bool has_convolution(const struct model *model)
{
	for (int layer = 1; layer <= model->layers; layer++)
		if (model_layer(model, layer)->kind && strcmp(model_layer(model, layer)->kind, "conv") == 0)
			return true;
	return false;
}

/* ---- numbers ---- */

static const real *kernel_of(const struct maps *maps, int channel, int input)
{
	int taps = maps->kernel * maps->kernel;
	return maps->layer->weight +
		((size_t)channel * (size_t)maps->inputs + (size_t)input) * (size_t)taps;
}

/* The input channel that a channel listens to most: with the largest sum of squares. */
static int strongest_input(const struct maps *maps, int channel)
{
	int strongest = 0, taps = maps->kernel * maps->kernel;
	double most = -1;
	for (int input = 0; input < maps->inputs; input++) {
		const real *kernel = kernel_of(maps, channel, input);
		double squares = 0;
		for (int i = 0; i < taps; i++)
			squares += (double)kernel[i] * (double)kernel[i];
		if (squares > most) {
			most = squares;
			strongest = input;
		}
	}
	return strongest;
}

static const float *map_of(const struct maps *maps, int channel)
{
	size_t places = (size_t)maps->map.height * (size_t)maps->map.width;
	return maps->step->layer[maps->number].output + (size_t)channel * places;
}

/* The largest |value| of an array that is finite. */
static double largest(const float *value, size_t count)
{
	double most = 0;
	for (size_t i = 0; i < count; i++)
		if (isfinite(value[i]))
			most = max_f64(most, fabs((double)value[i]));
	return most;
}

/* ---- drawing ---- */

/* How the tiles are laid out; the first one is the sample itself where it is an image. */
struct tiles {
	int size; /* of a pixel */
	int width, height, columns, rows;
	bool sample;
};

static const struct net_shape *image_of(const struct maps *maps)
{
	const struct net_shape *shape = &maps->spec->shape[0];
	return shape->height > 0 && shape->width > 0 && net_units(maps->spec, 0) == 1 ? shape : NULL;
}

static struct tiles tiles_of_size(const struct maps *maps, struct area area, int size)
{
	const struct net_shape *image = image_of(maps);
	int map = pixels_columns(area, max_int(maps->map.width, maps->kernel), size);
	struct tiles tiles = {.size = size,
		.width = max_int(image ? max_int(map, pixels_columns(area, image->width, 1)) : map, NUMBER),
		.height =
			1 + pixels_rows(area, maps->kernel, size) + pixels_rows(area, maps->map.height, size),
		.sample = image != NULL};
	tiles.columns = (area.width + GAP) / (tiles.width + GAP);
	tiles.rows = (area.height + GAP) / (tiles.height + GAP);
	return tiles;
}

/* The largest pixels with which all channels fit. */
static struct tiles tiles_of(const struct maps *maps, struct area area)
{
	int size = SIZE_MOST;
	struct tiles tiles = tiles_of_size(maps, area, size);
	while (size > 1 && tiles.columns * tiles.rows < maps->channels + tiles.sample)
		tiles = tiles_of_size(maps, area, --size);
	return tiles;
}

static void draw_sample(const struct maps *maps, struct area area, const struct tiles *tiles)
{
	const struct net_shape *image = image_of(maps);
	const float *value = maps->step->layer[0].output;
	struct pixels_scale scale = {(double)value[0], (double)value[0]};
	int count = image->height * image->width, size = tiles->size;
	for (int i = 1; i < count; i++) {
		scale.low = min_f64(scale.low, (double)value[i]);
		scale.high = max_f64(scale.high, (double)value[i]);
	}
	while (size > 1 &&
		(pixels_columns(area, image->width, size) > area.width ||
			pixels_rows(area, image->height, size) >= area.height))
		size--;
	caption(area, 0, 0, STYLE_DIM, "in");
	pixels_draw(area_sub(area, 0, 1, area.width, area.height - 1), image->width, image->height,
		value, scale, size);
}

static void draw_channel(const struct maps *maps, struct area area, const struct tiles *tiles,
	const struct pixels_scale scale[2], int channel)
{
	int kernel_rows = pixels_rows(area, maps->kernel, tiles->size);
	int input = strongest_input(maps, channel);
	bool selected = channel + 1 == maps->picture->view->unit &&
		maps->number == layer_selected(maps->picture, maps->spec->layers);
	char name[32];
	area_target(area,
		(struct target){.layer = layer_row(maps->picture, maps->number), .unit = channel + 1});
	snprintf(name, sizeof(name), "%d of %d", channel + 1, input + 1);
	if (maps->inputs == 1 || area.width < (int)strlen(name))
		snprintf(name, sizeof(name), "%d", channel + 1);
	caption(area, 0, 0, selected ? STYLE_SELECTED : STYLE_DIM, name);
	pixels_draw(area_sub(area, 0, 1, area.width, kernel_rows), maps->kernel, maps->kernel,
		kernel_of(maps, channel, input), scale[0], tiles->size);
	pixels_draw(area_sub(area, 0, 1 + kernel_rows, area.width, area.height - 1 - kernel_rows),
		maps->map.width, maps->map.height, map_of(maps, channel), scale[1], tiles->size);
}

static void draw_foot(const struct maps *maps, struct area row, int shown)
{
	struct parts parts = {0};
	parts_add(&parts, 0, STYLE_NORMAL, "layer %d: %d kernels of %dx%d", maps->number,
		maps->channels, maps->kernel, maps->kernel);
	parts_add(&parts, 1, STYLE_NORMAL, "%zu weights, used at %d places",
		tensor_entries(&maps->layer->tensor[0]), maps->map.height * maps->map.width);
	double inputs = maps->spec->size[maps->number - 1],
		   units = net_map_values(maps->spec, maps->number);
	char dense[PLOT_NUMBER];
	plot_quantity(dense, inputs * units);
	parts_add(&parts, 2, STYLE_NORMAL, "dense: %.0f×%.0f = %s", inputs, units, dense);
	parts_shorten(&parts, "dense: %s", dense);
	parts_add(&parts, 3, STYLE_DIM, "sample %d", maps->step->sample + 1);
	if (shown < maps->channels)
		parts_add(&parts, 0, STYLE_DIM, "%d of %d shown", shown, maps->channels);
	parts_draw(&parts, row, 0, 0);
}

static void draw_maps(const struct maps *maps, struct area area)
{
	int foot = area.height >= ROWS_FOR_FOOT;
	struct area inside = area_sub(area, 0, 0, area.width, area.height - foot);
	struct tiles tiles = tiles_of(maps, inside);
	size_t taps = (size_t)maps->kernel * (size_t)maps->kernel;
	size_t places = (size_t)maps->map.height * (size_t)maps->map.width;
	double weight =
		largest(maps->layer->weight, (size_t)maps->channels * (size_t)maps->inputs * taps);
	double value = largest(map_of(maps, 0), (size_t)maps->channels * places);
	const struct pixels_scale scale[2] = {{-weight, weight}, {0, value}};
	int room = tiles.columns * tiles.rows;
	tiles.sample = tiles.sample && room > 1;
	int shown = min_int(maps->channels, room - tiles.sample);
	if (shown < 1) {
		caption_sentence(area, STYLE_DIM, "too small for a map; z shows the pane alone");
		return;
	}
	for (int tile = 0; tile < shown + tiles.sample; tile++) {
		struct area place = area_sub(inside, tile % tiles.columns * (tiles.width + GAP),
			tile / tiles.columns * (tiles.height + GAP), tiles.width, tiles.height);
		if (tile < tiles.sample)
			draw_sample(maps, place, &tiles);
		else
			draw_channel(maps, place, &tiles, scale, tile - tiles.sample);
	}
	if (foot)
		draw_foot(maps, area_sub(area, 0, area.height - 1, area.width, 1), shown);
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	struct maps maps;
	(void)other;
	if (!picture->frame.record)
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
	else if (!picture->frame.model || !has_convolution(picture->frame.model))
		caption_sentence(area, STYLE_DIM,
			"no convolution in this network; :model=cnn learns images by kernels and maps");
	else if (!maps_of(&maps, picture))
		caption_sentence(area, STYLE_DIM, "waiting for the weights");
	else
		draw_maps(&maps, area);
}

static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	bool wanted = picture->frame.model && has_convolution(picture->frame.model);
	(void)area;
	return (struct probe_wish){
		.weights = wanted, .step = wanted, .sample = wanted ? picture->view->sample : 0};
}

static const struct halves_way way = {{30, 8, 20, 8}, true, draw_run, wish_of};

static void maps_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static struct probe_wish maps_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish maps_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

static void maps_title(const struct picture *picture, char *out, int size)
{
	(void)picture;
	snprintf(out, (size_t)size, "maps · kernels and their maps · one sample");
}

/* clang-format off */
const struct pane pane_maps = {
	.name = "maps",
	.help = "kernels of a convolutional layer, and the maps they make of one sample",
	.guide = "\"in\" is the sample. Each other tile is a channel of the selected layer. Above is "
		"its kernel: the weights that "
		"are moved over the image or map below (dark: negative, light: positive; all kernels of "
		"the layer on one scale). In layers above the first a channel has a kernel for each input "
		"channel; the one with the largest weights is shown: \"2 of 3\" is that of channel 2 "
		"for input 3. Below it is "
		"the map of the sample, h before pooling: light where the kernel finds what it looks for "
		"(all maps on one scale from 0). The same few weights serve every place: that is weight "
		"sharing. Dense layers with as many units, each with weights of its own, would have "
		"inputs x units: the number behind \"dense\". n goes to the next sample of the minibatch, "
		"up and down to other layers. A "
		"pinned run has maps of its own.",
	.numbers = "kernel; map; dense",
	.minimum_width = 20, .minimum_height = 8,
	.title = maps_title, .draw = maps_draw, .wish = maps_wish,
	.pinned_wish = maps_pinned_wish,
};
/* clang-format on */
