/* The gradient of narrow layers: each entry is a sum over the batch in NN_LANES partial sums. */
#include "variant.h"

#include "vector.h"

#ifdef NN_DOUBLE
/* In double, for checks alone, as plainly as can be. */
static real entry(int inner, const real *a, const real *b)
{
	real lane[NN_LANES] = {0};
	for (int k = 0; k < inner; k++)
		lane[k % NN_LANES] += a ? a[k] * b[k] : b[k];
	for (int half = NN_LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			lane[i] += lane[i + half];
	return lane[0];
}

void VARIANT(product_by_lanes)(const struct product *p)
{
	for (int m = 0; m < p->rows; m++) {
		const real *a = p->a + m * p->a_row;
		for (int n = 0; n < p->columns; n++)
			p->c[m * p->c_row + n] += entry(p->inner, a, p->b + n * p->b_row);
		p->sums[m] += entry(p->inner, NULL, a);
	}
}
#else
#include "lanes.h"

enum {
	SOME = VECTOR_REGISTERS / (2 * PARTS), /* entries whose partial sums stay in registers */
	ROWS = 16,                             /* rows whose entries are added to c together */
};

/* The next NN_LANES terms of `some` entries: a[k] * b[i][k], or without a just b[i][k]. */
static inline __attribute__((always_inline)) void terms(const int some, const bool with_a,
	const bool first, const real *a, const real *const *group, ptrdiff_t b_row,
	vector part[SOME][PARTS])
{
	UNROLLED
	for (int p = 0; p < PARTS; p++) {
		vector left = with_a ? load(a + p * VECTOR) : (vector){0};
		UNROLLED
		for (int i = 0; i < some; i++) {
			vector right = load(group[i / 3] + i % 3 * b_row + p * VECTOR);
			vector term = with_a ? left * right : right;
			part[i][p] = first ? term : part[i][p] + term;
		}
	}
}

/* Lane i < count: sum over k of a[k] * b[i][k], or of b[i][k] without a. inner >= NN_LANES. */
static inline __attribute__((always_inline)) vector entries(
	const int count, int inner, const bool with_a, const real *a, const real *b, ptrdiff_t b_row)
{
	vector entry[VECTOR];
	UNROLLED
	for (int i = count; i < VECTOR; i++)
		entry[i] = (vector){0};
	UNROLLED
	for (int first = 0; first < count; first += SOME) {
		const int some = count - first < SOME ? count - first : SOME;
		/* three rows to a pointer: with the row's length as index it reaches all of them */
		const real *group[(SOME + 2) / 3], *left = a;
		UNROLLED
		for (int g = 0; g < (some + 2) / 3; g++)
			group[g] = b + (first + 3 * g) * b_row;
		vector part[SOME][PARTS];
		terms(some, with_a, true, left, group, b_row, part);
		for (int k = NN_LANES; k < inner; k += NN_LANES) {
			UNROLLED
			for (int g = 0; g < (some + 2) / 3; g++)
				group[g] += NN_LANES;
			left += with_a ? NN_LANES : 0;
			terms(some, with_a, false, left, group, b_row, part);
		}
		UNROLLED
		for (int i = 0; i < some; i++)
			entry[first + i] = parts_joined(part[i]);
	}
	return lanes_of(entry);
}

/* Columns n to n + count - 1. All loads of c before all stores: its rows may be so short that one
 * vector covers parts of two, and a load waits for a store that it overlaps. */
static inline __attribute__((always_inline)) void some_columns(
	const int count, const struct product *p, int n)
{
	const real *b = p->b + n * p->b_row;
	vector sum[ROWS];
	for (int first = 0; first < p->rows; first += ROWS) {
		int rows = p->rows - first < ROWS ? p->rows - first : ROWS;
		real *c = p->c + first * p->c_row + n;
		for (int m = 0; m < rows; m++)
			sum[m] = entries(count, p->inner, true, p->a + (first + m) * p->a_row, b, p->b_row);
		for (int m = 0; m < rows; m++)
			sum[m] += load_part(c + m * p->c_row, count);
		for (int m = 0; m < rows; m++)
			store_part(c + m * p->c_row, sum[m], count);
	}
}

static inline __attribute__((always_inline)) void some_sums(
	const int count, const struct product *p, int m)
{
	vector sum = entries(count, p->inner, false, p->a, p->a + m * p->a_row, p->a_row);
	store_part(p->sums + m, sum + load_part(p->sums + m, count), count);
}

/* By how many there are, up to a vector, so that all loops over them are unrolled. */
#define BY_COUNT(name) \
	static void name##_by_count(const struct product *p, int at, int count) \
	{ \
		switch (count) { \
		case 1: \
			name(1, p, at); \
			return; \
		case 2: \
			name(2, p, at); \
			return; \
		case 3: \
			name(3, p, at); \
			return; \
		case 4: \
			name(4, p, at); \
			return; \
			MORE_THAN_4(name) \
		} \
	}
#if VECTOR_BYTES == 16
#define MORE_THAN_4(name)
#else
#define MORE_THAN_4(name) \
	case 5: \
		name(5, p, at); \
		return; \
	case 6: \
		name(6, p, at); \
		return; \
	case 7: \
		name(7, p, at); \
		return; \
	case 8: \
		name(8, p, at); \
		return; \
		MORE_THAN_8(name)
#if VECTOR_BYTES == 32
#define MORE_THAN_8(name)
#else
#define MORE_THAN_8(name) \
	case 9: \
		name(9, p, at); \
		return; \
	case 10: \
		name(10, p, at); \
		return; \
	case 11: \
		name(11, p, at); \
		return; \
	case 12: \
		name(12, p, at); \
		return; \
	case 13: \
		name(13, p, at); \
		return; \
	case 14: \
		name(14, p, at); \
		return; \
	case 15: \
		name(15, p, at); \
		return; \
	case 16: \
		name(16, p, at); \
		return;
#endif
#endif

BY_COUNT(some_columns)
BY_COUNT(some_sums)

void VARIANT(product_by_lanes)(const struct product *p)
{
	if (p->inner == 0)
		return;
	for (int n = 0; n < p->columns; n += VECTOR)
		some_columns_by_count(p, n, min_int(p->columns - n, VECTOR));
	for (int m = 0; m < p->rows; m += VECTOR)
		some_sums_by_count(p, m, min_int(p->rows - m, VECTOR));
}
#endif
