/* The first minutes of a lesson: wane as it starts, and the key that the screen advises, pressed
 * after any number of epochs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/experiment.h"
#include "nn/float_mode.h"

#include "runs.h"

enum { LAST_EPOCH = 600, EVERY = 20, EPOCHS = 150 };

/* True if the loss gets under 0.1 within EPOCHS. */
static bool learns(const struct snapshot *snapshot, const struct config *config)
{
	struct experiment *e = experiment_branch(snapshot, config, false, NULL);
	bool learned = false;
	assert_non_null(e);
	for (int i = 0; i < EPOCHS / 10 && !learned; i++) {
		train(e, 10, UINT64_MAX, NULL);
		learned = loss_of(e) < 0.1f;
	}
	experiment_free(e);
	return learned;
}

/* From sigmoid to ReLU with the weights kept: with other seeds every second or third press kills
 * a layer. The other cases are one key away, too. */
static void the_first_key_mends_the_default_at_any_time(void **state)
{
	static const char *const changes[] = {
		"activation=relu",
		"activation=tanh",
		"activation=leaky-relu",
		"norm=batch",
	};
	const struct config initial = config_default();
	struct experiment *e = experiment_new(&initial, NULL);
	(void)state;
	settle(e, UINT64_MAX, NULL);
	for (int epoch = EVERY; epoch <= LAST_EPOCH; epoch += EVERY) {
		train(e, EVERY, UINT64_MAX, NULL);
		assert_true(loss_of(e) > 0.69f && loss_of(e) < 0.7f);
		struct snapshot *snapshot = experiment_save(e);

		for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
			const struct config changed = config_with(initial, changes[i]);
			if (!learns(snapshot, &changed))
				fail_msg("%s after %d epochs", changes[i], epoch);
		}
		snapshot_free(snapshot);
	}
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_key_mends_the_default_at_any_time),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
