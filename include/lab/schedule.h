/* When the learning rate changes, and when to stop: pure functions of the epoch and of what was
 * seen of the loss.
 *
 * Epochs count from 0, the first that is trained. Formulas: docs/numerics.md, section 8. Sources:
 * cosine annealing, Loshchilov & Hutter 2017; one cycle, Smith & Topin 2019; early stopping,
 * Prechelt 1998. To add a schedule: a function and a row in src/lab/schedule.c; its help states its
 * default parameters.
 */
#ifndef LAB_SCHEDULE_H
#define LAB_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SCHEDULE_TOTAL_DEFAULT = 100, /* epochs a schedule is laid out for when there is no end */
	SCHEDULE_STEPS_MAX = 8,
};

struct schedule_parameters {
	int64_t every; /* epochs between two steps, of a cycle, or that it waits for a better loss */
	double factor; /* of each step, or of each epoch */
	double at[SCHEDULE_STEPS_MAX]; /* epochs of the steps, below 1 as shares of all; 0 ends them */
	double start;                  /* rate at the start of a rise, as a share of the base rate */
	double low;                    /* the lowest rate, as a share of the base rate */
	double warm;                   /* share of the epochs in which the rate rises */
	int exponent;
};

/* The state of a schedule that depends on the losses. Plain data: copy it to save it. */
struct rate_watch {
	double share; /* factor on the rate; stays 1 for schedules that ignore the loss */
	double best;  /* lowest loss so far, infinite before the first */
	int64_t wait; /* epochs since then, or since the last cut */
};

struct schedule {
	const char *name, *help;
	struct schedule_parameters usual; /* the defaults */
	/* The rate of this epoch, from the base rate and the number of epochs it is laid out for
	 * (at least 1; after them the rate stays where it came to, or goes on falling). */
	double (*rate)(
		const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total);
	/* Takes the loss after an epoch; NULL for those that go by the epoch alone. */
	void (*see)(const struct schedule_parameters *parameters, struct rate_watch *watch,
		double value, bool pytorch);
};

const struct schedule *schedule_at(int index);          /* NULL past the end */
const struct schedule *schedule_find(const char *name); /* NULL if unknown */

/* The rate of an epoch, the watch's share not included. Of `own` every, factor and at count, and
 * only where they are not 0: the rest is the row's. `epochs` as in the setting, 0: no end. */
double schedule_rate(const struct schedule *schedule, const struct schedule_parameters *own,
	double base, int64_t epoch, int64_t epochs);

/* Begins to watch, with a share of the rate that it may have come down to before. */
struct rate_watch rate_watch_new(double share);

/* Shows a schedule the loss after an epoch, by PyTorch's rule or Keras's. NaN is never better. */
void schedule_see(const struct schedule *schedule, const struct schedule_parameters *own,
	struct rate_watch *watch, double value, bool pytorch);

/* Early stopping by Keras's rule. Plain data: copy it to save it, start over with
 * early_stop_new(). */
struct early_stop {
	int64_t best_epoch; /* epoch of `best`; -1 before the first */
	double best;        /* lowest value so far, infinite before the first */
	int64_t wait;       /* epochs since then */
};

struct early_stop early_stop_new(void);

/* Takes the validation loss after an epoch. True: it did not fall by more than `margin` below
 * the best for `patience` epochs, so this is the one to stop after. NaN is never better. */
bool early_stop_see(
	struct early_stop *stop, int64_t epoch, double value, int64_t patience, double margin);

#endif
