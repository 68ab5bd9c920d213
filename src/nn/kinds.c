/* The kinds of layer there are. */
#include "nn/layer.h"
#include "nn/net.h"

#include <string.h>

static const struct layer_kind *const kinds[] = {
	&layer_dense, &layer_rnn, &layer_lstm, &layer_gru, &layer_each_step, &layer_conv};

const struct layer_kind *layer_kind_at(int index)
{
	return index >= 0 && index < (int)(sizeof(kinds) / sizeof(kinds[0])) ? kinds[index] : NULL;
}

const struct layer_kind *layer_kind_of(const struct net_spec *spec, int layer)
{
	const char *name = spec->kind[layer - 1];
	const struct layer_kind *kind = spec->own_kinds;
	if (!name)
		return kinds[0];
	for (; kind && kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	for (int i = 0; (kind = layer_kind_at(i)); i++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	return NULL;
}

int net_map_places(const struct net_spec *spec, int layer)
{
	const struct layer_kind *kind = layer_kind_of(spec, layer);
	if (!kind->map)
		return 1;
	struct net_shape map = kind->map(spec, layer);
	return map.height * map.width;
}

int net_map_values(const struct net_spec *spec, int layer)
{
	if (!layer_kind_of(spec, layer)->map)
		return spec->size[layer];
	return net_units(spec, layer) * net_map_places(spec, layer);
}
