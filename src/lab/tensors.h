/* A network's tensors as weights files name and order them; shared by weights.c and weights_save.c.
 * Which there are, and what they are called, is the kinds of layer's to say: nn/tensor.h. */
#ifndef LAB_TENSORS_H
#define LAB_TENSORS_H

#include "nn/net.h"
#include <stdbool.h>
#include <stddef.h>

enum { TENSOR_NAME_SIZE = 48 };

/* The fields of a line. */
enum { FIELD_TENSOR, FIELD_ROW, FIELD_COLUMN, FIELD_VALUE, FIELD_COUNT };

extern const char *const tensor_columns[FIELD_COUNT];

/* A file has the tensors that the network uses, each array once. */
bool tensor_in_file(const struct tensor *tensor);
void tensor_full_name(
	char out[TENSOR_NAME_SIZE], const struct tensor *tensor); /* "layer1.weight" */

#endif
