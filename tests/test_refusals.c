/* What an experiment refuses and how it fails: files, sizes, settings that do not go together,
 * divergence, memory. Linked with --wrap for malloc, calloc, realloc, aligned_alloc and free. */
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

#include "lab/plan.h"
#include "nn/float_mode.h"
#include "nn/rng.h"

#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- an allocator that can be told to fail ---- */

static int calls_until_failure; /* 0: never fails */
static int calls_made;
static int blocks_in_use;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static int refuses(void)
{
	calls_made++;
	return calls_until_failure > 0 && --calls_until_failure == 0;
}

static void *counted(void *block)
{
	blocks_in_use += block != NULL;
	return block;
}

void *__wrap_malloc(size_t size)
{
	return refuses() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return refuses() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	if (refuses())
		return NULL;
	return block ? __real_realloc(block, size) : counted(__real_realloc(NULL, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return refuses() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
	blocks_in_use -= block != NULL;
	__real_free(block);
}

/* ---- refusals ---- */

static void refused_changes_leave_everything_as_it_is(void **state)
{
	static const struct {
		const char *settings, *said;
	} cases[] = {
		{"data=/no/such/file.csv", "file.csv"},
		{"norm=batch batch=1", "batch norm needs two"},
		{"norm=batch batch=17", "batch norm needs two"}, /* 120 = 7 x 17 + 1 */
		{"depth=300 memory-limit=16 samples=150 batch=0", "memory-limit is 16 MiB"},
		{"freeze=9", "there are 3 hidden layers"},
	};
	struct experiment *e = trained("width=200", 2), *straight = trained("width=200", 3);
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config = config_with(*experiment_config(e), cases[i].settings);
		const struct record *record = experiment_record(e);
		struct error error = {0};
		assert_false(experiment_configure(e, &config, &error));
		if (!strstr(error.text, cases[i].said))
			fail_msg("%s: '%s'", cases[i].settings, error.text);
		assert_true(experiment_between_epochs(e));
		assert_ptr_equal(experiment_record(e), record);
		assert_int_equal(config_effect(experiment_config(e), &config),
			i == 3       ? EFFECT_GROW
				: i == 0 ? EFFECT_DATA
						 : EFFECT_LIVE);
	}
	train(e, 1, UINT64_MAX, NULL);
	assert_true(loss_of(e) == loss_of(straight));
	assert_event(e, "");
	experiment_free(e);
	experiment_free(straight);
}

static void a_network_too_large_is_refused_before_allocation(void **state)
{
	struct experiment *e = experiment_of("depth=300 width=1024 memory-limit=1000");
	int before = blocks_in_use;
	(void)state;
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_FAILED);
	assert_non_null(strstr(experiment_error(e)->text, "MiB"));
	assert_non_null(strstr(experiment_error(e)->text, "memory-limit is 1000 MiB"));
	assert_int_equal(experiment_error(e)->status, STATUS_USAGE);
	assert_true(blocks_in_use <= before + 5);
	experiment_free(e);
}

static void a_diverged_run_ends_and_can_be_taken_back(void **state)
{
	struct experiment *e = trained("activation=relu init=normal depth=8 width=40 loss=mse", 0);
	struct snapshot *start = experiment_save(e);
	int epochs = 0;
	(void)state;
	change(e, "lr=100");
	for (; !experiment_finished(e) && epochs < 50; epochs++)
		train(e, 1, UINT64_MAX, NULL);
	assert_true(experiment_diverged(e) && epochs < 50);
	assert_string_equal(experiment_record(e)->verdict, "diverged");
	assert_true(experiment_between_epochs(e));
	assert_int_equal(history_count(history_of(e)), epochs + 1);
	assert_true(experiment_restore(e, start));
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	assert_true(isfinite(loss_of(e)) && !experiment_finished(e));
	snapshot_free(start);
	experiment_free(e);
}

static void a_run_is_finished_after_its_epochs(void **state)
{
	struct experiment *e = trained("epochs=3", 2);
	(void)state;
	assert_false(experiment_finished(e));
	train(e, 1, UINT64_MAX, NULL);
	assert_true(experiment_finished(e) && !experiment_diverged(e));
	change(e, "epochs=5");
	assert_false(experiment_finished(e));
	experiment_free(e);
}

/* ---- files ---- */

/* Rows of two features and a class name or a value; returns "data=PATH". */
static const char *write_csv(char out[64], int classes, int rows)
{
	static const char *const names[] = {"red", "green", "blue"};
	char path[] = "/tmp/wane-test-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct rng rng = rng_stream(1, "csv", 0);
	assert_non_null(file);
	fputs("a,b,c\n", file);
	for (int i = 0; i < rows; i++) {
		double x = rng_normal(&rng), y = rng_normal(&rng);
		int class = classes ? i % classes : 0;
		fprintf(file, "%.6f,%.6f,", x + 5 * class, y - 3 * class);
		if (classes)
			fprintf(file, "%s\n", names[class]);
		else
			fprintf(file, "%.6f\n", 100 + 20 * x - 7 * y);
	}
	fclose(file);
	snprintf(out, 64, "data=%s", path);
	return out;
}

static struct plan plan_of(const struct experiment *e)
{
	struct plan plan;
	struct error error;
	assert_true(plan_make(experiment_config(e), experiment_data(e), &plan, &error));
	return plan;
}

static void numbers_are_learned_by_squared_error(void **state)
{
	char data[64];
	struct experiment *e = trained(write_csv(data, 0, 100), 40);
	struct plan plan = plan_of(e);
	struct error error = {0};
	struct config classes = config_with(*experiment_config(e), "loss=bce");
	(void)state;
	unlink(data + strlen("data="));
	assert_string_equal(plan.spec.loss, "mse");
	assert_int_equal(plan.spec.size[plan.spec.layers], 1);
	/* targets are standardized, so a constant's loss is their variance */
	assert_true(fabs(plan.baseline_loss - 1) < 1e-5);
	assert_true(record_is_nothing(experiment_record(e)->acc));
	assert_true(loss_of(e) < 0.1 && experiment_record(e)->val_loss < 0.2);
	assert_false(experiment_configure(e, &classes, &error));
	assert_non_null(strstr(error.text, "use mse"));
	experiment_free(e);
}

static void three_classes_have_three_outputs(void **state)
{
	char data[64];
	struct experiment *e = trained(write_csv(data, 3, 120), 60);
	struct plan plan = plan_of(e);
	(void)state;
	unlink(data + strlen("data="));
	assert_string_equal(plan.spec.loss, "ce");
	assert_int_equal(plan.spec.size[plan.spec.layers], 3);
	assert_true(fabs(plan.baseline_loss - log(3)) < 1e-4);
	assert_true(experiment_record(e)->acc > 0.9 && experiment_record(e)->val_acc > 0.8);
	assert_string_equal(experiment_record(e)->verdict, "converged");
	experiment_free(e);
}

static void broken_files_fail_with_their_line(void **state)
{
	char path[] = "/tmp/wane-test-XXXXXX", data[64];
	FILE *file = fdopen(mkstemp(path), "w");
	(void)state;
	fputs("1,2,a\n3,oops,b\n", file);
	fclose(file);
	snprintf(data, sizeof(data), "data=%s", path);
	struct experiment *e = experiment_of(data);

	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_FAILED);
	assert_non_null(strstr(experiment_error(e)->text, ":2"));
	experiment_free(e);
	unlink(path);
}

/* ---- memory ---- */

/* A short life; false if memory ran out somewhere, which must leave everything in order. */
static bool live(void)
{
	const struct config config = config_of("samples=20 depth=2 optimizer=adam");
	const struct config changed = config_with(config, "depth=3");
	const struct config normed = config_with(changed, "norm=batch");
	struct error error = {0};
	struct experiment *e = experiment_new(&config, &error);
	struct snapshot *snapshot = NULL;
	bool done = false;
	if (e && settle(e, UINT64_MAX, NULL) == EXPERIMENT_IDLE) {
		float loss = loss_of(e);
		bool saved = (snapshot = experiment_save(e)) != NULL;
		bool grown = experiment_configure(e, &changed, &error) &&
			settle(e, UINT64_MAX, NULL) == EXPERIMENT_IDLE;
		bool live = grown && experiment_configure(e, &normed, &error) &&
			settle(e, UINT64_MAX, NULL) == EXPERIMENT_IDLE;
		bool back = saved && experiment_restore(e, snapshot) &&
			settle(e, UINT64_MAX, NULL) == EXPERIMENT_IDLE;
		assert_true(!back || loss_of(e) == loss);
		if (experiment_between_epochs(e)) {
			experiment_epoch_begin(e, REPORT_DETAIL);
			done = settle(e, UINT64_MAX, NULL) == EXPERIMENT_IDLE;
		}
		done = done && saved && grown && live && back;
	}
	if (!e || !experiment_between_epochs(e))
		assert_non_null(strstr(e ? experiment_error(e)->text : error.text, "not enough memory"));
	snapshot_free(snapshot);
	experiment_free(e);
	return done;
}

static void any_call_for_memory_may_be_refused(void **state)
{
	int before = blocks_in_use, calls = 0;
	bool done = false;
	(void)state;
	while (!done) {
		calls_until_failure = ++calls;
		done = live();
		calls_until_failure = 0;
		assert_int_equal(blocks_in_use, before);
	}
	assert_true(calls > 40);
}

static int calls_of_epochs(struct experiment *e, int epochs, enum experiment_report report)
{
	calls_made = 0;
	for (int i = 0; i < epochs; i++) {
		experiment_epoch_begin(e, report);
		assert_int_equal(settle(e, 1000000, NULL), EXPERIMENT_IDLE);
	}
	return calls_made;
}

/* Training itself works in memory it has; an epoch's record is allocated, and its place in the
 * history. */
static void epochs_hardly_call_for_memory(void **state)
{
	static const char *const settings[] = {
		"", "norm=batch dropout=0.1 clip=norm", "optimizer=adam init=orthogonal skip=1"};
	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct experiment *e = trained(settings[i], 1);
		calls_of_epochs(e, 1, REPORT_NOTHING);
		assert_int_equal(calls_of_epochs(e, 50, REPORT_NOTHING), 0);
		assert_true(calls_of_epochs(e, 50, REPORT_RECORD) <= 2 * 50);
		assert_true(calls_of_epochs(e, 2000, REPORT_DETAIL) <= 4 * 2000);
		experiment_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_changes_leave_everything_as_it_is),
		cmocka_unit_test(a_network_too_large_is_refused_before_allocation),
		cmocka_unit_test(a_diverged_run_ends_and_can_be_taken_back),
		cmocka_unit_test(a_run_is_finished_after_its_epochs),
		cmocka_unit_test(numbers_are_learned_by_squared_error),
		cmocka_unit_test(three_classes_have_three_outputs),
		cmocka_unit_test(broken_files_fail_with_their_line),
		cmocka_unit_test(any_call_for_memory_may_be_refused),
		cmocka_unit_test(epochs_hardly_call_for_memory),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
