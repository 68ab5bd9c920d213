/* Tensors: the arrays of parameters that a layer learns, and its running statistics.
 *
 * A kind of layer lists its tensors (nn/layer.h). Only that list knows their names, shapes and
 * order. Memory layout, initialization, updates, penalties, clipping, the search for faults,
 * counts, copies, the gradient check and weights files all iterate over it.
 */
#ifndef NN_TENSOR_H
#define NN_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

enum { LAYER_TENSORS_MAX = 8, TENSOR_BLOCKS_MAX = 4 };

/* How an initializer treats a tensor. */
enum tensor_draw {
	DRAW_NONE,   /* every entry is `start` */
	DRAW_MATRIX, /* every entry is drawn */
	/* Initializers that draw biases draw row i right after row i of a matrix; with others every
	 * entry is `start`. The n-th such tensor of a layer belongs to the layer's n-th matrix. */
	DRAW_BIAS,
};

struct tensor {
	const char *name; /* "weight", "norm.gamma"; layerN.NAME in weights files */
	/* in messages about its values and its gradient: "weight", "weight gradient" */
	const char *value_name, *gradient_name;
	int layer;         /* 1 .. layers, filled in by tensors_add_layer() */
	int rows, columns; /* [rows][columns], PyTorch's order; a vector has one column */
	enum tensor_draw draw;
	int fan_in, fan_out; /* for initializers */
	int blocks;          /* a matrix is drawn as this many matrices of rows / blocks rows, for
	                              example the gates of a cell */
	bool recurrent;      /* drawn as net_initialize_recurrent() says */
	int state_units;     /* of the recurrent layer it belongs to: for initializers that draw
	                              biases this is fan_in, as in PyTorch; 0: there is no state */
	double start;        /* initial value of entries that are not drawn */
	double block_start[TENSOR_BLOCKS_MAX]; /* added to the initial values of a block's rows,
	                              drawn or not */
	double check_spread; /* a gradient check draws from start +- this; 0: uses start */
	double least;        /* lower bound of the values */
	bool penalized;      /* by l1 and l2; these tensors come first in the list, and
	                              statistics count them as the layer's weights */
	bool trained;        /* has a gradient; else it is a running statistic */
	bool used;           /* by the present formulas; an unused tensor keeps its place, so
	                              that changing a normalization moves no parameter */
	bool joined;         /* stored directly after the trained tensor before it; else after
	                              zeros that pad to a vector of the CPU */
	int tied_to;         /* layer whose tensor of the same name and shape holds the values
	                              (it must not be tied itself); 0: not tied */
	size_t at;           /* index of the first entry in the network's parameters or
	                              statistics; filled in by tensors_add_layer() */
};

static inline size_t tensor_entries(const struct tensor *tensor)
{
	return (size_t)tensor->rows * (size_t)tensor->columns;
}

/* The initial value of a row that is not drawn. */
static inline double tensor_start(const struct tensor *tensor, int row)
{
	if (tensor->blocks < 2)
		return tensor->start;
	return tensor->start + tensor->block_start[row / (tensor->rows / tensor->blocks)];
}

/* False for a tied tensor, whose values belong to another layer's. Code that must visit each number
 * once skips those. */
static inline bool tensor_owns(const struct tensor *tensor)
{
	return tensor->tied_to == 0;
}

/* True if a step must update the tensor: trained, used and not tied. */
static inline bool tensor_learns(const struct tensor *tensor)
{
	return tensor->trained && tensor->used && tensor_owns(tensor);
}

/* Of a layer's tensors, the matrix that is looked at: in a recurrent layer that between one
 * time step and the next, else its weights. NULL: there is none. */
static inline const struct tensor *tensor_shown(const struct tensor *tensor, int tensors)
{
	const struct tensor *shown = NULL;
	for (int i = 0; i < tensors; i++)
		if (tensor[i].penalized)
			shown = &tensor[i];
	return shown;
}

#endif
