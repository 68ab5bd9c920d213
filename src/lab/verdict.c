#include "lab/verdict.h"

#include "shared_rules.h"
#include "thresholds.h"

#include "nn/elementary.h"

#include <math.h>
#include <string.h>

bool is_stuck(const struct evidence *e)
{
	return e->settled >= threshold.stuck_epochs &&
		fabs(e->loss - e->baseline_loss) <= threshold.stuck_share * e->baseline_loss;
}

bool is_worse(const struct evidence *e)
{
	return e->loss > threshold.worse_times * e->baseline_loss;
}

static bool learned_nothing(const struct evidence *e)
{
	return e->loss > threshold.lost_share * e->baseline_loss;
}

static bool vanishing(const struct evidence *e)
{
	return e->decades >= threshold.decades_lost || e->no_signal;
}

static bool explodes_backwards(const struct evidence *e)
{
	return e->decades <= -threshold.decades_lost;
}

static bool is_clipped(const struct evidence *e)
{
	return e->clipped > 0;
}

static bool exploding(const struct evidence *e)
{
	return explodes_backwards(e) || e->grad_norm > threshold.norm_exploding ||
		(e->usual_norm > 0 && e->grad_norm > threshold.norm_least &&
			e->grad_norm > threshold.norm_times_median * e->usual_norm);
}

static bool dead(const struct evidence *e)
{
	return e->dead.layer > 0;
}

bool is_in_time(const struct evidence *e)
{
	return e->time.last > 0;
}

static bool vanishing_in_time(const struct evidence *e)
{
	return is_in_time(e) && vanishing(e);
}

static bool exploding_in_time(const struct evidence *e)
{
	return is_in_time(e) && explodes_backwards(e);
}

static bool exploding_in_time_clipped(const struct evidence *e)
{
	return exploding_in_time(e) && is_clipped(e);
}

static bool steps_did_harm(const struct evidence *e)
{
	return e->step.layer > 0;
}

static bool too_large_steps(const struct evidence *e)
{
	return steps_did_harm(e) && (dead(e) || vanishing(e) || exploding(e) || is_worse(e));
}

/* ---- diverged ---- */

static bool overflowed(const struct evidence *e)
{
	return e->not_finite && e->epoch == 0;
}

static bool diverged(const struct evidence *e)
{
	double start = e->start_loss > 1 ? e->start_loss : 1;
	return e->not_finite || (e->loss > threshold.diverged_times * start && !too_large_steps(e));
}

static bool fault_is_known(const struct evidence *e)
{
	return e->fault.layer > 0;
}

static bool fault_after_steps(const struct evidence *e)
{
	return fault_is_known(e) && steps_did_harm(e);
}

static bool only_the_norm(const struct evidence *e)
{
	return e->not_finite && isfinite(e->loss);
}

static bool steps_are_known(const struct evidence *e)
{
	return e->largest.layer > 0;
}

/* ---- not learning ---- */

static bool converged(const struct evidence *e)
{
	return e->loss < threshold.converged_share * e->baseline_loss;
}

static bool weights_vanished(const struct evidence *e)
{
	return e->penalized && e->shrunk.layer > 0 && learned_nothing(e);
}

static bool symmetric(const struct evidence *e)
{
	return e->equal.layer > 0;
}

static bool are_zero(const struct evidence *e)
{
	return e->zero.layer > 0;
}

static bool collapsed(const struct evidence *e)
{
	return e->best_loss <= threshold.learned_share * e->baseline_loss && learned_nothing(e) &&
		!dead(e);
}

static bool collapsed_by_steps(const struct evidence *e)
{
	return steps_did_harm(e) && e->step.epoch > e->best_epoch;
}

static bool no_signal(const struct evidence *e)
{
	return e->no_signal;
}

static bool zeros_above(const struct evidence *e)
{
	return e->no_signal && e->underflow.layer == 0;
}

static bool no_signal_and_stuck(const struct evidence *e)
{
	return e->no_signal && is_stuck(e);
}

static bool blocked_in_time(const struct evidence *e)
{
	return e->no_signal && e->time.blocked > 0;
}

static bool no_signal_in_time(const struct evidence *e)
{
	return e->no_signal && is_in_time(e);
}

static bool no_signal_in_time_and_stuck(const struct evidence *e)
{
	return no_signal_in_time(e) && is_stuck(e);
}

static bool in_time_and_stuck(const struct evidence *e)
{
	return is_in_time(e) && is_stuck(e);
}

/* The gates alone make it vanish: what they keep on average, over all steps. */
static bool gates_close(const struct evidence *e)
{
	double steps = e->time.last - e->time.first;
	return is_in_time(e) && e->time.kept > 0 && !e->no_signal &&
		-steps * log10_f64(e->time.kept) >= threshold.decades_lost;
}

static bool linear_in_time(const struct evidence *e)
{
	return is_in_time(e) && e->hidden > 0;
}

static bool cannot_learn(const struct evidence *e)
{
	return e->linear && (e->flat || is_stuck(e)) && learned_nothing(e) && !is_worse(e) &&
		e->grad_norm < threshold.optimum_norm * e->baseline_loss;
}

static bool no_hidden_layer(const struct evidence *e)
{
	return e->hidden == 0;
}

static bool not_learning(const struct evidence *e)
{
	return is_stuck(e) || (e->settled >= threshold.stuck_epochs && e->loss > e->baseline_loss);
}

static bool tiny_steps(const struct evidence *e)
{
	return e->frozen.layer > 0;
}

static bool above_baseline(const struct evidence *e)
{
	return !is_stuck(e);
}

/* ---- learning ---- */

/* Both losses are computed in evaluation mode; else batch norm's two modes would be compared. */
static bool is_overfitting(const struct evidence *e)
{
	return e->val_loss > threshold.overfit_times * e->eval_loss &&
		e->val_loss - e->eval_loss > threshold.overfit_share * e->baseline_loss;
}

static bool weak(const struct evidence *e)
{
	return e->decades >= threshold.decades_weak;
}

static bool growing(const struct evidence *e)
{
	return e->decades <= -threshold.decades_weak;
}

static bool always(const struct evidence *e)
{
	(void)e;
	return true;
}

static bool no_error(const struct evidence *e)
{
	return e->no_error;
}

static bool delta_is_unknown(const struct evidence *e)
{
	return isnan(e->decades);
}

static bool unknown_in_time(const struct evidence *e)
{
	return delta_is_unknown(e) && is_in_time(e);
}

/* clang-format off */
static const struct verdict rows[] = {
	{"overflow", "a number of the untrained network is not finite",
		TONE_ALARM, true, overflowed, {
		{fault_is_known,
			"Overflow: layer {fault_layer}'s {fault_tensor} is not finite before any training.",
			"Overflow: layer {fault_layer}, untrained."},
		{NULL, "Overflow: a number is not finite before any training.",
			"Overflow, untrained: loss {loss}."}}},
	{"diverged",
		"a number is not finite, or loss > 100 max(first loss, 1) unless steps too large did it",
		TONE_ALARM, true, diverged, {
		{fault_after_steps, "Diverged by steps too large: layer {fault_layer}'s {fault_tensor}, "
			"epoch {fault_epoch}.",
			"Diverged: layer {fault_layer}, epoch {fault_epoch}."},
		{fault_is_known, "Diverged: layer {fault_layer}'s {fault_tensor} overflowed first in "
			"epoch {fault_epoch}.",
			"Diverged: layer {fault_layer}, epoch {fault_epoch}."},
		{only_the_norm, "Diverged: the gradient's norm is too large for a float in epoch {epoch}.",
			"Diverged: gradient norm {norm}."},
		{steps_are_known, "Diverged: loss {start_loss} to {loss}; largest step {largest_percent} "
			"%, in layer {largest_layer}.",
			"Diverged: loss {start_loss} to {loss}."},
		{NULL, "Diverged: the loss went from {start_loss} to {loss} in epoch {epoch}.",
			"Diverged: loss {start_loss} to {loss}."}}},
	{"converged", "loss under 5 % of the baseline, the loss of the best constant answer",
		TONE_GOOD, false, converged, {
		{NULL, "Converged: loss {loss}, baseline {baseline}. Small gradients are fine.",
			"Converged: loss {loss}."}}},
	{"weights-vanished", "under a penalty a layer's weights are below 5 % of their first size",
		TONE_ALARM, true, weights_vanished, {
		{NULL, "Weights vanished: under the penalty layer {shrunk_layer} keeps {shrunk_percent} % "
			"of its size.",
			"Weights vanished: layer {shrunk_layer}, {shrunk_percent} %."}}},
	{"symmetric", "all units of a hidden layer have the same weights",
		TONE_ALARM, true, symmetric, {
		{are_zero, "Symmetric: layer {zero_layer} has weights of 0, so nothing passes back "
			"through it.",
			"Symmetric: layer {zero_layer} has weights of 0."},
		{NULL, "Symmetric: all units of layer {equal_layer} have the same weights and act as "
			"one.",
			"Symmetric: layer {equal_layer} acts as one unit."}}},
	{"collapsed", "loss was under half the baseline and is above 90 % of it again",
		TONE_ALARM, true, collapsed, {
		{collapsed_by_steps, "Collapsed by a {step_percent} % step: loss {loss}, was "
			"{best_loss} in epoch {best_epoch}.",
			"Collapsed: loss {best_loss} to {loss}."},
		{NULL, "Collapsed: loss {loss}, was {best_loss} in epoch {best_epoch}.",
			"Collapsed: loss {best_loss} to {loss}."}}},
	{"too-large-steps", "one moved a layer by a quarter or more; then dead, vanishing or bad loss",
		TONE_ALARM, true, too_large_steps, {
		{dead, "Steps too large: layer {dead_layer} is dead since one of {step_percent} % "
			"in epoch {step_epoch}.",
			"Steps too large: layer {dead_layer} is dead."},
		{vanishing_in_time, "Steps too large: one of {step_percent} % in epoch {step_epoch}, and "
			"∂L/∂h vanishes.",
			"Steps too large: ∂L/∂h vanishes."},
		{vanishing, "Steps too large: one of {step_percent} % in epoch {step_epoch}, and "
			"δ has vanished.",
			"Steps too large: δ has vanished."},
		{NULL, "Steps too large: one moved layer {step_layer} by {step_percent} % in epoch "
			"{step_epoch}.",
			"Steps too large: {step_percent} % of a layer."}}},
	{"dead", "a hidden layer without a way around has only dead units (f' = 0 for every sample)",
		TONE_ALARM, true, dead, {
		{is_in_time, "Dead: every unit of layer {dead_layer} has f' = 0 for every sample, at every "
			"step.",
			"Dead: f' = 0 in all of layer {dead_layer}."},
		{NULL, "Dead: every unit of layer {dead_layer} has f' = 0 for every sample.",
			"Dead: f' = 0 in all of layer {dead_layer}."}}},
	{"vanishing", "D >= 3 decades lost back to layer 1, or the first time step, or delta 0 there",
		TONE_ALARM, true, vanishing, {
		{blocked_in_time, "Vanishing through time: t{blocked_step} passes nothing back; ∂L/∂h "
			"before it is 0.",
			"Vanishing: t{blocked_step} passes nothing back."},
		{no_signal_in_time_and_stuck, "Vanishing through time: ∂L/∂h at t{first_step} is under "
			"1e-38, a float's 0; loss flat.",
			"Vanishing: ∂L/∂h at t{first_step} is 0 here."},
		{no_signal_in_time, "Vanishing through time: ∂L/∂h at t{first_step} is under 1e-38, a "
			"float's 0.",
			"Vanishing: ∂L/∂h at t{first_step} is 0 here."},
		{gates_close, "Vanishing through time: gates keep {gate} a step; {kept} of ∂L/∂h is left.",
			"Vanishing: {kept} of ∂L/∂h is left."},
		{in_time_and_stuck, "Vanishing through time: ∂L/∂h at t{first_step} is {kept} of that at "
			"t{last_step}; loss flat.",
			"Vanishing: {kept} of ∂L/∂h is left."},
		{is_in_time, "Vanishing through time: ∂L/∂h at t{first_step} is {kept} of that at "
			"t{last_step}.",
			"Vanishing: {kept} of ∂L/∂h is left."},
		{zeros_above, "Vanishing: δ of layer 1 is exactly 0; the layers above pass nothing back.",
			"Vanishing: δ of layer 1 is 0."},
		{no_signal_and_stuck, "Vanishing: δ of layer 1 is under 1e-38, a float's 0; loss flat.",
			"Vanishing: δ of layer 1 is 0 here."},
		{no_signal, "Vanishing: δ of layer 1 is under 1e-38, a float's 0.",
			"Vanishing: δ of layer 1 is 0 here."},
		{is_stuck, "Vanishing: layer 1's δ is {factor}× below the output's; loss flat.",
			"Vanishing: δ falls by {factor}×."},
		{NULL, "Vanishing: layer 1's δ is {factor}× below the output's.",
			"Vanishing: δ falls by {factor}×."}}},
	{"exploding", "D <= -3, or gradient norm > 1000, or > 100 times its recent median and > 1",
		TONE_ALARM, true, exploding, {
		{exploding_in_time_clipped, "Exploding through time, clipped: ∂L/∂h at t{first_step} is "
			"{factor}× that at t{last_step}.",
			"Exploding: ∂L/∂h grows by {factor}×."},
		{exploding_in_time, "Exploding through time: ∂L/∂h at t{first_step} is {factor}× that at "
			"t{last_step}.",
			"Exploding: ∂L/∂h grows by {factor}×."},
		{explodes_backwards, "Exploding: layer 1's δ is {factor}× above the output's.",
			"Exploding: δ grows by {factor}×."},
		{is_clipped, "Exploding: the gradient's norm is {norm}, before it is clipped.",
			"Exploding: gradient norm {norm}."},
		{NULL, "Exploding: the gradient's norm is {norm}.",
			"Exploding: gradient norm {norm}."}}},
	{"cannot-learn", "linear, gradient near 0, and loss still above 90 % of the baseline",
		TONE_ALARM, true, cannot_learn, {
		{no_hidden_layer, "Cannot learn: without a hidden layer it draws a straight line; loss "
			"{loss}.",
			"Cannot learn: no hidden layer."},
		{linear_in_time, "Cannot learn: without a bend in f it only weighs its inputs; loss "
			"{loss}.",
			"Cannot learn: f is a straight line."},
		{NULL, "Cannot learn: without a bend in f it draws a straight line; loss {loss}.",
			"Cannot learn: f is a straight line."}}},
	{"not-learning", "20 epochs after the last change the loss is not below the baseline",
		TONE_ALARM, true, not_learning, {
		{tiny_steps, "Not learning: a step moves layer {frozen_layer} by {frozen_share} of its "
			"size; loss {loss}.",
			"Not learning: steps are tiny."},
		{above_baseline, "Not learning: loss {loss} after {settled} epochs; the baseline is "
			"{baseline}.",
			"Not learning: loss {loss}."},
		{NULL, "Not learning: loss {loss} after {settled} epochs, equal to the baseline.",
			"Not learning: loss {loss}."}}},
	{"overfitting", "val_loss over twice eval_loss, and by a tenth of the baseline",
		TONE_WARNING, false, is_overfitting, {
		{NULL, "Overfitting: loss {val_loss} on validation data, {eval_loss} on training data.",
			"Overfits: {val_loss} against {eval_loss}."}}},
	{"weak", "1 <= D < 3 decades lost back to layer 1, or to the first time step",
		TONE_WARNING, false, weak, {
		{is_in_time, "Weak through time: ∂L/∂h at t{first_step} is {kept} of that at t{last_step}.",
			"Weak: {kept} of ∂L/∂h is left."},
		{NULL, "Weak: layer 1's δ is {factor}× below the output's.",
			"Weak: δ falls by {factor}×."}}},
	{"growing", "1 <= -D < 3 decades gained back to layer 1, or to the first time step",
		TONE_WARNING, false, growing, {
		{is_in_time, "Growing through time: ∂L/∂h at t{first_step} is {factor}× that at "
			"t{last_step}.",
			"Growing: ∂L/∂h grows by {factor}×."},
		{NULL, "Growing: layer 1's δ is {factor}× above the output's.",
			"Growing: δ grows by {factor}×."}}},
	{"healthy", "|D| < 1 decade, or no D: without a hidden layer, or without an error signal",
		TONE_QUIET, false, always, {
		{no_hidden_layer, "Healthy: loss {loss}, baseline {baseline}. No hidden layer to reach.",
			"Healthy: {loss}; baseline {baseline}."},
		{no_error, "δ of the output layer is 0: no error is left to send back.",
			"δ is 0: no error is left."},
		{unknown_in_time, "∂L/∂h was not recorded, so the time steps cannot be compared.",
			"∂L/∂h was not recorded."},
		{is_in_time, "Healthy: ∂L/∂h at t{first_step} is within a factor of {factor} of that at "
			"t{last_step}.",
			"Healthy: ∂L/∂h keeps within {factor}×."},
		{delta_is_unknown, "δ was not recorded, so the layers cannot be compared.",
			"δ was not recorded."},
		{NULL, "Healthy: layer 1's δ is within a factor of {factor} of the output's.",
			"Healthy: δ keeps within {factor}×."}}},
};
/* clang-format on */

const struct verdict *verdict_at(int index)
{
	return index >= 0 && index < (int)(sizeof(rows) / sizeof(rows[0])) ? &rows[index] : NULL;
}

const struct verdict *verdict_find(const char *name)
{
	const struct verdict *row;
	for (int i = 0; (row = verdict_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

const struct verdict *verdict_judge(const struct evidence *evidence)
{
	int i = 0;
	while (!rows[i].applies(evidence))
		i++;
	return &rows[i];
}

void verdict_sentence(const struct verdict *verdict, const struct evidence *evidence, int columns,
	char *out, size_t size)
{
	sentence_write(verdict->sentence, evidence, columns, out, size);
}
