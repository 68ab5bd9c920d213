#include "nn/float_mode.h"

#include <stdint.h>

#if defined(__SSE2__)
#include <xmmintrin.h>

void floating_point_setup(void)
{
	enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040 };
	_mm_setcsr(_mm_getcsr() | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
}
#elif defined(__aarch64__)
void floating_point_setup(void)
{
	const uint64_t flush_to_zero = (uint64_t)1 << 24;
	uint64_t control;
	__asm__ volatile("mrs %0, fpcr" : "=r"(control));
	__asm__ volatile("msr fpcr, %0" : : "r"(control | flush_to_zero));
}
#else
void floating_point_setup(void)
{
}
#endif
