/* What the parts of a dataset job share: dataset.c begins and ends it, dataset_phases.c does the
 * work. See lab/dataset.h. */
#ifndef LAB_DATASET_INTERNAL_H
#define LAB_DATASET_INTERNAL_H

#include "lab/dataset.h"

#include "nn/rng.h"

#include "generators.h"
#include "projection.h"
#include "table_reader.h"

enum { DATASET_PHASES = 9 };

struct dataset_job {
	struct dataset *data;
	double split;
	uint64_t seed;

	const struct generator *generator; /* either this and what it draws from ... */
	struct generator_state state;
	int samples, length;
	uint32_t *mixed;             /* [samples] the order in which points are made */
	struct table_reader *reader; /* ... or this; NULL once read */
	bool rows_are_steps;         /* the rows of an image are the steps of a sequence */

	struct table table;
	int phase, step; /* where in dataset_phases[] the job stands */
	bool begun;

	int rank[DATASET_CLASSES_MAX]; /* class of the label with that number */
	struct rng shuffle;
	uint32_t *shuffled, *order; /* [rows] rows of the table: as drawn; training part first */
	int in_class[DATASET_CLASSES_MAX], to_hold[DATASET_CLASSES_MAX];
	int dealt_training, dealt_held;

	double *origin, *mean, *spread; /* [features + 1] each, the last one of the target */
	struct projection projection;
};

/* One thing done to each of a number of rows, in order. */
struct phase {
	int (*steps)(const struct dataset_job *job); /* 0: not in this job */
	bool (*begin)(struct dataset_job *job);      /* false: no memory; NULL: nothing to prepare */
	void (*step)(struct dataset_job *job, int step);
};

/* What a job does after reading, if it reads. All state that outlives a step is in the job, so
 * a slice may end after any step of any phase. */
extern const struct phase dataset_phases[DATASET_PHASES];

/* Known from the start, as the number of its steps is not. */
bool dataset_phase_applies(const struct dataset_job *job, const struct phase *phase);

#endif
