/* Names and sentences about trials. See advice.h. */
#include "lab/advice.h"

#include "lab/text.h"
#include "nn/elementary.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- one trial ---- */

const char *advice_problem(const struct evidence *evidence)
{
	const struct verdict *verdict = evidence ? verdict_judge(evidence) : NULL;
	const struct remark *remark;
	if (verdict && verdict->asks_advice)
		return verdict->name;
	if (verdict && verdict->tone == TONE_GOOD)
		return NULL;
	for (int i = 0; verdict && (remark = remark_at(i)); i++)
		if (remark->asks_advice && remark->applies(evidence))
			return remark->name;
	return NULL;
}

struct config trial_config(const struct trial *trial, const struct config *config)
{
	struct config changed = *config;
	if (trial->first)
		remedy_apply(trial->first, &changed);
	if (trial->second)
		remedy_apply(trial->second, &changed);
	return changed;
}

void trial_name(const struct trial *trial, char *out, size_t size)
{
	if (trial->first && trial->second)
		snprintf(out, size, "%s+%s", trial->first->name, trial->second->name);
	else if (trial->first)
		snprintf(out, size, "%s", trial->first->name);
	else
		snprintf(out, size, "%s", trial->restart ? "restart" : "none");
}

void trial_change(const struct trial *trial, const struct config *config, char *out, size_t size)
{
	const struct config changed = trial_config(trial, config);
	remedy_keys(config, &changed, out, size);
	size_t used = strlen(out);
	if (trial->restart)
		snprintf(out + used, size - used, "%s[r] restart", used ? " + " : "");
	else if (!used)
		snprintf(out, size, "left alone");
}

/* ---- the sentence ---- */

/* Takes over `text` if it fits in `width` columns; text is ASCII. */
static bool fits(const char *text, int width, char *out, size_t size)
{
	if (strlen(text) > (size_t)width || strlen(text) >= size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static void say_nothing_helps(const struct advice_view *view, int width, char *out, size_t size)
{
	char text[200];
	if (view->tried == 0)
		return;
	snprintf(text, sizeof(text), "Tried %d remedies for %d epochs each: none of them helps.",
		view->tried, view->trial[0]->epochs);
	if (fits(text, width, out, size))
		return;
	snprintf(text, sizeof(text), "Tried %d remedies: none helps.", view->tried);
	fits(text, width, out, size);
}

static void say_alone_is_best(const struct trial *alone, int width, char *out, size_t size)
{
	char text[200];
	snprintf(text, sizeof(text),
		"Tried: left alone it gets from loss %.3g to %.2g in %d epochs. Let it train.",
		(double)alone->loss[0], (double)alone->reached, alone->epochs);
	if (fits(text, width, out, size))
		return;
	snprintf(text, sizeof(text), "Let it train: %.2g in %d epochs.", (double)alone->reached,
		alone->epochs);
	fits(text, width, out, size);
}

/* "0.000063": a few zeros are easier to read than an exponent. */
static void small_number(char out[24], double value)
{
	double size = fabs(value);
	int decimals = size >= 1 ? 1 : 1 - (int)floor(log10_f64(size > 0 ? size : 1));
	if (size > 0 && (size < 1e-6 || size >= 1000))
		snprintf(out, 24, "%.1e", value);
	else
		snprintf(out, 24, "%.*f", decimals, value);
}

/* Weights that have trained much longer than those of the trial may no longer bear the remedy. */
static bool is_old(const struct trial *trial, int64_t epoch)
{
	static const int64_t grace_epochs = 60;
	return !trial->restart && epoch > 2 * trial->start + grace_epochs;
}

/* Leaves out the less important numbers, and last the keys, where there is no room. */
static void say_best(const struct advice_view *view, const struct trial *best, int64_t epoch,
	int width, char *out, size_t size)
{
	char lead[40] = "Tried";
	const char *end = ". [!] applies it";
	char change[TRIAL_SETTINGS_MAX], text[TRIAL_SETTINGS_MAX + 120], epochs[40], now[40];
	char reached[24];
	small_number(reached, number_to_print((double)best->reached));
	trial_change(best, view->config, change, sizeof(change));
	snprintf(epochs, sizeof(epochs), " in %d epochs", best->epochs);
	snprintf(now, sizeof(now), " (now %.3g)", view->loss);
	if (!isfinite(view->loss))
		now[0] = '\0';
	if (is_old(best, epoch)) {
		snprintf(lead, sizeof(lead), "Tried at epoch %lld", (long long)best->start);
		end = ". [!] tries it again";
		now[0] = '\0';
	}
	const char *part[][3] = {
		{epochs, now, end},
		{epochs, "", end},
		{"", "", end},
		{epochs, "", ". [!]"},
		{"", "", ". [!]"},
	};
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		snprintf(text, sizeof(text), "%s: %s: loss %s%s%s%s", lead, change, reached, part[i][0],
			part[i][1], part[i][2]);
		if (fits(text, width, out, size))
			return;
	}
	snprintf(text, sizeof(text), "[!] applies what was tried: loss %s", reached);
	fits(text, width, out, size);
}

void advice_sentence(const struct advice *advice, int64_t epoch, int width, char *out, size_t size)
{
	const struct trial *best = advice_best(advice), *alone = advice_alone(advice);
	const struct advice_view view = advice_view(advice);
	out[0] = '\0';
	if (best)
		say_best(&view, best, epoch, width, out, size);
	else if (alone && alone->reached < 0.5 * view.loss)
		say_alone_is_best(alone, width, out, size);
	else if (alone && !view.busy)
		say_nothing_helps(&view, width, out, size);
}
