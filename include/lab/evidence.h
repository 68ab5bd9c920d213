/* Evidence: the numbers that verdicts and remarks are based on, gathered from a frame: a record,
 * the records before it, and the model. Plain data: nothing here points into the run.
 *
 * Layers count from 1; a finding's layer is 0 where nothing was found. A number that is not known
 * is record_nothing() or 0, as said. Thresholds and reasons: docs/numerics.md, section 9.
 */
#ifndef LAB_EVIDENCE_H
#define LAB_EVIDENCE_H

#include "lab/frame.h"

struct finding {
	int layer;
	double value;
};

/* The time steps along which an error goes back, where layers have some: those of the first such
 * layer that a gradient comes to. */
struct steps_back {
	int first, last; /* 0: no layer has time */
	int blocked;     /* that passes nothing on: dL/dh is 0 before it, and no underflow; 0: none */
	int underflow;   /* last of the steps from the first on whose dL/dh is 0; 0: none */
	int truncated;   /* last of the steps that truncation cuts off; 0: none */
	double kept;     /* mean of the gate that keeps the state over them; NaN: none is known */
};

/* One optimizer step: |W after - W before| / |W before| of a layer. */
struct step {
	int layer; /* 0: none */
	int64_t epoch;
	double ratio;
};

struct evidence {
	int64_t epoch;
	int64_t settled;      /* epochs trained under the present settings */
	int hidden;           /* hidden layers */
	bool linear;          /* the network can only compute a weighted sum of its inputs */
	bool penalized;       /* l1, l2 or weight decay draw the weights to 0 */
	int layers;           /* 0: the record has none */
	double baseline_loss; /* loss of the best constant answer; NaN: not known */
	/* losses without the penalty, which the baseline does not contain */
	double loss, val_loss;
	double eval_loss;  /* of the training set, as val_loss is taken */
	double start_loss; /* of the first record */
	/* of the epochs under the present settings, this one left out; nothing where there is none */
	double best_loss, best_val;
	int64_t best_epoch, best_val_epoch;
	double loss_before; /* ten epochs ago */
	bool flat;          /* in the last 20 epochs the loss found no value 1 % lower */
	double grad_norm;
	double usual_norm; /* median of the epochs before; 0: too few since the last change */
	int clipped;       /* steps of the optimizer in this epoch that clipping cut */
	struct steps_back time;
	/* lost between the output's delta and layer 1's, or of dL/dh between the last and the first of
	 * the time steps; negative: gained */
	double decades;
	bool not_finite;       /* loss, a weight or a gradient */
	struct fault fault;    /* the first such number, as far as it is known */
	struct finding broken; /* first layer with a weight or gradient that is not finite */
	struct finding dead;   /* first hidden layer with dead units only and no way around it */
	struct finding dying;  /* worst with many, or many more than at the start; their share,
	                          of several time steps the smallest */
	struct finding equal;  /* first hidden layer whose units all have the same weights */
	struct finding zero;   /* first layer from 2 on whose weights are all 0 */
	struct finding shrunk; /* whose weights have shrunk most, if far; share of their first size */
	struct finding underflow; /* last of the layers from 1 on whose delta is 0 */
	struct finding lost;      /* first trained layer that has a gradient, but no step moves it */
	struct finding frozen;    /* first trained layer whose steps are tiny; update ratio */
	struct finding large;     /* first trained layer whose steps are large; update ratio */
	struct step step;         /* largest that a sound network made before it got into trouble */
	struct step largest;      /* largest of all under the present settings */
	bool no_signal;           /* delta is 0 in layer 1, or dL/dh at the first time step */
	bool no_error;            /* delta is 0 in the output layer, too */
};

/* The frame must have a record. */
struct evidence evidence_collect(const struct frame *frame);

#endif
