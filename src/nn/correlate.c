/* The gradient of a convolution's kernels: each entry is a sum over the places of the map and over
 * the batch, in NN_LANES partial sums. */
#include "variant.h"

#include "vector.h"

/* Where tap number k of a kernel begins to see b. */
static inline const real *tap(const struct correlation *p, int k)
{
	int taps = p->kernel * p->kernel, within = k % taps;
	return p->b + k / taps * p->b_row + within / p->kernel * p->b_line +
		within % p->kernel * p->place;
}

#ifdef NN_DOUBLE
/* In double, for checks alone, as plainly as can be. */
static real entry(const struct correlation *p, const real *a, const real *b)
{
	real lane[NN_LANES] = {0};
	for (int y = 0; y < p->lines; y++)
		for (int x = 0; x < p->places; x++)
			for (int n = 0; n < p->length; n++) {
				real left = a[y * p->a_line + x * p->place + n];
				lane[n % NN_LANES] += b ? left * b[y * p->b_line + x * p->place + n] : left;
			}
	for (int half = NN_LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			lane[i] += lane[i + half];
	return lane[0];
}

void VARIANT(correlate)(const struct correlation *p)
{
	const int taps = p->channels * p->kernel * p->kernel;
	for (int m = 0; m < p->rows; m++) {
		const real *a = p->a + m * p->a_row;
		for (int k = 0; k < taps; k++)
			p->c[(ptrdiff_t)m * taps + k] += entry(p, a, tap(p, k));
		p->sums[m] += entry(p, a, NULL);
	}
}
#else
#include "lanes.h"

/* Entries whose partial sums stay in registers: rows times taps. */
#if VECTOR_BYTES == 64
enum { ROWS = 4, TAPS = 4 };
#elif VECTOR_BYTES == 32
enum { ROWS = 2, TAPS = 3 };
#elif VECTOR_REGISTERS == 32
enum { ROWS = 2, TAPS = 2 };
#else
enum { ROWS = 1, TAPS = 3 };
#endif

/* One step of NN_LANES terms: a[m][n] * b[t][n], or without b just a[m][n]. */
static inline __attribute__((always_inline)) void terms(const int taps, const bool fused,
	const real *const *a, const real *const *b, ptrdiff_t n, ptrdiff_t m,
	vector part[ROWS][TAPS][PARTS])
{
	UNROLLED
	for (int p = 0; p < PARTS; p++) {
		vector left[ROWS];
		UNROLLED
		for (int r = 0; r < ROWS; r++)
			left[r] = load(a[r] + n + p * VECTOR);
		if (taps == 0) {
			UNROLLED
			for (int r = 0; r < ROWS; r++)
				part[r][0][p] += left[r];
		}
		UNROLLED
		for (int t = 0; t < taps; t++) {
			vector right = load(b[t] + m + p * VECTOR);
			UNROLLED
			for (int r = 0; r < ROWS; r++)
				if (fused)
					part[r][t][p] = multiply_add(left[r], right, part[r][t][p]);
				else
					part[r][t][p] += left[r] * right;
		}
	}
}

/* Lane r * TAPS + t: the sum of the products of row r and tap t; without taps, lane r * TAPS: the
 * sum of row r. */
static inline __attribute__((always_inline)) vector sums_of(const int taps, const bool fused,
	const struct correlation *p, const real *const *a, const real *const *b)
{
	vector part[ROWS][TAPS][PARTS] = {{{{0}}}}, entry[VECTOR] = {{0}};
	for (int y = 0; y < p->lines; y++)
		for (int x = 0; x < p->places; x++) {
			ptrdiff_t from = y * p->a_line + x * p->place, to = from + p->length;
			ptrdiff_t m = y * p->b_line + x * p->place;
			for (ptrdiff_t n = from; n < to; n += NN_LANES, m += NN_LANES)
				terms(taps, fused, a, b, n, m, part);
		}
	UNROLLED
	for (int r = 0; r < ROWS; r++)
		UNROLLED
	for (int t = 0; t < TAPS; t++)
		entry[r * TAPS + t] = parts_joined(part[r][t]);
	return lanes_of(entry);
}

static vector fused_sums(const struct correlation *p, const real *const *a, const real *const *b)
{
	return sums_of(TAPS, true, p, a, b);
}

static vector separate_sums(const struct correlation *p, const real *const *a, const real *const *b)
{
	return sums_of(TAPS, false, p, a, b);
}

static vector row_sums(const struct correlation *p, const real *const *a)
{
	return sums_of(0, false, p, a, NULL);
}

/* What a tile lacks at the edge it takes twice. */
void VARIANT(correlate)(const struct correlation *p)
{
	const int taps = p->channels * p->kernel * p->kernel;
	real lane[VECTOR];
	for (int m = 0; m < p->rows; m += ROWS) {
		const int rows = min_int(p->rows - m, ROWS);
		const real *a[ROWS], *b[TAPS];
		for (int r = 0; r < ROWS; r++)
			a[r] = p->a + (m + min_int(r, rows - 1)) * p->a_row;
		for (int k = 0; k < taps; k += TAPS) {
			const int some = min_int(taps - k, TAPS);
			for (int t = 0; t < TAPS; t++)
				b[t] = tap(p, k + min_int(t, some - 1));
			store(lane, (p->fused ? fused_sums : separate_sums)(p, a, b));
			for (int r = 0; r < rows; r++)
				for (int t = 0; t < some; t++)
					p->c[(ptrdiff_t)(m + r) * taps + k + t] += lane[r * TAPS + t];
		}
		store(lane, row_sums(p, a));
		for (int r = 0; r < rows; r++)
			p->sums[m + r] += lane[r * TAPS];
	}
}
#endif
