#include "lab/record.h"

#include "unit_sums.h"

#include <stdlib.h>
#include <string.h>

enum { UNIT_NUMBERS = UNIT_SHARES + UNIT_SIGNALS };

static size_t head_bytes(int layers)
{
	return sizeof(struct detail) + (size_t)layers * sizeof(struct layer_detail);
}

/* Where the units of each layer are in the detail's own block. */
static void place_units(struct detail *detail)
{
	const float *number = (float *)(void *)((char *)detail + head_bytes(detail->layers));
	for (int l = 0; l < detail->layers; l++) {
		struct layer_detail *layer = &detail->layer[l];
		const float **const place[UNIT_NUMBERS] = {&layer->inactive, &layer->saturated,
			&layer->delta, &layer->activity, &layer->derivative, &layer->z};
		for (int i = 0; i < UNIT_NUMBERS; i++, number += layer->units)
			*place[i] = number;
	}
}

struct detail *detail_new(int layers, const int *units)
{
	size_t bytes = head_bytes(layers);
	for (int l = 0; l < layers; l++)
		bytes += UNIT_NUMBERS * (size_t)units[l] * sizeof(float);
	struct detail *detail = calloc(1, bytes);
	if (!detail)
		return NULL;
	detail->users = 1;
	detail->layers = layers;
	for (int l = 0; l < layers; l++)
		detail->layer[l].units = units[l];
	place_units(detail);
	return detail;
}

size_t detail_bytes(const struct detail *detail)
{
	size_t bytes = head_bytes(detail->layers);
	for (int l = 0; l < detail->layers; l++)
		bytes += UNIT_NUMBERS * (size_t)detail->layer[l].units * sizeof(float);
	return bytes;
}

struct detail *detail_copy(const struct detail *detail)
{
	struct detail *copy = malloc(detail_bytes(detail));
	if (!copy)
		return NULL;
	memcpy(copy, detail, detail_bytes(detail));
	copy->users = 1;
	place_units(copy);
	return copy;
}

struct detail *detail_share(struct detail *detail)
{
	if (detail)
		detail->users++;
	return detail;
}

void detail_release(struct detail *detail)
{
	if (detail && --detail->users == 0)
		free(detail);
}

float *detail_shares(struct detail *detail, int layer)
{
	float *shares = (float *)(void *)((char *)detail + head_bytes(detail->layers));
	for (int l = 0; l + 1 < layer; l++)
		shares += UNIT_NUMBERS * detail->layer[l].units;
	return shares;
}

float *detail_signals(struct detail *detail, int layer)
{
	return detail_shares(detail, layer) + UNIT_SHARES * detail->layer[layer - 1].units;
}

void detail_count(const uint64_t count[DETAIL_BINS + 2], uint64_t *below, uint64_t bin[DETAIL_BINS],
	uint64_t *above)
{
	*below += count[0];
	for (int i = 0; i < DETAIL_BINS; i++)
		bin[i] += count[i + 1];
	*above += count[DETAIL_BINS + 1];
}
