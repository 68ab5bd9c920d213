/* From settings and data to what the network needs: shapes, formulas, sizes of batches.
 *
 * The plan is a pure function of the two, and refuses before anything is allocated what would
 * not fit into the memory limit.
 */
#ifndef LAB_PLAN_H
#define LAB_PLAN_H

#include "lab/dataset.h"
#include "lab/schedule.h"
#include "lab/settings.h"
#include "nn/net.h"

struct plan {
	struct net_spec spec;
	int batch;     /* samples of a minibatch */
	int capacity;  /* most samples in one pass */
	int64_t steps; /* minibatches in an epoch */
	const struct schedule *schedule;
	struct schedule_parameters rates; /* what the settings say of it */
	struct optimizer_choice optimizer;
	struct net_clip clip;
	const struct initializer *initializer;
	struct initializer_parameters initial;
	const struct initializer *recurrent; /* of matrices between time steps; NULL: the same */
	struct initializer_parameters recurrent_initial;
	double baseline_loss; /* loss of the best constant answer on the training set */
	uint64_t epoch_cost;  /* about how many multiply-adds training one epoch takes */
};

/* What the settings say about the data. Its strings belong to `config`, which must outlive it. */
struct dataset_request plan_request(const struct config *config);

/* Fills *plan; it owns nothing, and its strings are static or belong to `config`. False: error says
 * which setting does not fit the data, or that the network exceeds memory-limit. */
bool plan_make(const struct config *config, const struct dataset *data, struct plan *plan,
	struct error *error);

/* How many layers of a network are hidden: the first ones. */
static inline int plan_hidden(const struct net_spec *spec)
{
	int hidden = 0;
	for (int l = 1; l <= spec->layers; l++)
		hidden += net_hidden(spec, l);
	return hidden;
}

/* Target of row `row` for output `output` under this plan: 0 or 1 for classes, else the value. */
float plan_target(const struct plan *plan, const struct dataset *data, int row, int output);

#endif
