/* Small experiments for tests, described by the settings that differ from `small`. */
#ifndef TESTS_RUNS_H
#define TESTS_RUNS_H

#include <stdio.h>
#include <string.h>

#include "lab/experiment.h"

static const char small[] = "samples=150 depth=3 width=5 batch=16 activation=tanh seed=1";

static inline struct config config_with(struct config config, const char *settings)
{
	char copy[1200], *rest = copy;
	assert_true(snprintf(copy, sizeof(copy), "%s", settings) < (int)sizeof(copy));
	for (char *item; (item = strtok_r(rest, " ", &rest));) {
		struct error error = {0};
		char *sign = strchr(item, '=');
		*sign = '\0';
		const struct setting *setting = setting_find(&config_table, item, &error);

		if (!setting || !setting_assign(setting, &config, sign + 1, &error))
			fail_msg("%s", error.text);
	}
	return config;
}

static inline struct config config_of(const char *settings)
{
	return config_with(config_with(config_default(), small), settings);
}

static inline struct experiment *experiment_of(const char *settings)
{
	const struct config config = config_of(settings);
	struct error error = {0};
	struct experiment *e = experiment_new(&config, &error);
	if (!e)
		fail_msg("%s", error.text);
	return e;
}

/* Works until the experiment is idle or failed; returns that state. */
static inline enum experiment_state settle(struct experiment *e, uint64_t operations, FILE *file)
{
	for (;;) {
		enum experiment_state now = experiment_advance(e, operations);
		if (now == EXPERIMENT_IDLE || now == EXPERIMENT_FAILED)
			return now;
		if (now == EXPERIMENT_RECORD && file)
			record_write(file, experiment_record(e));
	}
}

static inline void train(struct experiment *e, int epochs, uint64_t operations, FILE *file)
{
	assert_int_equal(settle(e, operations, file), EXPERIMENT_IDLE);
	for (int i = 0; i < epochs; i++) {
		experiment_epoch_begin(e, REPORT_DETAIL);
		assert_int_equal(settle(e, operations, file), EXPERIMENT_IDLE);
	}
}

static inline struct experiment *trained(const char *settings, int epochs)
{
	struct experiment *e = experiment_of(settings);
	train(e, epochs, UINT64_MAX, NULL);
	return e;
}

static inline void change(struct experiment *e, const char *settings)
{
	struct config config = config_with(*experiment_config(e), settings);
	struct error error = {0};
	if (!experiment_configure(e, &config, &error))
		fail_msg("%s: %s", settings, error.text);
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
}

static inline float loss_of(const struct experiment *e)
{
	return experiment_record(e)->loss;
}

static inline void assert_event(const struct experiment *e, const char *event)
{
	assert_string_equal(experiment_record(e)->event, event);
}

/* Writes the weights of an idle experiment. */
static inline bool save_weights(const struct experiment *e, const char *path)
{
	struct error error;
	enum weights_state state = WEIGHTS_MORE;
	struct weights_save *save = weights_save_begin(path, &error);
	while (save && state == WEIGHTS_MORE)
		state = experiment_save_weights(e, save, 1000000, &error);
	weights_save_finish(save);
	return state == WEIGHTS_DONE;
}

#endif
