/* Weights files: saved weights are loaded bit for bit; a file that is incomplete or wrong is
 * refused with line, tensor and shapes, and leaves the network unchanged. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "lab/weights.h"
#include "nets.h"
#include "place.h"
#include "weights_files.h"

/* Sets the numbers of the small file in the network. */
static void small_set(struct net *net)
{
	const struct net_layer *hidden = net_layer_of(net, 1), *output = net_layer_of(net, 2);
	memcpy(hidden->weight, (const real[]){0.1f, -2, 3e10f, -0.0f}, 4 * sizeof(real));
	memcpy(hidden->bias, (const real[]){0.5f, -0.25f}, 2 * sizeof(real));
	memcpy(hidden->gamma, (const real[]){1, 1 / 3.0f}, 2 * sizeof(real));
	memcpy(hidden->beta, (const real[]){0, 7}, 2 * sizeof(real));
	memcpy(hidden->running_mean, (const real[]){-1.5f, 2}, 2 * sizeof(real));
	memcpy(hidden->running_variance, (const real[]){1, 4}, 2 * sizeof(real));
	*hidden->slope = 0.125f;
	memcpy(output->weight, (const real[]){1, -1}, 2 * sizeof(real));
	*output->bias = 1e-5f;
}

static void the_format_is_as_promised(void **state)
{
	const struct place *place = *state;
	struct net *written = small_net(), *read = small_net();
	struct error error;
	char text[4096];
	small_set(written);
	assert_true(save(place->file, written, &error));
	small_text(text, 0, NULL);
	assert_file_is(place->file, text);
	assert_true(load(place->file, read, &error));
	assert_same_parameters(written, read);
	assert_same_statistics(written, read);
	net_free(written);
	net_free(read);
}

static void every_kind_of_network_comes_back_bit_for_bit(void **state)
{
	const struct place *place = *state;
	const struct normalization *normalization;
	const struct activation *activation;
	struct error error;
	for (int n = 0; (normalization = normalization_at(n)) != NULL; n++)
		for (int a = 0; (activation = activation_at(a)) != NULL; a++) {
			struct net_spec spec = plain_spec(activation->name, 3, 5, "ce");
			spec.normalization = normalization->name;
			struct net *written = net_of(&spec, 1, 0.5), *read = net_of(&spec, 1, 0.1);
			scramble(written);
			assert_true(save(place->file, written, &error));
			assert_true(load(place->file, read, &error));
			assert_same_parameters(written, read);
			assert_same_statistics(written, read);
			assert_starts_here(read);
			net_free(written);
			net_free(read);
		}
}

static void other_spellings_of_the_same_are_read(void **state)
{
	static const struct {
		int line;
		const char *text;
	} cases[] = {
		{1, "\xEF\xBB\xBFtensor,row,col,value\r\n"},
		{1, "\n \"tensor\" , row,col,\tvalue\n\n"},
		{2, "layer1.weight,0,0,+0.10000000149011612\n"},
		{2, "layer1.weight,00,000,.1e0\n"},
		{10, "layer1.norm.beta,0,0,1e-40\n"},
		{5, "layer1.weight,1,1,-1.1754943e-38\n"},
		{10, "layer1.norm.beta,0,0,1e-999999999999\n"},
		{2, "layer2.bias,0,0,1e-05\nlayer1.weight,0,0,0.1\n"},
		{19, "layer2.bias,0,0,1e-05"},
	};
	const struct place *place = *state;
	struct net *expected = small_net();
	small_set(expected);
	for (int i = 0; i < COUNT(cases); i++) {
		struct net *net = small_net();
		struct error error;
		char text[4096];
		size_t length = small_text(text, cases[i].line, cases[i].text);
		/* the line moved to the front must not be there twice */
		if (strncmp(cases[i].text, "layer2.bias", 11) == 0 && cases[i].line == 2)
			length -= strlen(small_file[18]);
		file_put(place->file, text, length);
		assert_true(load(place->file, net, &error));
		assert_same_parameters(expected, net);
		net_free(net);
	}
	net_free(expected);
}

static void a_wrong_line_is_refused_by_place_and_reason(void **state)
{
	static const struct {
		int line; /* 0: the text is the whole file */
		const char *text, *error;
	} cases[] = {
		{0, "", "w.csv: found an empty file, expected tensor,row,col,value"},
		{0, "tensor,row,col,value\n", "w.csv:1: found no layer2.weight, expected 1x2"},
		{1, "", "w.csv:1:1: found 'layer1.weight', expected tensor"},
		{1, "tensor,row,column,value\n", "w.csv:1:12: found 'column', expected col"},
		{1, "tensor,row,col\n", "w.csv:1: found 3 fields, expected tensor,row,col,value"},
		{2, "layer1.weight,0,0\n", "w.csv:2: found 3 fields, expected tensor,row,col,value"},
		{2, "layer1.weight,0,0,0.1,\n", "w.csv:2: found 5 fields, expected tensor,row,col,value"},
		{2, "", "w.csv:2: layer1.weight has 2x2, but row 0, col 0 is missing"},
		{5, "", "w.csv:2: layer1.weight has 2x2, but row 1, col 1 is missing"},
		{4, "layer1.weight,0,1,1\n",
			"w.csv:4: found row 0, col 1 of layer1.weight again, "
			"expected it once"},
		{16, "", "w.csv:18: found no layer1.activation.slope, expected 1x1"},
		{19, "", "w.csv:18: found no layer2.bias, expected 1x1"},
		{15, "", "w.csv:14: layer1.norm.running_var has 1x1, expected 2x1"},
		{5, "layer1.weight,1,1,1\nlayer1.weight,4,0,1\nlayer1.weight,0,7,1\n",
			"w.csv:6: layer1.weight has 5x8, expected 2x2"},
		{7, "layer1.bias,1,1,1\n", "w.csv:7: layer1.bias has 2x2, expected 2x1"},
		{3, "layer1.weight,0,-1,1\n", "w.csv:3:17: found '-1', expected a col from 0 to 1"},
		{3, "layer1.weight,2147483648,1,1\n",
			"w.csv:3:15: found '2147483648', expected a row from 0 to 1"},
		{3, "layer1.weight,0,9223372036854775808,1\n",
			"w.csv:3:17: found '9223372036854775808', expected a col from 0 to 1"},
		{3, "layer1.weight,0,4294967297,1\n",
			"w.csv:3:17: found '4294967297', expected a col from 0 to 1"},
		{3, "layer1.weight,1e0,1,1\n", "w.csv:3:15: found '1e0', expected a row from 0 to 1"},
		{3, "layer1.weight,,1,1\n", "w.csv:3:15: found '', expected a row from 0 to 1"},
		{3, "layer1.weight,0,1,\n", "w.csv:3:19: found '', expected a number below 3.4e38"},
		{3, "layer1.weight,0,1,nan\n", "w.csv:3:19: found 'nan', expected a number below 3.4e38"},
		{3, "layer1.weight,0,1,-inf\n", "w.csv:3:19: found '-inf', expected a number below 3.4e38"},
		{3, "layer1.weight,0,1,3.4028236e38\n",
			"w.csv:3:19: found '3.4028236e38', expected a number below 3.4e38"},
		{3, "layer1.weight,0,1,1e309\n",
			"w.csv:3:19: found '1e309', expected a number below 3.4e38"},
		{3, "layer1.weight,0,1,0x1p3\n",
			"w.csv:3:19: found '0x1p3', expected a number below 3.4e38"},
		{3, "layer1.weight,0,1,two\n", "w.csv:3:19: found 'two', expected a number below 3.4e38"},
		{14, "layer1.norm.running_var,0,0,-1\n", "w.csv:14:29: found '-1', expected 0 or more"},
		{3, "layer0.weight,0,1,1\n",
			"w.csv:3:1: found 'layer0.weight', expected a tensor of layers 1 to 2"},
		{3, "layer3.weight,0,1,1\n",
			"w.csv:3:1: found 'layer3.weight', expected a tensor of layers 1 to 2"},
		{3, "layer4294967297.weight,0,1,1\n",
			"w.csv:3:1: found 'layer4294967297.weight', expected a tensor of layers 1 to 2"},
		{3, "weight,0,1,1\n", "w.csv:3:1: found 'weight', expected a tensor of layers 1 to 2"},
		{3, "layer.weight,0,1,1\n",
			"w.csv:3:1: found 'layer.weight', expected a tensor of layers 1 to 2"},
		{3, "layer1weight,0,1,1\n",
			"w.csv:3:1: found 'layer1weight', expected a tensor of layers 1 to 2"},
		{3, "layer1.weights,0,1,1\n",
			"w.csv:3:1: found 'layer1.weights', expected for layer1 "
			"one of weight, bias, norm.gamma, norm.beta, norm.running_mean, norm.running_var, "
			"activation.slope"},
		{18, "layer2.norm.gamma,0,0,1\n",
			"w.csv:18:1: found 'layer2.norm.gamma', expected for "
			"layer2 one of weight, bias"},
		{4, "layer1.weight,0,1,\"2\n", "w.csv:4: found a quote that is not closed"},
	};
	const struct place *place = *state;
	struct net *net = small_net();
	for (int i = 0; i < COUNT(cases); i++) {
		struct error error;
		char text[4096];
		if (cases[i].line)
			small_text(text, cases[i].line, cases[i].text);
		else
			strcpy(text, cases[i].text);
		file_put(place->file, text, strlen(text));
		assert_false(load(place->file, net, &error));
		assert_string_equal(after_folder(&error), cases[i].error);
	}
	net_free(net);
}

static void a_file_of_another_network_is_refused_with_the_difference(void **state)
{
	static const struct {
		const char *activation[2], *normalization[2];
		int depth[2], width[2]; /* of the file, of the network */
		const char *error;
	} cases[] = {
		{{"tanh", "tanh"}, {"none", "none"}, {3, 3}, {10, 20},
			"w.csv:2: layer1.weight has 10x3, expected 20x3"},
		{{"tanh", "tanh"}, {"none", "none"}, {3, 3}, {20, 10},
			"w.csv:32: layer1.weight has 20x3, expected 10x3"},
		{{"tanh", "tanh"}, {"none", "none"}, {2, 4}, {4, 4},
			"w.csv:42: found no layer5.weight, expected 1x4"},
		{{"tanh", "tanh"}, {"none", "none"}, {4, 2}, {4, 4},
			"w.csv:58:1: found 'layer4.weight', expected a tensor of layers 1 to 3"},
		{{"tanh", "tanh"}, {"batch", "none"}, {1, 1}, {2, 2},
			"w.csv:10:1: found 'layer1.norm.gamma', expected for layer1 one of weight, bias"},
		{{"tanh", "tanh"}, {"batch", "layer"}, {1, 1}, {2, 2},
			"w.csv:14:1: found 'layer1.norm.running_mean', expected for layer1 one of weight, "
			"bias, norm.gamma, norm.beta"},
		{{"tanh", "tanh"}, {"none", "layer"}, {1, 1}, {2, 2},
			"w.csv:12: found no layer1.norm.gamma, expected 2x1"},
		{{"tanh", "prelu"}, {"none", "none"}, {1, 1}, {2, 2},
			"w.csv:12: found no layer1.activation.slope, expected 1x1"},
		{{"tanh", "tanh"}, {"none", "none"}, {0, 1}, {2, 2},
			"w.csv:5: found no layer2.weight, expected 1x2"},
	};
	const struct place *place = *state;
	for (int i = 0; i < COUNT(cases); i++) {
		struct net *net[2];
		struct error error;
		for (int k = 0; k < 2; k++) {
			struct net_spec spec = spec_of(cases[i].activation[k], cases[i].normalization[k],
				cases[i].depth[k], cases[i].width[k]);
			net[k] = net_of(&spec, 1, 0.5);
		}
		assert_true(save(place->file, net[0], &error));
		assert_false(load(place->file, net[1], &error));
		assert_string_equal(after_folder(&error), cases[i].error);
		net_free(net[0]);
		net_free(net[1]);
	}
}

/* Only a cut within the last number can leave a file that looks complete. */
static void a_file_cut_anywhere_is_refused(void **state)
{
	const struct place *place = *state;
	struct net *net = small_net();
	char text[4096];
	size_t length = small_text(text, 0, NULL), last = length - strlen("1e-05\n");
	for (size_t cut = 0; cut < length; cut++) {
		struct error error;
		file_put(place->file, text, cut);
		if (load(place->file, net, &error))
			assert_true(cut > last);
		else
			assert_int_equal(strncmp(after_folder(&error), "w.csv", 5), 0);
	}
	net_free(net);
}

static void assert_all_finite(struct net *net)
{
	size_t count;
	const real *value = net_parameters(net, &count);
	for (size_t i = 0; i < count; i++)
		assert_true(isfinite(value[i]));
}

static void an_altered_byte_is_refused_or_makes_another_number(void **state)
{
	static const char replacements[] = "\0\n\r,;\"' -.059eEnx\x7F\x80\xFF";
	const struct place *place = *state;
	char text[4096];
	size_t length = small_text(text, 0, NULL);
	int refused = 0, loaded = 0;
	file_put(place->file, text, length);
	int descriptor = open(place->file, O_WRONLY);
	assert_true(descriptor >= 0);
	for (size_t at = 0; at < length; at++) {
		for (int k = 0; k < COUNT(replacements) - 1 + 8; k++) {
			struct net *net = small_net();
			struct error error;
			char altered = (char)(k < 8 ? text[at] ^ 1 << k : replacements[k - 8]);
			assert_int_equal(pwrite(descriptor, &altered, 1, (off_t)at), 1);
			bool whole = load(place->file, net, &error);
			*(whole ? &loaded : &refused) += 1;
			assert_all_finite(net);
			net_free(net);
		}
		assert_int_equal(pwrite(descriptor, &text[at], 1, (off_t)at), 1);
	}
	close(descriptor);
	assert_true(refused > 5 * loaded);
	assert_true(loaded > 0);
}

static void a_path_that_cannot_be_read_is_refused(void **state)
{
	const struct place *place = *state;
	struct net *net = small_net();
	struct error error;
	char deep[1200], text[4096];
	assert_false(load(place->file, net, &error));
	assert_string_equal(after_folder(&error), "w.csv: No such file or directory");
	assert_false(load(place->folder, net, &error));
	assert_non_null(strstr(error.text, ": found a directory, expected a file or a pipe"));
	snprintf(deep, sizeof(deep), "%s", place->folder);
	while (strlen(deep) + 9 < sizeof(deep))
		strcat(deep, "/.");
	strcat(deep, "/w.csv");
	file_put(place->file, text, small_text(text, 15, ""));
	assert_false(load(deep, net, &error));
	assert_string_equal(
		after_folder(&error), "w.csv:14: layer1.norm.running_var has 1x1, expected 2x1");
	net_free(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_format_is_as_promised),
		TEST(every_kind_of_network_comes_back_bit_for_bit),
		TEST(other_spellings_of_the_same_are_read),
		TEST(a_wrong_line_is_refused_by_place_and_reason),
		TEST(a_file_of_another_network_is_refused_with_the_difference),
		TEST(a_file_cut_anywhere_is_refused),
		TEST(an_altered_byte_is_refused_or_makes_another_number),
		TEST(a_path_that_cannot_be_read_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
