/* The plane that data are drawn in: all points, and a margin. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/probe.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ROWS = 3 };

/* Of the numbers along one axis. */
static const struct {
	float value[ROWS];
	double low, high;
} ranges[] = {
	{{0, 1, 0.5f}, -0.02, 1.02},
	{{10, -30, 0}, -30.8, 10.8},
	{{2, 2, 2}, 2 - 0.04, 2 + 0.04},
	{{-4, -4, -4}, -4 - 0.08, -4 + 0.08},
	{{0, 0, 0}, -0.02, 0.02},
	{{NAN, 1, 3}, 0.96, 3.04},
	{{1, INFINITY, 3}, 0.96, 3.04},
	{{-INFINITY, 3, 1}, 0.96, 3.04},
	{{NAN, INFINITY, -INFINITY}, -0.02, 1.02},
};

static void a_plane_holds_all_finite_points_and_a_fiftieth_more(void **state)
{
	float projection[2 * ROWS], target[ROWS];
	(void)state;
	for (int classes = 0; classes <= 2; classes += 2)
		for (size_t a = 0; a < COUNT(ranges); a++)
			for (size_t b = 0; b < COUNT(ranges); b++) {
				const struct dataset data = {
					.rows = ROWS, .classes = classes, .projection = projection, .target = target};
				for (int i = 0; i < ROWS; i++) {
					projection[i] = ranges[a].value[i];
					projection[ROWS + i] = classes ? ranges[b].value[i] : 100;
					target[i] = classes ? 100 : ranges[b].value[i];
				}
				const struct plane plane = plane_of(&data);
				assert_true(fabs(plane.low[0] - ranges[a].low) < 1e-12);
				assert_true(fabs(plane.high[0] - ranges[a].high) < 1e-12);
				assert_true(fabs(plane.low[1] - ranges[b].low) < 1e-12);
				assert_true(fabs(plane.high[1] - ranges[b].high) < 1e-12);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plane_holds_all_finite_points_and_a_fiftieth_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
