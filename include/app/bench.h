/* `wane bench`: what an epoch and a picture cost, beside what the processor could do at most.
 *
 * One CSV row a measurement. Without settings: the reference network and a walk over widths,
 * batches and depths; with settings: the network they describe. CPU time of this process, after
 * a warm-up; what is compared takes turns, so that a busy moment hits both.
 *
 *	what        peak: multiply-adds from registers; epoch: one epoch of training;
 *	            cells-80x24, cells-200x60: drawing one picture of that size into memory, the
 *	            bytes for a terminal not included
 *	kernel      build of the inner loops (WANE_KERNEL in the environment chooses)
 *	training    points that an epoch trains on
 *	statistics  off: training alone; on: with everything that `wane run` records of an epoch
 *	seconds     of one, the median of the repeats; low and high: the least and the most
 *	gflops      billions of additions and multiplications a second in the products of training
 *	percent_of_peak   the same, of the row peak
 *
 * A cell that does not apply is empty.
 */
#ifndef APP_BENCH_H
#define APP_BENCH_H

#include "app/subcommand.h"

int bench_command(const struct request *request);

#endif
