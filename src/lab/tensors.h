/* A network's arrays as weights files name and order them; shared by weights.c and weights_save.c.
 *
 * All tensors that there can be are numbered: the parts of layer 1, then those of layer 2, ... To
 * add one: a function and a row in tensors.c.
 */
#ifndef LAB_TENSORS_H
#define LAB_TENSORS_H

#include "nn/net.h"
#include <stdbool.h>
#include <stddef.h>

/* An array of the network, as the matrix that it is in the file. */
struct tensor {
	real *value; /* NULL: the layer has none */
	int rows, columns;
};

struct tensor_part {
	const char *name;
	struct tensor (*of)(const struct net_layer *layer);
	bool learned;  /* has an initial value */
	double least;
};

enum { TENSOR_PARTS = 7, TENSOR_NAME_SIZE = 48 };

extern const struct tensor_part tensor_parts[TENSOR_PARTS];

/* The fields of a line. */
enum { FIELD_TENSOR, FIELD_ROW, FIELD_COLUMN, FIELD_VALUE, FIELD_COUNT };

extern const char *const tensor_columns[FIELD_COUNT];

int tensor_count(const struct net *net);
const struct tensor_part *tensor_part(int index);
struct tensor tensor_at(const struct net *net, int index);
void tensor_name(char out[TENSOR_NAME_SIZE], int index); /* "layer1.weight" */
size_t tensor_entries(const struct tensor *tensor);      /* 0 if the layer has none */

#endif
