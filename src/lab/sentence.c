#include "lab/sentence.h"

#include "lab/text.h"
#include "nn/elementary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LN_10 2.30258509299404568
#define DELTA 0x3b4

enum { WORD_MAX = 32 };

/* ---- numbers as words ---- */

/* 10^decades; `decades` is kept even where the history dropped the layers. */
static double times_of(double decades)
{
	return exp_f64(decades * LN_10);
}

static void write_number(double value, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%.3g", number_to_print(value));
}

static void write_whole(int64_t value, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%lld", (long long)value);
}

/* Layers and time steps count from 1; 0 is one that the evidence does not know. */
static void write_layer(int layer, char out[WORD_MAX])
{
	out[0] = '\0';
	if (layer > 0)
		write_whole(layer, out);
}

static void write_percent(double share, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, share < 999.99 ? "%.0f" : "%.0e", number_to_print(100 * share));
}

static void write_small_percent(double share, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, 100 * share < 0.00096 ? "%.0e" : "%.1g", 100 * share);
}

/* A positive number in few characters: 1.2e7, 1.2e-7. */
static void write_power(double number, char out[WORD_MAX])
{
	int exponent = (int)floor(log10_f64(number));
	double mantissa = number / times_of(exponent);
	bool rounds_up = mantissa >= 9.95;
	snprintf(out, WORD_MAX, "%.1fe%d", rounds_up ? 1 : mantissa, exponent + rounds_up);
}

static void write_factor(double factor, char out[WORD_MAX])
{
	if (factor >= 999.5 && isfinite(factor))
		write_power(factor, out);
	else
		write_number(factor, out);
}

static void word_loss(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->loss, out);
}

static void word_val_loss(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->val_loss, out);
}

static void word_eval_loss(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->eval_loss, out);
}

static void word_start_loss(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->start_loss, out);
}

static void word_baseline(const struct evidence *e, char out[WORD_MAX])
{
	if (isnan(e->baseline_loss)) /* not known */
		snprintf(out, WORD_MAX, "?");
	else
		write_number(e->baseline_loss, out);
}

static void word_epoch(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->epoch, out);
}

static void word_norm(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->grad_norm, out);
}

static void word_factor(const struct evidence *e, char out[WORD_MAX])
{
	write_factor(times_of(fabs(e->decades)), out);
}

static void word_kept(const struct evidence *e, char out[WORD_MAX])
{
	double kept = times_of(-fabs(e->decades));
	if (kept > 0 && kept < 0.01)
		write_power(kept, out);
	else
		snprintf(out, WORD_MAX, "%.2g", number_to_print(kept));
}

static void word_gate(const struct evidence *e, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%.2f", number_to_print(e->time.kept));
}

static void word_first_step(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->time.first, out);
}

static void word_last_step(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->time.last, out);
}

static void word_blocked_step(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->time.blocked, out);
}

static void word_underflow_step(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->time.underflow, out);
}

static void word_truncated_step(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->time.truncated, out);
}

static void word_reach(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->time.last - e->time.truncated, out);
}

static void word_fault_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->fault.layer, out);
}

static void word_fault_tensor(const struct evidence *e, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%s", e->fault.tensor ? e->fault.tensor : "");
}

static void word_fault_epoch(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->fault.epoch, out);
}

static void word_dead_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->dead.layer, out);
}

static void word_dying_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->dying.layer, out);
}

static void word_dying_percent(const struct evidence *e, char out[WORD_MAX])
{
	write_percent(e->dying.value, out);
}

static void word_underflow_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->underflow.layer, out);
}

static void word_lost_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->lost.layer, out);
}

static void word_frozen_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->frozen.layer, out);
}

static void word_frozen_share(const struct evidence *e, char out[WORD_MAX])
{
	snprintf(out, WORD_MAX, "%.0e", e->frozen.value);
}

static void word_large_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->large.layer, out);
}

static void word_large_percent(const struct evidence *e, char out[WORD_MAX])
{
	write_percent(e->large.value, out);
}

static void word_best_loss(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->best_loss, out);
}

static void word_best_epoch(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->best_epoch, out);
}

static void word_best_val(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->best_val, out);
}

static void word_best_val_epoch(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->best_val_epoch, out);
}

static void word_loss_before(const struct evidence *e, char out[WORD_MAX])
{
	write_number(e->loss_before, out);
}

static void word_settled(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->settled, out);
}

static void word_step_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->step.layer, out);
}

static void word_step_epoch(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->step.epoch, out);
}

static void word_step_percent(const struct evidence *e, char out[WORD_MAX])
{
	write_percent(e->step.ratio, out);
}

static void word_largest_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->largest.layer, out);
}

static void word_largest_epoch(const struct evidence *e, char out[WORD_MAX])
{
	write_whole(e->largest.epoch, out);
}

static void word_largest_percent(const struct evidence *e, char out[WORD_MAX])
{
	write_percent(e->largest.ratio, out);
}

static void word_equal_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->equal.layer, out);
}

static void word_zero_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->zero.layer, out);
}

static void word_shrunk_layer(const struct evidence *e, char out[WORD_MAX])
{
	write_layer(e->shrunk.layer, out);
}

static void word_shrunk_percent(const struct evidence *e, char out[WORD_MAX])
{
	write_small_percent(e->shrunk.value, out);
}

static const struct sentence_word words[] = {
	{"loss", "1.23e+38", word_loss},
	{"val_loss", "1.23e+38", word_val_loss},
	{"eval_loss", "1.23e+38", word_eval_loss},
	{"start_loss", "1.23e+38", word_start_loss},
	{"baseline", "1.23e+38", word_baseline},
	{"epoch", "2147483647", word_epoch},
	{"norm", "1.23e+38", word_norm},
	{"factor", "9.9e83", word_factor},
	{"kept", "9.9e-83", word_kept},
	{"gate", "0.52", word_gate},
	{"first_step", "500", word_first_step},
	{"last_step", "500", word_last_step},
	{"blocked_step", "500", word_blocked_step},
	{"underflow_step", "500", word_underflow_step},
	{"truncated_step", "500", word_truncated_step},
	{"reach", "500", word_reach},
	{"fault_layer", "301", word_fault_layer},
	{"fault_tensor", "weight gradient", word_fault_tensor},
	{"fault_epoch", "2147483647", word_fault_epoch},
	{"dead_layer", "300", word_dead_layer},
	{"dying_layer", "300", word_dying_layer},
	{"dying_percent", "100", word_dying_percent},
	{"underflow_layer", "300", word_underflow_layer},
	{"lost_layer", "301", word_lost_layer},
	{"frozen_layer", "301", word_frozen_layer},
	{"frozen_share", "1e-38", word_frozen_share},
	{"large_layer", "301", word_large_layer},
	{"best_loss", "1.23e+38", word_best_loss},
	{"best_epoch", "2147483647", word_best_epoch},
	{"best_val", "1.23e+38", word_best_val},
	{"best_val_epoch", "2147483647", word_best_val_epoch},
	{"loss_before", "1.23e+38", word_loss_before},
	{"settled", "2147483647", word_settled},
	{"step_layer", "301", word_step_layer},
	{"step_epoch", "2147483647", word_step_epoch},
	{"step_percent", "1e+40", word_step_percent},
	{"largest_layer", "301", word_largest_layer},
	{"largest_epoch", "2147483647", word_largest_epoch},
	{"largest_percent", "1e+40", word_largest_percent},
	{"equal_layer", "300", word_equal_layer},
	{"zero_layer", "301", word_zero_layer},
	{"shrunk_layer", "301", word_shrunk_layer},
	{"shrunk_percent", "1e-43", word_shrunk_percent},
	{"large_percent", "1e+40", word_large_percent},
};

const struct sentence_word *sentence_word_at(int index)
{
	return index >= 0 && index < (int)(sizeof(words) / sizeof(words[0])) ? &words[index] : NULL;
}

/* ---- sentences ---- */

static const struct sentence_word *find_word(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(words[i].name, name, length) == 0 && words[i].name[length] == '\0')
			return &words[i];
	return NULL;
}

/* Copies a form, with the words' numbers in place of their names; false, and "", if the evidence
 * does not have one of them. */
static bool fill(const char *form, const struct evidence *evidence, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	while (*form && used + 1 < size) {
		const char *end = *form == '{' ? strchr(form, '}') : NULL;
		const struct sentence_word *word =
			end ? find_word(form + 1, (size_t)(end - form - 1)) : NULL;
		char text[WORD_MAX];
		if (!word) {
			out[used++] = *form++;
			continue;
		}
		word->write(evidence, text);
		if (!text[0]) {
			out[0] = '\0';
			return false;
		}
		size_t length = strlen(text), room = size - 1 - used;
		length = length < room ? length : room;
		memcpy(out + used, text, length);
		used += length;
		form = end + 1;
	}
	out[used] = '\0';
	return true;
}

int sentence_columns(const char *text)
{
	int columns = 0;
	for (uint32_t code; (code = text_next(&text));)
		columns += code == DELTA ? (int)strlen("delta") : text_width(code);
	return columns;
}

void sentence_write(const struct sentence *list, const struct evidence *evidence, int columns,
	char *out, size_t size)
{
	char text[400];
	while (list->applies && !list->applies(evidence))
		list++;
	if (fill(list->whole, evidence, text, sizeof(text)) && sentence_columns(text) > columns)
		fill(list->brief, evidence, text, sizeof(text));
	snprintf(out, size, "%s", text);
}
