#include "lab/schedule.h"

#include "nn/elementary.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

#define PI 3.14159265358979324

static double constant(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	(void)parameters, (void)epoch, (void)total;
	return base;
}

static double step(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	(void)total;
	return base * power_f64(parameters->factor, epoch / parameters->every);
}

static double multistep(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	int passed = 0;
	for (int i = 0; i < SCHEDULE_STEPS_MAX && parameters->at[i] > 0; i++) {
		double at = parameters->at[i];
		passed += (double)epoch >= (at < 1 ? at * total : at);
	}
	return base * power_f64(parameters->factor, passed);
}

/* Half a cosine wave, angle 0 to pi, from one rate to the other. */
static double wave(double from, double to, double angle)
{
	return to + (from - to) * (1 + cos_f64(angle)) / 2;
}

static double cosine(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	double low = parameters->low * base;
	return epoch >= total ? low : wave(base, low, PI * epoch / total);
}

static double cosine_restarts(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	(void)total;
	return cosine(parameters, base, epoch % parameters->every, parameters->every);
}

/* PyTorch's, which comes to the lowest rate in its last epoch, number `total`. */
static double one_cycle(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	double peak = parameters->warm * (total + 1) - 1, low = parameters->low * base;
	if (epoch < peak)
		return wave(parameters->start * base, base, PI * epoch / peak);
	return epoch >= total ? low : wave(base, low, PI * (epoch - peak) / (total - peak));
}

static double exponential(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	(void)total;
	return base * power_f64(parameters->factor, epoch);
}

static double polynomial(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	double low = parameters->low, left = epoch >= total ? 0 : 1 - (double)epoch / total;
	return base * (low + (1 - low) * power_f64(left, parameters->exponent));
}

static double inverse_time(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	(void)total;
	return base / (1 + (double)epoch / parameters->every);
}

static double warmup(
	const struct schedule_parameters *parameters, double base, int64_t epoch, int64_t total)
{
	double start = parameters->start, rise = parameters->warm * total;
	if (epoch >= rise)
		return base;
	return base * (start + (1 - start) * epoch / rise);
}

/* PyTorch waits one epoch longer than Keras, and wants a better value by a share of the best,
 * Keras by a difference. */
static void plateau(const struct schedule_parameters *parameters, struct rate_watch *watch,
	double value, bool pytorch)
{
	const double margin = 1e-4;
	double wanted = pytorch ? watch->best * (1 - margin) : watch->best - margin;
	if (value < wanted) {
		watch->best = value;
		watch->wait = 0;
		return;
	}
	if (++watch->wait < parameters->every + pytorch)
		return;
	watch->share = max_f64(watch->share * parameters->factor, parameters->low);
	watch->wait = 0;
}

static const struct schedule rows[] = {
	{"constant", "the rate stays as set", {0}, constant, NULL},
	{"step", "half the rate every 30 epochs", {.every = 30, .factor = 0.5}, step, NULL},
	{"multistep", "a tenth of the rate at 50 % and again at 75 % of `epochs` (100 if 0)",
		{.factor = 0.1, .at = {0.5, 0.75}}, multistep, NULL},
	{"exponential", "2 % less each epoch: half in 34", {.factor = 0.98}, exponential, NULL},
	{"inverse-time", "half the rate after 10 epochs, a third after 20", {.every = 10}, inverse_time,
		NULL},
	{"linear", "a straight line down to 1 % of the rate over `epochs` (100 if 0)",
		{.low = 0.01, .exponent = 1}, polynomial, NULL},
	{"polynomial", "a parabola down to 1 % of the rate over `epochs` (100 if 0)",
		{.low = 0.01, .exponent = 2}, polynomial, NULL},
	{"cosine", "half a cosine down to 1 % of the rate over `epochs` (100 if 0)", {.low = 0.01},
		cosine, NULL},
	{"cosine-restarts", "half a cosine down to 1 % of the rate, anew every 25 epochs",
		{.every = 25, .low = 0.01}, cosine_restarts, NULL},
	{"warmup", "rises from 10 % of the rate in the first tenth of `epochs` (100 if 0)",
		{.start = 0.1, .warm = 0.1}, warmup, NULL},
	{"one-cycle", "up from 4 % in 30 % of `epochs` (100 if 0), then down to 4e-6 of the rate",
		{.start = 0.04, .low = 4e-6, .warm = 0.3}, one_cycle, NULL},
	{"plateau", "a tenth of the rate when val_loss falls no more for 10 epochs; at least 1e-6",
		{.every = 10, .factor = 0.1, .low = 1e-6}, constant, plateau},
};

const struct schedule *schedule_at(int index)
{
	return index >= 0 && index < (int)(sizeof(rows) / sizeof(rows[0])) ? &rows[index] : NULL;
}

const struct schedule *schedule_find(const char *name)
{
	const struct schedule *row;
	for (int i = 0; (row = schedule_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* What the caller does not say is as usual. */
static struct schedule_parameters parameters_of(
	const struct schedule *schedule, const struct schedule_parameters *own)
{
	struct schedule_parameters parameters = schedule->usual;
	if (own->every > 0)
		parameters.every = own->every;
	if (own->factor > 0)
		parameters.factor = own->factor;
	if (own->at[0] > 0)
		memcpy(parameters.at, own->at, sizeof(parameters.at));
	return parameters;
}

double schedule_rate(const struct schedule *schedule, const struct schedule_parameters *own,
	double base, int64_t epoch, int64_t epochs)
{
	struct schedule_parameters parameters = parameters_of(schedule, own);
	return schedule->rate(&parameters, base, epoch, epochs > 0 ? epochs : SCHEDULE_TOTAL_DEFAULT);
}

struct rate_watch rate_watch_new(double share)
{
	return (struct rate_watch){.share = share, .best = INFINITY};
}

void schedule_see(const struct schedule *schedule, const struct schedule_parameters *own,
	struct rate_watch *watch, double value, bool pytorch)
{
	struct schedule_parameters parameters = parameters_of(schedule, own);
	if (schedule->see)
		schedule->see(&parameters, watch, value, pytorch);
}

struct early_stop early_stop_new(void)
{
	return (struct early_stop){.best_epoch = -1, .best = INFINITY};
}

bool early_stop_see(
	struct early_stop *stop, int64_t epoch, double value, int64_t patience, double margin)
{
	stop->wait++;
	if (value + margin < stop->best) {
		stop->best = value;
		stop->best_epoch = epoch;
		stop->wait = 0;
		return false;
	}
	/* Keras never stops after the very first epoch */
	return stop->wait >= patience && epoch > 0;
}
