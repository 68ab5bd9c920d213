/* Tolerances, and the tally of what a file contains. */
#include "reference.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* tolerance = absolute + relative * max|reference| + rounding * err */
struct rule {
	double absolute, relative, rounding;
};

#ifdef NN_DOUBLE
/* In double, rounding is 2^-29 of that of float. The gradient of a bias in front of batch norm
 * is rounding and nothing else. */
#define ROUNDING (30 / 536870912.0)
static const struct rule general = {1e-8, 1e-7, ROUNDING}, gradient = {1e-15, 1e-7, ROUNDING};
#else
static const struct rule general = {2e-6, 1e-5, 30}, gradient = {1e-30, 5e-5, 30};
#endif

/* Values computed in double in both builds: limited by the nine digits of the file. */
static const struct rule digits = {0, 1e-8, 0};

/* Tensors that cannot meet the rule because of rounding, and their larger tolerance. */
static const struct allowance {
	const char *name;
	double absolute;
} allowances[] = {
#ifdef NN_DOUBLE
	/* A record holds floats: the logarithms of its rms deltas are off by up to 2.6e-8, and the
	 * fitted line's value at layer 0, outside its points, by a few times that. */
	{"stat.decay_slope_intercept", 1e-7},
#else
	{NULL, 0},
#endif
};

/* By the beginning of a tensor's name. Gradients may be near 0 everywhere: the absolute
 * tolerance of the general rule would let anything pass. */
static const struct {
	const char *begins;
	const struct rule *rule;
} rules[] = {
	{"delta", &gradient},
	{"dW", &gradient},
	{"db", &gradient},
	{"dh", &gradient},
	{"dc", &gradient},
	{"da", &gradient},
	{"dK", &gradient},
	{"dout", &gradient},
	{"dp", &gradient},
	{"dz", &gradient},
	{"stat.", &gradient},
	{"sched", &digits},
	{"plateau", &digits},
	{"earlystop", &digits},
};

static const struct rule *rule_for(const char *name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strncmp(name, rules[i].begins, strlen(rules[i].begins)) == 0)
			return rules[i].rule;
	return &general;
}

static double largest_finite(const double *value, size_t count)
{
	double largest = 0;
	for (size_t i = 0; i < count; i++)
		if (isfinite(value[i]) && fabs(value[i]) > largest)
			largest = fabs(value[i]);
	return largest;
}

static double tolerance_of(const struct file_tensor *tensor)
{
	const struct rule *rule = rule_for(tensor->name);
	double largest = largest_finite(tensor->value, (size_t)tensor->rows * tensor->columns);
	double tolerance = rule->absolute + rule->relative * largest + rule->rounding * tensor->error;
	for (size_t i = 0; i < sizeof(allowances) / sizeof(allowances[0]); i++)
		if (allowances[i].name && strcmp(allowances[i].name, tensor->name) == 0)
			tolerance += allowances[i].absolute;
	return tolerance;
}

double tally_tolerance(double reference)
{
	return general.absolute + general.relative * fabs(reference);
}

void tally_complain(struct tally *tally, const char *format, ...)
{
	if (tally->complaints++ >= TALLY_COMPLAINTS)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(
		tally->complaint[tally->complaints - 1], sizeof(tally->complaint[0]), format, arguments);
	va_end(arguments);
}

void tally_skip(struct tally *tally, const char *reason)
{
	tally->skipped++;
	for (int i = 0; i < TALLY_REASONS; i++) {
		if (!tally->skip[i].reason)
			tally->skip[i].reason = reason;
		if (strcmp(tally->skip[i].reason, reason) == 0) {
			tally->skip[i].count++;
			return;
		}
	}
}

/* Error divided by tolerance; a value undefined here must be undefined in the file. */
static double ratio(double ours, double reference, double tolerance)
{
	if (isnan(reference))
		return isnan(ours) ? 0 : INFINITY;
	if (isinf(reference))
		return ours == reference ? 0 : INFINITY;
	double error = fabs(ours - reference);
	if (isnan(error))
		return INFINITY;
	return error > 0 ? error / tolerance : 0;
}

/* Keeps the largest error of a tensor or number; complains once if it is too large. */
struct worst {
	double ratio, ours, reference, tolerance;
	int at;
};

static void worst_take(struct worst *worst, int at, double ours, double reference, double tolerance)
{
	double now = ratio(ours, reference, tolerance);
	if (at == 0 || now > worst->ratio)
		*worst = (struct worst){now, ours, reference, tolerance, at};
}

static void worst_give(const struct worst *worst, struct tally *tally, const char *name)
{
	tally->compared++;
	if (worst->ratio > 1)
		tally_complain(tally, "%s[%d]: %.9g instead of %.9g, off by %.2g, allowed %.2g", name,
			worst->at, worst->ours, worst->reference, fabs(worst->ours - worst->reference),
			worst->tolerance);
	if (tally->worst >= worst->ratio && tally->worst_at[0])
		return;
	tally->worst = worst->ratio;
	snprintf(tally->worst_at, sizeof(tally->worst_at), "%s", name);
}

void tally_number(
	struct tally *tally, const char *name, double ours, double reference, double tolerance)
{
	struct worst worst;
	worst_take(&worst, 0, ours, reference, tolerance);
	worst_give(&worst, tally, name);
}

void tally_tensor(struct tally *tally, const struct file_tensor *tensor, int rows, int columns,
	const double *ours)
{
	if (!tensor)
		return;
	if (tensor->rows != rows || tensor->columns != columns) {
		tally_complain(tally, "%s: %d x %d in the file, %d x %d here", tensor->name, tensor->rows,
			tensor->columns, rows, columns);
		return;
	}
	if (tensor->error < 0) {
		tally_skip(tally, "rounding decides");
		return;
	}
	double tolerance = tolerance_of(tensor);
	struct worst worst = {0};
	for (int i = 0; i < rows * columns; i++)
		worst_take(&worst, i, ours[i], tensor->value[i], tolerance);
	worst_give(&worst, tally, tensor->name);
}

void tally_reals(
	struct tally *tally, const struct file_tensor *tensor, int rows, int columns, const real *ours)
{
	double *values = take_memory((size_t)rows * columns, sizeof(*values));
	for (int i = 0; i < rows * columns; i++)
		values[i] = ours[i];
	tally_tensor(tally, tensor, rows, columns, values);
	free(values);
}

/* From here on rounding has made another run of it; in double, too, because a difference grows
 * there as fast. */
#define LOSS_LOST 1e-4

static double loss_tolerance(double reference, double lost)
{
#ifdef NN_DOUBLE
	(void)lost;
	return tally_tolerance(reference);
#else
	return 1e-5 + 1e-5 * fabs(reference) + 10 * lost;
#endif
}

void tally_losses(
	struct tally *tally, const struct file_tensor *tensor, int count, const double *ours)
{
	if (tensor->rows != 2 || tensor->columns != count) {
		tally_complain(tally, "%s: %d x %d in the file, 2 x %d here", tensor->name, tensor->rows,
			tensor->columns, count);
		return;
	}
	const double *reference = tensor->value, *lost = tensor->value + count;
	struct worst worst = {0};
	if (lost[0] > LOSS_LOST) {
		tally_skip(tally, "float32 loses the trajectory at once");
		return;
	}
	for (int i = 0; i < count && lost[i] <= LOSS_LOST; i++)
		worst_take(&worst, i, ours[i], reference[i], loss_tolerance(reference[i], lost[i]));
	worst_give(&worst, tally, tensor->name);
}

struct tensor_file *comparison_open(const char *path, struct tally *tally)
{
	char why[160] = "";
	struct tensor_file *file = tensor_file_read(path, why, sizeof(why));
	if (!file)
		tally_complain(tally, "%s", why);
	return file;
}

void comparison_close(struct tensor_file *file, struct tally *tally)
{
	for (int i = 0; i < file->tensors; i++)
		if (!file->tensor[i].asked)
			tally_skip(tally, "not a quantity this test knows");
	tensor_file_free(file);
}
