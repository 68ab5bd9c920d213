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
	real *sums;        /* [rows]: takes what the column after the last comes to; or NULL */
};

/* Rows and vectors are constants wherever this is called, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void tile_product(const struct tile *t, const int rows,
	const int vectors, const bool fused)
{
	/* three rows to a pointer: with the row's length as index it reaches all of them */
	const real *group[TILE_ROWS / 3], *b = t->b;
	const ptrdiff_t a_row = t->a_row;
	UNROLLED
	for (int g = 0; g < (rows + 2) / 3; g++)
		group[g] = t->a + 3 * g * a_row;
	vector sum[TILE_ROWS][PANEL_VECTORS];
	UNROLLED
	for (int m = 0; m < rows; m++)
		UNROLLED
		for (int v = 0; v < vectors; v++)
			sum[m][v] = (vector){0};
	for (int k = 0; k < t->inner; k++, b += t->b_row) {
		vector column[PANEL_VECTORS];
		UNROLLED
		for (int v = 0; v < vectors; v++)
			column[v] = load(b + v * VECTOR);
		UNROLLED
		for (int m = 0; m < rows; m++) {
			vector left = all_lanes(group[m / 3][m % 3 * a_row]);
			UNROLLED
			for (int v = 0; v < vectors; v++)
				if (fused)
					sum[m][v] = multiply_add(left, column[v], sum[m][v]);
				else
					sum[m][v] += left * column[v];
		}
		UNROLLED
		for (int g = 0; g < (rows + 2) / 3; g++)
			group[g] += t->a_inner;
	}
	const int last = t->columns - (vectors - 1) * VECTOR, end = vectors - 1;
	if (t->sums)
		UNROLLED
		for (int m = 0; m < rows; m++)
			t->sums[m] += sum[m][end][last];
	/* all loads before all stores: rows may be so short that one vector covers parts of two, and
	 * a load waits for a store that it overlaps */
	UNROLLED
	for (int m = 0; m < rows; m++)
		UNROLLED
		for (int v = 0; v < vectors; v++) {
			const real *c = t->c + m * t->c_row + v * VECTOR;
			sum[m][v] += t->start ? all_lanes(t->start[m]) :
				v < end || last == VECTOR ? load(c) : load_first(c, last);
		}
	UNROLLED
	for (int m = 0; m < rows; m++)
		UNROLLED
		for (int v = 0; v < vectors; v++) {
			real *c = t->c + m * t->c_row + v * VECTOR;
			if (v < end || last == VECTOR)
				store(c, sum[m][v]);
			else
				store_first(c, sum[m][v], last);
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
		t->sums = t->sums ? t->sums + height : NULL;
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
typedef real quad __attribute__((vector_size(BLOCK * sizeof(real))));
typedef real stored_quad
	__attribute__((vector_size(BLOCK * sizeof(real)), aligned(sizeof(real)), may_alias));

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

/* Four columns of numbers from four rows of them. */
static inline void transpose_quads(quad r0, quad r1, quad r2, quad r3, quad column[BLOCK])
{
	quad low01 = SHUFFLE(r0, r1, 0, 4, 1, 5), high01 = SHUFFLE(r0, r1, 2, 6, 3, 7);
	quad low23 = SHUFFLE(r2, r3, 0, 4, 1, 5), high23 = SHUFFLE(r2, r3, 2, 6, 3, 7);
	column[0] = SHUFFLE(low01, low23, 0, 1, 4, 5);
	column[1] = SHUFFLE(low01, low23, 2, 3, 6, 7);
	column[2] = SHUFFLE(high01, high23, 0, 1, 4, 5);
	column[3] = SHUFFLE(high01, high23, 2, 3, 6, 7);
}

static inline quad load_quad(const real *p)
{
	return *(const stored_quad *)p;
}

static inline void store_quad(real *p, quad v)
{
	*(stored_quad *)p = v;
}

/* to[k][n] = from[n][k] for 0 to BLOCK rows n; columns n past `rows` become those of `fill`. */
static void transpose_rows(int rows, int inner, const real *from, ptrdiff_t from_row,
	const real *fill, real *to)
{
	const real *row[BLOCK];
	ptrdiff_t step[BLOCK];
	for (int n = 0; n < BLOCK; n++) {
		row[n] = n < rows ? from + n * from_row : fill + (n - rows) * BLOCK;
		step[n] = n < rows ? BLOCK : 0;
	}
	for (int k = 0; k < inner; k += BLOCK, to += BLOCK * PANEL) {
		quad column[BLOCK];
		transpose_quads(load_quad(row[0]), load_quad(row[1]), load_quad(row[2]),
			load_quad(row[3]), column);
		for (int i = 0; i < BLOCK; i++)
			store_quad(to + i * PANEL, column[i]);
		for (int n = 0; n < BLOCK; n++)
			row[n] += step[n];
	}
}

/* The transpose of from[columns][inner] as a panel; fills whole vectors, first with a column of
 * ones, then with 0. */
static void transpose_panel(int columns, int inner, const real *from, ptrdiff_t from_row,
	real *panel)
{
	static const real one_then_zeros[BLOCK * BLOCK] = {1, 1, 1, 1}, zeros[BLOCK * BLOCK];
	int whole = (columns + VECTOR - 1) / VECTOR * VECTOR;
	for (int n = 0; n < whole; n += BLOCK)
		if (n <= columns)
			transpose_rows(columns - n, inner, from + n * from_row, from_row, one_then_zeros,
				panel + n);
		else
			transpose_rows(0, inner, NULL, 0, zeros, panel + n);
}

/* to[m] += sum over k of a[m][k], in the order of a product. */
static void row_sums(int rows, int inner, const real *a, ptrdiff_t a_row, real *to)
{
	static const real zeros[BLOCK];
	for (int m = 0; m < rows; m += BLOCK) {
		int some = smaller(rows - m, BLOCK);
		const real *row = a + m * a_row;
		quad sum = {0};
		for (int k = 0; k < inner; k += BLOCK) {
			quad column[BLOCK];
			transpose_quads(load_quad(row + k), load_quad(some > 1 ? row + a_row + k : zeros),
				load_quad(some > 2 ? row + 2 * a_row + k : zeros),
				load_quad(some > 3 ? row + 3 * a_row + k : zeros), column);
			for (int i = 0; i < BLOCK; i++)
				sum += column[i];
		}
		for (int i = 0; i < some; i++)
			to[m + i] += sum[i];
	}
}

static void product_transposed(bool fused, int rows, int columns, int inner, const real *a,
	ptrdiff_t a_row, const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row, real *sums)
{
	real panel[RUN * PANEL];
	bool spare = columns % VECTOR != 0; /* a lane that a column of ones has for nothing */
	for (int k = 0; k < inner; k += RUN) {
		int some = smaller(inner - k, RUN);
		for (int n = 0; n < columns; n += PANEL) {
			struct tile t = {.inner = some, .a = a + k, .a_row = a_row, .a_inner = 1,
				.b = panel, .b_row = PANEL, .c = c + n, .c_row = c_row,
				.columns = smaller(columns - n, PANEL),
				.sums = spare && columns - n < PANEL ? sums : NULL};
			transpose_panel(t.columns, t.inner, b + n * b_row + k, b_row, panel);
			panel_product(&t, rows, fused);
		}
		if (!spare)
			row_sums(rows, some, a + k, a_row, sums);
	}
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
	.multiply = multiply,
	.scale_add = scale_add,
	.fma_peak = VARIANT(fma_peak),
};
