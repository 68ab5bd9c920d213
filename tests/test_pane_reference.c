/* Panes step, chain and weights against PyTorch's numbers: the network and the minibatch of a
 * reference file go through the program as files, and what the panes show is looked up in it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"
#include "frames.h"
#include "numbers_in_rows.h"
#include "place.h"
#include "probed.h"
#include "runs.h"
#include "tensor_file.h"

enum { SUM, ACTIVATION, LOSS, DELTA, GRADIENT, UPDATE };
enum { FEATURES = 2, WIDTH = 130, HEIGHT = 45, LAYERS_MAX = 12 };

static const char *const files[] = {
	"tests/reference/net01_sigmoid_d3.csv",
	"tests/reference/net14_seed_sigmoid_d9.csv",
};

/* A run of the file's network: layer 1 takes the standardized features, so that z is the same. */
struct reference {
	struct tensor_file *file;
	int layers, samples;
	double mean[FEATURES], deviation[FEATURES];
	struct experiment *e;
	struct probe *probe;
	struct view view;
	struct picture picture;
	int row; /* of the file, that of the shown sample */
};

static double value(struct reference *reference, int row, int column, const char *name, int layer)
{
	char full[24];
	snprintf(full, sizeof(full), "%s%d", name, layer);
	struct file_tensor *tensor = tensor_find(reference->file, "%s", full);
	assert_non_null(tensor);
	return tensor->value[row * tensor->columns + column];
}

static void write_data(struct reference *reference, const char *path)
{
	struct file_tensor *x = tensor_find(reference->file, "X"),
					   *y = tensor_find(reference->file, "Y");
	FILE *file = fopen(path, "w");
	assert_true(x && y && file && x->columns == FEATURES);
	reference->samples = x->rows;
	fputs("a,b,class\n", file);
	for (int i = 0; i < x->rows; i++)
		fprintf(file, "%.17g,%.17g,%c\n", x->value[FEATURES * i], x->value[FEATURES * i + 1],
			y->value[i] > 0.5 ? 'y' : 'n');
	fclose(file);
	for (int f = 0; f < FEATURES; f++) {
		double sum = 0, squares = 0;
		for (int i = 0; i < x->rows; i++)
			sum += x->value[FEATURES * i + f] / x->rows;
		for (int i = 0; i < x->rows; i++)
			squares += pow(x->value[FEATURES * i + f] - sum, 2) / x->rows;
		reference->mean[f] = sum;
		reference->deviation[f] = sqrt(squares);
	}
}

/* W x + b = (W deviation) (x - mean) / deviation + (b + W mean) */
static void write_weights(struct reference *reference, const char *path)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("tensor,row,col,value\n", file);
	for (int l = 1; l <= reference->layers; l++) {
		const struct file_tensor *w = tensor_find(reference->file, "W%d", l);
		for (int u = 0; u < w->rows; u++) {
			double bias = value(reference, 0, u, "b", l);
			for (int i = 0; i < w->columns; i++) {
				double weight = w->value[u * w->columns + i];
				if (l == 1)
					bias += weight * reference->mean[i];
				fprintf(file, "layer%d.weight,%d,%d,%.9g\n", l, u, i,
					l == 1 ? weight * reference->deviation[i] : weight);
			}
			fprintf(file, "layer%d.bias,%d,0,%.9g\n", l, u, bias);
		}
	}
	fclose(file);
}

/* The row of the file that the sample is: its z in layer 1 tells. */
static int row_of(struct reference *reference, const struct step_view *step)
{
	for (int row = 0; row < reference->samples; row++) {
		bool same = true;
		for (int u = 0; u < step->layer[1].units; u++)
			same =
				same && fabs((double)step->layer[1].z[u] - value(reference, row, u, "z", 1)) < 1e-5;
		if (same)
			return row;
	}
	fail_msg("the sample is not in the reference file");
	return 0;
}

static struct reference reference_start(const char *path, const struct place *place, int sample)
{
	struct reference reference = {.probe = probe_new(), .view = {.beside = "nothing", .layer = 1}};
	char why[200], data[100], settings[400];
	reference.file = tensor_file_read(path, why, sizeof(why));
	if (!reference.file)
		fail_msg("%s", why);
	while (tensor_find(reference.file, "W%d", reference.layers + 1))
		reference.layers++;
	assert_true(reference.layers > 1 && reference.layers <= LAYERS_MAX);
	snprintf(data, sizeof(data), "%s/d.csv", place->folder);
	write_data(&reference, data);
	write_weights(&reference, place->file);
	snprintf(settings, sizeof(settings),
		"data=%s weights=%s depth=%d width=%d activation=sigmoid split=0 batch=0 lr=0.1", data,
		place->file, reference.layers - 1, tensor_find(reference.file, "W1")->rows);
	reference.e = trained(settings, 0);
	const struct probe_wish wish = {.weights = true, .step = true, .sample = sample};
	reference.picture.frame = frame_of(reference.e);
	reference.picture.frame.state = probe_whole(reference.probe, reference.e, wish);
	reference.row = row_of(&reference, reference.picture.frame.state->step);
	return reference;
}

static void reference_end(struct reference *reference)
{
	tensor_file_free(reference->file);
	probe_free(reference->probe);
	experiment_free(reference->e);
}

static char *drawn_phase(struct reference *reference, int phase, int layer)
{
	reference->view.phase = phase;
	reference->view.layer = layer;
	reference->picture.view = &reference->view;
	return drawn("step", &reference->picture, WIDTH, HEIGHT, "ascii");
}

/* delta of the file is that of the batch's mean loss; the pane's is of the sample's own. */
static void the_step_has_the_numbers_of_the_reference(void **state)
{
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++)
		for (int sample = 0; sample < 3; sample++) {
			struct reference r = reference_start(files[f], *state, sample);
			for (int l = 1; l < r.layers; l++) {
				char *forward = drawn_phase(&r, ACTIVATION, l), *back = drawn_phase(&r, DELTA, l);
				int units = tensor_find(r.file, "W%d", l)->rows;
				for (int u = 0; u < units; u++) {
					double a = value(&r, r.row, u, "h", l);
					double delta = r.samples * value(&r, r.row, u, "delta", l);
					ASSERT_UNIT(forward, u, "a", value(&r, r.row, u, "z", l), a, a * (1 - a));
					ASSERT_UNIT(back, u, "delta", delta / (a * (1 - a)), a * (1 - a), delta);
				}
				free(forward);
				free(back);
			}
			reference_end(&r);
		}
}

/* The gradient of the minibatch, weight by weight; that of layer 1 is of standardized features. */
static void the_weights_have_the_gradient_of_the_reference(void **state)
{
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		struct reference r = reference_start(files[f], *state, 0);
		r.picture.view = &r.view;
		for (int l = 2; l <= r.layers; l++) {
			const struct file_tensor *w = tensor_find(r.file, "W%d", l);
			r.view.layer = l;
			for (int i = 0; i < w->rows * w->columns; i++) {
				char label[32];
				r.view.weight = i;
				char *text = drawn("weights", &r.picture, 90, 40, "ascii");
				snprintf(label, sizeof(label), ">%d<-%d", i / w->columns + 1, i % w->columns + 1);
				const double expected[] = {w->value[i], w->value[i]};
				assert_row(text, label, expected, 2, "weights");
				double number[NUMBERS_MAX_IN_ROW], gradient = value(&r, 0, i, "dW", l);
				char *line = strstr(text, label), *end = strchr(line, '\n');
				*end = '\0';
				while (end > line && end[-1] == ' ')
					*--end = '\0';
				number[0] = strtod(strrchr(line, ' ') + 1, NULL);
				if (!near(number[0], gradient))
					fail_msg("layer %d: %s, expected %g", l, line, gradient);
				free(text);
			}
		}
		reference_end(&r);
	}
}

static void the_chain_has_the_ratios_of_the_reference(void **state)
{
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		struct reference r = reference_start(files[f], *state, 0);
		r.picture.view = &r.view;
		char *text = drawn("chain", &r.picture, 120, 30, "ascii");
		for (int l = 1; l < r.layers; l++) {
			char label[8];
			double number[NUMBERS_MAX_IN_ROW];
			snprintf(label, sizeof(label), l == 1 ? "> %2d" : "%d", l);
			int found = numbers_of(text, label, number);
			const double *delta = tensor_find(r.file, "stat.rms_delta")->value;
			double ratio = delta[l - 1] / delta[l];
			if (found < 3 || !near(number[2], ratio))
				fail_msg("layer %d: step %g, expected %g:\n%s", l, found > 2 ? number[2] : NAN,
					ratio, text);
		}
		free(text);
		reference_end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_step_has_the_numbers_of_the_reference, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			the_weights_have_the_gradient_of_the_reference, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			the_chain_has_the_ratios_of_the_reference, place_make, place_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
