#include "lab/evidence.h"
#include "lab/verdict.h"

#include "thresholds.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct thresholds threshold = {
	.diverged_times = 100,
	.converged_share = 0.05,
	.decades_lost = 3,
	.decades_weak = 1,
	.norm_exploding = 1e3,
	.norm_times_median = 100,
	.norm_least = 1,
	.stuck_share = 0.005,
	.stuck_epochs = 20,
	.flat_fall = 0.01,
	.falling_epochs = 10,
	.median_epochs = 10,
	.worse_epochs = 5,
	.worse_times = 1.2,
	.overfit_times = 2,
	.overfit_share = 0.1,
	.lag_times = 1.5,
	.lag_share = 0.1,
	.rise_times = 1.1,
	.rise_share = 0.02,
	.learned_share = 0.5,
	.lost_share = 0.9,
	.optimum_norm = 0.03,
	.step_frozen = 1e-5,
	.step_too_large = 1e-1,
	.step_harmful = 0.25,
	.step_huge = 1,
	.harm_epochs = 3,
	.weights_shrunk = 0.05,
	.units_dead = 0.9,
	.units_died = 0.2,
};

static bool is_bad(float value)
{
	return !record_is_nothing(value) && !isfinite(value);
}

/* ---- the past ---- */

/* Index of the newest record before the one that is judged, which may have been added already. */
static int newest_before(const struct frame *frame)
{
	int i = frame->history.count - 1;
	while (i >= 0 && history_at(frame->history.all, i)->epoch >= frame->record->epoch)
		i--;
	return i;
}

static const struct record *first_of(const struct frame *frame)
{
	return frame->history.count ? history_at(frame->history.all, 0) : frame->record;
}

static void note_step(const struct record *record, struct step *largest)
{
	if (record->largest_step > largest->ratio)
		*largest = (struct step){record->largest_step_layer, record->epoch, record->largest_step};
}

static int descending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x < y) - (x > y);
}

/* Median of the recent gradient norms; 0 if there are too few since the settings changed, because
 * norms under other settings are not comparable. */
static double usual_norm(const struct frame *frame)
{
	const struct history *history = frame->history.all;
	float norm[16];
	int count = 0;
	bool changed = frame->record->event[0];
	int i = newest_before(frame);
	for (; i >= 0 && count < threshold.median_epochs && !changed; i--) {
		norm[count++] = history_at(history, i)->grad_norm;
		changed = history_at(history, i)->event[0];
	}
	if (count < threshold.median_epochs)
		return 0;
	qsort(norm, (size_t)count, sizeof(norm[0]), descending);
	return norm[count / 2];
}

static double without_penalty(const struct record *record, float loss)
{
	return record->penalty > 0 ? (double)loss - record->penalty : (double)loss;
}

/* Statistics of the losses under the present settings. */
static void look_back(const struct frame *frame, struct evidence *evidence)
{
	const struct record *now = frame->record;
	double recent = evidence->loss, former = INFINITY;
	bool changed = now->event[0];
	evidence->settled = changed ? 1 : now->epoch;
	evidence->best_loss = evidence->best_val = INFINITY;
	evidence->loss_before = (double)record_nothing();
	note_step(now, &evidence->largest);
	for (int i = newest_before(frame); i >= 0 && !changed; i--) {
		const struct record *record = history_at(frame->history.all, i);
		double loss = without_penalty(record, record->loss);
		double val = without_penalty(record, record->val_loss);
		int64_t ago = now->epoch - record->epoch;
		changed = record->event[0];
		if (changed)
			evidence->settled = ago + 1;
		if (loss < evidence->best_loss) {
			evidence->best_loss = loss;
			evidence->best_epoch = record->epoch;
		}
		if (val < evidence->best_val) {
			evidence->best_val = val;
			evidence->best_val_epoch = record->epoch;
		}
		if (ago == threshold.falling_epochs)
			evidence->loss_before = loss;
		double *of = ago < threshold.stuck_epochs ? &recent : &former;
		*of = loss < *of ? loss : *of;
		note_step(record, &evidence->largest);
	}
	evidence->flat = isfinite(former) && recent > (1 - threshold.flat_fall) * former;
}

static bool is_named(const struct record *record, const char *name)
{
	return record->verdict && strcmp(record->verdict, name) == 0;
}

static bool harmed_by_steps(const struct record *record)
{
	return is_named(record, "too-large-steps") || is_named(record, "collapsed");
}

/* True if nothing was wrong after that epoch, or nothing but what a step had done. */
static bool was_sound(const struct record *record)
{
	const struct verdict *verdict = record->verdict ? verdict_find(record->verdict) : NULL;
	return !verdict || verdict->tone != TONE_ALARM || harmed_by_steps(record);
}

/* The largest step that a sound network made in the last few records, or before the trouble that
 * steps brought about and that lasts. Other settings do not mend it. */
static struct step harmful_step(const struct frame *frame)
{
	const struct record *record = frame->record;
	struct step found = {0};
	int sound = 0;
	for (int i = newest_before(frame); record && sound < threshold.harm_epochs; i--) {
		const struct record *before = i >= 0 ? history_at(frame->history.all, i) : NULL;
		if (record->largest_step >= threshold.step_harmful && (!before || was_sound(before)))
			note_step(record, &found);
		if (before && !harmed_by_steps(before)) {
			sound++;
			if (record->event[0])
				break;
		}
		record = before;
	}
	return found;
}

/* ---- layers ---- */

/* Whether the record has this row and the model says that its layer is hidden. */
static bool is_hidden(const struct frame *frame, int row)
{
	const struct record *record = frame->record;
	const struct layer_model *layer =
		row < record->rows ? model_layer(frame->model, record->layer[row].layer) : NULL;
	return layer && layer->hidden;
}

/* The first row whose weights or their gradient are not finite; NULL if there is none. */
static const struct layer_record *broken_row(const struct record *record)
{
	for (int r = 0; r < record->rows; r++)
		if (is_bad(record->layer[r].weight_rms) || is_bad(record->layer[r].grad_rms))
			return &record->layer[r];
	return NULL;
}

/* Whether the units are dead in this row and in every later step of its layer. */
static bool is_dead(const struct record *record, int row)
{
	int layer = record->layer[row].layer;
	for (; row < record->rows && record->layer[row].layer == layer; row++)
		if (!(record->layer[row].dead >= 1))
			return false;
	return true;
}

/* A skip connection leads around a dead layer if the one below has an error signal all the same. */
static struct finding dead_layer(const struct frame *frame)
{
	const struct record *record = frame->record;
	for (int r = 0; is_hidden(frame, r); r++) {
		bool first = r == 0 || record->layer[r - 1].layer < record->layer[r].layer;
		if (first && is_dead(record, r) && (r == 0 || !(record->layer[r - 1].delta_rms > 0)))
			return (struct finding){record->layer[r].layer, 1};
	}
	return (struct finding){0};
}

static struct finding dying_layer(const struct frame *frame, const struct record *start)
{
	const struct record *now = frame->record;
	bool known = start->rows == now->rows;
	struct finding worst = {0};
	for (int r = 0; is_hidden(frame, r); r = record_last(now, now->layer[r].layer) + 1) {
		int layer = now->layer[r].layer;
		double dead = (double)record_dead(now, layer),
			   at_start = known ? (double)record_dead(start, layer) : dead;
		bool many = dead > threshold.units_dead || dead - at_start >= threshold.units_died;
		if (many && dead > worst.value)
			worst = (struct finding){layer, dead};
	}
	return worst;
}

/* A delta of 0 that comes from weights of 0 is no underflow. */
static struct finding underflown_layers(const struct frame *frame)
{
	const struct record *record = frame->record;
	int rows = 0;
	while (is_hidden(frame, rows) && record->layer[rows].step == 0 &&
		record->layer[rows].delta_rms == 0)
		rows++;
	bool passed_on = rows && record->layer[rows].weight_rms > 0;
	return (struct finding){passed_on ? record->layer[rows - 1].layer : 0, 0};
}

static struct finding zero_layer(const struct record *record)
{
	for (int r = 1; r < record->rows; r++)
		if (record->layer[r].weight_rms == 0 && record->layer[r].layer > 1)
			return (struct finding){record->layer[r].layer, 0};
	return (struct finding){0};
}

static struct finding shrunk_layer(const struct record *now, const struct record *start)
{
	struct finding found = {0, threshold.weights_shrunk};
	for (int r = 0; r < now->rows && start->rows == now->rows; r++) {
		double share = now->layer[r].weight_rms / (double)start->layer[r].weight_rms;
		if (share < found.value)
			found = (struct finding){now->layer[r].layer, share};
	}
	return found.layer ? found : (struct finding){0};
}

/* The first row of a trained layer whose update ratio lies in [low, high); NULL if none. */
static const struct layer_record *row_stepping(const struct frame *frame, double low, double high)
{
	for (int r = 0; r < frame->record->rows; r++) {
		const struct layer_record *row = &frame->record->layer[r];
		const struct layer_model *layer = model_layer(frame->model, row->layer);
		double ratio = row->update_ratio;
		if (!(layer && layer->frozen) && ratio >= low && ratio < high)
			return row;
	}
	return NULL;
}

static struct finding layer_stepping(const struct frame *frame, double low, double high)
{
	const struct layer_record *row = row_stepping(frame, low, high);
	return row ? (struct finding){row->layer, row->update_ratio} : (struct finding){0};
}

/* Steps that change no bit of any weight, though there is a gradient. */
static struct finding layer_losing_steps(const struct frame *frame)
{
	const struct layer_record *row = row_stepping(frame, 0, DBL_MIN);
	bool lost = row && row->grad_rms > 0;
	return lost ? (struct finding){row->layer, row->update_ratio} : (struct finding){0};
}

/* ---- time steps ---- */

/* The first row of the time steps of the first layer that has some; -1: none has. */
static int first_row_in_time(const struct record *record)
{
	for (int r = 0; r < record->rows; r++)
		if (record->layer[r].step > 0)
			return r;
	return -1;
}

/* Where dL/dh is 0 at the first steps: whether it became too small for a float, or a step passes
 * nothing on, as one does whose units all have f' = 0. */
static void find_silence(const struct record *record, int first, int last, struct steps_back *time)
{
	static const double nearly_underflown = 1e-30;
	int row = first;
	while (row <= last && record->layer[row].delta_rms == 0)
		row++;
	if (row == first || row > last)
		return;
	if (record->layer[row].delta_rms < nearly_underflown)
		time->underflow = record->layer[row - 1].step;
	else
		time->blocked = record->layer[row].step;
}

/* A step's gate is on the way back from that step to the one before. */
static double mean_kept(const struct record *record, int first, int last)
{
	double sum = 0;
	for (int row = first + 1; row <= last; row++)
		sum += record->layer[row].kept;
	return last > first ? sum / (last - first) : NAN;
}

/* What the model says of time holds for thinned records, too; a log has no such model. */
static struct steps_back steps_back(const struct frame *frame)
{
	const struct record *record = frame->record;
	struct steps_back time = {.kept = NAN};
	int cut = 1, first = first_row_in_time(record);
	for (int l = 1; l <= frame->model->layers && !time.last; l++) {
		const struct layer_model *layer = model_layer(frame->model, l);
		if (layer->steps > 1)
			time = (struct steps_back){
				.first = cut = layer->first_step, .last = layer->steps, .kept = NAN};
	}
	if (first >= 0) {
		int last = record_last(record, record->layer[first].layer);
		while (first < last && record->layer[first].step < cut)
			first++;
		time.first = record->layer[first].step;
		time.last = record->layer[last].step;
		time.kept = mean_kept(record, first, last);
		find_silence(record, first, last, &time);
	}
	time.truncated = cut - 1;
	return time;
}

/* True if no error comes to where it is to end: layer 1, or the first of the time steps. */
static bool has_no_signal(const struct frame *frame, const struct steps_back *time)
{
	const struct record *record = frame->record;
	int row = first_row_in_time(record);
	while (row >= 0 && record->layer[row].step < time->first)
		row++;
	row = row < 0 ? 0 : row;
	return is_hidden(frame, row) ? record->layer[row].delta_rms == 0 : record->decades == INFINITY;
}

/* ---- all of it ---- */

/* The first number that broke as training noted it, or else as the record shows it. */
static void find_fault(const struct frame *frame, struct evidence *evidence)
{
	const struct record *record = frame->record;
	const struct layer_record *row = broken_row(record);
	evidence->broken.layer = row ? row->layer : 0;
	evidence->not_finite = is_bad(record->loss) || is_bad(record->grad_norm) || row;
	evidence->fault = frame->fault;
	if (row && !evidence->fault.layer)
		evidence->fault = (struct fault){
			record->epoch, row->layer, is_bad(row->weight_rms) ? "weight" : "weight gradient"};
}

/* Batch norm is linear, too; layer norm is not. */
static bool is_linear(const struct model *model)
{
	for (int l = 0; l < model->layers; l++) {
		const char *name = model->layer[l].activation, *norm = model->normalization;
		if (!model->layer[l].hidden)
			continue;
		if (!name || strcmp(name, "identity") != 0 || !norm || strcmp(norm, "layer") == 0)
			return false;
	}
	return true;
}

/* Without settings the record's penalty decides, which does not contain weight decay. Weights that
 * a penalty has drawn to 0 stay there after it is removed. */
static bool is_penalized(const struct frame *frame)
{
	const struct config *config = frame->settings;
	int i = newest_before(frame);
	return (config ? config->l1 > 0 || config->l2 > 0 || config->weight_decay > 0
				   : frame->record->penalty > 0) ||
		(i >= 0 && is_named(history_at(frame->history.all, i), "weights-vanished"));
}

struct evidence evidence_collect(const struct frame *frame)
{
	const struct record *record = frame->record, *start = first_of(frame);
	const struct steps_back time = steps_back(frame);
	int rows = record->rows;
	struct evidence evidence = {
		.epoch = record->epoch,
		.layers = record->layers,
		.hidden = model_hidden(frame->model),
		.linear = is_linear(frame->model),
		.penalized = is_penalized(frame),
		.baseline_loss = frame->baseline_loss,
		.loss = without_penalty(record, record->loss),
		.val_loss = without_penalty(record, record->val_loss),
		.eval_loss = without_penalty(
			record, record_is_nothing(record->eval_loss) ? record->loss : record->eval_loss),
		.start_loss = without_penalty(start, start->loss),
		.grad_norm = record->grad_norm,
		.usual_norm = usual_norm(frame),
		.clipped = record->clipped,
		.time = time,
		.decades = record->decades,
		.dead = dead_layer(frame),
		.dying = dying_layer(frame, start),
		.equal = {record->equal_layer, 0},
		.zero = zero_layer(record),
		.shrunk = shrunk_layer(record, start),
		.step = harmful_step(frame),
		.underflow = underflown_layers(frame),
		.lost = layer_losing_steps(frame),
		.frozen = layer_stepping(frame, DBL_MIN, threshold.step_frozen),
		.large = layer_stepping(frame, threshold.step_too_large, INFINITY),
		.no_signal = has_no_signal(frame, &time),
		.no_error = rows > 0 && record->layer[rows - 1].delta_rms == 0,
	};
	look_back(frame, &evidence);
	find_fault(frame, &evidence);
	return evidence;
}
