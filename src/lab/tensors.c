#include "tensors.h"

#include <stdio.h>

const char *const tensor_columns[FIELD_COUNT] = {"tensor", "row", "col", "value"};

bool tensor_in_file(const struct tensor *tensor)
{
	return tensor->used && tensor_owns(tensor);
}

void tensor_full_name(char out[TENSOR_NAME_SIZE], const struct tensor *tensor)
{
	snprintf(out, TENSOR_NAME_SIZE, "layer%d.%s", tensor->layer, tensor->name);
}
