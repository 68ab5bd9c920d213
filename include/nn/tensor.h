/* Tensors: the arrays of parameters that a layer learns, and the statistics it keeps beside them.
 *
 * A kind of layer lists its tensors (nn/layer.h). That list is the one place which knows what they
 * are called, their shapes and their order: memory, first weights, updates, penalties, clipping,
 * the search for faults, counts, copies, the gradient check and weights files all walk it.
 */
#ifndef NN_TENSOR_H
#define NN_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

enum { LAYER_TENSORS_MAX = 8 };

/* How an initializer treats a tensor. */
enum tensor_draw {
	DRAW_NONE,   /* every entry begins as `start` */
	DRAW_MATRIX, /* every entry is drawn */
	/* A row is drawn behind the same row of a matrix, by initializers that draw biases; else every
	 * entry begins as `start`. The first such tensor of a layer belongs to its first matrix, the
	 * second to the second, and so on. */
	DRAW_BIAS,
};

struct tensor {
	const char *name; /* "weight", "norm.gamma"; in weights files layerN.NAME */
	/* in messages about its values and about their gradient: "weight", "weight gradient" */
	const char *value_name, *gradient_name;
	int layer;         /* 1 .. layers, filled in by tensors_of() */
	int rows, columns; /* [rows][columns], PyTorch's order; a vector has one column */
	enum tensor_draw draw;
	int fan_in, fan_out; /* of what is drawn */
	int blocks;          /* of a matrix: stretches of rows / blocks rows that are drawn as
	                              matrices of their own, such as the gates of a cell */
	double start;        /* of what is not drawn */
	double check_spread; /* a gradient check begins with start +- this; 0: with the start */
	double least;        /* no value is below it */
	bool penalized;      /* by l1 and l2; such tensors are a layer's weights in statistics,
	                              and stand first in the list */
	bool trained;        /* it has a gradient; else a running statistic */
	bool used;           /* by the formulas in force; else it only keeps its place, so that
	                              switching a normalization moves no parameter */
	bool joined;         /* its storage begins where that of the trained tensor before ends;
	                              else behind the zeros that fill up a vector of the CPU */
	int tied_to;         /* another layer: the values are those of its tensor of this name
	                              and shape, which is not tied itself; 0: its own */
	size_t at;           /* first entry, in the network's parameters or its statistics;
	                              filled in by tensors_of() */
};

static inline size_t tensor_entries(const struct tensor *tensor)
{
	return (size_t)tensor->rows * (size_t)tensor->columns;
}

/* Does it have a storage of its own? Whatever must meet each number once skips the others. */
static inline bool tensor_owns(const struct tensor *tensor)
{
	return tensor->tied_to == 0;
}

/* A trained tensor that the formulas in force use, met once. */
static inline bool tensor_learns(const struct tensor *tensor)
{
	return tensor->trained && tensor->used && tensor_owns(tensor);
}

#endif
