#include "variant.h"

#include "vector.h"
#include <string.h>

enum {
	RUN = 256,           /* terms of a sum that are added up before they join it */
	PANEL_VECTORS = 2,   /* vectors of columns that a tile works on */
	TILE_ROWS = VECTOR_REGISTERS == 32 ? 12 : 6,
	PACKED_FROM = 2 * TILE_ROWS, /* rows that pay for copying a panel together */
};
#define PANEL (PANEL_VECTORS * VECTOR)

/* One tile of a product: how a(m, k) and c[m][n] lie in memory. */
struct tile {
	int inner;
	const real *a;
	ptrdiff_t a_row, a_inner;
	const real *b; /* a panel: [inner][b_row] */
	ptrdiff_t b_row;
	real *c;
	ptrdiff_t c_row;
	int columns; /* that are wanted of the panel, at most PANEL */
	const real *start; /* [rows]: what the sums join; NULL: what c holds */
};

/* Rows and vectors are constants wherever this is called, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void tile_product(const struct tile *t, const int rows,
	const int vectors, const bool fused)
{
	const real *a = t->a, *b = t->b;
	vector sum[TILE_ROWS][PANEL_VECTORS];
#pragma GCC unroll 12
	for (int m = 0; m < rows; m++)
#pragma GCC unroll 2
		for (int v = 0; v < vectors; v++)
			sum[m][v] = (vector){0};
	for (int k = 0; k < t->inner; k++, a += t->a_inner, b += t->b_row) {
		vector column[PANEL_VECTORS];
#pragma GCC unroll 2
		for (int v = 0; v < vectors; v++)
			column[v] = load(b + v * VECTOR);
#pragma GCC unroll 12
		for (int m = 0; m < rows; m++) {
			vector left = all_lanes(a[m * t->a_row]);
#pragma GCC unroll 2
			for (int v = 0; v < vectors; v++)
				if (fused)
					sum[m][v] = multiply_add(left, column[v], sum[m][v]);
				else
					sum[m][v] += left * column[v];
		}
	}
	int last = t->columns - (vectors - 1) * VECTOR;
#pragma GCC unroll 12
	for (int m = 0; m < rows; m++)
#pragma GCC unroll 2
		for (int v = 0; v < vectors; v++) {
			real *c = t->c + m * t->c_row + v * VECTOR;
			if (t->start)
				store(c, all_lanes(t->start[m]) + sum[m][v]);
			else if (v < vectors - 1 || last == VECTOR)
				store(c, load(c) + sum[m][v]);
			else
				store_first(c, load_first(c, last) + sum[m][v], last);
		}
}

#define TILES(vectors, fused) \
	static void tile_##vectors##_##fused(const struct tile *t, int rows) \
	{ \
		switch (rows) { \
		case 1: tile_product(t, 1, vectors, fused); return; \
		case 2: tile_product(t, 2, vectors, fused); return; \
		case 3: tile_product(t, 3, vectors, fused); return; \
		case 4: tile_product(t, 4, vectors, fused); return; \
		case 5: tile_product(t, 5, vectors, fused); return; \
		case 6: tile_product(t, 6, vectors, fused); return; \
		MORE_TILES(vectors, fused) \
		} \
	}
#if VECTOR_REGISTERS == 32
#define MORE_TILES(vectors, fused) \
		case 7: tile_product(t, 7, vectors, fused); return; \
		case 8: tile_product(t, 8, vectors, fused); return; \
		case 9: tile_product(t, 9, vectors, fused); return; \
		case 10: tile_product(t, 10, vectors, fused); return; \
		case 11: tile_product(t, 11, vectors, fused); return; \
		case 12: tile_product(t, 12, vectors, fused); return;
#else
#define MORE_TILES(vectors, fused)
#endif

TILES(1, 0)
TILES(2, 0)
TILES(1, 1)
TILES(2, 1)

/* All rows of one panel, in tiles of as equal height as can be. */
static void panel_product(struct tile *t, int rows, bool fused)
{
	void (*const tile)(const struct tile *, int) = t->columns > VECTOR ?
		(fused ? tile_2_1 : tile_2_0) : (fused ? tile_1_1 : tile_1_0);
	for (int tiles = (rows + TILE_ROWS - 1) / TILE_ROWS; tiles > 0; tiles--) {
		int height = rows / tiles;
		tile(t, height);
		t->a += height * t->a_row;
		t->c += height * t->c_row;
		t->start = t->start ? t->start + height : NULL;
		rows -= height;
	}
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static void product(bool fused, int rows, int columns, int inner, const real *a, ptrdiff_t a_row,
	ptrdiff_t a_inner, const real *b, ptrdiff_t b_row, const real *start, real *c,
	ptrdiff_t c_row)
{
	real packed[RUN * PANEL];
	for (int k = 0; k < inner; k += RUN)
		for (int n = 0; n < columns; n += PANEL) {
			struct tile t = {.inner = smaller(inner - k, RUN),
				.a = a + k * a_inner, .a_row = a_row, .a_inner = a_inner,
				.b = b + k * b_row + n, .b_row = b_row, .c = c + n, .c_row = c_row,
				.columns = smaller(columns - n, PANEL), .start = k == 0 ? start : NULL};
			if (rows >= PACKED_FROM && b_row > PANEL && t.columns == PANEL) {
				for (int i = 0; i < t.inner; i++)
					memcpy(packed + i * PANEL, t.b + i * b_row, PANEL * sizeof(real));
				t.b = packed;
				t.b_row = PANEL;
			}
			panel_product(&t, rows, fused);
		}
}

enum { BLOCK = 4 }; /* of a transposition */
typedef real quad __attribute__((vector_size(BLOCK * sizeof(real)), aligned(sizeof(real)), may_alias));

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define SHUFFLE(a, b, i, j, k, l) __builtin_shuffle(a, b, (quad_index){i, j, k, l})
#ifdef NN_DOUBLE
typedef int64_t quad_index __attribute__((vector_size(BLOCK * sizeof(real))));
#else
typedef int32_t quad_index __attribute__((vector_size(BLOCK * sizeof(real))));
#endif
#endif

/* to[k][n] = from[n][k] for BLOCK x BLOCK numbers; rows of `from` past `rows` count as 0. */
static inline void transpose_block(const real *from, ptrdiff_t from_row, int rows, real *to)
{
	const quad none = {0};
	quad r0 = *(const quad *)from;
	quad r1 = rows > 1 ? *(const quad *)(from + from_row) : none;
	quad r2 = rows > 2 ? *(const quad *)(from + 2 * from_row) : none;
	quad r3 = rows > 3 ? *(const quad *)(from + 3 * from_row) : none;
	quad low01 = SHUFFLE(r0, r1, 0, 4, 1, 5), high01 = SHUFFLE(r0, r1, 2, 6, 3, 7);
	quad low23 = SHUFFLE(r2, r3, 0, 4, 1, 5), high23 = SHUFFLE(r2, r3, 2, 6, 3, 7);
	*(quad *)to = SHUFFLE(low01, low23, 0, 1, 4, 5);
	*(quad *)(to + PANEL) = SHUFFLE(low01, low23, 2, 3, 6, 7);
	*(quad *)(to + 2 * PANEL) = SHUFFLE(high01, high23, 0, 1, 4, 5);
	*(quad *)(to + 3 * PANEL) = SHUFFLE(high01, high23, 2, 3, 6, 7);
}

/* The transpose of from[columns][inner] as a panel; fills whole vectors with 0. */
static void transpose_panel(int columns, int inner, const real *from, ptrdiff_t from_row,
	real *panel)
{
	int whole = (columns + VECTOR - 1) / VECTOR * VECTOR;
	for (int n = 0; n < columns; n += BLOCK)
		for (int k = 0; k < inner; k += BLOCK)
			transpose_block(from + n * from_row + k, from_row, columns - n, panel + k * PANEL + n);
	for (int n = (columns + BLOCK - 1) / BLOCK * BLOCK; n < whole; n += BLOCK)
		for (int k = 0; k < inner; k++)
			*(quad *)(panel + k * PANEL + n) = (quad){0};
}

static void product_transposed(bool fused, int rows, int columns, int inner, const real *a,
	ptrdiff_t a_row, const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row)
{
	real panel[RUN * PANEL];
	for (int k = 0; k < inner; k += RUN)
		for (int n = 0; n < columns; n += PANEL) {
			struct tile t = {.inner = smaller(inner - k, RUN), .a = a + k, .a_row = a_row,
				.a_inner = 1, .b = panel, .b_row = PANEL, .c = c + n, .c_row = c_row,
				.columns = smaller(columns - n, PANEL)};
			transpose_panel(t.columns, t.inner, b + n * b_row + k, b_row, panel);
			panel_product(&t, rows, fused);
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
	.moments = &VARIANT(moment_kernels),
	.product = product,
	.product_transposed = product_transposed,
#ifdef NO_MULTIPLY_ADD
	.product_block = 1 << 19,
#else
	.product_block = 1 << 25,
#endif
	.sum = sum,
	.multiply = multiply,
	.scale_add = scale_add,
	.fma_peak = VARIANT(fma_peak),
};
