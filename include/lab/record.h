/* A record: everything known about one epoch, and the only thing that is drawn or printed.
 *
 * A record has a row for each layer, layer 1 (next to the input) first, the output layer last; a
 * layer with time steps has a row for each step, of more than RECORD_STEPS_MAX steps for as many of
 * them, evenly spaced from the first to the last. So `layer[l - 1]` is layer l where no layer has
 * steps; else record_row() finds it. Numbers are floats because that is what a reader gets back
 * from the CSV. A number that was not recorded is a NaN of our own, record_nothing(); any other
 * NaN is a result. A record is one allocation, owned by whoever called record_new() or
 * record_copy().
 *
 * A detail is kept beside some records only: for each layer the histograms of the inputs of the
 * activation and of the layer's outputs, and for each unit how often it is inactive or saturated.
 */
#ifndef LAB_RECORD_H
#define LAB_RECORD_H

#include "nn/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

float record_nothing(void);
bool record_is_nothing(float value); /* true for that one NaN, false for every other */

struct layer_record {
	int layer; /* from 1 */
	int step;  /* from 1; 0: the layer has no time steps */
#define WHOLE(name, help, formula)
#define LAYER(name, help, formula) float name;
#include "lab/record.def"
#undef WHOLE
#undef LAYER
};

enum {
	RECORD_REMARKS_MAX = 13,
	RECORD_STEPS_MAX = 100, /* rows of a layer */
};

/* The first number of the run that was not finite; layer 0: all are. */
struct fault {
	int64_t epoch;
	int layer;
	const char *tensor;
};

struct record {
	int64_t epoch;
	int layers;          /* the output layer included; 0 if only the whole-network row is kept */
	int rows;            /* one a layer and time step; as many as layers where there are no steps */
	const char *verdict; /* name of a row of the verdict table, or NULL */
	const char *remark[RECORD_REMARKS_MAX]; /* names of rows of that of remarks; then NULL */
#define WHOLE(name, help, formula) float name;
#define LAYER(name, help, formula)
#include "lab/record.def"
#undef WHOLE
#undef LAYER
	int steps, clipped; /* minibatches of the epoch; how many of them clipping cut */
	/* not a statistic, but what a verdict needs of every epoch, kept when layers are thinned out */
	float largest_step; /* |W after - W before| / |W before| of one step in one layer; 0: none */
	int largest_step_layer;
	int equal_layer;    /* first hidden layer whose units all have the same weights; 0: none */
	struct fault fault; /* as it was known after this epoch */
	char event[160];    /* settings changed at the start of this epoch: "name=value ..." */
	struct layer_record layer[]; /* [rows] */
};

/* Nothing recorded in any row. `steps`: [layers], 0 for a layer without time; NULL: no layer has
 * time. The caller frees it; NULL without memory. */
struct record *record_new(int layers);
struct record *record_new_with_steps(int layers, const int *steps);
/* With all rows, or with `layers` 0 without them. The caller frees it; NULL without memory. */
struct record *record_copy(const struct record *record, int layers);

/* Rows of a layer with that many time steps (0: it has no time), and the step, from 1, that row
 * 0 ... of them is about; the other way round, -1 if the step has no row. */
int record_rows_of(int steps);
int record_step_of(int steps, int row);
int record_row_of(int steps, int step);

/* The row of a layer and step; NULL if there is none. */
const struct layer_record *record_row(const struct record *record, int layer, int step);
/* Indices of the first and the last row of a layer that the record has. */
int record_first(const struct record *record, int layer);
int record_last(const struct record *record, int layer);
/* The row from which delta comes to that of number `row`, both from 0: the next time step, or the
 * last row of the layer above. Number `rows` of the record for the output layer's. */
int record_row_above(const struct record *record, int row);
/* rms f' on that way. The delta of a time step is dL/dh, so f' is that of the row above if it is a
 * time step, too, and 1 if not; else it is that of the row itself. */
float record_slope(const struct record *record, int row);
/* The row of a layer that the record has; of one with time steps the last, next to the loss. */
const struct layer_record *record_layer(const struct record *record, int layer);
/* Share of dead units; of a layer with time steps the smallest: so many are dead at every step at
 * least. */
float record_dead(const struct record *record, int layer);
size_t record_bytes(const struct record *record);

/* The statistics row by row; offset into struct record (whole) or struct layer_record. */
struct statistic {
	const char *name, *help, *formula;
	size_t offset;
	int per_layer;
};
const struct statistic *statistic_at(int index);          /* NULL past the end */
const struct statistic *statistic_find(const char *name); /* NULL if unknown */
/* `row` counts from 0; a statistic of the whole network does not look at it. */
float record_value(const struct record *record, const struct statistic *statistic, int row);
void record_set(struct record *record, const struct statistic *statistic, int row, float value);

/* CSV as `wane run` writes it. All return 0, or -1 if the stream failed. */
int record_write_header(FILE *file);
int record_write(FILE *file, const struct record *record);
/* One line of record_write(): that of the whole network for row -1, else of a row. */
int record_write_row(FILE *file, const struct record *record, int row);
/* The same with a first column `run`, which tells several runs in one file apart. */
int record_write_runs_header(FILE *file);
int record_write_run(FILE *file, const char *run, const struct record *record);

enum { DETAIL_BINS = 41 };
#define DETAIL_LOW (-8.0)
#define DETAIL_HIGH 8.0
#define DETAIL_OUTPUT_LOW (-1.05)
#define DETAIL_OUTPUT_HIGH 3.05

struct layer_detail {
	int units;
	uint64_t samples;
	uint64_t bin[DETAIL_BINS]; /* DETAIL_BINS equal bins over [DETAIL_LOW, DETAIL_HIGH) */
	uint64_t below, above;     /* outside; NaN counts nowhere */
	/* the same of the layer's output, over [DETAIL_OUTPUT_LOW, DETAIL_OUTPUT_HIGH): 0 and 1 are in
	 * the middle of bins */
	uint64_t output_bin[DETAIL_BINS], output_below, output_above;
	float slope; /* learned by a PReLU layer; nothing for the others */
	/* [units] shares of samples; NaN for a unit with a NaN among its inputs */
	const float *inactive;  /* with f' = 0; 1 is a dead unit */
	const float *saturated; /* with |f'| < 0.1 sup f' */
	/* [units] over the samples; NaN if one of them is not a number. Nothing: the kind of layer has
	 * no such number. */
	const float *delta;      /* root mean square of delta, per sample as delta_rms of the layer */
	const float *activity;   /* mean |h| */
	const float *derivative; /* mean |f'(u)| */
	const float *z;          /* mean of u, what enters the activation */
	/* [weights] every `weight_every`-th weight of the layer, from its first one on; nothing where
	 * the kind of layer has no weight matrix */
	int weights, weight_every;
	const float *weight;
};

struct detail {
	int users; /* that share it */
	int64_t epoch;
	int layers;                  /* hidden layers only */
	struct layer_detail layer[]; /* [layers + 1]: of the output layer only weights are known */
};

enum { DETAIL_WEIGHTS = 128, DETAIL_WEIGHTS_IN_ALL = 4096 }; /* kept of a layer, of a network */

/* Zeros for `layers` hidden layers of units[l] units, in one block. weights: [layers + 1] numbers
 * of weights, the output layer's last; NULL: none are kept. Each call of detail_new(),
 * detail_copy() or detail_share() needs one of detail_release(). NULL without
 * memory. */
struct detail *detail_new(int layers, const int *units, const size_t *weights);
struct detail *detail_copy(const struct detail *detail);
struct detail *detail_share(struct detail *detail); /* NULL is shared as NULL */
void detail_release(struct detail *detail);
size_t detail_bytes(const struct detail *detail);

/* The shares of a layer, for whoever makes the detail: [units] inactive, then [units] saturated. */
float *detail_shares(struct detail *detail, int layer);
/* Likewise: [units] delta, then activity, derivative and z. */
float *detail_signals(struct detail *detail, int layer);
/* Keeps the weights of a layer, of as many as detail_new() was told; NULL: it has none. */
void detail_take_weights(struct detail *detail, int layer, const real *weight);
/* Adds counts to a histogram: first those below it, then its bins, then those above. */
void detail_count(const uint64_t count[DETAIL_BINS + 2], uint64_t *below, uint64_t bin[DETAIL_BINS],
	uint64_t *above);

#endif
