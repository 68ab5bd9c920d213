/* Recurrent cells: what one time step computes of each value by itself. Each is one row of a table;
 * src/nn/layer_recurrent.c does the matrix products around it and goes through the steps.
 * Formulas: docs/numerics.md, section 7.
 *
 * A gate is given W x + b of the step's input and V h + d of the state h before. All states before
 * the first step are 0. Derivatives are those of a loss with respect to the values named.
 *
 * To add one: its two functions and a row in src/nn/cells.c, a kind in src/nn/layer_recurrent.c.
 */
#ifndef NN_CELL_H
#define NN_CELL_H

#include "nn/act.h"

enum { CELL_GATES_MAX = 4 };

/* A part of one time step. All arrays have `n` values; those of gates are `gap` apart. */
struct cell_step {
	const struct activation *activation, *gate_activation;
	struct activation_parameters parameters;
	size_t n, gap;
	/* What the gates are given: W x + b + V h + d. Of gates that keep their state apart it is
	 * W x + b, and `apart` is V h + d; forward() adds them up. */
	real *given, *apart;
	real *gates, *slopes; /* values of the gates, and the derivatives of their activations */
	const real *state_before, *cell_state_before; /* NULL: the first step */
	real *state;
	real *cell_state, *squashed, *derivative; /* c, tanh(c) and its derivative, in an LSTM */

	/* backward only */
	real *delta_state; /* dL/dh in total; in a GRU it becomes what h before gets of it directly */
	real *delta_cell;  /* in: dL/dc of the step after, out: of this one */
	const real *forget_after;  /* forget gate of the step after; NULL: nothing comes from there */
	real *delta, *delta_apart; /* dL/d(W x + b), and dL/d(V h + d) where that is kept apart */
};

/* What a cell makes of each sum W x + V h. */
struct cell_gate {
	const char *name, *symbol; /* "forget", "f" */
	bool opens; /* it lets a share through, from 0 (shut) to 1 (open); else it is what may pass */
};

struct recurrent_cell {
	const char *name;
	int gates;   /* their order is PyTorch's */
	int apart;   /* the last of them, which keep what they are given of the state apart */
	int shown;   /* observers see this gate's input and slope; -1: the cell state and its slope */
	bool recurs; /* has a state; else steps know nothing of each other */
	bool has_cell_state; /* as an LSTM's */
	bool passes_state;   /* part of the state goes to the next step unchanged */
	const char *activation, *gate_activation; /* NULL: the layer's own; none */
	int forget;                               /* the gate that spec.forget_bias is for; -1: none */
	struct cell_gate gate[CELL_GATES_MAX];
	int keeps; /* the gate that the state is multiplied by; -1: none */
	void (*forward)(const struct cell_step *step);
	void (*backward)(const struct cell_step *step);
};

#define recurrent_cell_find NN(recurrent_cell_find)
#define recurrent_cell_at NN(recurrent_cell_at)

const struct recurrent_cell *recurrent_cell_find(const char *name); /* NULL if unknown */
const struct recurrent_cell *recurrent_cell_at(int index);          /* NULL past the end */

#endif
