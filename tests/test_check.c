/* Backpropagation agrees with differences of the loss for every row of every table, and a
 * planted error is noticed. Built with NN_DOUBLE. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nn/check.h"

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ROWS = 6, SEEDS = 12, TENSORS_MAX = 40 };

/* Initial weights large enough that four layers of sigmoids leave something to check. */
static struct check *finished(const struct net_spec *spec, uint64_t seed)
{
	struct check *check = check_new(spec, "he-normal", 1.5, ROWS, seed);
	uint64_t budget = UINT64_MAX;
	assert_non_null(check);
	assert_true(check_advance(check, &budget));
	return check;
}

struct totals {
	int cases, tensors, small;
	double worst;
};

/* Tensors without a gradient: a shift that the mean of a batch removes again, because nothing
 * nonlinear is between them (six normalized values do not reach the ends of a hard sigmoid). */
static bool is_taken_out(const struct net_spec *spec, const struct check_tensor *tensor)
{
	bool shift = strcmp(tensor->name, "bias") == 0 || strcmp(tensor->name, "beta") == 0;
	bool straight = strcmp(spec->activation[0], "identity") == 0 ||
		(strcmp(spec->activation[0], "hard-sigmoid") == 0 && !spec->normalize_after);
	if (strcmp(spec->normalization, "batch") != 0 || !shift || tensor->layer == spec->layers)
		return false;
	if (strcmp(tensor->name, "bias") == 0 && (!spec->normalize_after || straight))
		return true;
	return straight;
}

/* Checks a case with several seeds, because units may be dead, until every tensor had something
 * to check. */
static void check_case(const struct net_spec *spec, const char *name, struct totals *totals)
{
	bool checked[TENSORS_MAX] = {false};
	int left = 1;
	for (uint64_t seed = 1; seed <= SEEDS && left; seed++) {
		struct check *check = finished(spec, seed);
		assert_true(check_tensors(check) <= TENSORS_MAX);
		left = 0;
		for (int i = 0; i < check_tensors(check); i++) {
			const struct check_tensor *tensor = check_tensor_at(check, i);
			if (tensor->outcome == CHECK_FAILED)
				fail_msg("%s: %s of layer %d is off by %g", name, tensor->name, tensor->layer,
					tensor->worst);
			checked[i] |= tensor->outcome == CHECK_PASSED;
			left += !checked[i] && !is_taken_out(spec, tensor);
			if (seed == 1)
				totals->small += tensor->outcome == CHECK_TOO_SMALL;
			if (!checked[i] && !is_taken_out(spec, tensor) && seed == SEEDS)
				fail_msg("%s: %s of layer %d never has a gradient: at most %g", name, tensor->name,
					tensor->layer, tensor->largest);
			totals->worst = fmax(totals->worst, tensor->worst);
		}
		totals->tensors += seed == 1 ? check_tensors(check) : 0;
		check_free(check);
	}
}

static void every_combination_of_the_tables_passes(void **state)
{
	struct totals totals = {0};
	struct net_spec spec;
	char name[200];
	(void)state;
	for (; check_walk(totals.cases, &spec, name, sizeof(name)); totals.cases++)
		check_case(&spec, name, &totals);
	print_message("%d cases, %d tensors, %d too small with the first seed, worst error %.1e\n",
		totals.cases, totals.tensors, totals.small, totals.worst);
	assert_true(totals.cases >= 18 * 3 * 3 * 3 * 2 * 2);
}

/* The n-th of the lists of the walk, the first of which changes fastest. */
struct combination {
	int activation, norm, loss, skip, after, before;
};

static void assert_combination(int index, const struct combination *at)
{
	const char *loss = loss_at(at->loss)->name, *norm = normalization_at(at->norm)->name;
	const char *activation = activation_at(at->activation)->name;
	bool plain = strcmp(norm, "none") == 0;
	struct net_spec spec;
	char name[200], expected[200];
	assert_true(check_walk(index, &spec, name, sizeof(name)));
	snprintf(expected, sizeof(expected), "%s norm=%s %s skip=%d %s loss=%s", activation, norm,
		at->after ? "after" : "before", at->skip, at->before ? "pre" : "post", loss);
	assert_string_equal(name, expected);
	assert_int_equal(spec.layers, 5);
	assert_int_equal(spec.size[0], 3);
	assert_int_equal(spec.size[5], strcmp(loss, "bce") == 0 ? 1 : 3);
	for (int l = 1; l < 5; l++) {
		assert_int_equal(spec.size[l], 4);
		assert_string_equal(spec.activation[l - 1], activation);
	}
	assert_string_equal(spec.loss, loss);
	assert_string_equal(spec.normalization, norm);
	assert_int_equal(spec.normalize_after, at->after);
	assert_int_equal(spec.skip, at->skip);
	assert_int_equal(spec.skip_before, at->before);
	assert_true(spec.branch_scale == (at->skip ? 0.7 : 1));
	assert_true(spec.dropout == (plain && at->after ? 0.2 : 0));
	assert_true(spec.l1 == (plain && at->before ? 0.01 : 0));
	assert_true(spec.l2 == (plain && at->before ? 0.02 : 0));
	assert_true(spec.leaky_slope == 0.1 && spec.elu_alpha == 1.3);
	assert_true(spec.norm_epsilon == 1e-5 && spec.norm_momentum == 0.1);
}

static void the_walk_comes_to_every_combination_once(void **state)
{
	struct combination at;
	struct net_spec spec;
	char name[200];
	int index = 0;
	(void)state;
	for (at.before = 0; at.before < 2; at.before++)
		for (at.after = 0; at.after < 2; at.after++)
			for (at.skip = 0; at.skip < 3; at.skip++)
				for (at.loss = 0; loss_at(at.loss); at.loss++)
					for (at.norm = 0; normalization_at(at.norm); at.norm++)
						for (at.activation = 0; activation_at(at.activation); at.activation++)
							assert_combination(index++, &at);
	assert_false(check_walk(index, &spec, name, sizeof(name)));
}

static void a_name_that_does_not_fit_ends_with_a_whole_part(void **state)
{
	struct net_spec spec;
	char whole[200], name[200];
	(void)state;
	assert_true(check_walk(0, &spec, whole, sizeof(whole)));
	size_t length = strlen(whole), last = strlen(spec.loss);
	assert_true(check_walk(0, &spec, name, length + 1));
	assert_string_equal(name, whole);
	assert_true(check_walk(0, &spec, name, length));
	whole[length - last] = '\0';
	assert_string_equal(name, whole);
}

static struct net_spec rich_spec(void)
{
	struct net_spec spec = plain_spec("prelu", 3, 4, "ce");
	spec.normalization = "layer";
	spec.normalize_after = true;
	spec.skip = 1;
	return spec;
}

/* A wrong sign, a slightly wrong factor, a mean without its division: each in every tensor. */
static void a_planted_error_is_noticed_where_it_is(void **state)
{
	static const double factors[] = {-1, 1.001, ROWS, 0};
	const struct net_spec spec = rich_spec();
	struct check *clean = finished(&spec, 1);
	(void)state;
	assert_int_equal(check_tensors(clean), 3 * 5 + 2);
	for (int i = 0; i < check_tensors(clean) * (int)COUNT(factors); i++) {
		int planted = i / (int)COUNT(factors);
		const struct check_tensor *target = check_tensor_at(clean, planted);
		struct check *check = check_new(&spec, "he-normal", 1.5, ROWS, 1);
		uint64_t budget = UINT64_MAX;
		assert_non_null(check);
		assert_int_equal(target->outcome, CHECK_PASSED);
		check_plant_error(check, target->layer, target->name, factors[i % COUNT(factors)]);
		assert_true(check_advance(check, &budget));
		for (int k = 0; k < check_tensors(check); k++)
			assert_int_equal(
				check_tensor_at(check, k)->outcome, k == planted ? CHECK_FAILED : CHECK_PASSED);
		check_free(check);
	}
	check_free(clean);
}

static void a_check_in_slices_is_the_same(void **state)
{
	const struct net_spec spec = rich_spec();
	struct check *whole = finished(&spec, 2), *parts = check_new(&spec, "he-normal", 1.5, ROWS, 2);
	uint64_t budget = 1;
	int slices = 1;
	(void)state;
	for (; !check_advance(parts, &budget); slices++)
		budget = 1;
	assert_true(slices > 50);
	for (int i = 0; i < check_tensors(whole); i++)
		assert_true(check_tensor_at(whole, i)->worst == check_tensor_at(parts, i)->worst);
	check_free(whole);
	check_free(parts);
}

/* A check with nothing to compare has not passed, and NaN is something to compare. */
static void too_small_and_broken_gradients_never_pass(void **state)
{
	const struct net_spec spec = plain_spec("sigmoid", 30, 4, "bce");
	const struct net_spec linear = plain_spec("identity", 3, 4, "mse");
	struct check *deep = finished(&spec, 1);
	struct check *broken = check_new(&linear, "he-normal", 1e200, ROWS, 1);
	uint64_t budget = UINT64_MAX;
	(void)state;
	assert_int_equal(check_tensor_at(deep, 0)->outcome, CHECK_TOO_SMALL);
	assert_int_equal(check_tensor_at(deep, check_tensors(deep) - 1)->outcome, CHECK_PASSED);
	check_free(deep);
	assert_non_null(broken);
	assert_true(check_advance(broken, &budget));
	for (int i = 0; i < check_tensors(broken); i++)
		assert_int_equal(check_tensor_at(broken, i)->outcome, CHECK_FAILED);
	check_free(broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_combination_of_the_tables_passes),
		cmocka_unit_test(the_walk_comes_to_every_combination_once),
		cmocka_unit_test(a_name_that_does_not_fit_ends_with_a_whole_part),
		cmocka_unit_test(a_planted_error_is_noticed_where_it_is),
		cmocka_unit_test(a_check_in_slices_is_the_same),
		cmocka_unit_test(too_small_and_broken_gradients_never_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
