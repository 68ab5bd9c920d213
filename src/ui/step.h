/* What the files of the step pane share: the phases of one training step, in numbers and words.
 *
 * A step of a network with n layers has 5 n phases in this order: for each layer from 1 on its
 * weighted sum and its activation (the output layer has the loss instead), then for each layer from
 * the output back its error delta and the gradient of its weights, then the update of each layer.
 */
#ifndef UI_STEP_H
#define UI_STEP_H

#include "lab/probe.h"
#include "ui/caption.h"
#include "ui/pane.h"

enum step_kind { STEP_SUM, STEP_ACTIVATION, STEP_LOSS, STEP_DELTA, STEP_GRADIENT, STEP_UPDATE };

struct step_phase {
	enum step_kind kind;
	int layer; /* from 1; the output layer for STEP_LOSS */
};

/* The phase that the view shows of a network with so many layers. */
struct step_phase step_phase_of(const struct view *view, int layers);
int step_count(int layers);
int step_index(struct step_phase phase, int layers); /* 0 ... step_count() - 1 */
struct step_phase step_phase_at(int index, int layers);

/* A step and the phase of it that is drawn. */
struct drawn_step {
	const struct step_view *view;
	const struct net *before;
	const struct dataset *data;
	const char *optimizer; /* name */
	double baseline_loss;  /* NaN: not known */
	struct step_phase phase;
};

/* False: its network has layers that are not dense, whose sums are others. */
bool step_has_formulas(const struct frame *frame);

/* False: the picture has no step. */
bool step_of(const struct picture *picture, struct drawn_step *step);

enum { STEP_COLUMNS = 5, STEP_TEXT = 200, STEP_HEAD = 32 };

/* A column of numbers, one for each row; `sign` stands before the number. */
struct step_column {
	char head[STEP_HEAD];
	const char *sign;
	int rank;      /* the highest is left out first where there is no room */
	bool positive; /* never negative: written without sign */
	double (*value)(const struct drawn_step *step, int row);
};

/* Rows are units; in STEP_UPDATE they are weights, row by row of the matrix. */
struct step_table {
	int rows, columns;
	struct step_column column[STEP_COLUMNS];
	int bar[2]; /* columns drawn as bars, too; -1: none */
	bool rms;   /* the root mean square of each column means something */
};

void step_table(const struct drawn_step *step, struct step_table *table);
double step_rms(const struct drawn_step *step, const struct step_column *column, int rows);
void step_row_label(const struct drawn_step *step, int row, char out[STEP_HEAD]);

/* The formula of the phase, and what it is for. */
void step_formula(const struct drawn_step *step, char out[STEP_TEXT]);
const char *step_meaning(const struct drawn_step *step);
/* What the phase does to the signal, in words and numbers. */
void step_effect(const struct drawn_step *step, struct parts *parts);
/* What the network does besides the formula, such as batch norm; NULL: nothing. */
const char *step_besides(const struct drawn_step *step);

/* The formula with the numbers of one row put in; of a sum as many terms as fit into `width`
 * columns: "unit 1: W·a = 0.31×0.52 − 0.11×0.49 + 8 more". False: the table says all, or there is
 * no room. */
bool step_terms(const struct drawn_step *step, int row, int width, char out[STEP_TEXT]);

/* Root mean square of n numbers. */
double step_rms_of(const float *value, int n);
/* "+0.0032", "-1.2e-08", "0". */
void step_number(char *out, int size, double value);

#endif
