/* Many networks, each with the verdict that a person gave it who had seen its numbers (losses,
 * delta, steps, dead units, sizes of weights), but not what the program says of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/float_mode.h"

#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What differs from the default network; epochs, 0: 100, -1: none. A verdict with another behind it
 * may be either, where the numbers leave it open. Remarks must be there; others may. */
static const struct label {
	const char *settings;
	int epochs;
	const char *verdict, *remarks;
} labels[] = {
	/* depth, activations, initial weights, norms, skip connections */
	{"", -1, "vanishing", ""},
	{"", 20, "vanishing", ""},
	{"", 0, "vanishing", ""},
	{"depth=3", 0, "healthy", ""},
	{"depth=3 optimizer=adam lr=0.01", 0, "converged", ""},
	{"activation=relu", 0, "converged", ""},
	{"activation=relu seed=3", 0, "converged", ""},
	{"activation=relu init=he-normal", 0, "converged", "validation-rises"},
	{"activation=tanh", 0, "converged", "validation-rises"},
	{"activation=elu", 0, "converged", ""},
	{"activation=gelu", 0, "weak", ""},
	{"activation=selu init=lecun-normal", 0, "converged", "validation-rises"},
	{"norm=batch", 0, "converged", "overfitting validation-rises"},
	{"norm=layer", 0, "vanishing", ""},
	{"skip=1", 0, "healthy", ""},
	{"depth=30", 0, "vanishing", ""},
	{"depth=60", 0, "vanishing", "underflow"},
	{"depth=60 activation=relu", 0, "dead", ""},
	{"depth=60 activation=relu init=he-normal", 0, "dead", ""},
	{"depth=60 activation=tanh init=orthogonal", 0, "too-large-steps", ""},
	{"depth=100 activation=identity init=orthogonal", 0, "healthy", ""},
	{"depth=30 activation=relu norm=batch", 0, "growing healthy", "running-statistics-lag"},
	{"depth=50 activation=relu norm=batch init=he-normal", 0, "healthy", "running-statistics-lag"},
	{"noise=0 depth=10 norm=batch seed=5 split=0", 9, "healthy", "running-statistics-lag"},
	{"depth=20 activation=relu init=he-normal skip=1", 0, "diverged", ""},
	{"depth=12 activation=relu init=he-normal skip=1 lr=0.01", 0, "converged", ""},
	{"depth=12 width=3 activation=relu init=he-normal skip=1 branch-scale=0.3 optimizer=adam "
	 "lr=0.01 seed=5",
		150, "converged", "dying-units"},
	{"activation=tanh init=normal init-sd=5", 0, "too-large-steps vanishing", ""},
	{"activation=tanh init=normal init-sd=0.01", 0, "vanishing", ""},
	{"activation=relu init=normal init-sd=1", 0, "dead too-large-steps", ""},
	{"depth=30 activation=relu init=normal init-sd=1 width=64", 0, "diverged", ""},
	{"depth=80 width=100 init=uniform-2-5 activation=relu", -1, "overflow", ""},
	{"init=uniform", 0, "vanishing", ""},
	{"init=uniform-2-5", 0, "vanishing", ""},
	{"depth=3 init=uniform-2-5 activation=relu", 0, "dead", ""},
	{"depth=3 init=uniform-2-5", 0, "vanishing", ""},
	{"depth=4 init=uniform-2-5 optimizer=adam lr=0.001", 0, "vanishing", "worse-than-baseline"},
	{"init=zeros", 0, "symmetric", ""},
	{"init=zeros activation=gelu depth=3", 0, "symmetric", ""},
	{"init=constant", 0, "symmetric", ""},
	{"init=constant activation=tanh depth=2", 0, "symmetric", ""},
	{"init=constant init-value=0.1 activation=relu depth=2 optimizer=adam", 0, "symmetric", ""},
	{"init=identity activation=tanh", 0, "healthy", ""},
	{"activation=hard-tanh init=normal init-sd=3 depth=5", 0, "too-large-steps vanishing", ""},
	{"activation=sine depth=5 init=normal init-sd=3", 0, "exploding", ""},
	{"depth=40 activation=tanh init=orthogonal", 0, "collapsed", ""},
	{"depth=25 activation=selu init=lecun-normal", 0, "collapsed", ""},

	/* data that a network can learn, or cannot */
	{"depth=0", 0, "healthy", "no-progress"},
	{"depth=0 data=blobs", 0, "converged", ""},
	{"depth=0 data=xor", 0, "cannot-learn", ""},
	{"depth=0 data=circles noise=0", 0, "cannot-learn", ""},
	{"depth=3 activation=identity data=circles", 0, "cannot-learn", ""},
	{"depth=1 data=circles noise=0", 0, "not-learning", ""},
	{"depth=1 width=1 data=circles", 0, "not-learning", ""},
	{"data=xor depth=1 width=2", 0, "not-learning", ""},
	{"depth=1 width=2 data=spirals", 0, "healthy", "no-progress"},
	{"data=spirals depth=3 activation=relu", 0, "healthy", ""},
	{"data=spirals depth=3 activation=tanh optimizer=adam", 0, "healthy", "no-progress"},
	{"data=checker depth=4 activation=relu", 0, "healthy", ""},
	{"data=xor depth=2 activation=tanh", 0, "healthy", ""},
	{"data=line depth=1", 0, "healthy weak", ""},
	{"data=wave depth=3 activation=tanh", 0, "converged", ""},
	{"data=wave depth=0", 0, "healthy", "no-progress"},
	{"data=iris depth=2 activation=relu", 0, "converged", "overfitting"},
	{"data=wine depth=2 activation=tanh", 0, "converged", ""},
	{"data=digits depth=2 activation=relu", 0, "converged", "overfitting validation-rises"},
	{"data=rings depth=3 activation=tanh", 0, "converged", ""},
	{"samples=20 noise=0.5 depth=3 activation=tanh width=40 optimizer=adam lr=0.01", 200,
		"converged", "overfitting"},
	{"samples=60 noise=0.6 depth=2 activation=relu width=60 optimizer=adam lr=0.01", 200,
		"overfitting", ""},

	/* steps */
	{"lr=30", 0, "vanishing", "large-steps worse-than-baseline"},
	{"lr=100", 0, "vanishing", "large-steps worse-than-baseline"},
	{"depth=2 lr=30", 0, "too-large-steps", ""},
	{"depth=2 activation=relu lr=30", 0, "too-large-steps", ""},
	{"depth=2 activation=tanh lr=100", 0, "too-large-steps", ""},
	{"depth=3 activation=tanh lr=0.0001", 0, "not-learning", ""},
	{"depth=3 activation=relu lr=0.00001", 0, "not-learning", ""},
	{"depth=2 activation=tanh init=normal init-sd=5 lr=0.00001", 0, "not-learning", ""},
	{"depth=3 activation=tanh lr=3", 0, "converged", ""},
	{"depth=3 activation=relu lr=10", 0, "too-large-steps", ""},
	{"depth=5 activation=relu optimizer=adam lr=1", 0, "too-large-steps", ""},
	{"depth=3 activation=tanh optimizer=rmsprop lr=1", 0, "too-large-steps", ""},
	{"depth=3 activation=tanh optimizer=momentum lr=3", 0, "too-large-steps", ""},
	{"depth=3 activation=elu lr=5", 0, "too-large-steps", ""},
	{"data=wave depth=3 activation=relu lr=1", 0, "too-large-steps", ""},
	{"data=wave depth=3 activation=relu lr=5", 0, "diverged", ""},
	{"data=line depth=3 activation=identity lr=3", 0, "diverged", ""},
	{"activation=relu optimizer=momentum lr=1", 0, "too-large-steps", ""},
	{"activation=softplus lr=1", 0, "healthy", ""},
	{"activation=tanh lr=1 optimizer=momentum", 0, "too-large-steps", ""},
	{"activation=relu6 depth=5 lr=0.5", 0, "converged", ""},
	{"batch=0 depth=3 activation=tanh", 0, "healthy", ""},
	{"batch=1 depth=2 activation=tanh lr=0.01 samples=200", 0, "converged", ""},
	{"schedule=exponential depth=3 activation=tanh", 0, "converged", ""},
	{"depth=3 activation=tanh norm=batch batch=4 samples=100", 0, "healthy", ""},
	{"activation=tanh clip=norm clip-at=0.001", 0, "healthy", ""},

	/* penalties and the like */
	{"depth=3 activation=tanh l2=0.1", 0, "weights-vanished", ""},
	{"depth=3 activation=tanh l2=0.01", 0, "healthy", ""},
	{"depth=3 activation=tanh l2=0.0001", 0, "converged", ""},
	{"depth=3 activation=tanh l1=0.05 lr=0.01", 0, "weights-vanished", ""},
	{"depth=3 activation=relu l1=0.1", 0, "weights-vanished", ""},
	{"depth=3 activation=tanh weight-decay=0.5", 0, "weights-vanished", ""},
	{"depth=3 activation=relu weight-decay=1", 0, "weights-vanished", ""},
	{"depth=3 activation=relu norm=batch weight-decay=0.5", 0, "weights-vanished", ""},
	{"depth=6 activation=relu dropout=0.5", 0, "healthy", ""},
	{"depth=3 activation=tanh dropout=0.9", 0, "healthy", ""},
	{"depth=3 freeze=3 activation=tanh", 0, "healthy", ""},
};

static bool is_word_of(const char *list, const char *word)
{
	char copy[200], *rest = copy;
	snprintf(copy, sizeof(copy), "%s", list);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		if (strcmp(item, word) == 0)
			return true;
	return false;
}

static bool is_remarked(const struct record *record, const char *name)
{
	for (int i = 0; i < RECORD_REMARKS_MAX && record->remark[i]; i++)
		if (strcmp(record->remark[i], name) == 0)
			return true;
	return false;
}

static struct experiment *run_of(const struct label *label)
{
	const struct config first_seed = config_with(config_default(), "seed=1");
	const struct config config = config_with(first_seed, label->settings);
	struct error error = {0};
	struct experiment *e = experiment_new(&config, &error);
	int epochs = label->epochs < 0 ? 0 : label->epochs ? label->epochs : 100;
	if (!e)
		fail_msg("%s: %s", label->settings, error.text);
	train(e, 0, UINT64_MAX, NULL);
	while (experiment_epoch(e) < epochs && !experiment_diverged(e))
		train(e, 1, UINT64_MAX, NULL);
	return e;
}

/* A network no better than the baseline is neither healthy, weak nor growing. */
static bool is_passed_over(const struct experiment *e)
{
	const struct record *record = experiment_record(e);
	double baseline_loss = frame_of(e).baseline_loss;
	bool nothing_learned = record->loss - record->penalty > 0.996 * baseline_loss;
	return record->epoch >= 20 && nothing_learned &&
		is_word_of("healthy weak growing converged overfitting", record->verdict);
}

/* Fails only after all networks, to show the whole effect of a changed threshold. */
static void every_network_has_the_verdict_of_its_label(void **state)
{
	int wrong = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(labels); i++) {
		struct experiment *e = run_of(&labels[i]);
		const struct record *record = experiment_record(e);
		if (!is_word_of(labels[i].verdict, record->verdict)) {
			print_error(
				"'%s': %s, not %s\n", labels[i].settings, record->verdict, labels[i].verdict);
			wrong++;
		}
		if (is_passed_over(e)) {
			print_error(
				"'%s': %s at loss %g\n", labels[i].settings, record->verdict, (double)record->loss);
			wrong++;
		}
		for (int k = 0; remark_at(k); k++)
			if (is_word_of(labels[i].remarks, remark_at(k)->name) &&
				!is_remarked(record, remark_at(k)->name)) {
				print_error("'%s': no remark %s\n", labels[i].settings, remark_at(k)->name);
				wrong++;
			}
		experiment_free(e);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_network_has_the_verdict_of_its_label),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
