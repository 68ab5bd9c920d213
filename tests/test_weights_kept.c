/* Weights files: work in slices, given up or failed, loses neither a network nor a file. */
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

/* ---- slices ---- */

static void slices_change_nothing(void **state)
{
	static const uint64_t slice[] = {1, 7, 1001, 100000};
	const struct place *place = *state;
	struct net_spec spec = spec_of("prelu", "batch", 3, 7);
	struct net *written = net_of(&spec, 1, 0.5);
	struct error error, expected;
	int slices, before = INT32_MAX;
	scramble(written);
	assert_true(save(place->file, written, &error));
	for (int i = 0; i < COUNT(slice); i++) {
		struct net *read = net_of(&spec, 1, 0.1);
		assert_int_equal(load_in(place->file, read, slice[i], &slices, &error), WEIGHTS_DONE);
		assert_same_parameters(written, read);
		assert_same_statistics(written, read);
		assert_starts_here(read);
		assert_true(slices < before && slices > 1);
		before = slices;
		net_free(read);
	}
	spec = spec_of("prelu", "batch", 3, 9);
	struct net *other = net_of(&spec, 1, 0.1);
	assert_false(load(place->file, other, &expected));
	for (int i = 0; i < COUNT(slice); i++) {
		assert_int_equal(load_in(place->file, other, slice[i], &slices, &error), WEIGHTS_FAILED);
		assert_string_equal(error.text, expected.text);
	}
	net_free(other);
	net_free(written);
}

static void slices_of_a_save_change_nothing(void **state)
{
	static const uint64_t slice[] = {1, 7, 1001, 100000};
	const struct place *place = *state;
	struct net_spec spec = spec_of("prelu", "batch", 3, 7);
	struct net *written = net_of(&spec, 1, 0.5);
	struct error error;
	int slices, before = INT32_MAX;
	scramble(written);
	for (int i = 0; i < COUNT(slice); i++) {
		struct net *read = net_of(&spec, 1, 0.1);
		assert_int_equal(save_in(place->file, written, slice[i], &slices, &error), WEIGHTS_DONE);
		assert_true(load(place->file, read, &error));
		assert_same_parameters(written, read);
		assert_same_statistics(written, read);
		assert_true(slices <= before && slices > 1);
		before = slices;
		net_free(read);
	}
	net_free(written);
}

static void a_save_given_up_at_any_slice_leaves_the_old_file(void **state)
{
	const struct place *place = *state;
	struct net *net = small_net();
	struct error error;
	int slices;
	file_put(place->file, "old", 3);
	assert_int_equal(save_in(place->folder, net, 1, &slices, &error), WEIGHTS_FAILED);
	assert_int_equal(save_in(place->file, net, 1, &slices, &error), WEIGHTS_DONE);
	for (int given_up = 0; given_up < slices; given_up++) {
		double progress = 0;
		file_put(place->file, "old", 3);
		struct weights_save *job = weights_save_begin(place->file, &error);
		for (int i = 0; i < given_up; i++) {
			assert_int_equal(weights_save_advance(job, net, 1, &error), WEIGHTS_MORE);
			assert_true(weights_save_progress(job, net) >= progress);
			progress = weights_save_progress(job, net);
		}
		assert_true(given_up < slices - 1 || progress > 0.9);
		weights_save_finish(job);
		assert_file_is(place->file, "old");
		assert_int_equal(folder_entries(place, false), 1);
	}
	net_free(net);
}

static void only_weights_and_nothing_are_replaced_unasked(void **state)
{
	static const struct {
		const char *text;
		bool replaces;
	} cases[] = {
		{"", false},
		{"tensor,row,col,value\n", false},
		{"tensor,row,col,value", false},
		{"\xEF\xBB\xBFtensor;row;col;value\r\nlayer1.weight;0;0;1\r\n", false},
		{"\n\ntensor,row,col,value\nnonsense", false},
		{"x,y,class\n1,2,0\n", true},
		{"tensor,row,col\n", true},
		{"tensor,row,col,value,more\n", true},
		{"row,tensor,col,value\n", true},
		{"\n", true},
		{"\"", true},
		{"a letter to you", true},
	};
	const struct place *place = *state;
	assert_false(weights_would_replace(place->file));
	assert_false(weights_would_replace(place->folder));
	for (int i = 0; i < COUNT(cases); i++) {
		file_put(place->file, cases[i].text, strlen(cases[i].text));
		if (weights_would_replace(place->file) != cases[i].replaces)
			fail_msg("'%s'", cases[i].text);
	}
}

/* A load given up before the last line changes nothing. */
static void a_load_given_up_while_reading_leaves_the_network(void **state)
{
	const struct place *place = *state;
	struct net *net = small_net(), *same = small_net();
	struct error error;
	char text[4096];
	file_put(place->file, text, small_text(text, 0, NULL));
	struct weights_load *job = weights_load_begin(place->file, net, &error);
	for (int line = 0; line < COUNT(small_file); line++)
		assert_int_equal(weights_load_advance(job, 1, &error), WEIGHTS_MORE);
	weights_load_finish(job);
	assert_same_parameters(net, same);
	assert_same_statistics(net, same);
	net_free(net);
	net_free(same);
}

/* ---- saves that fail ---- */

static void a_network_with_nan_or_infinity_is_not_saved(void **state)
{
	static const struct {
		real value;
		const char *name;
	} cases[] = {{NAN, "nan"}, {INFINITY, "inf"}, {-INFINITY, "-inf"}};
	const struct place *place = *state;
	struct error error;
	char expected[120];
	file_put(place->file, "old", 3);
	for (int i = 0; i < COUNT(cases); i++) {
		struct net *net = small_net();
		net_layer_of(net, 1)->running_mean[1] = cases[i].value;
		assert_false(save(place->file, net, &error));
		snprintf(expected, sizeof(expected),
			"w.csv: not written: row 1, col 0 of "
			"layer1.norm.running_mean is %s, expected a finite number",
			cases[i].name);
		assert_string_equal(after_folder(&error), expected);
		assert_file_is(place->file, "old");
		net_free(net);
	}
	assert_int_equal(folder_entries(place, false), 1);
}

/* The disk is full in the first lines, or when the last ones are flushed. */
static void a_full_disk_leaves_only_the_old_file(void **state)
{
	static const int widths[] = {2, 60};
	const struct place *place = *state;
	struct rlimit old, small;
	struct error error;
	file_put(place->file, "old", 3);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < COUNT(widths); i++) {
		struct net_spec spec = spec_of("tanh", "none", 2, widths[i]);
		struct net *net = net_of(&spec, 1, 0.5);
		small = (struct rlimit){.rlim_cur = 100, .rlim_max = old.rlim_max};
		setrlimit(RLIMIT_FSIZE, &small);
		bool saved = save(place->file, net, &error);
		setrlimit(RLIMIT_FSIZE, &old);
		assert_false(saved);
		assert_int_equal(error.status, STATUS_WORLD);
		assert_string_equal(after_folder(&error), "w.csv: cannot be written: File too large");
		assert_file_is(place->file, "old");
		assert_int_equal(folder_entries(place, false), 1);
		assert_true(save(place->file, net, &error));
		file_put(place->file, "old", 3);
		net_free(net);
	}
	signal(SIGXFSZ, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slices_change_nothing),
		TEST(slices_of_a_save_change_nothing),
		TEST(a_save_given_up_at_any_slice_leaves_the_old_file),
		TEST(only_weights_and_nothing_are_replaced_unasked),
		TEST(a_load_given_up_while_reading_leaves_the_network),
		TEST(a_network_with_nan_or_infinity_is_not_saved),
		TEST(a_full_disk_leaves_only_the_old_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
