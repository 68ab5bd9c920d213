/* Runs written as `wane run` writes them, and read back. */
#ifndef TESTS_LOGS_H
#define TESTS_LOGS_H

#include <stdlib.h>
#include <unistd.h>

#include "lab/log.h"

#include "runs.h"

struct logged {
	char path[40];
	FILE *file;
};

static inline struct logged logged_begin(void)
{
	struct logged logged = {.path = "/tmp/wane-log-XXXXXX"};
	int descriptor = mkstemp(logged.path);
	assert_true(descriptor >= 0);
	logged.file = fdopen(descriptor, "w");
	assert_non_null(logged.file);
	record_write_header(logged.file);
	return logged;
}

/* Works until the experiment is idle; previews are not written. */
static inline void logged_settle(struct logged *logged, struct experiment *e)
{
	enum experiment_state now;
	while ((now = experiment_advance(e, UINT64_MAX)) != EXPERIMENT_IDLE) {
		assert_int_not_equal(now, EXPERIMENT_FAILED);
		if (now == EXPERIMENT_RECORD && !experiment_previewed(e))
			record_write(logged->file, experiment_record(e));
	}
}

/* At the start of a run, epoch 0 is written, too. */
static inline void logged_train(struct logged *logged, struct experiment *e, int epochs)
{
	logged_settle(logged, e);
	for (int i = 0; i < epochs; i++) {
		experiment_epoch_begin(e, REPORT_DETAIL);
		logged_settle(logged, e);
	}
}

static inline void logged_change(struct logged *logged, struct experiment *e, const char *settings)
{
	const struct config config = config_with(*experiment_config(e), settings);
	assert_true(experiment_configure(e, &config, NULL));
	logged_settle(logged, e);
}

/* Ends the writing, reads all of it, and removes the file. */
static inline struct log *logged_read(struct logged *logged)
{
	struct error error = {0};
	enum log_state now;
	assert_int_equal(fclose(logged->file), 0);
	struct log *log = log_open(logged->path, &error);

	if (!log)
		fail_msg("%s", error.text);
	while ((now = log_advance(log, &error)) != LOG_END)
		if (now == LOG_FAILED)
			fail_msg("%s", error.text);
	unlink(logged->path);
	return log;
}

/* A log of this text, still to be read; its file is already removed. */
static inline struct log *log_written(const char *text)
{
	char path[] = "/tmp/wane-log-XXXXXX";
	struct error error = {0};
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
	close(descriptor);
	struct log *log = log_open(path, &error);

	if (!log)
		fail_msg("%s", error.text);
	unlink(path);
	return log;
}

static inline struct log *log_of(const char *text)
{
	struct log *log = log_written(text);
	struct error error = {0};
	enum log_state now;
	while ((now = log_advance(log, &error)) != LOG_END)
		if (now == LOG_FAILED)
			fail_msg("%s", error.text);
	return log;
}

#endif
