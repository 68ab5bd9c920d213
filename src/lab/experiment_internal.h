/* The experiment's inside, shared by experiment.c (its life), experiment_phases.c (loading and the
 * phases of an epoch), experiment_pass.c (rows through the network) and experiment_state.c
 * (changes, saved states, answers). */
#ifndef LAB_EXPERIMENT_INTERNAL_H
#define LAB_EXPERIMENT_INTERNAL_H

#include "lab/experiment.h"

#include "lab/conditions.h"
#include "lab/plan.h"
#include "lab/schedule.h"
#include "lab/stats.h"
#include "lab/theory.h"
#include "lab/weights.h"

/* Phases of an epoch; each is resumable and has a fixed successor. */
enum phase {
	LOADING,      /* the data */
	INITIALIZING, /* weights */
	SCALING,      /* the initial weights, to unit variance on the data (LSUV) */
	READING,      /* weights from a file */
	CALIBRATING,  /* running statistics of a norm just switched on */
	SHUFFLING,
	TRAINING,   /* minibatches */
	MEASURING,  /* the training set, forward and backward */
	EVALUATING, /* the same with running statistics, if there are any */
	VALIDATING,
	FINISHING, /* the record */
	IDLE,
	FAILED,
};

/* Data that several saved states may share. */
struct shared_data {
	struct dataset *dataset;
	int users;
};

/* Rows being copied into the network, one column of values at a time: the features, then the
 * targets of the outputs. */
struct batch_cursor {
	int first, rows;
	int column, row; /* of the next value */
	bool passing;    /* the rows are copied, the pass has begun */
	bool updating;
};

struct pass_kind {
	enum net_mode mode;
	bool backward;
	int most; /* rows in one pass */
	int end;  /* row after the last */
	bool observed;
};

struct experiment {
	struct config config;
	struct error error;
	enum phase phase;
	const struct kernels *kernels;
	struct team *team; /* NULL: this thread alone */

	struct dataset_job *job;
	struct shared_data *data;
	struct plan plan;
	struct net *net;
	struct net *former; /* the network before; the new one copies its layers */
	bool grown;         /* layers were copied from `former` */
	bool resets;        /* the optimizer has changed: its state starts anew */
	struct stats *stats;
	struct weights_load *reading;
	struct history *history;
	struct record *record; /* the newest, preview included */
	struct conditions
		*conditions;     /* of `record`; before the first they come from the settings alone */
	struct record *next; /* in progress */
	char event[sizeof((struct record *)0)->event];

	int64_t epoch;
	enum experiment_report report; /* of the present epoch */
	bool preview; /* a preview is being measured; previewed: the newest record is one */
	bool previewed;
	uint32_t *order; /* [training] the epoch's permutation */
	int shuffled;
	struct rng shuffle, dropout;
	struct batch_cursor cursor;
	struct fault fault;       /* first number that was not finite */
	struct evidence evidence; /* from `record` */
	struct rate_watch watch;
	struct early_stop stop;
	bool stopped;  /* by early stopping */
	int clipped;   /* steps of this epoch that clipping cut */
	bool predicts; /* theory applies; banded: it says how much networks scatter, too */
	bool banded;
	struct theory_layer theory[NET_LAYERS_MAX];
	struct theory_band band[NET_LAYERS_MAX];
	double loss_sum; /* over samples: batches, or the set being measured */
	int correct;
};

static inline struct dataset *dataset_of(const struct experiment *e)
{
	return e->data ? e->data->dataset : NULL;
}

void shared_data_release(struct shared_data *data);

/* An experiment without data and network. NULL without memory, kernels or threads. */
struct experiment *experiment_blank(const struct config *config, struct error *error);

/* Opens what the config names; the phase becomes LOADING. False: nothing has changed. */
bool experiment_begin_loading(
	struct experiment *e, const struct config *config, struct error *error);

/* Makes a network by the plan, and everything that has its shape. The present network becomes
 * `former`. False without memory: nothing has changed. */
bool experiment_build(struct experiment *e, const struct plan *plan);

/* Uses `threads` threads. False: they cannot be started, nothing has changed. */
bool experiment_hold_threads(struct experiment *e, int threads, struct error *error);

/* Predicts anew by mean-field theory, after a change of plan. */
void experiment_predict(struct experiment *e);

/* Runs the rows of `cursor` through the network; true when a whole pass is done. */
bool experiment_pass(struct experiment *e, const struct pass_kind *kind, uint64_t *budget);

/* Collects the evidence anew, after a change of record or conditions. */
void experiment_judge(struct experiment *e);

/* What the next epoch will be made with: its learning rate, and the streams that its order and its
 * dropout masks are drawn from. */
double experiment_next_rate(const struct experiment *e);
struct rng experiment_shuffle(const struct experiment *e);
struct rng experiment_dropout(const struct experiment *e);

/* Ends the experiment: e->error says why, or it will say that there is not enough memory. */
enum experiment_state experiment_fail(struct experiment *e);
enum experiment_state experiment_fail_memory(struct experiment *e);

/* The record in progress, made if there is none; NULL without memory. */
struct record *experiment_record_at_work(struct experiment *e);

/* Starts a pass over a set, from row `first` on: one after the other, or in the epoch's order. */
void experiment_begin_set(struct experiment *e, enum phase phase, int first);

/* Enters a phase. */
void experiment_begin_initializing(struct experiment *e);
void experiment_begin_calibrating(struct experiment *e);
void experiment_begin_measuring(struct experiment *e);

#endif
