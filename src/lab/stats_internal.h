/* What the parts of the statistics share: stats.c sums while training and measuring,
 * stats_record.c makes the record of the sums. See lab/stats.h. */
#ifndef LAB_STATS_INTERNAL_H
#define LAB_STATS_INTERNAL_H

#include "lab/stats.h"

#include "unit_sums.h"

enum {
	STATS_STEPS_SAMPLED = 256,
	STATS_MEDIAN_SAMPLE = 1 << 16, /* of a larger matrix every k-th entry is used */
};

/* Sums over the samples and units of one row: a layer, or a time step of it. */
struct row_sums {
	struct moments preactivation, output, derivative, delta; /* of delta the absolute values */
	struct moments kept;                                     /* of the gate that keeps the state */
	double pairs;                                            /* samples x units summed so far */
	uint64_t samples;                                        /* times places of a map */
	real saturation;                                         /* |f'| below this is saturated */
	/* below, DETAIL_BINS bins, above, not a number */
	uint64_t bin[DETAIL_BINS + 3], output_bin[DETAIL_BINS + 3];
	struct unit_sums *unit; /* [units] of a hidden layer; NULL in the output layer */
};

/* |W after - W before| / |W before| of a layer in each sampled step. */
struct step_ratios {
	float of[STATS_STEPS_SAMPLED];
};

struct stats {
	const struct moment_kernels *moments;
	struct net_spec spec;
	int total;
	bool detailed; /* the histograms and the units are wanted */
	int64_t step, sample_every;
	int sampled;
	int layer; /* that stats_finish_advance() works on */
	double gradient_squares;
	struct unit_sums *units;   /* [units] of each hidden row; the pointers in sums point into it */
	struct step_ratios *ratio; /* [layers] */
	float *scratch;            /* [median_room()] */
	double *vectors;           /* [units + units] of the widest layer of kind rnn */
	struct detail *detail;     /* in progress */
	struct detail *finished;
	bool any_finished;
	/* of each layer: time steps, 0 where it has no time; places of the map of a unit, or 1 */
	int steps[NET_LAYERS_MAX + 1], places[NET_LAYERS_MAX + 1];
	int keeps[NET_LAYERS_MAX + 1];  /* of each layer the gate that keeps its state; -1: none */
	int row_of[NET_LAYERS_MAX + 2]; /* first row of each layer; of layers + 1: the number of rows */
	struct row_sums sums[];         /* [rows] as in the record */
};

/* Entries of a layer's weight matrices. */
size_t stats_weights_of(const struct tensor *tensor, int tensors);

#endif
