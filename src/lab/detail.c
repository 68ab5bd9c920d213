#include "lab/record.h"

#include "unit_sums.h"

#include <stdlib.h>
#include <string.h>

enum { UNIT_NUMBERS = UNIT_SHARES + UNIT_SIGNALS };

static size_t head_bytes(int layers)
{
	return sizeof(struct detail) + ((size_t)layers + 1) * sizeof(struct layer_detail);
}

/* Where the units and weights of each layer are in the detail's own block. */
static void place_numbers(struct detail *detail)
{
	const float *number = (float *)(void *)((char *)detail + head_bytes(detail->layers));
	for (int l = 0; l < detail->layers; l++) {
		struct layer_detail *layer = &detail->layer[l];
		const float **const place[UNIT_NUMBERS] = {&layer->inactive, &layer->saturated,
			&layer->delta, &layer->activity, &layer->derivative, &layer->z};
		for (int i = 0; i < UNIT_NUMBERS; i++, number += layer->units)
			*place[i] = number;
	}
	for (int l = 0; l <= detail->layers; l++) {
		detail->layer[l].weight = number;
		number += detail->layer[l].weights;
	}
}

/* How many of a layer's weights are kept, and which. */
static void choose_weights(struct layer_detail *layer, int layers, size_t weights)
{
	size_t most = DETAIL_WEIGHTS_IN_ALL / ((size_t)layers + 1);
	most = most < DETAIL_WEIGHTS ? most : DETAIL_WEIGHTS;
	layer->weight_every = (int)((weights + most - 1) / most);
	if (weights > 0)
		layer->weights = (int)((weights - 1) / (size_t)layer->weight_every) + 1;
}

size_t detail_bytes(const struct detail *detail)
{
	size_t bytes = head_bytes(detail->layers);
	for (int l = 0; l <= detail->layers; l++)
		bytes +=
			(UNIT_NUMBERS * (size_t)detail->layer[l].units + (size_t)detail->layer[l].weights) *
			sizeof(float);
	return bytes;
}

struct detail *detail_new(int layers, const int *units, const size_t *weights)
{
	struct detail *head = calloc(1, head_bytes(layers)), *detail;
	if (!head)
		return NULL;
	head->users = 1;
	head->layers = layers;
	for (int l = 0; l < layers; l++)
		head->layer[l].units = units[l];
	for (int l = 0; weights && l <= layers; l++)
		choose_weights(&head->layer[l], layers, weights[l]);
	detail = calloc(1, detail_bytes(head));
	if (detail) {
		memcpy(detail, head, head_bytes(layers));
		place_numbers(detail);
	}
	free(head);
	return detail;
}

struct detail *detail_copy(const struct detail *detail)
{
	struct detail *copy = malloc(detail_bytes(detail));
	if (!copy)
		return NULL;
	memcpy(copy, detail, detail_bytes(detail));
	copy->users = 1;
	place_numbers(copy);
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

void detail_take_weights(struct detail *detail, int layer, const real *weight)
{
	struct layer_detail *row = &detail->layer[layer - 1];
	float *kept = (float *)row->weight;
	for (int i = 0; i < row->weights; i++)
		kept[i] = weight ? (float)weight[(size_t)i * (size_t)row->weight_every] : record_nothing();
}
