#include "variant.h"

#include "vector.h"

static void multiply(size_t n, const real *restrict x, const real *y, real *result)
{
	for (size_t i = 0; i < n; i++)
		result[i] = x[i] * y[i];
}

static void scale_add(size_t n, real scale, const real *restrict x, real *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] = scale * y[i] + x[i];
}

#define NAME_OF(variant) #variant
#define NAME(variant) NAME_OF(variant)

const struct kernels VARIANT(kernels) = {
	.name = NAME(NN_VARIANT),
	.activations = &VARIANT(activation_table),
	.normalizations = &VARIANT(normalization_table),
	.losses = &VARIANT(loss_table),
	.optimizers = &VARIANT(optimizer_table),
	.cells = &VARIANT(recurrent_cell_table),
	.moments = &VARIANT(moment_kernels),
	.product = VARIANT(product),
	.product_transposed = VARIANT(product_transposed),
	.correlate = VARIANT(correlate),
#ifdef NO_MULTIPLY_ADD
	.product_block = 1 << 19,
#else
	.product_block = 1 << 26,
#endif
	.multiply = multiply,
	.scale_add = scale_add,
	.fma_peak = VARIANT(fma_peak),
};
