/* The first weights of a network, row by row. */
#include "net_internal.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static uint64_t weight_stream(const struct net *net, int layer)
{
	return net->layer[layer].hidden ? (uint64_t)layer : 0;
}

/* The n-th matrix of a layer that is drawn, or the n-th bias; NULL: it has no more of them. */
static const struct tensor *nth_drawn(const struct net_layer *layer, enum tensor_draw draw, int n)
{
	for (int i = 0; i < layer->tensors; i++)
		if (layer->tensor[i].draw == draw && n-- == 0)
			return &layer->tensor[i];
	return NULL;
}

static void initialize_layer(struct net *net, int layer)
{
	struct net_initialization *work = &net->initialization;
	work->layer = layer;
	work->matrix = work->row = 0;
	if (layer > work->last)
		return;
	work->rng = rng_stream(work->seed, "initial", weight_stream(net, layer));
	start_tensors(net, &net->layer[layer], "");
}

void net_initialize_begin(struct net *net, const struct initializer *initializer,
	const struct initializer_parameters *parameters, uint64_t seed, int first, int last)
{
	const struct net_draw draw = {initializer, *parameters};
	net->initialization = (struct net_initialization){
		.draw = draw, .draw_recurrent = draw, .seed = seed, .last = last};
	initialize_layer(net, first);
}

void net_initialize_recurrent(struct net *net, const struct initializer *initializer,
	const struct initializer_parameters *parameters)
{
	net->initialization.draw_recurrent = (struct net_draw){initializer, *parameters};
}

static const struct net_draw *draw_of(const struct net *net, const struct tensor *tensor)
{
	const struct net_initialization *work = &net->initialization;
	return tensor->recurrent ? &work->draw_recurrent : &work->draw;
}

static void draw_row(struct net *net, const struct tensor *tensor, int row)
{
	struct net_initialization *work = &net->initialization;
	const struct net_draw *draw = draw_of(net, tensor);
	int row_in_block = tensor->blocks > 1 ? row % (tensor->rows / tensor->blocks) : row;
	int fan_in = initializer_fan_in(draw->initializer, tensor->fan_in, tensor->state_units);
	double more = tensor_start(tensor, row) - tensor->start;
	real *value = net_values(net, tensor) + (size_t)row * tensor->columns;
	for (int i = 0; i < tensor->columns; i++) {
		value[i] = (real)draw->initializer->draw(
			&draw->parameters, &work->rng, fan_in, tensor->fan_out, row_in_block, i);
		if (more != 0)
			value[i] += (real)more;
	}
}

/* Draws the next row of a matrix and the entry of its bias. */
static void initialize_row(
	struct net *net, const struct net_layer *layer, const struct tensor *matrix)
{
	struct net_initialization *work = &net->initialization;
	const struct tensor *bias = nth_drawn(layer, DRAW_BIAS, work->matrix);
	int row = work->row++;
	if (tensor_owns(matrix))
		draw_row(net, matrix, row);
	if (draw_of(net, matrix)->initializer->draws_bias && bias && tensor_owns(bias))
		draw_row(net, bias, row);
}

/* Vectors of a block of a matrix that are to be orthonormal: its columns, or its rows where it has
 * no more of them (which of the two a square one gets makes no difference). */
struct vectors {
	int count, length;
	ptrdiff_t next, step; /* from vector to vector; from entry to entry */
};

static struct vectors vectors_of(const struct tensor *matrix)
{
	int rows = matrix->rows / matrix->blocks, columns = matrix->columns;
	if (rows > columns)
		return (struct vectors){columns, rows, 1, columns};
	return (struct vectors){rows, columns, columns, 1};
}

static double vector_product(const struct vectors *v, const real *a, const real *b)
{
	double sum = 0;
	for (int i = 0; i < v->length; i++)
		sum += (double)a[i * v->step] * b[i * v->step];
	return sum;
}

/* Gram and Schmidt's step for one vector of a block, twice so that rounding leaves nothing over.
 * The length taken out is R's diagonal and positive, as the uniform distribution over orthogonal
 * matrices wants it (Mezzadri 2007). */
static void orthogonalize(const struct vectors *v, real *block, int vector)
{
	real *own = block + vector * v->next;
	for (int again = 0; again < 2; again++) {
		for (int k = 0; k < vector; k++) {
			const real *other = block + k * v->next;
			double product = vector_product(v, own, other);
			for (int i = 0; i < v->length; i++)
				own[i * v->step] = (real)(own[i * v->step] - product * other[i * v->step]);
		}
		double length = sqrt(vector_product(v, own, own));
		for (int i = 0; i < v->length; i++)
			own[i * v->step] = (real)(own[i * v->step] / length);
	}
}

static void finish_matrix(struct net *net, const struct tensor *matrix)
{
	struct net_initialization *work = &net->initialization;
	real *value = net_values(net, matrix);
	const struct net_draw *draw = draw_of(net, matrix);
	bool scaled = draw->initializer->orthogonal && tensor_owns(matrix);
	for (size_t i = 0; i < tensor_entries(matrix) && scaled; i++)
		value[i] *= (real)draw->parameters.gain;
	work->matrix++;
	work->row = 0;
}

static void finish_layer(struct net *net, const struct net_layer *layer)
{
	memcpy(net->initial + layer->first, net->parameter + layer->first, layer->count * sizeof(real));
}

bool net_initialize_advance(struct net *net, uint64_t *budget)
{
	struct net_initialization *work = &net->initialization;
	enum { COST_OF_A_DRAW = 20, COST_OF_A_PRODUCT = 8 }; /* in multiply-adds */
	while (work->layer <= work->last) {
		const struct net_layer *layer = &net->layer[work->layer];
		const struct tensor *matrix = nth_drawn(layer, DRAW_MATRIX, work->matrix);
		if (!*budget)
			return false;
		if (!matrix) {
			finish_layer(net, layer);
			initialize_layer(net, work->layer + 1);
		} else if (work->row < matrix->rows) {
			initialize_row(net, layer, matrix);
			spend(budget, (uint64_t)COST_OF_A_DRAW * matrix->columns);
		} else {
			struct vectors v = vectors_of(matrix);
			int vector = work->row - matrix->rows, block = vector / v.count;
			bool orthogonal = draw_of(net, matrix)->initializer->orthogonal;
			if (orthogonal && tensor_owns(matrix) && block < matrix->blocks) {
				orthogonalize(&v, net_values(net, matrix) + (size_t)block * v.count * v.length,
					vector % v.count);
				work->row++;
				spend(budget, (uint64_t)COST_OF_A_PRODUCT * (vector % v.count + 1) * v.length);
			} else {
				finish_matrix(net, matrix);
			}
		}
	}
	return true;
}
