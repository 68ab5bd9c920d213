/* What each kind of layer is made of: its tensors and the buffers that it works in. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/nn/net_internal.h"
#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { INPUTS = 3, STEPS = 4, UNITS = 5 };

/* Three layers, the first of the kind, for 3 numbers, 4 steps of 3, or 2 channels of 6x8. */
static struct net_spec spec_of(const char *kind, const char *activation, const char *norm)
{
	struct net_spec spec = plain_spec(activation, 2, UNITS, "bce");
	bool dense = strcmp(kind, "dense") == 0, conv = strcmp(kind, "conv") == 0;
	bool every = strcmp(kind, "each-step") == 0;
	spec.normalization = norm;
	spec.forget_bias = 1.5;
	spec.kind[0] = kind;
	if (conv) {
		spec.shape[0] = (struct net_shape){.height = 6, .width = 8};
		spec.size[0] = 2 * 6 * 8;
		spec.kernel[0] = 3;
		spec.padding[0] = 1;
		spec.pool[0] = NET_POOL_MAX;
		spec.shape[1] = (struct net_shape){.height = 3, .width = 4};
		spec.size[1] = UNITS * 3 * 4;
	} else if (!dense) {
		spec.size[0] = STEPS * INPUTS;
		spec.shape[0].steps = STEPS;
		spec.size[1] = every ? STEPS * UNITS : UNITS;
		spec.shape[1].steps = every ? STEPS : 0;
	}
	return spec;
}

static const char *flags_of(const struct tensor *tensor, char out[8])
{
	snprintf(out, 8, "%s%s%s%s%s", tensor->trained ? "t" : "-", tensor->used ? "u" : "-",
		tensor->penalized ? "p" : "-", tensor->joined ? "j" : "-", tensor->recurrent ? "r" : "-");
	return out;
}

/* "NAME ROWSxCOLUMNS FLAGS", and what else there is to say. */
static void write_tensors(const struct net_spec *spec, int layer, char *out)
{
	struct tensor list[LAYER_TENSORS_MAX];
	int count = layer_kind_of(spec, layer)->tensors(spec, layer, list);
	for (int i = 0; i < count; i++) {
		const struct tensor *tensor = &list[i];
		char flags[8];
		out += sprintf(out, "%s %dx%d %s", tensor->name, tensor->rows, tensor->columns,
			flags_of(tensor, flags));
		if (tensor->fan_in)
			out += sprintf(out, " %d>%d", tensor->fan_in, tensor->fan_out);
		if (tensor->draw != DRAW_NONE)
			out += sprintf(out, " %s", tensor->draw == DRAW_MATRIX ? "matrix" : "bias");
		if (tensor->blocks)
			out += sprintf(out, " of %d", tensor->blocks);
		if (tensor->state_units)
			out += sprintf(out, " state %d", tensor->state_units);
		if (tensor->start != 0)
			out += sprintf(out, " = %g", tensor->start);
		for (int b = 0; b < TENSOR_BLOCKS_MAX; b++)
			if (tensor->block_start[b] != 0)
				out += sprintf(out, " block %d + %g", b, tensor->block_start[b]);
		if (tensor->check_spread > 0)
			out += sprintf(out, " +- %g", tensor->check_spread);
		if (!isinf(tensor->least))
			out += sprintf(out, " >= %g", tensor->least);
		out += sprintf(out, "\n");
	}
}

#define NORM(used, kept) \
	"norm.gamma 5x1 t" used "--- = 1 +- 0.4\n" \
	"norm.beta 5x1 t" used "-j- +- 0.3\n" \
	"norm.running_mean 5x1 -" kept "---\n" \
	"norm.running_var 5x1 -" kept "--- = 1 >= 0\n"

/* clang-format off */
static const struct {
	const char *kind, *activation, *norm, *tensors;
} kinds[] = {
	{"dense", "tanh", "none",
		"weight 5x3 tup-- 3>5 matrix of 1\n"
		"bias 5x1 tu-j- 3>5 bias +- 0.3\n"
		NORM("-", "-")
		"activation.slope 1x1 t---- = 0.25\n"},
	{"dense", "prelu", "batch",
		"weight 5x3 tup-- 3>5 matrix of 1\n"
		"bias 5x1 tu-j- 3>5 bias +- 0.3\n"
		NORM("u", "u")
		"activation.slope 1x1 tu--- = 0.25\n"},
	{"conv", "relu", "layer",
		"weight 5x18 tup-- 18>45 matrix of 1\n"
		"bias 5x1 tu-j- 18>45 bias +- 0.3\n"
		NORM("u", "-")
		"activation.slope 1x1 t---- = 0.25\n"},
	{"rnn", "prelu", "none",
		"weight_ih 5x3 tup-- 3>5 matrix of 1 state 5\n"
		"weight_hh 5x5 tupjr 5>5 matrix of 1 state 5\n"
		"bias_ih 5x1 tu-j- 3>5 bias of 1 state 5 +- 0.3\n"
		"bias_hh 5x1 tu-jr 5>5 bias of 1 state 5 +- 0.3\n"
		"activation.slope 1x1 tu--- = 0.25\n"},
	{"rnn", "tanh", "none",
		"weight_ih 5x3 tup-- 3>5 matrix of 1 state 5\n"
		"weight_hh 5x5 tupjr 5>5 matrix of 1 state 5\n"
		"bias_ih 5x1 tu-j- 3>5 bias of 1 state 5 +- 0.3\n"
		"bias_hh 5x1 tu-jr 5>5 bias of 1 state 5 +- 0.3\n"
		"activation.slope 1x1 t---- = 0.25\n"},
	{"lstm", "tanh", "none",
		"weight_ih 20x3 tup-- 3>20 matrix of 4 state 5\n"
		"weight_hh 20x5 tupjr 5>20 matrix of 4 state 5\n"
		"bias_ih 20x1 tu-j- 3>20 bias of 4 state 5 block 1 + 1.5 +- 0.3\n"
		"bias_hh 20x1 tu-jr 5>20 bias of 4 state 5 +- 0.3\n"},
	{"gru", "tanh", "none",
		"weight_ih 15x3 tup-- 3>15 matrix of 3 state 5\n"
		"weight_hh 15x5 tupjr 5>15 matrix of 3 state 5\n"
		"bias_ih 15x1 tu-j- 3>15 bias of 3 state 5 +- 0.3\n"
		"bias_hh 15x1 tu-jr 5>15 bias of 3 state 5 +- 0.3\n"},
	{"each-step", "prelu", "none",
		"weight 5x3 tup-- 3>5 matrix of 1\n"
		"bias 5x1 tu-j- 3>5 bias +- 0.3\n"
		"activation.slope 1x1 tu--- = 0.25\n"},
};
/* clang-format on */

static void each_kind_is_made_of_its_tensors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct net_spec spec = spec_of(kinds[i].kind, kinds[i].activation, kinds[i].norm);
		char text[1500] = "";
		assert_true(layer_kind_of(&spec, 1)->fits(&spec, 1));
		write_tensors(&spec, 1, text);
		if (strcmp(text, kinds[i].tensors) != 0)
			fail_msg("%s:\n%s", kinds[i].kind, text);
	}
	const struct net_spec spec = spec_of("dense", "prelu", "batch");
	char text[400] = "";
	write_tensors(&spec, spec.layers, text);
	assert_string_equal(text, "weight 1x5 tup-- 5>1 matrix of 1\nbias 1x1 tu-j- 5>1 bias +- 0.3\n");
}

/* "NAME UNITS" of each, with "+MORE" besides; for one sample. */
static void write_buffers(const struct net_spec *spec, int layer, char *out)
{
	struct buffer list[LAYER_BUFFERS_MAX];
	int count = layer_kind_of(spec, layer)->buffers(spec, layer, list);
	for (int i = 0; i < count; i++) {
		out += sprintf(out, "%s%s %d", i ? ", " : "", list[i].name, list[i].units);
		if (list[i].more)
			out += sprintf(out, "+%d", list[i].more);
	}
}

static void each_kind_works_in_its_buffers(void **state)
{
	static const struct {
		const char *kind, *activation, *norm;
		double dropout;
		const char *buffers;
	} cases[] = {
		{"dense", "tanh", "none", 0, "output 5, derivative 5"},
		{"dense", "prelu", "batch", 0.5,
			"output 5, derivative 5, normalized 5, inv_std 1+5, preactivation 5, mask 5"},
		{"conv", "relu", "none", 0, "output 60, map 240, derivative 240"},
		{"rnn", "tanh", "none", 0, "output 5, scratch 10+5, state 15, derivative 20"},
		{"rnn", "prelu", "none", 0,
			"output 5, scratch 10+5, state 15, derivative 20, preactivation 20"},
		{"lstm", "tanh", "none", 0,
			"output 5, scratch 25+20, state 15, gates 80, slopes 80, derivative 20, "
			"cell_state 20, squashed 20, delta_cell 5"},
		{"gru", "tanh", "none", 0,
			"output 5, scratch 25+15, state 15, gates 60, slopes 60, apart 20"},
		{"each-step", "tanh", "none", 0, "output 20, scratch 10+5, derivative 20"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct net_spec spec = spec_of(cases[i].kind, cases[i].activation, cases[i].norm);
		char text[400] = "";
		spec.dropout = cases[i].dropout;
		write_buffers(&spec, 1, text);
		if (strcmp(text, cases[i].buffers) != 0)
			fail_msg("%s: %s", cases[i].kind, text);
	}
}

/* ---- what does not fit ---- */

static bool fits(const struct net_spec *spec)
{
	return layer_kind_of(spec, 1)->fits(spec, 1);
}

static void shapes_that_do_not_go_together_are_refused(void **state)
{
	static const struct {
		const char *kind;
		size_t field; /* an int of the spec */
		int value;
		bool fits;
	} cases[] = {
		{"dense", offsetof(struct net_spec, size[0]), 0, false},
		{"dense", offsetof(struct net_spec, size[0]), 1, true},
		{"dense", offsetof(struct net_spec, size[1]), 0, false},
		{"dense", offsetof(struct net_spec, size[1]), 1, true},
		{"conv", offsetof(struct net_spec, size[0]), 95, false},
		{"conv", offsetof(struct net_spec, size[0]), 97, false},
		{"conv", offsetof(struct net_spec, size[0]), 48, true},
		{"conv", offsetof(struct net_spec, size[0]), 0, false},
		{"conv", offsetof(struct net_spec, size[1]), 61, false},
		{"conv", offsetof(struct net_spec, size[1]), 12, true},
		{"conv", offsetof(struct net_spec, size[1]), 0, false},
		{"conv", offsetof(struct net_spec, kernel[0]), 0, false},
		{"conv", offsetof(struct net_spec, kernel[0]), 1, false},
		{"conv", offsetof(struct net_spec, kernel[0]), 2, true},
		{"conv", offsetof(struct net_spec, kernel[0]), 4, false},
		{"conv", offsetof(struct net_spec, padding[0]), 0, false},
		{"conv", offsetof(struct net_spec, padding[0]), 3, false},
		{"conv", offsetof(struct net_spec, pool[0]), 0, false},
		{"conv", offsetof(struct net_spec, pool[0]), NET_POOL_MEAN, false},
		{"conv", offsetof(struct net_spec, pool[0]), 77, false},
		{"conv", offsetof(struct net_spec, shape[0].steps), 2, false},
		{"conv", offsetof(struct net_spec, shape[1].steps), 2, false},
		{"conv", offsetof(struct net_spec, shape[1].height), 2, false},
		{"conv", offsetof(struct net_spec, shape[1].width), 3, false},
		{"rnn", offsetof(struct net_spec, size[0]), 13, false},
		{"rnn", offsetof(struct net_spec, size[0]), 4, true},
		{"rnn", offsetof(struct net_spec, size[0]), 3, false},
		{"rnn", offsetof(struct net_spec, size[1]), 1, true},
		{"rnn", offsetof(struct net_spec, size[1]), 0, false},
		{"rnn", offsetof(struct net_spec, shape[1].steps), 1, true},
		{"rnn", offsetof(struct net_spec, shape[1].steps), 2, false},
		{"rnn", offsetof(struct net_spec, shape[1].height), 1, true},
		{"rnn", offsetof(struct net_spec, shape[1].height), 5, false},
		{"rnn", offsetof(struct net_spec, shape[1].width), 1, true},
		{"rnn", offsetof(struct net_spec, shape[1].width), 5, false},
		{"rnn", offsetof(struct net_spec, truncate), 0, true},
		{"rnn", offsetof(struct net_spec, truncate), -1, false},
		{"rnn", offsetof(struct net_spec, layers), 1, false},
		{"each-step", offsetof(struct net_spec, shape[1].steps), 0, false},
		{"each-step", offsetof(struct net_spec, shape[1].steps), 1, false},
		{"each-step", offsetof(struct net_spec, layers), 1, true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct net_spec spec = spec_of(cases[i].kind, "tanh", "none");
		assert_true(fits(&spec));
		memcpy((char *)&spec + cases[i].field, &cases[i].value, sizeof(int));
		if (fits(&spec) != cases[i].fits)
			fail_msg("%zu: %s with %d", i, cases[i].kind, cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_made_of_its_tensors),
		cmocka_unit_test(each_kind_works_in_its_buffers),
		cmocka_unit_test(shapes_that_do_not_go_together_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
