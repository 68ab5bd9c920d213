/* When the next epoch is due: epoch k at start + k / rate, without bursts after a stall. */
#ifndef APP_PACE_H
#define APP_PACE_H

#include <stdint.h>

struct pace {
	double rate;   /* epochs a second; INFINITY: as fast as it goes */
	double start;  /* when the first epoch of this clock was due */
	int64_t count; /* epochs begun since */
};

/* The first epoch is due now. */
void pace_start(struct pace *pace, double rate, double now);

/* From now on another rate; the next epoch is due after one period of it. */
void pace_change(struct pace *pace, double rate, double now);

double pace_due(const struct pace *pace);

/* An epoch begins. If it is late by more than a period the clock starts anew. */
void pace_take(struct pace *pace, double now);

#endif
