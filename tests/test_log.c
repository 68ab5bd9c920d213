/* Logs: records written as CSV are read back as they were, and files that are no log are
 * refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lab/log.h"
#include "nn/net.h"

#include "frames.h"
#include "logs.h"
#include "runs.h"

static void assert_same_record(const struct record *a, const struct record *b)
{
	const struct statistic *statistic;
	assert_int_equal(a->epoch, b->epoch);
	assert_int_equal(a->layers, b->layers);
	assert_ptr_equal(a->verdict, b->verdict);
	assert_memory_equal(a->remark, b->remark, sizeof(a->remark));
	assert_string_equal(a->event, b->event);
	for (int i = 0; (statistic = statistic_at(i)); i++)
		for (int l = 0; l < (statistic->per_layer ? a->layers : 1); l++) {
			float one = record_value(a, statistic, l), other = record_value(b, statistic, l);
			bool same = one == other ||
				(isnan(one) && isnan(other) && record_is_nothing(one) == record_is_nothing(other));
			if (!same)
				fail_msg("epoch %d, %s of layer %d: %g, not %g", (int)a->epoch, statistic->name,
					l + 1, (double)other, (double)one);
		}
}

/* Changes of depth, a regression, a run that diverges, one without hidden layers. */
static void a_run_is_read_back_as_it_was_written(void **state)
{
	static const char *const runs[] = {
		"",
		"data=wave",
		"depth=0",
		"lr=100 activation=relu init=he-normal data=wave",
		"depth=20 width=2",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct logged logged = logged_begin();
		struct experiment *e = experiment_of(runs[i]);
		struct frame frame;
		logged_train(&logged, e, 4);
		logged_change(&logged, e, "activation=tanh/relu depth=4");
		logged_train(&logged, e, 3);
		struct log *log = logged_read(&logged);

		for (int64_t epoch = 0; epoch <= experiment_epoch(e); epoch++) {
			int at = history_find(history_of(e), epoch);
			assert_true(log_frame(log, epoch, &frame));
			assert_same_record(history_at(history_of(e), at), frame.record);
			assert_int_equal(frame.model->layers, frame.record->layers);
			assert_int_equal(model_hidden(frame.model), frame.record->layers - 1);
			assert_int_equal(frame.history.count, at + 1);
			assert_true(
				isnan(frame.baseline_loss) && !frame.settings && !frame.data && !frame.theory);
		}
		assert_true(log_frame(log, EPOCH_PRESENT, &frame));
		assert_int_equal(frame.record->epoch, experiment_epoch(e));
		assert_false(log_frame(log, experiment_epoch(e) + 1, &frame));
		log_close(log);
		experiment_free(e);
	}
}

static void before_the_first_record_there_is_a_frame_of_nothing(void **state)
{
	struct logged logged = logged_begin();
	struct log *log = logged_read(&logged);
	struct frame frame;
	(void)state;
	assert_true(log_frame(log, EPOCH_PRESENT, &frame));
	assert_null(frame.record);
	assert_int_equal(frame.history.count, 0);
	assert_int_equal(frame.model->layers, 0);
	assert_false(log_frame(log, 0, &frame));
	log_close(log);
}

/* A foreign log: few columns, in another order, one unknown, verdicts of its own. */
static void columns_are_known_by_their_names(void **state)
{
	struct log *log = log_of("time,val_loss,epoch,loss,verdict,remarks\n"
							 "9,0.5,3,nan,fine,\n8,,5,-inf,healthy,odd frozen  no-progress\n");
	struct frame frame;
	(void)state;
	assert_true(log_frame(log, 3, &frame));
	assert_true(isnan(frame.record->loss) && !record_is_nothing(frame.record->loss));
	assert_true(frame.record->val_loss == 0.5f && record_is_nothing(frame.record->acc));
	assert_null(frame.record->verdict);
	assert_int_equal(frame.record->layers, 0);
	assert_true(log_frame(log, 5, &frame));
	assert_true(frame.record->loss == -INFINITY && record_is_nothing(frame.record->val_loss));
	assert_string_equal(frame.record->verdict, "healthy");
	assert_string_equal(frame.record->remark[0], "frozen");
	assert_string_equal(frame.record->remark[1], "no-progress");
	assert_null(frame.record->remark[2]);
	log_close(log);
}

static void a_restarted_run_forgets_the_earlier_one(void **state)
{
	struct log *log = log_of("epoch,loss\n0,1\n1,2\n2,3\n0,4\n1,5\n");
	struct frame frame;
	(void)state;
	assert_true(log_frame(log, EPOCH_PRESENT, &frame));
	assert_int_equal(frame.history.count, 2);
	assert_true(frame.record->loss == 5);
	assert_false(log_frame(log, 2, &frame));
	log_close(log);
}

static void a_file_that_is_no_log_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *where, *what;
	} cases[] = {
		{"", "", "found nothing"},
		{"a,b\n1,2\n", ":1:", "no column 'epoch'"},
		{"epoch,loss\n1,0.5\n-1,0.5\n", ":3:1:", "found '-1' for epoch"},
		{"epoch,loss\n1.5,0.5\n", ":2:1:", "expected a whole number"},
		{"epoch,loss\n,0.5\n", ":2:1:", "found '' for epoch"},
		{"epoch,loss\n1,half\n", ":2:3:", "found 'half' for loss, expected a number"},
		{"epoch,loss\n1,2,3\n", ":2:", "found 3 fields, expected 2"},
		{"epoch,layer,dead\n1,,\n1,2,0\n", ":3:3:", "found layer 2, expected layer 1"},
		{"epoch,layer,dead\n1,,\n1,1,0\n1,1,0\n", ":4:3:", "found layer 1, expected layer 2"},
		{"epoch,layer,dead\n1,1,0\n", ":2:", "found layer 1 of epoch 1, expected first"},
		{"epoch,layer,dead\n1,,\n2,1,0\n", ":3:", "found layer 1 of epoch 2, expected first"},
		{"epoch,layer,dead\n1,,\n1,302,0\n", ":3:3:", "from 0 to 301"},
		{"epoch,layer,dead\n1,,\n1,x,0\n", ":3:3:", "found 'x' for layer"},
		{"run,epoch\na,1\nb,1\nc,1\n", ":4:1:", "found run 'c', expected 'a' or 'b'"},
		{"run,epoch,layer\na,1,\nb,1,1\n", ":3:", "expected first"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error error = {0};
		struct log *log = log_written(cases[i].text);
		enum log_state now;
		while ((now = log_advance(log, &error)) == LOG_MORE || now == LOG_RECORD)
			;
		assert_int_equal(now, LOG_FAILED);
		if (!strstr(error.text, cases[i].where) || !strstr(error.text, cases[i].what))
			fail_msg("case %zu: '%s'", i, error.text);
		log_close(log);
	}
	assert_null(log_open("/no/such/file", &(struct error){0}));
}

static void two_runs_in_one_file_are_told_apart_by_their_names(void **state)
{
	(void)state;
	struct frame frame;
	struct log *log = log_of("run,epoch,layer,loss,grad_rms\n"
							 "first,0,,0.7,\nfirst,0,1,,0.1\ntwin,0,,0.7,\ntwin,0,1,,0.2\n"
							 "first,1,,0.6,\nfirst,1,1,,0.3\ntwin,1,,0.5,\ntwin,1,1,,0.4\n");
	assert_true(log_frame(log, 0, &frame));
	assert_string_equal(frame.name, "first");
	assert_float_equal(frame.record->layer[0].grad_rms, 0.1f, 0);
	assert_true(log_frame(log, EPOCH_PRESENT, &frame));
	assert_float_equal(frame.record->loss, 0.6f, 0);
	assert_int_equal(frame.history.count, 2);
	assert_true(log_second_frame(log, EPOCH_PRESENT, &frame));
	assert_string_equal(frame.name, "twin");
	assert_int_equal(frame.record->epoch, 1);
	assert_float_equal(frame.record->loss, 0.5f, 0);
	assert_float_equal(frame.record->layer[0].grad_rms, 0.4f, 0);
	log_close(log);
	log = log_of("epoch,loss\n0,1\n1,0.5\n");
	assert_false(log_second_frame(log, EPOCH_PRESENT, &frame));
	log_close(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_read_back_as_it_was_written),
		cmocka_unit_test(before_the_first_record_there_is_a_frame_of_nothing),
		cmocka_unit_test(columns_are_known_by_their_names),
		cmocka_unit_test(a_restarted_run_forgets_the_earlier_one),
		cmocka_unit_test(a_file_that_is_no_log_is_refused_with_its_line),
		cmocka_unit_test(two_runs_in_one_file_are_told_apart_by_their_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
