/* The plain tables, softmax and data sets: functions at given points. */
#include "reference.h"

#include "generators.h"
#include "lab/theory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads a table row by row, without the header. */
struct table {
	FILE *file;
	char *line, *field[TABLE_FIELDS_MAX];
	int fields;
};

static bool table_open(struct table *table, const char *path, int fields, struct tally *tally)
{
	*table = (struct table){.file = fopen(path, "r"), .fields = fields};
	if (!table->file) {
		tally_complain(tally, "cannot be opened");
		return false;
	}
	table->line = take_memory(TABLE_LINE_MAX, 1);
	if (table_row(table->file, table->line, table->field) == fields)
		return true;
	tally_complain(tally, "a table of %d columns was expected", fields);
	fclose(table->file);
	free(table->line);
	return false;
}

/* False at the end, which also closes the table. */
static bool table_next(struct table *table, struct tally *tally)
{
	int fields = table_row(table->file, table->line, table->field);
	if (fields == table->fields)
		return true;
	if (fields)
		tally_complain(tally, "a row of %d columns", fields);
	fclose(table->file);
	free(table->line);
	return false;
}

static double table_number(const struct table *table, int field)
{
	return strtod(table->field[field], NULL);
}

/* ---- activations.csv: act, param, z, f, df, and PyTorch's own float32 results ---- */

static double point_tolerance(double value)
{
#ifdef NN_DOUBLE
	/* so near in the tails too; PyTorch's hard sigmoid has its 1/6 in float even in double */
	return 1e-14 + 1e-7 * fabs(value);
#else
	return 1e-6 + 1e-5 * fabs(value);
#endif
}

static void compare_point(
	struct tally *tally, const struct activation *activation, const struct table *table)
{
	char name[96];
	double parameter = table_number(table, 1), at = table_number(table, 2);
	struct activation_parameters parameters = {(real)parameter, (real)parameter, (real)parameter};
	/* as many as the widest registers take, as a network hands them over */
	real z[NN_LANES], f[NN_LANES], derivative[NN_LANES];
	for (int i = 0; i < NN_LANES; i++)
		z[i] = (float)at;
	activation->apply(&parameters, NN_LANES, z, f, derivative);
	for (int kind = 0; kind < 2; kind++) {
		double reference = table_number(table, 3 + kind);
		snprintf(name, sizeof(name), "%s(%g) at %g, %s", activation->name, parameter, at,
			kind ? "f'" : "f");
		tally_number(
			tally, name, kind ? derivative[0] : f[0], reference, point_tolerance(reference));
	}
}

void compare_activations(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct table table;
	(void)recipes;
	if (!table_open(&table, path, 7, tally))
		return;
	while (table_next(&table, tally)) {
		char ours[64];
		const struct activation *activation =
			activation_find(our_name(table.field[0], ours, sizeof(ours)));
		if (activation)
			compare_point(tally, activation, &table);
		else
			tally_skip(tally, "an activation that wane does not have");
	}
}

/* ---- losses.csv: loss, z, y, value, dz for a single sample and output ---- */

void compare_losses(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct table table;
	(void)recipes;
	if (!table_open(&table, path, 5, tally))
		return;
	while (table_next(&table, tally)) {
		const struct loss *loss = loss_find(table.field[0]);
		char name[96];
		if (!loss) {
			tally_skip(tally, "a loss that wane does not have");
			continue;
		}
		real z[NN_LANES] = {(float)table_number(&table, 1)};
		real y[NN_LANES] = {(float)table_number(&table, 2)}, delta[NN_LANES];
		double value = loss->apply(1, 1, NN_LANES, 1, z, y, delta);
		for (int kind = 0; kind < 2; kind++) {
			double reference = table_number(&table, 3 + kind);
			snprintf(name, sizeof(name), "%s at %s for %s, %s", loss->name, table.field[1],
				table.field[2], kind ? "derivative" : "value");
			tally_number(
				tally, name, kind ? delta[0] : value, reference, tally_tolerance(reference));
		}
	}
}

/* ---- softmax.csv ---- */

/* One sample at a time: each loss and, by dL/do = p - y, each p; all samples at once: the rest. */
struct softmax_results {
	double *each, *p, *gradient, mean;
};

static void softmax_run(const struct file_tensor *logits, const struct file_tensor *class,
	const struct softmax_results *results, int first, int rows, double *sum)
{
	int outputs = logits->columns;
	int stride = (rows + NN_LANES - 1) / NN_LANES * NN_LANES;
	real *z = take_memory((size_t)outputs * stride * 3, sizeof(*z));
	real *y = z + (size_t)outputs * stride, *delta = y + (size_t)outputs * stride;
	double *to = rows > 1 ? results->gradient : results->p + (size_t)first * outputs;
	for (int i = 0; i < rows; i++)
		for (int o = 0; o < outputs; o++) {
			z[(size_t)o * stride + i] = (float)logits->value[(size_t)(first + i) * outputs + o];
			y[(size_t)o * stride + i] = class->value[first + i] == o;
		}
	*sum = loss_find("ce")->apply(outputs, rows, stride, rows, z, y, delta);
	for (int i = 0; i < rows; i++)
		for (int o = 0; o < outputs; o++)
			to[(size_t)i * outputs + o] =
				delta[(size_t)o * stride + i] + (rows > 1 ? 0 : y[(size_t)o * stride + i]);
	free(z);
}

void compare_softmax(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct tensor_file *file = comparison_open(path, tally);
	(void)recipes;
	if (!file)
		return;
	const struct file_tensor *logits = tensor_find(file, "logits");
	const struct file_tensor *class = tensor_find(file, "class");
	if (logits && class && class->rows == logits->rows && logits->rows > 1) {
		int rows = logits->rows, outputs = logits->columns;
		size_t count = (size_t)rows * outputs;
		struct softmax_results results = {take_memory((size_t)rows, sizeof(double)),
			take_memory(count, sizeof(double)), take_memory(count, sizeof(double)), 0};
		for (int i = 0; i < rows; i++)
			softmax_run(logits, class, &results, i, 1, &results.each[i]);
		softmax_run(logits, class, &results, 0, rows, &results.mean);
		results.mean /= rows;
		tally_tensor(tally, tensor_find(file, "p"), rows, outputs, results.p);
		tally_tensor(tally, tensor_find(file, "loss_each"), rows, 1, results.each);
		tally_tensor(tally, tensor_find(file, "loss_mean"), 1, 1, &results.mean);
		tally_tensor(tally, tensor_find(file, "dlogits"), rows, outputs, results.gradient);
		free(results.each);
		free(results.p);
		free(results.gradient);
	} else {
		tally_complain(tally, "no logits and classes");
	}
	comparison_close(file, tally);
}

/* ---- inits.csv: init, fan_in, fan_out, std, limit (0: none) ---- */

enum { DRAWS = 40000 };

struct sample {
	double count, sum, squares, largest;
};

static void sample_add(struct sample *sample, const real *value, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double now = value[i];
		sample->sum += now;
		sample->squares += now * now;
		sample->largest = fmax(sample->largest, fabs(now));
	}
	sample->count += (double)count;
}

/* Draws: their name in messages, and the deviation and limit (0: none) that they should have. */
struct expected {
	const struct initializer *initializer;
	int fan_in, fan_out;
	double deviation, limit;
};

static void give_number(struct tally *tally, const struct expected *expected, const char *what,
	double ours, double reference, double tolerance)
{
	char name[96];
	snprintf(name, sizeof(name), "%s %d to %d, %s", expected->initializer->name, expected->fan_in,
		expected->fan_out, what);
	tally_number(tally, name, ours, reference, tolerance);
}

/* The deviation of n draws has a relative error of about 1/sqrt(2n) (less for uniform ones);
 * five of these are allowed. The largest draw comes near a limit or, without one, exceeds 3.5
 * sd. */
static void compare_sample(
	struct tally *tally, const struct expected *expected, const struct sample *sample)
{
	double deviation = expected->deviation, limit = expected->limit;
	double five = 5 / sqrt(sample->count);
	give_number(tally, expected, "mean", sample->sum / sample->count, 0, five * deviation);
	give_number(tally, expected, "deviation", sqrt(sample->squares / sample->count), deviation,
		five / sqrt(2) * deviation);
	if (limit > 0)
		give_number(tally, expected, "largest", sample->largest, limit, 0.02 * limit);
	else if (!expected->initializer->orthogonal)
		give_number(tally, expected, "largest", sample->largest, 5 * deviation, 1.5 * deviation);
	if (limit > 0 && sample->largest > limit * (1 + 1e-6))
		tally_complain(tally, "%s: %.9g is past the limit %.9g", expected->initializer->name,
			sample->largest, limit);
}

/* Largest distance of the columns (the rows if there are fewer) from an orthonormal set. */
static double departure(const struct net_layer *layer)
{
	bool tall = layer->outputs > layer->inputs;
	int vectors = tall ? layer->inputs : layer->outputs;
	int length = tall ? layer->outputs : layer->inputs;
	int next = tall ? 1 : length, step = tall ? vectors : 1;
	double most = 0;
	for (int a = 0; a < vectors; a++)
		for (int b = 0; b <= a; b++) {
			double product = 0;
			for (int i = 0; i < length; i++)
				product +=
					(double)layer->weight[a * next + i * step] * layer->weight[b * next + i * step];
			most = fmax(most, fabs(product - (a == b)));
		}
	return most;
}

/* Draws as a network does: some initializers change the matrix after the draws of their row. */
static void compare_draws(struct tally *tally, const struct expected *expected)
{
	static const struct initializer_parameters parameters = {
		.low = -0.5, .high = 0.5, .std = 1, .gain = 1};
	const struct initializer *initializer = expected->initializer;
	int fan_in = expected->fan_in, fan_out = expected->fan_out;
	struct net *net = single_layer(fan_in, fan_out);
	struct sample weights = {0}, biases = {0};
	double apart = 0, deviation = expected->deviation, limit = expected->limit;
	for (uint64_t seed = 1; net && weights.count < DRAWS; seed++) {
		uint64_t budget = UINT64_MAX;
		net_initialize_begin(net, initializer, &parameters, seed, 1, 1);
		net_initialize_advance(net, &budget);
		sample_add(&weights, net->layer[1].weight, (size_t)fan_in * fan_out);
		sample_add(&biases, net->layer[1].bias, (size_t)fan_out);
		if (initializer->orthogonal)
			apart = fmax(apart, departure(&net->layer[1]));
	}
	net_free(net);
	compare_sample(tally, expected, &weights);
	if (initializer->draws_bias)
		compare_sample(tally, expected, &biases);
	else
		give_number(tally, expected, "largest bias", biases.largest, 0, 0);
	if (initializer->orthogonal)
		give_number(tally, expected, "departure from orthonormal", apart, 0, tally_tolerance(1));
	give_number(tally, expected, "stated deviation", initializer->std(&parameters, fan_in, fan_out),
		deviation, 1e-7 * deviation);
	give_number(tally, expected, "stated limit", initializer->bound(&parameters, fan_in, fan_out),
		limit, 1e-7 * limit);
}

/* The file has no row for it, because it draws a matrix and not independent numbers: here it is
 * compared with its definition, at every shape of the file. */
static void compare_orthogonal(struct tally *tally, int fan_in, int fan_out)
{
	compare_draws(tally,
		&(struct expected){initializer_find("orthogonal"), fan_in, fan_out,
			1 / sqrt(fan_in > fan_out ? fan_in : fan_out), 0});
}

void compare_initializers(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct table table;
	int shape[2] = {0, 0};
	(void)recipes;
	if (!table_open(&table, path, 5, tally))
		return;
	while (table_next(&table, tally)) {
		char ours[64];
		struct expected expected = {initializer_find(our_name(table.field[0], ours, sizeof(ours))),
			atoi(table.field[1]), atoi(table.field[2]), table_number(&table, 3),
			table_number(&table, 4)};
		if (!expected.initializer || expected.fan_in < 1 || expected.fan_out < 1) {
			tally_skip(tally, "an initializer that wane does not have");
			continue;
		}
		compare_draws(tally, &expected);
		if (expected.fan_in != shape[0] || expected.fan_out != shape[1])
			compare_orthogonal(tally, expected.fan_in, expected.fan_out);
		shape[0] = expected.fan_in;
		shape[1] = expected.fan_out;
	}
}

/* ---- meanfield.csv: act, sigma_w2, sigma_b2, layer, q, chi, kappa ---- */

/* A layer of equal widths whose input has mean square 1. The compared numbers do not depend on
 * the width, so it is 1. */
static struct theory_layer predicted(
	const char *activation, double weight_variance, double bias_variance, int layer)
{
	struct theory_given *given = take_memory((size_t)layer + 1, sizeof(*given));
	struct theory_layer *out = take_memory((size_t)layer, sizeof(*out));
	for (int l = 0; l <= layer; l++)
		given[l] = (struct theory_given){
			1, 1, weight_variance, bias_variance, false, {activation, 0.01, 1, 0.25}};
	theory_recur(given, layer + 1, 1, out);
	struct theory_layer last = out[layer - 1];
	free(given);
	free(out);
	return last;
}

void compare_theory(const struct recipes *recipes, const char *path, struct tally *tally)
{
	static const char *const column[] = {"q", "chi", "kappa"};
	struct table table;
	(void)recipes;
	if (!table_open(&table, path, 7, tally))
		return;
	while (table_next(&table, tally)) {
		char ours[64], name[128];
		const struct activation *activation =
			activation_find(our_name(table.field[0], ours, sizeof(ours)));
		int layer = atoi(table.field[3]);
		if (!activation || layer < 1 || layer > NET_LAYERS_MAX) {
			tally_skip(tally, "an activation or a depth that wane does not have");
			continue;
		}
		struct theory_layer at =
			predicted(activation->name, table_number(&table, 1), table_number(&table, 2), layer);
		const double number[] = {at.q, at.chi, at.kappa};
		for (int i = 0; i < 3; i++) {
			double reference = table_number(&table, 4 + i);
			snprintf(name, sizeof(name), "%s at %s + %s, layer %d, %s", activation->name,
				table.field[1], table.field[2], layer, column[i]);
			tally_number(tally, name, number[i], reference, 1e-5 * fabs(reference));
		}
	}
}

/* ---- datasets.csv: x, y, class in the order of the formulas ---- */

/* The generator of each tensor, and the factor between their scales. */
static const struct {
	const char *name, *without;
	double scale;
} point_sets[] = {
	{"moons", NULL, 1}, {"circles", ".factor0.8", 1}, {"spiral", NULL, 6}, /* Playground's plane */
};

static void compare_points(struct tally *tally, struct file_tensor *tensor,
	const struct generator *generator, double scale)
{
	struct generator_state state = {
		.seed = 1, .positions = rng_stream(1, "data", 0), .errors = rng_stream(1, "noise", 0)};
	double *ours = take_memory((size_t)tensor->rows * 3, sizeof(*ours));
	for (int i = 0; i < tensor->rows; i++) {
		struct point point;
		generator->point(&state, i, tensor->rows, &point);
		ours[3 * i] = scale * point.x[0];
		ours[3 * i + 1] = scale * point.x[1];
		ours[3 * i + 2] = point.class;
	}
	tally_tensor(tally, tensor, tensor->rows, 3, ours);
	free(ours);
}

static void compare_dataset(struct tally *tally, struct file_tensor *tensor)
{
	char name[32] = "", ours[32];
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(tensor->name, "."), tensor->name);
	for (size_t i = 0; i < sizeof(point_sets) / sizeof(point_sets[0]); i++) {
		if (strcmp(name, point_sets[i].name) != 0)
			continue;
		if (tensor->rows < 10)
			tally_skip(tally, "wane makes ten points or more");
		else if (point_sets[i].without && !strstr(tensor->name, point_sets[i].without))
			tally_skip(tally, "another factor between the circles");
		else
			compare_points(tally, tensor, generator_find(our_name(name, ours, sizeof(ours))),
				point_sets[i].scale);
		return;
	}
	tally_skip(tally, "a generator that wane does not have");
}

void compare_datasets(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct tensor_file *file = comparison_open(path, tally);
	(void)recipes;
	if (!file)
		return;
	for (int i = 0; i < file->tensors; i++) {
		file->tensor[i].asked = true;
		compare_dataset(tally, &file->tensor[i]);
	}
	comparison_close(file, tally);
}
