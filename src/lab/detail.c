#include "lab/record.h"

#include <stdlib.h>
#include <string.h>

static size_t head_bytes(int layers)
{
	return sizeof(struct detail) + (size_t)layers * sizeof(struct layer_detail);
}

/* Where the shares of each layer are in the detail's own block. */
static void place_shares(struct detail *detail)
{
	float *shares = (float *)(void *)((char *)detail + head_bytes(detail->layers));
	for (int l = 0; l < detail->layers; l++) {
		struct layer_detail *layer = &detail->layer[l];
		layer->inactive = shares;
		layer->saturated = shares + layer->units;
		shares += 2 * layer->units;
	}
}

struct detail *detail_new(int layers, const int *units)
{
	size_t bytes = head_bytes(layers);
	for (int l = 0; l < layers; l++)
		bytes += 2 * (size_t)units[l] * sizeof(float);
	struct detail *detail = calloc(1, bytes);
	if (!detail)
		return NULL;
	detail->users = 1;
	detail->layers = layers;
	for (int l = 0; l < layers; l++)
		detail->layer[l].units = units[l];
	place_shares(detail);
	return detail;
}

size_t detail_bytes(const struct detail *detail)
{
	size_t bytes = head_bytes(detail->layers);
	for (int l = 0; l < detail->layers; l++)
		bytes += 2 * (size_t)detail->layer[l].units * sizeof(float);
	return bytes;
}

struct detail *detail_copy(const struct detail *detail)
{
	struct detail *copy = malloc(detail_bytes(detail));
	if (!copy)
		return NULL;
	memcpy(copy, detail, detail_bytes(detail));
	copy->users = 1;
	place_shares(copy);
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
		shares += 2 * detail->layer[l].units;
	return shares;
}
