/* When the next epoch is due: epoch k at start + k / rate, without bursts after a stall. */
#ifndef APP_PACE_H
#define APP_PACE_H

#include <stdint.h>

struct pace {
	double rate;   /* epochs per second; INFINITY: as fast as possible */
	double start;  /* when the first epoch of this clock was due */
	int64_t count; /* epochs begun since `start` */
};

/* The first epoch is due now. */
void pace_start(struct pace *pace, double rate, double now);

/* Changes the rate; the next epoch is due one new period from now. */
void pace_change(struct pace *pace, double rate, double now);

double pace_due(const struct pace *pace);

/* An epoch begins. If it is late by more than one period, the clock restarts. */
void pace_take(struct pace *pace, double now);

#endif
