/* How the processor treats results and operands below FLT_MIN after floating_point_setup(): prints
 * a line of name, bits and meaning for each. Exit status 1 if a value below FLT_MIN is kept, or
 * another one is lost.
 *
 * x86 compares a result with FLT_MIN after rounding, 64-bit ARM before. A result less than 2^-151
 * below FLT_MIN, which rounds up to it, is therefore FLT_MIN on x86 and 0 on ARM.
 */
#include "nn/float_mode.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum expected { ZERO, KEPT, BORDER };

static float from_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint32_t to_bits(float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static float product(float a, float b, double c)
{
	(void)c;
	return a * b;
}

static float sum(float a, float b, double c)
{
	(void)c;
	return a + b;
}

static float quotient(float a, float b, double c)
{
	(void)c;
	return a / b;
}

static float fused(float a, float b, double c)
{
	return fmaf(a, b, (float)c);
}

static float converted(float a, float b, double c)
{
	(void)a, (void)b;
	return (float)c;
}

static float through_double(float a, float b, double c)
{
	(void)b, (void)c;
	return (float)(0x1p100 * a);
}

static const struct row {
	const char *name;
	float (*compute)(float a, float b, double c);
	uint32_t a, b; /* bits, as a compiler may flush what it reads as a constant */
	double c;
	enum expected expected;
} rows[] = {
	/* 2^-63 = 20000000, (1 + 2^-23) 2^-63 = 20000001, (1 - 2^-24) 2^-63 = 1fffffff */
	{"product = FLT_MIN", product, 0x20000000, 0x20000000, 0, KEPT},
	{"product = (1 + 2^-23) FLT_MIN", product, 0x20000001, 0x20000000, 0, KEPT},
	{"product = (1 - 2^-24) FLT_MIN", product, 0x1fffffff, 0x20000000, 0, ZERO},
	{"product = (1 - 2^-46) FLT_MIN", product, 0x20000001, 0x1ffffffe, 0, BORDER},
	{"product = -(1 - 2^-46) FLT_MIN", product, 0xa0000001, 0x1ffffffe, 0, BORDER},
	{"product = FLT_MIN / 2", product, 0x20000000, 0x1f800000, 0, ZERO},
	{"sum = FLT_MIN", sum, 0x01000000, 0x80800000, 0, KEPT},
	{"sum = FLT_MIN / 2", sum, 0x00c00000, 0x80800000, 0, ZERO},
	{"sum = the smallest subnormal", sum, 0x00800001, 0x80800000, 0, ZERO},
	/* of two floats no quotient lies between (1 - 2^-24) FLT_MIN and FLT_MIN */
	{"quotient = (1 - 2^-24) FLT_MIN", quotient, 0x00ffffff, 0x40000000, 0, ZERO},
	{"quotient = FLT_MIN / 3", quotient, 0x00800000, 0x40400000, 0, ZERO},
	{"fused = FLT_MIN - 2^-160", fused, 0x17800000, 0x97800000, 0x1p-126, BORDER},
	{"fused = FLT_MIN + 2^-160", fused, 0x17800000, 0x17800000, 0x1p-126, KEPT},
	{"fused = FLT_MIN - 2^-130", fused, 0x1f000000, 0x9f000000, 0x1p-126, ZERO},
	{"double = FLT_MIN", converted, 0, 0, 0x1p-126, KEPT},
	{"double = (1 - 2^-26) FLT_MIN", converted, 0, 0, 0x1p-126 - 0x1p-152, BORDER},
	{"double = (1 - 2^-24) FLT_MIN", converted, 0, 0, 0x1p-126 - 0x1p-150, ZERO},
	{"double = FLT_MIN / 2", converted, 0, 0, 0x1p-127, ZERO},
	{"subnormal operand of a product", product, 0x007fffff, 0x7f000000, 0, ZERO},
	{"subnormal operand of a sum", sum, 0x007fffff, 0, 0, ZERO},
	{"subnormal operand made double", through_double, 0x007fffff, 0, 0, ZERO},
};

int main(void)
{
	int status = 0;
	floating_point_setup();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* out of the compiler's sight: it would compute in another mode */
		const volatile struct row *row = &rows[i];
		uint32_t bits = to_bits(row->compute(from_bits(row->a), from_bits(row->b), row->c));
		uint32_t size = bits & 0x7fffffff;
		const uint32_t smallest = 0x00800000;
		enum expected expected = row->expected;
		bool good = expected == ZERO ? size == 0
			: expected == KEPT       ? size >= smallest
									 : size == 0 || size == smallest;
		printf("%s%s: %08x\n", expected == BORDER ? "border, " : "", row->name, (unsigned)bits);
		if (!good)
			status = 1;
	}
	return status;
}
