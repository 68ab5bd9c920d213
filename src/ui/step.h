/* What the files of the step pane share: the phases of one training step, in numbers and words.
 *
 * Each phase is a row: its formula, its numbers and its words. A kind of layer has a list of such
 * rows for each part of its way (step_walk.c): forward, back, what is summed up after that, and the
 * update. A layer with time steps repeats those of forward and back for each of them. The step
 * leads forward through all layers, from the output layer back, then through all updates.
 */
#ifndef UI_STEP_H
#define UI_STEP_H

#include "lab/probe.h"
#include "ui/caption.h"
#include "ui/pane.h"

enum { STEP_COLUMNS = 5, STEP_TEXT = 200, STEP_HEAD = 64 };

enum step_part { STEP_FORWARD, STEP_BACK, STEP_AFTER, STEP_LAST, STEP_PARTS };

struct step_row;

struct step_phase {
	const struct step_row *row;
	int layer; /* from 1; the output layer for the loss */
	int place; /* of forward and back: row of the record within the layer, from 0, so that of a
	                time step; of the update: which matrix; else 0 */
};

/* A step and the phase of it that is drawn. */
struct drawn_step {
	const struct step_view *view;
	const struct net *before;
	const struct dataset *data;
	const char *optimizer; /* name */
	double baseline_loss;  /* NaN: not known */
	int unit;              /* that is written out, from 0; it may be too large */
	struct step_phase phase;
};

/* A column of numbers, one for each row; `sign` stands before the number. */
struct step_column {
	char head[STEP_HEAD];
	const char *sign;
	int rank;      /* the highest is left out first where there is no room */
	bool positive; /* never negative: written without sign */
	double (*value)(const struct drawn_step *step, int row);
};

/* A matrix of weights and the vector that it is multiplied with. */
struct step_factors {
	const char *matrix, *vector; /* their names */
	const float *in;             /* [columns] */
	const real *weight;
	size_t by_row, by_column; /* from a weight to the next */
	int columns;
};

/* Rows are units, or what the phase says. */
struct step_table {
	int rows, columns;
	int first; /* the row that is shown first, where there is no room for all */
	struct step_column column[STEP_COLUMNS];
	int bar[2]; /* columns drawn as bars, too; -1: none */
	bool rms;   /* the root mean square of each column means something */
};

/* Of a phase that a norm, a skip connection or dropout may be in: see step_besides(). */
enum step_does { STEP_DOES_OTHER, STEP_SUMS, STEP_ACTIVATES, STEP_SENDS_BACK };

struct step_row {
	const char *name;     /* of the part: "forward", "loss", "backward", "update" */
	const char *row_head; /* what a row of the table is: "unit" */
	enum step_does does;
	bool wide_labels; /* rows have labels of more than five columns */
	void (*formula)(const struct drawn_step *step, char out[STEP_TEXT]);
	const char *(*meaning)(const struct drawn_step *step); /* what it is for */
	void (*table)(const struct drawn_step *step, struct step_table *table);
	void (*label)(const struct drawn_step *step, int row, char out[STEP_HEAD]); /* NULL: number */
	/* Instead of a table; rows: that it wants. NULL: there is a table. */
	void (*picture)(const struct drawn_step *step, struct area area);
	int (*picture_rows)(const struct drawn_step *step);
	/* What the phase does to the signal, in words and numbers. */
	void (*effect)(const struct drawn_step *step, struct parts *parts);
	/* The formula with the numbers of one row put in; of a sum as many terms as fit into `width`
	 * columns: "unit 1: W·a = 0.31×0.52 − 0.11×0.49 + 8 more". False: there is no room. NULL: the
	 * table says all. */
	bool (*terms)(const struct drawn_step *step, int row, int width, char out[STEP_TEXT]);
	/* What the sums of the table are made of, for a wide pane. False, or NULL: nothing. */
	bool (*factors)(const struct drawn_step *step, struct step_factors *factors);
};

/* ---- step_walk.c: the order of the phases ---- */

bool step_walks(const struct net *net); /* false: some layer is of a kind without phases */
int step_count(const struct net *net);
int step_index(const struct net *net, struct step_phase phase); /* 0 ... step_count() - 1 */
struct step_phase step_phase_at(const struct net *net, int index);
/* The phase that a key leads to: of a long sequence only the first and last time steps, the others
 * are reached by selecting them. -1: there is none. */
int step_index_after(const struct net *net, int index, int by);
/* The phase that the picture shows, of this network; and the view that shows a phase. */
struct step_phase step_phase_of(const struct picture *picture, const struct net *net);
void step_view_phase(const struct picture *picture, struct step_phase phase, struct view *view);
enum step_part step_part_of(const struct step_row *row);
/* The index of the phase with which a layer's output, or on the way back its delta, is known. */
int step_known_from(const struct net *net, int layer, bool back);
int step_time(const struct drawn_step *step);           /* time step of the phase, from 0 */
int step_unit(const struct drawn_step *step, int rows); /* that is written out, within the rows */

/* ---- the rows ---- */

/* Of dense layers: step_dense.c. The loss and the update serve all kinds. */
extern const struct step_row step_sum, step_activation, step_loss, step_delta, step_gradient,
	step_update;
/* Of recurrent layers, at each time step: step_time.c, step_time_back.c. */
extern const struct step_row step_given, step_gates, step_cell, step_state, step_mixed;
extern const struct step_row step_back_state, step_back_cell, step_back_plain, step_back_lstm,
	step_back_gru, step_over_time;

/* Of convolutional layers: step_conv.c. */
extern const struct step_row step_place, step_map, step_back_map, step_over_places;

/* ---- for the rows ---- */

const struct net_layer *step_layer(const struct drawn_step *step); /* before the update */
const struct sample_layer *step_sample(const struct drawn_step *step, int layer);
const char *step_symbol(const struct drawn_step *step); /* of the layer's activation; "" */

/* step_loss.c: the name of the loss, the outputs, and of one its target and what the loss makes of
 * it: a probability, or with mse the output itself. */
bool step_loss_is(const struct drawn_step *step, const char *name);
int step_outputs(const struct drawn_step *step);
double step_target(const struct drawn_step *step, int row);
double step_answer(const struct drawn_step *step, int row);

void step_add(struct step_table *table, const char *head, const char *sign, int rank,
	double (*value)(const struct drawn_step *step, int row));
/* The same of a column that is never negative. */
void step_add_positive(struct step_table *table, const char *head, const char *sign, int rank,
	double (*value)(const struct drawn_step *step, int row));

/* A sum of products: a row or a column of a matrix times a vector. */
struct step_product {
	const real *factor;
	size_t apart; /* from one factor to the next */
	const float *value;
	int count;
};
/* Of value `row` that the layer passes on: what the dense layer after it sends back to it. */
struct step_product step_product_back(const struct drawn_step *step, int row);
double step_product_sum(const struct step_product *product);
/* The sum with numbers put in; `label`: "unit 1: W·a". */
bool step_product_text(
	const struct step_product *product, const char *label, int width, char out[STEP_TEXT]);

/* The matrix that an update or a sum is about, of either network. */
const struct tensor *step_matrix(const struct net *net, int layer, int index); /* NULL: none */

enum { STEP_SUBSCRIPT = 16 };
const char *step_below(char out[STEP_SUBSCRIPT], int number); /* a number below the line: "₁₂" */

/* "only 24 % of the error passes", and so on: `share` is the factor on `from`. Returns the
 * style. */
enum style step_add_passed(struct parts *parts, double from, double share, const char *whence);

/* What the network does besides the formula, such as batch norm; NULL: nothing. */
const char *step_besides(const struct drawn_step *step);
/* The layer does more between the sum and the activation. */
bool step_before_activation(const struct drawn_step *step);

/* ---- for the pane ---- */

/* The way through the time steps of the phase's layer, which has some: a strip of h, one of dL/dh,
 * or both in three rows. */
void step_draw_time(const struct drawn_step *step, struct area area);

/* Beside a table: the vector that comes in, above the matrix, whose rows are those of the table; as
 * many columns as there is room for. */
void step_draw_factors(const struct drawn_step *step, struct area area, int rows);

/* False: its network has layers that have no phases. */
bool step_has_formulas(const struct frame *frame);

/* False: the picture has no step. */
bool step_of(const struct picture *picture, struct drawn_step *step);

void step_table(const struct drawn_step *step, struct step_table *table);
double step_rms(const struct drawn_step *step, const struct step_column *column, int rows);
void step_row_label(const struct drawn_step *step, int row, char out[STEP_HEAD]);
void step_effect(const struct drawn_step *step, struct parts *parts);

/* Root mean square of n numbers. */
double step_rms_of(const float *value, int n);
/* "+0.0032", "-1.2e-08", "0". */
void step_number(char *out, int size, double value);
/* The number up to column `end`, with a sign or without one; red if it is not finite. */
void step_draw_number(struct area area, int end, double value, bool sign, enum style style);

#endif
