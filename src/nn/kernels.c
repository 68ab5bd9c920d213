#include "variant.h"

/* A vector of the registers at hand; how wide it is changes no result, because every element of
 * a product is summed on its own and every batch sum uses NN_LANES lanes anyway. */
#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#define VECTOR ((int)(VECTOR_BYTES / sizeof(real)))
#define VECTORS_PER_LANES (NN_LANES / VECTOR)

typedef real vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

static inline vector load(const real *p)
{
	return *(const vector *)p;
}

static inline void store(real *p, vector v)
{
	*(vector *)p = v;
}

/* A tile of the product: ROWS rows by two vectors of columns, held in registers over k. */
#define PRODUCT_TILE(ROWS, WIDE) \
	static inline void product_tile_##ROWS##x##WIDE(int inner, const real *a, ptrdiff_t a_row, \
		ptrdiff_t a_inner, const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row) \
	{ \
		vector sum[ROWS][WIDE]; \
		for (int m = 0; m < ROWS; m++) \
			for (int v = 0; v < WIDE; v++) \
				sum[m][v] = load(c + m * c_row + v * VECTOR); \
		for (int k = 0; k < inner; k++, a += a_inner, b += b_row) { \
			for (int v = 0; v < WIDE; v++) { \
				vector column = load(b + v * VECTOR); \
				for (int m = 0; m < ROWS; m++) \
					sum[m][v] += a[m * a_row] * column; \
			} \
		} \
		for (int m = 0; m < ROWS; m++) \
			for (int v = 0; v < WIDE; v++) \
				store(c + m * c_row + v * VECTOR, sum[m][v]); \
	}

PRODUCT_TILE(4, 2)
PRODUCT_TILE(4, 1)
PRODUCT_TILE(1, 2)
PRODUCT_TILE(1, 1)

static void product(int rows, int columns, int inner, const real *a, ptrdiff_t a_row,
	ptrdiff_t a_inner, const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row)
{
	int n = 0;
	for (; n + 2 * VECTOR <= columns; n += 2 * VECTOR) {
		int m = 0;
		for (; m + 4 <= rows; m += 4)
			product_tile_4x2(inner, a + m * a_row, a_row, a_inner, b + n, b_row,
				c + m * c_row + n, c_row);
		for (; m < rows; m++)
			product_tile_1x2(inner, a + m * a_row, a_row, a_inner, b + n, b_row,
				c + m * c_row + n, c_row);
	}
	for (; n < columns; n += VECTOR) {
		int m = 0;
		for (; m + 4 <= rows; m += 4)
			product_tile_4x1(inner, a + m * a_row, a_row, a_inner, b + n, b_row,
				c + m * c_row + n, c_row);
		for (; m < rows; m++)
			product_tile_1x1(inner, a + m * a_row, a_row, a_inner, b + n, b_row,
				c + m * c_row + n, c_row);
	}
}

/* Joins NN_LANES partial sums: lane i with i + 8, then i + 4, i + 2, i + 1. */
static inline real join_lanes(const vector *sum)
{
	real lane[NN_LANES];
	for (int v = 0; v < VECTORS_PER_LANES; v++)
		store(lane + v * VECTOR, sum[v]);
	for (int half = NN_LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			lane[i] += lane[i + half];
	return lane[0];
}

#define TRANSPOSED_TILE(ROWS, COLUMNS) \
	static inline void transposed_tile_##ROWS##x##COLUMNS(int inner, const real *a, \
		ptrdiff_t a_row, const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row) \
	{ \
		vector sum[ROWS][COLUMNS][VECTORS_PER_LANES]; \
		for (int m = 0; m < ROWS; m++) \
			for (int n = 0; n < COLUMNS; n++) \
				for (int v = 0; v < VECTORS_PER_LANES; v++) \
					sum[m][n][v] = (vector){0}; \
		for (int k = 0; k < inner; k += NN_LANES) \
			for (int v = 0; v < VECTORS_PER_LANES; v++) \
				for (int m = 0; m < ROWS; m++) { \
					vector left = load(a + m * a_row + k + v * VECTOR); \
					for (int n = 0; n < COLUMNS; n++) \
						sum[m][n][v] += left * load(b + n * b_row + k + v * VECTOR); \
				} \
		for (int m = 0; m < ROWS; m++) \
			for (int n = 0; n < COLUMNS; n++) \
				c[m * c_row + n] += join_lanes(sum[m][n]); \
	}

TRANSPOSED_TILE(2, 2)
TRANSPOSED_TILE(1, 2)
TRANSPOSED_TILE(2, 1)
TRANSPOSED_TILE(1, 1)

static void product_transposed(int rows, int columns, int inner, const real *a, ptrdiff_t a_row,
	const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row)
{
	int m = 0;
	for (; m + 2 <= rows; m += 2) {
		int n = 0;
		for (; n + 2 <= columns; n += 2)
			transposed_tile_2x2(inner, a + m * a_row, a_row, b + n * b_row, b_row,
				c + m * c_row + n, c_row);
		for (; n < columns; n++)
			transposed_tile_2x1(inner, a + m * a_row, a_row, b + n * b_row, b_row,
				c + m * c_row + n, c_row);
	}
	for (; m < rows; m++) {
		int n = 0;
		for (; n + 2 <= columns; n += 2)
			transposed_tile_1x2(inner, a + m * a_row, a_row, b + n * b_row, b_row,
				c + m * c_row + n, c_row);
		for (; n < columns; n++)
			transposed_tile_1x1(inner, a + m * a_row, a_row, b + n * b_row, b_row,
				c + m * c_row + n, c_row);
	}
}

static real sum(size_t n, const real *values)
{
	vector lane[VECTORS_PER_LANES] = {0};
	size_t i = 0;
	for (; i + NN_LANES <= n; i += NN_LANES)
		for (int v = 0; v < VECTORS_PER_LANES; v++)
			lane[v] += load(values + i + v * VECTOR);
	real rest[NN_LANES] = {0};
	for (int k = 0; i < n; i++, k++)
		rest[k] = values[i];
	for (int v = 0; v < VECTORS_PER_LANES; v++)
		lane[v] += load(rest + v * VECTOR);
	return join_lanes(lane);
}

static void multiply(size_t n, const real *restrict x, real *restrict y)
{
	for (size_t i = 0; i < n; i++)
		y[i] *= x[i];
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
	.optimizers = &VARIANT(optimizer_table),
	.product = product,
	.product_transposed = product_transposed,
	.sum = sum,
	.multiply = multiply,
	.scale_add = scale_add,
};
