/* The first weights of a network, row by row. */
#include "net_internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static uint64_t weight_stream(const struct net *net, int layer)
{
	return layer == net->layers ? 0 : (uint64_t)layer;
}

static void initialize_layer(struct net *net, int layer)
{
	struct net_initialization *work = &net->initialization;
	work->layer = layer;
	work->row = 0;
	work->rng = rng_stream(work->seed, "initial", weight_stream(net, layer));
}

void net_initialize_begin(struct net *net, const struct initializer *initializer,
	const struct initializer_parameters *parameters, uint64_t seed, int first, int last)
{
	net->initialization = (struct net_initialization){
		.initializer = initializer, .parameters = *parameters, .seed = seed, .last = last};
	initialize_layer(net, first);
}

static void initialize_row(struct net *net, struct net_layer *layer)
{
	struct net_initialization *work = &net->initialization;
	const struct initializer *initializer = work->initializer;
	int row = work->row++;
	real *weight = layer->weight + (size_t)row * layer->inputs;
	for (int i = 0; i < layer->inputs; i++)
		weight[i] = (real)initializer->draw(&work->parameters, &work->rng, layer->inputs,
			layer->outputs, row, i);
	layer->bias[row] = initializer->draws_bias ? (real)initializer->draw(&work->parameters,
		&work->rng, layer->inputs, layer->outputs, row, 0) : 0;
}

/* Vectors of a weight matrix that are to be orthonormal: its columns, or its rows where it has
 * no more of them (which of the two a square one gets makes no difference). */
struct vectors {
	int count, length;
	ptrdiff_t next, step; /* from vector to vector; from entry to entry */
};

static struct vectors vectors_of(const struct net_layer *layer)
{
	if (layer->outputs > layer->inputs)
		return (struct vectors){layer->inputs, layer->outputs, 1, layer->inputs};
	return (struct vectors){layer->outputs, layer->inputs, layer->inputs, 1};
}

static double vector_product(const struct vectors *v, const real *a, const real *b)
{
	double sum = 0;
	for (int i = 0; i < v->length; i++)
		sum += (double)a[i * v->step] * b[i * v->step];
	return sum;
}

/* Gram and Schmidt's step for one vector, twice so that rounding leaves nothing over. The
 * length taken out is R's diagonal and positive, as the uniform distribution over orthogonal
 * matrices wants it (Mezzadri 2007). */
static void orthogonalize(struct net *net, struct net_layer *layer, int vector)
{
	struct vectors v = vectors_of(layer);
	real *own = layer->weight + vector * v.next;
	for (int again = 0; again < 2; again++) {
		for (int k = 0; k < vector; k++) {
			const real *other = layer->weight + k * v.next;
			double product = vector_product(&v, own, other);
			for (int i = 0; i < v.length; i++)
				own[i * v.step] = (real)(own[i * v.step] - product * other[i * v.step]);
		}
		double length = sqrt(vector_product(&v, own, own));
		for (int i = 0; i < v.length; i++)
			own[i * v.step] = (real)(own[i * v.step] / length);
	}
	net->initialization.row++;
}

static void finish_layer(struct net *net, struct net_layer *layer)
{
	const struct net_initialization *work = &net->initialization;
	for (size_t i = 0; i < layer->weights && work->initializer->orthogonal; i++)
		layer->weight[i] *= (real)work->parameters.gain;
	if (layer->gamma) {
		start_normalization(layer);
		*layer->slope = (real)0.25;
	}
	memcpy(net->initial + layer->first, net->parameter + layer->first,
		layer->count * sizeof(real));
}

bool net_initialize_advance(struct net *net, uint64_t *budget)
{
	struct net_initialization *work = &net->initialization;
	enum { COST_OF_A_DRAW = 20, COST_OF_A_PRODUCT = 8 }; /* in multiply-adds */
	while (work->layer <= work->last) {
		struct net_layer *layer = &net->layer[work->layer];
		int vector = work->row - layer->outputs;
		if (!*budget)
			return false;
		if (vector < 0) {
			initialize_row(net, layer);
			spend(budget, (uint64_t)COST_OF_A_DRAW * layer->inputs);
		} else if (work->initializer->orthogonal && vector < vectors_of(layer).count) {
			orthogonalize(net, layer, vector);
			spend(budget, (uint64_t)COST_OF_A_PRODUCT * (vector + 1) * vectors_of(layer).length);
		} else {
			finish_layer(net, layer);
			initialize_layer(net, work->layer + 1);
		}
	}
	return true;
}
