#include "tensors.h"

#include "sizes.h"
#include <assert.h>
#include <string.h>

void tensors_add_layer(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX],
	struct tensor_totals *totals)
{
	int count = layer_kind_of(spec, layer)->tensors(spec, layer, out);
	assert(count >= 0 && count <= LAYER_TENSORS_MAX);
	for (int i = 0; i < count; i++) {
		struct tensor *tensor = &out[i];
		size_t *end = tensor->trained ? &totals->parameters : &totals->statistics;
		tensor->layer = layer;
		if (!tensor_owns(tensor))
			continue;
		if (tensor->trained && !tensor->joined)
			*end = padded(*end);
		tensor->at = *end;
		*end = checked_add(*end, checked_multiply((size_t)tensor->rows, (size_t)tensor->columns));
	}
	totals->parameters = padded(totals->parameters);
	totals->tensors += (size_t)count;
}

void tensors_resolve_ties(struct tensor *tensor, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct tensor *owner = NULL;
		if (tensor_owns(&tensor[i]))
			continue;
		for (size_t k = 0; k < count && !owner; k++)
			if (tensor[k].layer == tensor[i].tied_to && strcmp(tensor[k].name, tensor[i].name) == 0)
				owner = &tensor[k];
		assert(owner && tensor_owns(owner) && owner->trained == tensor[i].trained);
		assert(owner->rows == tensor[i].rows && owner->columns == tensor[i].columns);
		tensor[i].at = owner->at;
	}
}

/* The next tensor from `index` on with a place of its own among the parameters; `count`: none. */
static size_t next_placed(const struct tensor *tensor, size_t count, size_t index)
{
	while (index < count && !(tensor[index].trained && tensor_owns(&tensor[index])))
		index++;
	return index;
}

int tensors_ranges(
	const struct tensor *tensor, size_t count, size_t parameters, struct net_range *out)
{
	int ranges = 0;
	size_t next;
	for (size_t i = next_placed(tensor, count, 0); i < count; i = next) {
		const struct tensor *here = &tensor[i];
		struct net_range *last = ranges ? &out[ranges - 1] : NULL;
		next = next_placed(tensor, count, i + 1);
		size_t room = (next < count ? tensor[next].at : parameters) - here->at;
		if (!here->used)
			continue;
		bool goes_on = last && last->layer == here->layer && last->at + last->count == here->at;
		if (!goes_on) {
			last = &out[ranges++];
			*last = (struct net_range){.layer = here->layer, .at = here->at};
		}
		if (here->penalized) {
			assert(last->weights == last->count);
			last->weights += tensor_entries(here);
		}
		last->count += room;
	}
	return ranges;
}
