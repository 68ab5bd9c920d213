/* Layers that go through time steps, whatever their cell: recurrent.c has what they are made of,
 * layer_recurrent.c what they do. */
#ifndef NN_RECURRENT_H
#define NN_RECURRENT_H

#include "nn/net.h"

/* Of one time step. */
struct step_shape {
	const struct recurrent_cell *cell;
	int steps, inputs, units;
	int joint; /* gates that are given W x and V h as one sum */
	bool all;  /* the output has the states of all steps; else it is the last one */
};

#define step_shape_in NN(step_shape_in)
#define recurrent_fits NN(recurrent_fits)
#define recurrent_tensors NN(recurrent_tensors)
#define each_step_tensors NN(each_step_tensors)
#define recurrent_buffers NN(recurrent_buffers)
#define recurrent_steps NN(recurrent_steps)

struct step_shape step_shape_in(
	const struct net_spec *spec, int layer, const struct recurrent_cell *cell);

/* The functions of struct layer_kind. */
bool recurrent_fits(const struct net_spec *spec, int layer);
int recurrent_tensors(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX]);
int each_step_tensors(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX]);
int recurrent_buffers(const struct net_spec *spec, int layer, struct buffer out[LAYER_BUFFERS_MAX]);
int recurrent_steps(const struct net_spec *spec, int layer);

#endif
