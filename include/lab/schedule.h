/* When the learning rate changes, and when to stop: pure functions of the epoch.
 *
 * Epochs count from 0, the first that is trained. Formulas: section 8 of the numerics sheet. To
 * add a schedule: a function and a row in src/lab/schedule.c, its defaults said in its help.
 */
#ifndef LAB_SCHEDULE_H
#define LAB_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum { SCHEDULE_TOTAL_DEFAULT = 100 }; /* epochs a schedule is laid out for when there is no end */

struct schedule_parameters {
	int64_t every; /* epochs between two steps */
	double factor; /* of each step, or of each epoch */
	double low;    /* the lowest rate, as a share of the base rate */
	double warm;   /* share of the epochs in which the rate rises */
};

struct schedule {
	const char *name, *help;
	struct schedule_parameters usual; /* what the program uses */
	/* The rate of this epoch, from the base rate and the number of epochs it is laid out for
	 * (at least 1; after them the rate stays where it came to, or goes on falling). */
	double (*rate)(const struct schedule_parameters *parameters, double base, int64_t epoch,
		int64_t total);
};

const struct schedule *schedule_at(int index);          /* NULL past the end */
const struct schedule *schedule_find(const char *name); /* NULL if unknown */

/* The rate of an epoch by a row's usual parameters; `epochs` as in the setting, 0: no end. */
double schedule_rate(const struct schedule *schedule, double base, int64_t epoch, int64_t epochs);

/* Early stopping by Keras's rule. Plain data: copy it to save it, start over with
 * early_stop_new(). */
struct early_stop {
	int64_t best_epoch; /* -1 before the first */
	double best;        /* lowest value so far, infinite before the first */
	int64_t wait;       /* epochs since then */
};

struct early_stop early_stop_new(void);

/* Takes the validation loss after an epoch. True: it did not fall by more than `margin` below
 * the best for `patience` epochs, so this is the one to stop after. NaN is never better. */
bool early_stop_see(struct early_stop *stop, int64_t epoch, double value, int64_t patience,
	double margin);

#endif
