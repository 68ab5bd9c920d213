#include "lab/schedule.h"

#include "nn/elementary.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

#define PI 3.14159265358979324

/* x^n by repeated squaring, so that a half stays a half. */
static double power(double x, int64_t n)
{
	double result = 1;
	for (; n > 0; n >>= 1, x *= x)
		if (n & 1)
			result *= x;
	return result;
}

static double constant(const struct schedule_parameters *parameters, double base, int64_t epoch,
	int64_t total)
{
	(void)parameters, (void)epoch, (void)total;
	return base;
}

static double step(const struct schedule_parameters *parameters, double base, int64_t epoch,
	int64_t total)
{
	(void)total;
	return base * power(parameters->factor, epoch / parameters->every);
}

static double cosine(const struct schedule_parameters *parameters, double base, int64_t epoch,
	int64_t total)
{
	double low = parameters->low * base;
	if (epoch >= total)
		return low;
	return low + (base - low) * (1 + cos_f64(PI * epoch / total)) / 2;
}

static double exponential(const struct schedule_parameters *parameters, double base, int64_t epoch,
	int64_t total)
{
	(void)total;
	return base * power(parameters->factor, epoch);
}

static double warmup(const struct schedule_parameters *parameters, double base, int64_t epoch,
	int64_t total)
{
	double low = parameters->low, rise = parameters->warm * total;
	if (epoch >= rise)
		return base;
	return base * (low + (1 - low) * epoch / rise);
}

static const struct schedule rows[] = {
	{"constant", "the rate stays as set", {0}, constant},
	{"step", "half the rate every 30 epochs", {.every = 30, .factor = 0.5}, step},
	{"cosine", "half a cosine down to 1 % of the rate over `epochs` (100 if 0)",
		{.low = 0.01}, cosine},
	{"exponential", "2 % less each epoch: half in 34", {.factor = 0.98}, exponential},
	{"warmup", "rises from 10 % of the rate in the first tenth of `epochs` (100 if 0)",
		{.low = 0.1, .warm = 0.1}, warmup},
};

const struct schedule *schedule_at(int index)
{
	return index >= 0 && index < (int)(sizeof rows / sizeof rows[0]) ? &rows[index] : NULL;
}

const struct schedule *schedule_find(const char *name)
{
	const struct schedule *row;
	for (int i = 0; (row = schedule_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

double schedule_rate(const struct schedule *schedule, double base, int64_t epoch, int64_t epochs)
{
	return schedule->rate(&schedule->usual, base, epoch,
		epochs > 0 ? epochs : SCHEDULE_TOTAL_DEFAULT);
}

struct early_stop early_stop_new(void)
{
	return (struct early_stop){.best_epoch = -1, .best = INFINITY};
}

bool early_stop_see(struct early_stop *stop, int64_t epoch, double value, int64_t patience,
	double margin)
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
