/* The clock of one run: what its training takes, measured beside others that share the processor.
 *
 * Each experiment that trains on the screen has a lap of its own, so that a race of two runs can be
 * told in seconds, too. The time is told to the experiment's history with each record.
 */
#ifndef APP_LAP_H
#define APP_LAP_H

#include "lab/experiment.h"

struct lap {
	double spent;    /* seconds of the present work so far */
	double training; /* of it up to the end of training: measuring comes after that */
	bool trains;     /* the present work has trained an epoch to its end */
	double epoch;    /* seconds of the epoch whose record was yielded just now, measuring included;
	                    0: none was, or there is no clock */
};

/* experiment_advance(), timed by `clock`, which returns seconds so far; NULL: not measured. What a
 * change takes is no training. */
enum experiment_state lap_advance(
	struct lap *lap, struct experiment *experiment, uint64_t operations, double (*clock)(void));

#endif
