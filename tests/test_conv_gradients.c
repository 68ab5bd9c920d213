/* Convolutional layers pass the gradient check, with all that may stand behind a convolution and
 * with kernels of any size. Built for double alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "convs.h"
#include "nn/check.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void check_spec(const struct net_spec *spec, const char *what)
{
	uint64_t budget = UINT64_MAX;
	int passed = 0;
	struct check *check = check_new(spec, "he-normal", 1.5, 5, 1);
	if (!check)
		fail_msg("%s: no data away from every kink", what);
	assert_true(check_advance(check, &budget));
	for (int k = 0; k < check_tensors(check); k++) {
		const struct check_tensor *tensor = check_tensor_at(check, k);
		if (tensor->outcome == CHECK_FAILED)
			fail_msg("%s: %s of layer %d is off by %g", what, tensor->name, tensor->layer,
				tensor->worst);
		passed += tensor->outcome == CHECK_PASSED;
	}
	/* all kernels at least */
	assert_true(passed >= CONVOLUTIONS + 2);
	check_free(check);
}

static void every_combination_passes_the_gradient_check(void **state)
{
	static const char *const norms[] = {"none", "batch", "layer"};
	static const char *const activations[] = {"tanh", "relu", "silu", "prelu"};
	char what[160];
	(void)state;
	for (int i = 0; i < 3 * 2 * 3 * 2; i++) {
		struct net_spec spec = conv_spec(activations[i % 4], i % 5 ? "ce" : "mse");
		spec.normalization = norms[i % 3];
		spec.normalize_after = i / 3 % 2;
		spec.skip = i / 6 % 3;
		spec.skip_before = i / 18;
		spec.branch_scale = spec.skip ? 0.7 : 1;
		/* where normalization leaves gradients large */
		spec.dropout = i % 3 ? 0 : 0.2;
		spec.l1 = i % 3 ? 0 : 0.01;
		spec.l2 = i % 3 ? 0 : 0.02;
		snprintf(what, sizeof(what), "%s norm=%s %s skip=%d %s", spec.activation[0],
			spec.normalization, spec.normalize_after ? "after" : "before", spec.skip,
			spec.skip_before ? "pre" : "post");
		check_spec(&spec, what);
	}
}

static void kernels_of_any_size_pass_the_gradient_check(void **state)
{
	static const struct {
		int kernel, padding, pool;
	} cases[] = {{1, 0, 0}, {2, 0, 0}, {2, 1, NET_POOL_MAX}, {4, 2, 0}, {5, 2, NET_POOL_MAX},
		{5, 4, NET_POOL_MEAN}, {3, 2, 0}};
	char what[80];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct net_spec spec = plain_spec("tanh", 6, 4, "ce");
		spec.shape[0] = (struct net_shape){.height = 5, .width = 6};
		spec.size[0] = 30;
		add_conv(&spec, 1, 2, 3, 1, 0);
		add_conv(&spec, 2, 3, cases[i].kernel, cases[i].padding, cases[i].pool);
		snprintf(what, sizeof(what), "kernel %d, padding %d, pool %d", cases[i].kernel,
			cases[i].padding, cases[i].pool);
		check_spec(&spec, what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_combination_passes_the_gradient_check),
		cmocka_unit_test(kernels_of_any_size_pass_the_gradient_check),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
