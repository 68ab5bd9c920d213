/* `wane bench`: the time of an epoch and of a picture, beside the peak speed of the processor.
 *
 * One CSV row per measurement. Without settings: the reference network and a walk over widths,
 * batches and depths; with settings: the network they describe. CPU time of this process, after
 * a warm-up; measurements to be compared alternate, so that a busy moment affects both.
 *
 *	what        peak: multiply-adds from registers; epoch: one epoch of training;
 *	            cells-80x24, cells-200x60: drawing one picture of that size into memory,
 *	            without the bytes for a terminal
 *	kernel      version of the inner loops (the environment variable WANE_KERNEL chooses)
 *	training    points that an epoch trains on
 *	statistics  off: training alone; on: with the statistics that `wane run` records
 *	seconds     of one, median of the repeats; low and high: the smallest and the largest
 *	gflops      billions of additions and multiplications per second in the matrix products
 *	percent_of_peak   gflops as a share of the row peak
 *
 * A cell that does not apply is empty.
 */
#ifndef APP_BENCH_H
#define APP_BENCH_H

#include "app/subcommand.h"

int bench_command(const struct request *request);

#endif
