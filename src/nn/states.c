/* A network's parameters as a whole: copied, searched for faults, counted, saved and reset. */
#include "net_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- copies ---- */

/* The values of a tensor; of a parameter its initial values and the optimizer's slots, too. */
static void copy_tensor(
	struct net *to, const struct tensor *a, const struct net *from, const struct tensor *b)
{
	size_t bytes = tensor_entries(a) * sizeof(real);
	if (!tensor_owns(a))
		return;
	memcpy(net_values(to, a), net_values(from, b), bytes);
	if (!a->trained)
		return;
	memcpy(to->initial + a->at, from->initial + b->at, bytes);
	int slots = min_int(to->spec.optimizer_slots, from->spec.optimizer_slots);
	for (int s = 0; s < slots; s++)
		memcpy(to->slot[s] + a->at, from->slot[s] + b->at, bytes);
}

static bool same_tensors(const struct net_layer *a, const struct net_layer *b)
{
	bool same = a->tensors == b->tensors;
	for (int i = 0; i < a->tensors && same; i++) {
		const struct tensor *x = &a->tensor[i], *y = &b->tensor[i];
		same = strcmp(x->name, y->name) == 0 && x->rows == y->rows && x->columns == y->columns &&
			x->trained == y->trained;
	}
	return same;
}

static void copy_layer(struct net *to, int l, const struct net *from, int k)
{
	const struct net_layer *a = &to->layer[l], *b = &from->layer[k];
	for (int i = 0; i < a->tensors && same_tensors(a, b); i++)
		copy_tensor(to, &a->tensor[i], from, &b->tensor[i]);
}

void net_copy_parameters(struct net *to, const struct net *from)
{
	for (int l = 1; l <= to->layers && l <= from->layers; l++)
		if (to->layer[l].hidden && from->layer[l].hidden)
			copy_layer(to, l, from, l);
	copy_layer(to, to->layers, from, from->layers);
	bool begins = strcmp(to->spec.normalization, from->spec.normalization) != 0;
	for (int l = 1; l <= to->layers && begins; l++)
		start_tensors(to, &to->layer[l], "norm.");
	to->steps = from->steps;
	to->slot_value = NAN;
}

/* ---- faults ---- */

static bool all_finite(const real *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

/* The first tensor with a number that is not finite, in the values or in their gradient, in the
 * order in which backpropagation comes to the layers. */
static bool find_tensor(const struct net *net, bool in_gradient, struct net_fault *fault)
{
	const real *vector = in_gradient ? net->gradient : net->parameter;
	for (int l = net->layers; l >= 1; l--)
		for (int i = 0; i < net->layer[l].tensors; i++) {
			const struct tensor *tensor = &net->layer[l].tensor[i];
			if (!tensor_learns(tensor) || all_finite(vector + tensor->at, tensor_entries(tensor)))
				continue;
			*fault =
				(struct net_fault){l, in_gradient ? tensor->gradient_name : tensor->value_name};
			return true;
		}
	return false;
}

bool net_find_fault(const struct net *net, struct net_fault *fault)
{
	if (find_tensor(net, false, fault))
		return true;
	for (int l = 1; l <= net->layers; l++)
		if (!all_finite(net->layer[l].map, (size_t)net->layer[l].values * net->stride)) {
			*fault = (struct net_fault){l, "output"};
			return true;
		}
	return find_tensor(net, true, fault);
}

size_t net_parameter_count(const struct net *net)
{
	size_t count = 0;
	for (int i = 0; i < net->tensors; i++)
		count += tensor_learns(&net->tensor[i]) ? tensor_entries(&net->tensor[i]) : 0;
	return count;
}

/* ---- saved states ---- */

size_t net_state_bytes(const struct net *net)
{
	return sizeof(net->steps) + net->state_reals * sizeof(real);
}

void net_state_save(const struct net *net, void *state)
{
	memcpy(state, &net->steps, sizeof(net->steps));
	memcpy((char *)state + sizeof(net->steps), net->parameter, net->state_reals * sizeof(real));
}

void net_state_load(struct net *net, const void *state)
{
	memcpy(&net->steps, state, sizeof(net->steps));
	memcpy(
		net->parameter, (const char *)state + sizeof(net->steps), net->state_reals * sizeof(real));
	net->slot_value = NAN;
}

void net_optimizer_reset(struct net *net, const struct optimizer_choice *choice)
{
	const struct optimizer *optimizer = optimizer_in(net->kernels, choice->optimizer);
	assert(optimizer && optimizer->slots <= net->spec.optimizer_slots);
	double start = optimizer_slot_start(optimizer, choice);
	/* those of a fresh network are 0 already, and a large one would take long to fill */
	bool filled = net->slot_value == start;
	for (int s = 0; s < net->spec.optimizer_slots && !filled; s++)
		for (size_t i = 0; i < net->parameters; i++)
			net->slot[s][i] = (real)start;
	net->slot_value = start;
	net->steps = 0;
}
