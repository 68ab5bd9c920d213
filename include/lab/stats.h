/* The statistics of an epoch, gathered while a pass runs. Definitions: docs/numerics.md, section 9.
 * Every sum is in double, in a fixed order.
 *
 * Over an epoch stats_step() samples the size of the updates. After it the training set goes
 * through the network once more, forward and backward, with stats_observer() looking on; then
 * stats_finish_advance() turns the sums into the record, a layer at a time.
 */
#ifndef LAB_STATS_H
#define LAB_STATS_H

#include "lab/record.h"
#include "nn/net.h"

struct stats;

/* The caller frees it by stats_free(). NULL without memory. The spec is copied. */
struct stats *stats_new(const struct kernels *kernels, const struct net_spec *spec);
void stats_free(struct stats *stats);

/* A record with nothing in it, with a row for each layer and time step of the network. The caller
 * frees it; NULL without memory. */
struct record *stats_record(const struct stats *stats);

size_t stats_bytes(const struct net_spec *spec); /* memory that stats_new() takes */

void stats_epoch_begin(struct stats *stats, int64_t steps_expected); /* 0: no step is sampled */
bool stats_wants_step(const struct stats *stats); /* is the next update one of the sample? */
void stats_step(struct stats *stats, const struct net *net); /* after each update */

/* `total`: samples the measured gradient is the mean over; `net` is about to be measured.
 * `detailed`: a new detail is wanted, too. */
void stats_measure_begin(struct stats *stats, const struct net *net, int total, bool detailed);
struct net_observer stats_observer(struct stats *stats);

/* Begins, then works on the record's numbers from net's gradient and weights (the gradient must
 * be complete, but for the penalties). True when done. */
void stats_finish_begin(struct stats *stats);
bool stats_finish_advance(
	struct stats *stats, struct net *net, struct record *record, uint64_t *budget);

/* The newest finished detail; NULL before the first. The stats own it; it is valid until the next
 * one is finished. */
const struct detail *stats_detail(const struct stats *stats);

#endif
