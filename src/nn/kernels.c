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

/* A transposition takes four columns at a time, of four rows or, where a register holds them, of
 * two times four: the second four go the same way in its upper half. */
#if defined(__AVX2__) && !defined(NN_DOUBLE)
#define HALVES 2
#else
#define HALVES 1
#endif
enum { BLOCK = 4, ROWS = HALVES * BLOCK };
typedef real strip __attribute__((vector_size(ROWS * sizeof(real))));
typedef real stored_strip
	__attribute__((vector_size(ROWS * sizeof(real)), aligned(sizeof(real)), may_alias));

/* Lane i of two quads, as __builtin_shufflevector counts them, in one half of two strips. */
#define LANE(i, half) ((i) % BLOCK + (half) * BLOCK + (i) / BLOCK * ROWS)
#define LANES(i, j, k, l, half) LANE(i, half), LANE(j, half), LANE(k, half), LANE(l, half)
#if HALVES == 2
#define ALL_LANES(i, j, k, l) LANES(i, j, k, l, 0), LANES(i, j, k, l, 1)
#else
#define ALL_LANES(i, j, k, l) LANES(i, j, k, l, 0)
#endif

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, ALL_LANES(i, j, k, l))
#else
#define SHUFFLE(a, b, i, j, k, l) __builtin_shuffle(a, b, (strip_index){ALL_LANES(i, j, k, l)})
#ifdef NN_DOUBLE
typedef int64_t strip_index __attribute__((vector_size(ROWS * sizeof(real))));
#else
typedef int32_t strip_index __attribute__((vector_size(ROWS * sizeof(real))));
#endif
#endif

/* Rows on their way to becoming columns; those that there are not are made up by `fill`. */
struct block_rows {
	const real *row[ROWS];
	ptrdiff_t step[ROWS];
};

static inline struct block_rows block_rows(int rows, const real *from, ptrdiff_t from_row,
	const real *fill)
{
	struct block_rows block;
	for (int n = 0; n < ROWS; n++) {
		block.row[n] = n < rows ? from + n * from_row : fill + (n - rows) * BLOCK;
		block.step[n] = n < rows ? BLOCK : 0;
	}
	return block;
}

/* BLOCK numbers of row n and, in the upper half, of the row BLOCK on. */
static inline strip load_rows(const struct block_rows *block, int n)
{
#if HALVES == 2
	return (strip)_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(block->row[n])),
		_mm_loadu_ps(block->row[n + BLOCK]), 1);
#else
	return *(const stored_strip *)block->row[n];
#endif
}

/* The next BLOCK columns. */
static inline void next_columns(struct block_rows *block, strip column[BLOCK])
{
	strip r0 = load_rows(block, 0), r1 = load_rows(block, 1);
	strip r2 = load_rows(block, 2), r3 = load_rows(block, 3);
	strip low01 = SHUFFLE(r0, r1, 0, 4, 1, 5), high01 = SHUFFLE(r0, r1, 2, 6, 3, 7);
	strip low23 = SHUFFLE(r2, r3, 0, 4, 1, 5), high23 = SHUFFLE(r2, r3, 2, 6, 3, 7);
	column[0] = SHUFFLE(low01, low23, 0, 1, 4, 5);
	column[1] = SHUFFLE(low01, low23, 2, 3, 6, 7);
	column[2] = SHUFFLE(high01, high23, 0, 1, 4, 5);
	column[3] = SHUFFLE(high01, high23, 2, 3, 6, 7);
	for (int n = 0; n < ROWS; n++)
		block->row[n] += block->step[n];
}

/* to[k][n] = from[n][k] for 0 to ROWS rows n; columns n past `rows` become those of `fill`. */
static void transpose_rows(int rows, int inner, const real *from, ptrdiff_t from_row,
	const real *fill, real *to)
{
	struct block_rows block = block_rows(rows, from, from_row, fill);
	for (int k = 0; k < inner; k += BLOCK, to += BLOCK * PANEL) {
		strip column[BLOCK];
		next_columns(&block, column);
		for (int i = 0; i < BLOCK; i++)
			*(stored_strip *)(to + i * PANEL) = column[i];
	}
}

/* The transpose of from[columns][inner] as a panel; fills whole vectors, first with a column of
 * ones, then with 0. */
static void transpose_panel(int columns, int inner, const real *from, ptrdiff_t from_row,
	real *panel)
{
	static const real one_then_zeros[ROWS * BLOCK] = {1, 1, 1, 1}, zeros[ROWS * BLOCK];
	int whole = (columns + VECTOR - 1) / VECTOR * VECTOR;
	for (int n = 0; n < whole; n += ROWS)
		if (n <= columns)
			transpose_rows(columns - n, inner, from + n * from_row, from_row, one_then_zeros,
				panel + n);
		else
			transpose_rows(0, inner, NULL, 0, zeros, panel + n);
}

/* to[m] += sum over k of a[m][k], in the order of a product. */
static void row_sums(int rows, int inner, const real *a, ptrdiff_t a_row, real *to)
{
	static const real zeros[ROWS * BLOCK];
	for (int m = 0; m < rows; m += ROWS) {
		int some = smaller(rows - m, ROWS);
		struct block_rows block = block_rows(some, a + m * a_row, a_row, zeros);
		strip sum = {0};
		for (int k = 0; k < inner; k += BLOCK) {
			strip column[BLOCK];
			next_columns(&block, column);
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
	.product_block = 1 << 26,
#endif
	.multiply = multiply,
	.scale_add = scale_add,
	.fma_peak = VARIANT(fma_peak),
};
