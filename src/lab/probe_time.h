/* The time steps of one sample in a recurrent layer, as a probe keeps them. */
#ifndef LAB_PROBE_TIME_H
#define LAB_PROBE_TIME_H

#include "lab/probe.h"

/* NULL without memory. */
struct sample_time *sample_time_new(const struct net_layer *layer);
void sample_time_free(struct sample_time *time);

/* From observers, see struct net_observer: keep what belongs to this sample. */
void sample_time_see(struct sample_time *time, const struct net_place *place,
	const struct cell_step *step, int sample);
void sample_time_see_back(struct sample_time *time, const struct net_place *place,
	const struct cell_step *step, int sample);
void sample_time_see_delta(
	struct sample_time *time, const struct net_place *place, const float *delta, int sample);

/* When the pass is over: deltas of the mean loss over so many samples become those of the sample's
 * own, sums over the samples become shares. */
void sample_time_finish(struct sample_time *time, int samples);

#endif
