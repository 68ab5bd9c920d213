/* Chooses among the builds of the kernels, and answers for their tables, whose rows are the
 * same in every build. */
#include "nn/elementary.h"
#include "nn/kernels.h"

#include <math.h>
#include <string.h>

#ifdef NN_DOUBLE
extern const struct kernels kernels_double;
static const struct kernels *const builds[] = {&kernels_double};
#else
extern const struct kernels kernels_baseline;
#ifdef NN_X86
extern const struct kernels kernels_avx2, kernels_avx512;
static const struct kernels *const builds[] = {&kernels_avx512, &kernels_avx2, &kernels_baseline};
#else
static const struct kernels *const builds[] = {&kernels_baseline};
#endif
#endif

static bool supported(const struct kernels *kernels)
{
#if defined(NN_X86) && !defined(NN_DOUBLE)
	if (kernels == &kernels_avx512)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
			__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
	if (kernels == &kernels_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
	(void)kernels;
	return true;
}

const struct kernels *kernels_find(const char *name)
{
	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++)
		if ((!name || strcmp(name, builds[i]->name) == 0) && supported(builds[i]))
			return builds[i];
	return NULL;
}

/* What a table of rows answers: the row of a name in any build, and in the fastest one the rows by
 * number and by name. */
#define TABLE_FUNCTIONS(row_type, table) \
	const struct row_type *row_type##_in(const struct kernels *kernels, const char *name) \
	{ \
		for (int i = 0; i < kernels->table->count; i++) \
			if (strcmp(kernels->table->row[i].name, name) == 0) \
				return &kernels->table->row[i]; \
		return NULL; \
	} \
	const struct row_type *row_type##_at(int index) \
	{ \
		const struct kernels *kernels = kernels_find(NULL); \
		return index >= 0 && index < kernels->table->count ? &kernels->table->row[index] : NULL; \
	} \
	const struct row_type *row_type##_find(const char *name) \
	{ \
		return row_type##_in(kernels_find(NULL), name); \
	}

TABLE_FUNCTIONS(activation, activations)
TABLE_FUNCTIONS(normalization, normalizations)
TABLE_FUNCTIONS(loss, losses)
TABLE_FUNCTIONS(optimizer, optimizers)

double activation_max_slope(
	const struct activation *activation, const struct activation_parameters *parameters)
{
	double alpha = parameters->elu_alpha;
	if (activation->alpha_scales && alpha > activation->max_slope)
		return alpha;
	return activation->max_slope;
}

struct activation_parameters activation_parameters_default(void)
{
	return (struct activation_parameters){
		.leaky_slope = (real)0.01, .elu_alpha = 1, .learned_slope = (real)0.25};
}

static int largest_row(int outputs, int stride, const real *column)
{
	int best = 0;
	for (int o = 1; o < outputs; o++)
		if (column[(size_t)o * stride] > column[(size_t)best * stride])
			best = o;
	return best;
}

int loss_correct(const struct loss *loss, int outputs, int count, int stride, const real *logits,
	const real *target)
{
	int correct = 0;
	for (int i = 0; i < count; i++) {
		if (outputs == 1)
			correct += ((double)logits[i] > loss->threshold) == (target[i] > (real)0.5);
		else
			correct += largest_row(outputs, stride, logits + i) ==
				largest_row(outputs, stride, target + i);
	}
	return correct;
}

double optimizer_slot_start(
	const struct optimizer *optimizer, const struct optimizer_choice *choice)
{
	const struct optimizer_form *form = choice->pytorch ? &optimizer->pytorch : &optimizer->keras;
	bool own = optimizer->accumulates && choice->slot_start > 0;
	return own ? choice->slot_start : form->slot_start;
}

double optimizer_rate(const struct optimizer_choice *choice, int64_t t)
{
	return choice->rate / (1 + (double)(t - 1) * choice->rate_decay);
}

struct optimizer_step optimizer_step_prepare(
	const struct optimizer *optimizer, const struct optimizer_choice *choice, int64_t t)
{
	const struct optimizer_form *form = choice->pytorch ? &optimizer->pytorch : &optimizer->keras;
	double beta1 = choice->beta1 > 0 ? choice->beta1 : form->beta1;
	double beta2 = choice->beta2 > 0 ? choice->beta2 : form->beta2;
	double decay = choice->decay > 0 ? choice->decay : form->decay;
	double plain_rate = optimizer_rate(choice, t), rate = plain_rate, rms_correction = 1;
	if (optimizer->corrects_bias) {
		double spread = sqrt(1 - power_f64(beta2, t));
		rate /= 1 - power_f64(beta1, t);
		if (choice->pytorch)
			rms_correction = 1 / spread;
		else
			rate *= spread;
	}
	return (struct optimizer_step){
		.take = choice->dampening > 0 && form->damped ? form->damped : form->step,
		.rate = (real)rate,
		.momentum = (real)choice->momentum,
		.undamped = (real)(t == 1 ? 1 : 1 - choice->dampening),
		.beta1 = (real)beta1,
		.beta2 = (real)beta2,
		.one_minus_beta1 = (real)(1 - beta1),
		.one_minus_beta2 = (real)(1 - beta2),
		.rms_correction = (real)rms_correction,
		.epsilon = (real)(choice->epsilon > 0 ? choice->epsilon : form->epsilon),
		.keep = (real)(form->decoupled ? 1 - plain_rate * decay : 1),
		.coupled = (real)(form->decoupled ? 0 : decay),
	};
}
