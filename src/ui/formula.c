#include "ui/formula.h"

#include "nn/elementary.h"
#include "ui/plot.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- numbers that panes derive ---- */

static double delta_of(const struct picture *picture, int row)
{
	const struct record *record = picture->frame.record;
	return row >= 0 && row < record->rows ? (double)record->layer[row].delta_rms : NAN;
}

static double value_back(const struct picture *picture, int row)
{
	(void)row;
	return exp10_f64(-(double)picture->frame.record->decay);
}

static double value_step(const struct picture *picture, int row)
{
	int above = record_row_above(picture->frame.record, row);
	return delta_of(picture, row) / delta_of(picture, above);
}

static double value_product(const struct picture *picture, int row)
{
	return delta_of(picture, row) / delta_of(picture, picture->frame.record->rows - 1);
}

static double value_baseline(const struct picture *picture, int row)
{
	(void)row;
	return picture->frame.baseline_loss;
}

static double value_clipped(const struct picture *picture, int row)
{
	(void)row;
	return picture->frame.record->clipped;
}

static double value_target(const struct picture *picture, int row)
{
	int64_t epoch = history_reached(picture->frame.history, picture->view->target_loss);
	(void)row;
	return epoch > 0 ? (double)epoch : NAN;
}

static double value_parameters(const struct picture *picture, int row)
{
	(void)row;
	return picture->frame.model->parameters ? (double)picture->frame.model->parameters : NAN;
}

static double value_unshared(const struct picture *picture, int row)
{
	double unshared = picture->frame.model->unshared;
	(void)row;
	return unshared > 0 ? unshared : NAN;
}

/* clang-format off */
static const struct formula formulas[] = {
	{"a layer back", "1 / 10^decay | 1 / 10^{decay}", false, value_back},
	{"baseline", "loss of the best constant answer", false, value_baseline},
	{"clipped", "steps of the epoch whose gradient was cut to clip-at, of {steps}", false,
		value_clipped},
	{"to target", "first epoch with loss <= target-loss", false, value_target},
	{"epochs, time, multiply-adds",
		"what the slower run needed to target-loss / what the faster one did", false, NULL},
	{"step", "rms δ / rms δ of the next layer: rms f' times weights' factor | {delta_rms(.)} / "
		"{delta_rms(+)}", true, value_step},
	{"left of δ", "rms δ / rms δ of the output | {delta_rms(.)} / {delta_rms(out)}", true,
		value_product},
	{"path", "product over the layers of f' of the path's unit x weight to its next unit", false,
		NULL},
	{"f(z), f'(z)", "the function and its derivative at the cursor; where f' follows from f, how",
		false, NULL},
	{"outside", "samples whose z lies beyond the axis / all samples", true, NULL},
	{"p", "sigmoid(z) or softmax(z) of the output layer: the answer's probability", false, NULL},
	{"δ of a unit", "sqrt(mean of (dL/dz)^2 over the samples)", true, NULL},
	{"z, |a|, |f'| of a unit", "their means over the samples", true, NULL},
	{"moved", "|W - W0| / |W0| of a unit's incoming weights", true, NULL},
	{"bias, weights", "the parameters as they are, w, b", true, NULL},
	{"died", "first kept epoch since which f' = 0 for every sample", true, NULL},
	{"largest step", "|W after - W before| / |W before| of one step in one layer", true, NULL},
	{"share", "sum of |start - now| over the layer's weights / the same over all layers", true,
		NULL},
	{"(start-now)/η", "(w0 - w) / η: the sum of the gradients so far under plain SGD", true, NULL},
	{"dL/dW", "gradient of one weight for the next minibatch", true, NULL},
	{"new weight", "w - η dL/dw, for plain SGD", true, NULL},
	{"z", "W a + b: sum over the inputs of weight x input, plus bias", true, NULL},
	{"a", "f(z)", true, NULL},
	{"L", "loss of one sample: answer p against target t (setting loss)", false, NULL},
	{"δ", "dL/dz: at the output from the loss, else W^T δ of the next layer x f'(z)", true, NULL},
	{"dW", "δ a^T: δ of the unit x the input that the weight multiplies", true, NULL},
	{"W", "W - η x mean dW of the minibatch, for plain SGD", true, NULL},
	{"u", "W x + V h + b at a time step: h is the state of the step before", true, NULL},
	{"h", "f(u); of an LSTM o tanh(c) with c = f c + i g; of a GRU z h + (1 - z) n", true, NULL},
	{"dL/dh", "W^T δ of the layer above + V^T δ of the step after (GRU: + z dL/dh of it)", true,
		NULL},
	{"patch, product", "what a kernel sees at a place, and each value times its weight", true,
		NULL},
	{"gate", "sigmoid(u): the share that it lets through; mean over units, steps, samples", true,
		NULL},
	{"open, shut", "share of a gate's values above 0.9, and below 0.1", true, NULL},
	{"kernel", "weights that are moved over the image or the maps below", true, NULL},
	{"map", "h = f(z) at each place, before pooling", true, NULL},
	{"parameters", "numbers that learn, and running numbers of norms", false, value_parameters},
	{"if dense", "sum over the layers of (inputs + 1) x units, each place of a map being a unit",
		false, value_unshared},
	{"dense", "inputs x units: weights of a dense layer with as many units", true, NULL},
	{"epoch time", "seconds of the processor to train and measure an epoch, lately", false, NULL},
	{"reached", "loss of a copy of the run, trained ahead with the remedy", false, NULL},
	{"on the way", "loss after each tenth of these epochs / the largest of them", false, NULL},
	{"epochs", "epochs that the copy was trained", false, NULL},
};
/* clang-format on */

const struct formula *formula_at(int index)
{
	int count = (int)(sizeof(formulas) / sizeof(formulas[0]));
	return index >= 0 && index < count ? &formulas[index] : NULL;
}

/* ---- what may stand in braces ---- */

static double count_train(const struct picture *picture, int row)
{
	(void)row;
	return picture->frame.data ? picture->frame.data->training : NAN;
}

static double count_held(const struct picture *picture, int row)
{
	const struct dataset *data = picture->frame.data;
	(void)row;
	return data ? data->rows - data->training : NAN;
}

static double count_right(const struct picture *picture, int row)
{
	return floor((double)picture->frame.record->acc * count_train(picture, row) + 0.5);
}

static double count_val_right(const struct picture *picture, int row)
{
	return floor((double)picture->frame.record->val_acc * count_held(picture, row) + 0.5);
}

static double count_steps(const struct picture *picture, int row)
{
	(void)row;
	return picture->frame.record->steps > 0 ? picture->frame.record->steps : NAN;
}

static double count_units(const struct picture *picture, int row)
{
	const struct layer_model *layer =
		model_layer(picture->frame.model, picture->frame.record->layer[row].layer);
	return layer && layer->units > 0 && layer->hidden ? layer->units : NAN;
}

static double count_dead(const struct picture *picture, int row)
{
	double dead = (double)picture->frame.record->layer[row].dead * count_units(picture, row);
	return floor(dead + 0.5);
}

/* Of a dense layer: its inputs are the units of the layer before, or the features. */
static double count_weights(const struct picture *picture, int row)
{
	int number = picture->frame.record->layer[row].layer;
	const struct layer_model *layer = model_layer(picture->frame.model, number);
	const struct layer_model *before = model_layer(picture->frame.model, number - 1);
	const struct dataset *data = picture->frame.data;
	if (!layer || strcmp(layer->kind, "dense") != 0 || layer->units == 0)
		return NAN;
	if (before && (strcmp(before->kind, "dense") != 0 || before->units == 0))
		return NAN;
	if (!before && !data)
		return NAN;
	return (double)layer->units * (before ? before->units : data->features);
}

static double count_slope(const struct picture *picture, int row)
{
	return (double)record_slope(picture->frame.record, row);
}

static const struct {
	const char *name;
	double (*value)(const struct picture *picture, int row);
} counts[] = {
	{"train", count_train},
	{"held", count_held},
	{"right", count_right},
	{"val_right", count_val_right},
	{"steps", count_steps},
	{"units", count_units},
	{"dead_units", count_dead},
	{"weights", count_weights},
	{"slope", count_slope},
	{"parameters", value_parameters},
};

/* The row that stands in parentheses; -1: there is none. */
static int row_named(const char *place, const struct record *record, int row)
{
	bool steps = record->rows > record->layers;
	int above = record_row_above(record, row);
	if (strcmp(place, "(.)") == 0)
		return row;
	if (strcmp(place, "(+)") == 0)
		return above < record->rows ? above : -1;
	if (strcmp(place, "(first)") == 0)
		return record_first(record, 1);
	return steps && strcmp(place, "(last)") == 0 ? record_last(record, 1) : record->rows - 1;
}

/* NaN where it is not known. */
static double number_named(const char *name, const struct picture *picture, int row)
{
	const struct record *record = picture->frame.record;
	char word[40];
	size_t length = strcspn(name, "(");
	snprintf(word, sizeof(word), "%.*s", (int)length, name);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (strcmp(counts[i].name, name) == 0)
			return row < 0 ? NAN : counts[i].value(picture, row);
	const struct statistic *statistic = statistic_find(word);
	if (!statistic || (statistic->per_layer && row < 0))
		return NAN;
	int place = statistic->per_layer ? row_named(name + length, record, row) : 0;
	return place < 0 ? NAN : (double)record_value(record, statistic, place);
}

/* ---- texts ---- */

/* Replaces each "{NAME}"; false if one is not known, with a dash in its place. */
static bool fill(const char *text, const char *end, const struct picture *picture, int row,
	char *out, size_t size)
{
	size_t used = 0;
	bool known = true;
	while (text < end && used + PLOT_NUMBER < size) {
		const char *close = *text == '{' ? memchr(text, '}', (size_t)(end - text)) : NULL;
		if (!close) {
			out[used++] = *text++;
			continue;
		}
		char name[40], number[PLOT_NUMBER] = "-";
		snprintf(name, sizeof(name), "%.*s", (int)(close - text - 1), text + 1);
		double value = picture ? number_named(name, picture, row) : NAN;
		if (isfinite(value))
			plot_number(number, value);
		known = known && isfinite(value);
		used += (size_t)snprintf(out + used, size - used, "%s", number);
		text = close + 1;
	}
	out[used] = '\0';
	return known;
}

/* The counts in the words are left out where they are not known. */
static void fill_words(const char *text, const char *end, const struct picture *picture, int row,
	char *out, size_t size)
{
	if (fill(text, end, picture, row, out, size))
		return;
	size_t used = 0;
	bool inside = false;
	for (; text < end && used + 2 < size; text++) {
		if (*text == '{')
			out[used++] = 'N';
		inside = (inside || *text == '{') && *text != '}';
		if (!inside && *text != '}')
			out[used++] = *text;
	}
	out[used] = '\0';
}

static void add_value(
	char out[FORMULA_TEXT], const struct picture *picture, bool per_layer, int row, double value)
{
	const struct record *record = picture->frame.record;
	char number[PLOT_NUMBER];
	size_t used = strlen(out);
	if (record_is_nothing((float)value)) {
		snprintf(out + used, FORMULA_TEXT - used, " (not recorded here)");
		return;
	}
	plot_number(number, value);
	used += (size_t)snprintf(out + used, FORMULA_TEXT - used, " = %s", number);
	if (!per_layer || used >= FORMULA_TEXT)
		return;
	const struct layer_record *layer = &record->layer[row];
	if (layer->step > 0)
		snprintf(out + used, FORMULA_TEXT - used, " (layer %d, time step %d)", layer->layer,
			layer->step);
	else if (layer->layer == record->layers)
		snprintf(out + used, FORMULA_TEXT - used, " (output layer)");
	else
		snprintf(out + used, FORMULA_TEXT - used, " (layer %d)", layer->layer);
}

/* "WORDS = WORDS WITH NUMBERS", as far as they are known. */
static void explain(
	const char *formula, const struct picture *picture, int row, char out[FORMULA_TEXT])
{
	const char *bar = strstr(formula, " | "), *end = formula + strlen(formula);
	char numbers[FORMULA_TEXT];
	fill_words(formula, bar ? bar : end, picture, row, out, FORMULA_TEXT);
	if (!bar || !picture || !fill(bar + 3, end, picture, row, numbers, sizeof(numbers)))
		return;
	size_t used = strlen(out);
	snprintf(out + used, FORMULA_TEXT - used, " = %s", numbers);
}

bool formula_explain(const char *name, const struct picture *picture, char out[FORMULA_TEXT])
{
	const struct statistic *statistic = statistic_find(name);
	const struct formula *formula = NULL;
	for (int i = 0; formula_at(i) && !formula; i++)
		if (strcmp(formula_at(i)->name, name) == 0)
			formula = formula_at(i);
	if (!statistic && !formula)
		return false;
	const struct record *record = picture ? picture->frame.record : NULL;
	bool per_layer = statistic ? statistic->per_layer : formula->per_layer;
	int row = record && record->rows > 0 ? row_selected(picture, record->rows) - 1 : -1;
	explain(statistic ? statistic->formula : formula->formula, record ? picture : NULL, row, out);
	if (!record || (per_layer && row < 0))
		return true;
	if (statistic)
		add_value(out, picture, per_layer, row, (double)record_value(record, statistic, row));
	else if (formula->value && isfinite(formula->value(picture, row)))
		add_value(out, picture, per_layer, row, formula->value(picture, row));
	return true;
}

bool formula_of_pane(const struct pane *pane, int index, char out[40])
{
	const char *at = pane->numbers;
	int seen = 0;
	if (strncmp(at, "statistics; ", 12) == 0) {
		while (statistic_at(seen))
			seen++;
		if (index < seen) {
			snprintf(out, 40, "%s", statistic_at(index)->name);
			return true;
		}
		at += 12;
	}
	for (; *at && seen < index; seen++) {
		at += strcspn(at, ";");
		at += strspn(at, "; ");
	}
	snprintf(out, 40, "%.*s", (int)strcspn(at, ";"), at);
	return *at != '\0';
}
