/* The constants of an optimizer's step, computed in double. */
#include "nn/elementary.h"
#include "nn/optim.h"

#include <math.h>

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
