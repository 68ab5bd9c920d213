/* Matrix products by tiles whose sums stay in registers. */
#include "variant.h"

#include "vector.h"
#include <string.h>

enum {
	RUN = 256,         /* terms of a sum that are added up before they join it */
	PANEL_VECTORS = 2, /* vectors of columns that a tile works on */
	TILE_ROWS = VECTOR_REGISTERS == 32 ? 12 : 6,
	PACKED_FROM = 2 * TILE_ROWS, /* rows that pay for copying a panel together */
};
#define PANEL (PANEL_VECTORS * VECTOR)

/* Makes the compiler compute addresses from this pointer where they are used: computed early, they
 * would take registers that the sums need. */
#define KEEP_NO_ADDRESSES(pointer) __asm__("" : "+r"(pointer))

/* Writes the sums of a tile, which is a product of at most TILE_ROWS rows and PANEL columns; of the
 * last vector only `last` lanes. All loads come before all stores: one vector may cover parts of
 * two short rows, and a load waits for a store that it overlaps. */
static inline __attribute__((always_inline)) void tile_finish(const struct product *t,
	const int rows, const int vectors, const int last, vector sum[TILE_ROWS][PANEL_VECTORS])
{
	const real *start = t->start, *factor = t->factor;
	const ptrdiff_t c_row = t->c_row;
	const int end = vectors - 1;
	real *c = t->c;
	if (start) {
		UNROLLED
		for (int m = 0; m < rows; m++)
			UNROLLED
		for (int v = 0; v < vectors; v++)
			sum[m][v] += all_lanes(start[m]);
	} else if (t->add) {
		UNROLLED
		for (int m = 0; m < rows; m++, c += c_row)
			UNROLLED
		for (int v = 0; v < vectors; v++)
			sum[m][v] += load_part(c + v * VECTOR, v < end ? VECTOR : last);
		c = t->c;
		KEEP_NO_ADDRESSES(c);
	}
	if (factor)
		UNROLLED
	for (int m = 0; m < rows; m++, factor += c_row)
		UNROLLED
	for (int v = 0; v < vectors; v++)
		sum[m][v] *= load_part(factor + v * VECTOR, v < end ? VECTOR : last);
	UNROLLED
	for (int m = 0; m < rows; m++, c += c_row) {
		UNROLLED
		for (int v = 0; v < vectors; v++)
			store_part(c + v * VECTOR, sum[m][v], v < end ? VECTOR : last);
		KEEP_NO_ADDRESSES(c);
	}
}

/* Rows and vectors are constants wherever this is called, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void tile_product(
	const struct product *t, const int rows, const int vectors, const bool fused)
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
	const int last = t->columns - (vectors - 1) * VECTOR;
	if (t->sums)
		UNROLLED
	for (int m = 0; m < rows; m++) {
		real lane[VECTOR];
		store(lane, sum[m][vectors - 1]);
		t->sums[m] += lane[last];
	}
	if (last == VECTOR)
		tile_finish(t, rows, vectors, VECTOR, sum);
	else
		tile_finish(t, rows, vectors, last, sum);
}

/* clang-format off */
#define TILES(vectors, fused) \
	static void tile_##vectors##_##fused(const struct product *t) \
	{ \
		switch (t->rows) { \
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
/* clang-format on */

TILES(1, 0)
TILES(2, 0)
TILES(1, 1)
TILES(2, 1)

/* One tile; its sums are no longer than a run. */
static void tile(const struct product *t)
{
	if (t->columns > VECTOR)
		(t->fused ? tile_2_1 : tile_2_0)(t);
	else
		(t->fused ? tile_1_1 : tile_1_0)(t);
}

/* All rows of one panel, in tiles of about equal height. */
static void panel_product(struct product *t)
{
	int rows = t->rows;
	for (int tiles = (rows + TILE_ROWS - 1) / TILE_ROWS; tiles > 0; tiles--) {
		int height = rows / tiles;
		t->rows = height;
		tile(t);
		t->a += height * t->a_row;
		t->c += height * t->c_row;
		t->start = t->start ? t->start + height : NULL;
		t->factor = t->factor ? t->factor + height * t->c_row : NULL;
		t->sums = t->sums ? t->sums + height : NULL;
		rows -= height;
	}
}

/* One run (terms k .. k + inner) of columns n .. n + columns. The first run adds `start`, the last
 * one multiplies by `factor`. */
static struct product part_of(const struct product *p, int k, int inner, int n, int columns)
{
	struct product t = *p;
	t.inner = min_int(p->inner - k, inner);
	t.columns = min_int(p->columns - n, columns);
	t.a += k * p->a_inner;
	t.c += n;
	t.start = k == 0 ? p->start : NULL;
	t.add = k > 0 || p->add;
	t.factor = p->factor && k + inner >= p->inner ? p->factor + n : NULL;
	return t;
}

/* Packs columns n .. n + columns of rows first .. first + rows of what a kernel sees. */
static void pack_taps(
	const struct product *p, int first, int rows, int n, int columns, real *packed)
{
	const int kernel = p->kernel, taps = kernel * kernel;
	const real *channel = p->b + first / taps * p->b_row + n;
	int y = first % taps / kernel, x = first % kernel;
	const real *line = channel + y * p->b_line;
	for (int i = 0; i < rows; i++, packed += PANEL) {
		memcpy(packed, line + x * p->b_place, columns * sizeof(real));
		if (++x < kernel)
			continue;
		x = 0;
		line += p->b_line;
		if (++y < kernel)
			continue;
		y = 0;
		line = channel += p->b_row;
	}
}

/* All panels; b is packed first where the product has many rows. */
static void product_of_panels(const struct product *p)
{
	real packed[RUN * PANEL];
	for (int k = 0; k == 0 || k < p->inner; k += RUN)
		for (int n = 0; n < p->columns; n += PANEL) {
			struct product t = part_of(p, k, RUN, n, PANEL);
			if (p->kernel) {
				pack_taps(p, k, t.inner, n, t.columns, packed);
				t.b = packed;
				t.b_row = PANEL;
				panel_product(&t);
				continue;
			}
			t.b += k * p->b_row + n;
			if (p->rows >= PACKED_FROM && p->b_row > PANEL && t.columns == PANEL) {
				for (int i = 0; i < t.inner; i++)
					memcpy(packed + i * PANEL, t.b + i * p->b_row, PANEL * sizeof(real));
				t.b = packed;
				t.b_row = PANEL;
			}
			panel_product(&t);
		}
}

void VARIANT(product)(const struct product *p)
{
	if (p->rows <= TILE_ROWS && p->columns <= PANEL && p->inner <= RUN && !p->kernel)
		tile(p);
	else
		product_of_panels(p);
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
#define LANE(i, half) ((i) % BLOCK + (half)*BLOCK + (i) / BLOCK * ROWS)
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

/* Rows to transpose; missing ones are filled with `fill`. */
struct block_rows {
	const real *row[ROWS];
	ptrdiff_t step[ROWS];
};

static inline struct block_rows block_rows(
	int rows, const real *from, ptrdiff_t from_row, const real *fill)
{
	struct block_rows block;
	for (int n = 0; n < ROWS; n++) {
		block.row[n] = n < rows ? from + n * from_row : fill + (n - rows) * BLOCK;
		block.step[n] = n < rows ? BLOCK : 0;
	}
	return block;
}

/* BLOCK numbers of row n and, in the upper half, of row n + BLOCK. */
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
static void transpose_rows(
	int rows, int inner, const real *from, ptrdiff_t from_row, const real *fill, real *to)
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
static void transpose_panel(
	int columns, int inner, const real *from, ptrdiff_t from_row, real *panel)
{
	static const real one_then_zeros[ROWS * BLOCK] = {1, 1, 1, 1}, zeros[ROWS * BLOCK];
	int whole = (columns + VECTOR - 1) / VECTOR * VECTOR;
	for (int n = 0; n < whole; n += ROWS)
		if (n <= columns)
			transpose_rows(
				columns - n, inner, from + n * from_row, from_row, one_then_zeros, panel + n);
		else
			transpose_rows(0, inner, NULL, 0, zeros, panel + n);
}

/* to[m] += sum over k of a[m][k], in the order of a product. */
static void row_sums(int rows, int inner, const real *a, ptrdiff_t a_row, real *to)
{
	static const real zeros[ROWS * BLOCK];
	for (int m = 0; m < rows; m += ROWS) {
		int some = min_int(rows - m, ROWS);
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

static void transposed_by_tiles(const struct product *p)
{
	real panel[RUN * PANEL];
	bool spare = p->columns % VECTOR != 0; /* a free lane for a column of ones, which sums a */
	for (int k = 0; k < p->inner; k += RUN) {
		for (int n = 0; n < p->columns; n += PANEL) {
			struct product t = part_of(p, k, RUN, n, PANEL);
			t.sums = spare && p->columns - n < PANEL ? p->sums : NULL;
			transpose_panel(t.columns, t.inner, p->b + n * p->b_row + k, p->b_row, panel);
			t.b = panel;
			t.b_row = PANEL;
			panel_product(&t);
		}
		if (!spare)
			row_sums(p->rows, min_int(p->inner - k, RUN), p->a + k, p->a_row, p->sums);
	}
}

void VARIANT(product_transposed)(const struct product *p)
{
	if (!p->fused && p->columns <= NN_LANES)
		VARIANT(product_by_lanes)(p);
	else
		transposed_by_tiles(p);
}
