/* The experiment: records are a function of settings and seed alone, changes keep what their
 * effect promises, and a restored state continues as if it had never been left. */
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

#include "nn/float_mode.h"

#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A growing text of all records. */
struct transcript {
	char *text;
	size_t size;
	FILE *file;
};

static void transcript_open(struct transcript *transcript)
{
	transcript->file = open_memstream(&transcript->text, &transcript->size);
	assert_non_null(transcript->file);
}

/* The text must have been closed before by fclose(). */
static void assert_same_text(struct transcript *a, struct transcript *b)
{
	fclose(a->file);
	fclose(b->file);
	assert_true(a->size > 500);
	assert_string_equal(a->text, b->text);
	free(a->text);
	free(b->text);
}

/* ---- records ---- */

static const char *const varied[] = {
	"",
	"activation=relu init=he-normal norm=batch optimizer=adam dropout=0.2 lr=0.01 batch=20",
	"activation=prelu norm=layer norm-position=after skip=1 optimizer=momentum clip=norm l2=0.01",
	"data=rings skip=2 skip-add=pre branch-scale=0.5 optimizer=rmsprop lr=0.01 batch=0",
	"data=wave samples=90 activation=sine split=0 optimizer-style=pytorch weight-decay=0.01",
	"schedule=plateau schedule-every=1 optimizer=amsgrad beta2=0.9 clip=tensor-norm clip-at=0.01",
	"depth=0",
	"init=lsuv activation=relu optimizer=adam",
	"width=70 depth=2 samples=1700 batch=0 norm=batch",
};

static void records_do_not_depend_on_how_the_work_is_sliced(void **state)
{
	static const uint64_t slices[] = {1, 1000, 77777};
	(void)state;
	for (size_t i = 0; i < COUNT(varied); i++)
		for (size_t k = 0; k < COUNT(slices); k++) {
			struct transcript whole, parts;
			struct experiment *one = experiment_of(varied[i]);
			struct experiment *two = experiment_of(varied[i]);
			transcript_open(&whole);
			transcript_open(&parts);
			train(one, 3, 1000000000, whole.file);
			train(two, 3, slices[k], parts.file);
			assert_same_text(&whole, &parts);
			experiment_free(one);
			experiment_free(two);
		}
}

static void records_do_not_depend_on_threads(void **state)
{
	/* wide enough for every kind of work that is shared, once without statistics of a step */
	static const char *const wide[] = {
		"width=1024 depth=2 samples=80 batch=32 optimizer=adam",
		"width=1024 depth=2 samples=80 batch=0 activation=prelu norm=batch skip=1",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(wide); i++) {
		struct experiment *one = experiment_of(wide[i]), *three = experiment_of(wide[i]);
		assert_int_equal(settle(three, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		change(three, "threads=3");
		assert_int_equal(experiment_config(three)->threads, 3);
		train(one, 2, UINT64_MAX, NULL);
		experiment_epoch_begin(three, REPORT_NOTHING);
		assert_int_equal(settle(three, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		change(three, "threads=2");
		train(three, 1, UINT64_MAX, NULL);
		assert_true(loss_of(one) == loss_of(three));
		assert_int_equal(experiment_record(one)->layers, 3);
		for (int l = 0; l < 3; l++)
			assert_memory_equal(&experiment_record(one)->layer[l],
				&experiment_record(three)->layer[l], sizeof(struct layer_record));
		experiment_free(one);
		experiment_free(three);
	}
}

/* Writes the records of some epochs; those between yield none, unless `all`. */
static void train_some(struct experiment *e, bool all, FILE *file)
{
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	for (int epoch = 1; epoch <= 12; epoch++) {
		bool wanted = epoch % 4 == 0;
		experiment_epoch_begin(e, all || wanted ? REPORT_RECORD : REPORT_NOTHING);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		if (wanted)
			record_write(file, experiment_record(e));
		else if (!all && !experiment_config(e)->stop)
			assert_true(experiment_record(e)->epoch < experiment_epoch(e) ||
				strcmp(experiment_config(e)->schedule, "plateau") == 0);
	}
}

static void epochs_without_a_record_train_the_same(void **state)
{
	static const char *const settings[] = {"", "norm=batch dropout=0.2", "stop=2",
		"schedule=plateau schedule-every=1 lr=2", "clip=norm clip-at=0.1 optimizer=adam",
		"activation=prelu depth=0", "width=60 samples=700"};
	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct transcript some, all;
		struct experiment *a = experiment_of(settings[i]), *b = experiment_of(settings[i]);
		transcript_open(&some);
		transcript_open(&all);
		train_some(a, false, some.file);
		train_some(b, true, all.file);
		assert_same_text(&some, &all);
		experiment_free(a);
		experiment_free(b);
	}
}

static void an_epoch_that_diverges_has_a_record(void **state)
{
	struct experiment *e = experiment_of("lr=100 activation=relu skip=1 init=he-normal loss=mse");
	int64_t epoch = 0;
	(void)state;
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	while (!experiment_diverged(e) && epoch++ < 20) {
		experiment_epoch_begin(e, REPORT_NOTHING);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	}
	assert_true(experiment_diverged(e));
	assert_int_equal(experiment_record(e)->epoch, experiment_epoch(e));
	experiment_free(e);
}

/* Of classes, whatever the loss comes to. */
static void classes_have_no_error_in_a_unit(void **state)
{
	struct experiment *e = experiment_of("lr=100 activation=relu skip=1 init=he-normal loss=mse");
	bool broken = false;
	(void)state;
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	for (int i = 0; i < 20; i++) {
		const struct record *record = experiment_record(e);
		broken = broken || (isnan(record->loss) && isnan(record->val_loss));
		assert_true(record_is_nothing(record->rmse) && record_is_nothing(record->val_rmse));
		experiment_epoch_begin(e, REPORT_DETAIL);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	}
	assert_true(broken);
	experiment_free(e);
}

static void seeds_and_settings_change_records(void **state)
{
	struct experiment *one = trained("", 1), *two = trained("seed=2", 1);
	(void)state;
	assert_true(loss_of(one) != loss_of(two));
	experiment_free(one);
	experiment_free(two);
}

static void the_first_record_is_the_untrained_network(void **state)
{
	struct experiment *e = experiment_of("");
	(void)state;
	assert_null(experiment_record(e));
	train(e, 0, 1000, NULL);
	const struct record *record = experiment_record(e);

	assert_int_equal(record->epoch, 0);
	assert_int_equal(record->layers, 4);
	assert_int_equal(history_count(history_of(e)), 1);
	assert_true(isfinite(record->loss) && isfinite(record->val_loss) && record->acc >= 0);
	assert_true(record_is_nothing(record->batch_loss));
	assert_true(record_is_nothing(record->layer[0].update_ratio));
	assert_true(record->layer[0].change == 0 && record->layer[0].delta_rms > 0);
	assert_non_null(verdict_find(record->verdict));
	float before = record->loss;

	train(e, 30, UINT64_MAX, NULL);
	assert_true(loss_of(e) < before);
	assert_true(experiment_record(e)->layer[0].update_ratio > 0);
	assert_int_equal(history_count(history_of(e)), 31);
	experiment_free(e);
}

static void a_batch_of_all_is_the_training_set(void **state)
{
	static const char *const same[] = {"batch=0", "batch=120", "batch=5000"};
	struct transcript first, other;
	(void)state;
	for (size_t i = 1; i < COUNT(same); i++) {
		struct experiment *one = experiment_of(same[0]), *two = experiment_of(same[i]);
		transcript_open(&first);
		transcript_open(&other);
		train(one, 4, UINT64_MAX, first.file);
		train(two, 4, UINT64_MAX, other.file);
		assert_same_text(&first, &other);
		experiment_free(one);
		experiment_free(two);
	}
}

/* ---- changes ---- */

/* Every setting that keeps the weights is changed and changed back. */
static void live_changes_keep_the_weights(void **state)
{
	struct experiment *e = trained("norm=layer", 3);
	float loss = loss_of(e);
	(void)state;
	for (int i = 0; i < config_table.count; i++) {
		const struct setting *row = &config_table.row[i];
		struct config before = *experiment_config(e), after = before;
		if (row->effect != EFFECT_LIVE && row->effect != EFFECT_RESET)
			continue;
		assert_true(setting_step(row, &after, 1));
		if (strcmp(row->name, "norm") == 0) /* its gamma and beta start anew */
			continue;
		assert_true(experiment_configure(e, &after, NULL));
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		assert_true(experiment_configure(e, &before, NULL));
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		if (loss_of(e) != loss)
			fail_msg("%s: %.9g became %.9g", row->name, loss, loss_of(e));
		assert_int_equal(experiment_epoch(e), 3);
	}
	experiment_free(e);
}

static void a_norm_put_on_and_off_leaves_the_weights(void **state)
{
	struct experiment *e = trained("activation=relu init=uniform-2-5 lr=1e-6", 5);
	float loss = loss_of(e);
	(void)state;
	change(e, "norm=batch");
	assert_true(isfinite(loss_of(e)) && loss_of(e) != loss);
	/* calibrated at once: validation does not use statistics of 0 */
	assert_true(fabs(experiment_record(e)->val_loss - loss_of(e)) < 0.3);
	change(e, "norm=none");
	assert_true(loss_of(e) == loss);
	experiment_free(e);
}

static void another_optimizer_starts_with_fresh_state(void **state)
{
	struct experiment *changed = trained("optimizer=adam", 3);
	struct experiment *straight = trained("optimizer=adam", 3);
	float loss = loss_of(changed);
	(void)state;
	change(changed, "optimizer=sgd");
	change(changed, "optimizer=adam");
	assert_true(loss_of(changed) == loss);
	train(changed, 1, UINT64_MAX, NULL);
	train(straight, 1, UINT64_MAX, NULL);
	assert_true(loss_of(changed) != loss_of(straight));
	experiment_free(changed);
	experiment_free(straight);
}

static void growing_keeps_the_layers_that_stay(void **state)
{
	struct experiment *e = trained("optimizer=adam", 4);
	float loss = loss_of(e);
	(void)state;
	change(e, "depth=6");
	assert_true(loss_of(e) != loss && experiment_record(e)->layers == 7);
	change(e, "depth=3");
	assert_true(loss_of(e) == loss && experiment_record(e)->layers == 4);
	assert_true(experiment_record(e)->layer[0].change > 0);
	experiment_free(e);
}

/* One optimizer's state is useless to another, however it is changed. */
static void changes_at_once_are_changes_one_by_one(void **state)
{
	struct experiment *one = trained("optimizer=adagrad", 3);
	struct experiment *two = trained("optimizer=adagrad", 3);
	struct transcript a, b;
	(void)state;
	transcript_open(&a);
	transcript_open(&b);
	change(one, "depth=4");
	change(one, "optimizer=momentum");
	change(two, "depth=4 optimizer=momentum");
	train(one, 2, UINT64_MAX, a.file);
	train(two, 2, UINT64_MAX, b.file);
	assert_same_text(&a, &b);
	experiment_free(one);
	experiment_free(two);
}

static void data_of_the_same_shape_keeps_the_weights(void **state)
{
	struct experiment *e = trained("", 5);
	float loss = loss_of(e);
	(void)state;
	change(e, "data=circles");
	assert_true(loss_of(e) != loss);
	assert_string_equal(experiment_data(e)->name, "circles");
	assert_int_equal(experiment_epoch(e), 5);
	assert_int_equal(history_count(history_of(e)), 6);
	change(e, "data=moons");
	assert_true(loss_of(e) == loss);
	experiment_free(e);
}

static void data_of_another_shape_starts_over(void **state)
{
	struct experiment *e = trained("", 5), *fresh = trained("data=rings", 0);
	(void)state;
	change(e, "data=rings");
	assert_int_equal(experiment_epoch(e), 0);
	assert_int_equal(history_count(history_of(e)), 1);
	assert_true(loss_of(e) == loss_of(fresh));
	assert_event(e, "data=rings");
	train(e, 1, UINT64_MAX, NULL);
	train(fresh, 1, UINT64_MAX, NULL);
	assert_true(loss_of(e) == loss_of(fresh));
	assert_event(e, "");
	experiment_free(e);
	experiment_free(fresh);
}

static void a_change_shows_at_once_and_is_marked_in_the_next_epoch(void **state)
{
	struct experiment *e = trained("", 3);
	const struct history *history = history_of(e);
	float batch_loss = experiment_record(e)->batch_loss;
	(void)state;
	change(e, "activation=relu");
	assert_int_equal(experiment_record(e)->epoch, 3);
	assert_event(e, "activation=relu");
	assert_int_equal(history_count(history), 4);
	assert_true(history_newest(history)->loss != loss_of(e));
	assert_true(experiment_record(e)->batch_loss == batch_loss);
	assert_true(record_is_nothing(experiment_record(e)->layer[1].update_ratio)); /* no step yet */
	change(e, "lr=0.5");
	assert_event(e, "activation=relu lr=0.5");
	assert_true(experiment_record(e)->lr == 0.5f);
	train(e, 2, UINT64_MAX, NULL);
	assert_int_equal(history_count(history), 6);
	assert_string_equal(history_at(history, 3)->event, "");
	assert_string_equal(history_at(history, 4)->event, "activation=relu lr=0.5");
	assert_string_equal(history_at(history, 5)->event, "");
	experiment_free(e);
}

/* ---- saved states ---- */

static void a_restored_state_goes_on_as_without_a_break(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(varied); i++) {
		struct experiment *e = trained(varied[i], 3), *other = trained("width=9 data=rings", 2);
		struct snapshot *snapshot = experiment_save(e);
		struct transcript straight, again, elsewhere, copy;
		transcript_open(&straight);
		transcript_open(&again);
		transcript_open(&elsewhere);
		transcript_open(&copy);
		assert_true(snapshot_bytes(snapshot) > 1000);
		train(e, 3, UINT64_MAX, straight.file);
		for (int back = 0; back <= 1; back++) {
			struct experiment *into = back ? other : e;
			assert_true(experiment_restore(into, snapshot));
			assert_int_equal(settle(into, UINT64_MAX, NULL), EXPERIMENT_IDLE);
			assert_int_equal(experiment_epoch(into), 3);
			assert_int_equal(history_count(history_of(into)), 4);
			train(into, 3, 10000, back ? elsewhere.file : again.file);
		}
		fflush(straight.file);
		fwrite(straight.text, 1, straight.size, copy.file);
		assert_same_text(&straight, &again);
		assert_same_text(&copy, &elsewhere);
		snapshot_free(snapshot);
		experiment_free(e);
		experiment_free(other);
	}
}

/* The same change in the run and in a branch made before it. */
static void a_branch_goes_on_as_the_run_would(void **state)
{
	static const struct {
		const char *start, *change;
		bool restart;
	} cases[] = {
		{"", "", false},
		{"", "activation=relu", false},
		{"", "norm=batch", false},
		{"", "depth=5", false},
		{"optimizer=adam lr=0.01", "optimizer=momentum", false},
		{"threads=2", "skip=1 lr=0.02", false},
		{"norm=batch dropout=0.1", "depth=2", false},
		{"", "", true},
		{"", "activation=relu init=he-normal", true},
		{"", "width=9", true},
		{"data=wave optimizer=adam lr=0.01", "activation=relu", true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct experiment *e = trained(cases[i].start, 4), *branch;
		const struct config config = config_with(*experiment_config(e), cases[i].change);
		struct snapshot *snapshot = experiment_save(e);
		struct transcript own, other;
		branch = experiment_branch(snapshot, &config, cases[i].restart, NULL);
		assert_non_null(branch);
		transcript_open(&own);
		transcript_open(&other);
		train(branch, 3, 999, other.file);
		if (cases[i].restart) {
			experiment_free(e);
			e = experiment_new(&config, NULL);
		} else if (cases[i].change[0]) {
			assert_true(experiment_configure(e, &config, NULL));
		}
		train(e, 3, UINT64_MAX, own.file);
		assert_same_text(&own, &other);
		experiment_free(e);
		experiment_free(branch);
		snapshot_free(snapshot);
	}
}

static void undo_leads_back_to_before_a_change(void **state)
{
	static const char *const changes[] = {
		"activation=relu",
		"norm=batch",
		"depth=6",
		"data=circles",
		"data=rings",
		"optimizer=adam lr=0.01",
		"dropout=0.5 batch=7",
	};
	struct experiment *straight = trained("", 4);
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct experiment *e = trained("", 3);
		struct snapshot *before = experiment_save(e);
		const struct config config = *experiment_config(e);
		float loss = loss_of(e);
		change(e, changes[i]);
		train(e, 2, UINT64_MAX, NULL);
		assert_true(experiment_restore(e, before));
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		assert_true(loss_of(e) == loss);
		assert_int_equal(config_effect(experiment_config(e), &config), EFFECT_NOTHING);
		assert_string_equal(experiment_data(e)->name, "moons");
		train(e, 1, UINT64_MAX, NULL);
		assert_true(loss_of(e) == loss_of(straight));
		assert_event(e, "");
		snapshot_free(before);
		experiment_free(e);
	}
	experiment_free(straight);
}

/* Zero weights answer the mean, so that the error is the standard deviation of the column itself;
 * held out are rows that the mean was not taken over. */
static void the_error_of_a_regression_is_in_the_unit_of_its_column(void **state)
{
	static const double price[] = {250, 400, 1000, 325.5, 90, 777, 412, 150, 610, 333};
	enum { ROWS = sizeof(price) / sizeof(price[0]) };
	char path[] = "/tmp/wane-unit-XXXXXX", settings[200];
	int file = mkstemp(path);
	FILE *stream = fdopen(file, "w");
	double sum = 0, squares = 0;
	(void)state;
	assert_non_null(stream);
	fputs("area,price\n", stream);
	for (int i = 0; i < ROWS; i++) {
		fprintf(stream, "%d,%g\n", i % 7, price[i]);
		sum += price[i];
	}
	assert_int_equal(fclose(stream), 0);
	for (int i = 0; i < ROWS; i++)
		squares += (price[i] - sum / ROWS) * (price[i] - sum / ROWS);
	snprintf(settings, sizeof(settings), "data=%s task=regression split=0 init=zeros", path);
	struct experiment *e = trained(settings, 0);
	const struct record *record = experiment_record(e);

	assert_true(fabs((double)record->rmse - sqrt(squares / ROWS)) < 1e-3);
	assert_true(record_is_nothing(record->val_rmse) && record_is_nothing(record->acc));
	assert_string_equal(experiment_data(e)->target_name, "price");
	assert_true(fabs(experiment_data(e)->target_mean - sum / ROWS) < 1e-9);
	experiment_free(e);

	snprintf(settings, sizeof(settings), "data=%s task=regression split=0.3", path);
	e = trained(settings, 20);
	record = experiment_record(e);
	double sd = experiment_data(e)->target_sd;
	assert_true(fabs((double)record->rmse - sqrt((double)record->loss) * sd) < 1e-3);
	assert_true(fabs((double)record->val_rmse - sqrt((double)record->val_loss) * sd) < 1e-3);
	float rmse = record->rmse, loss = record->loss;
	change(e, "l2=0.1"); /* a penalty is part of the loss, but no error */
	assert_true(experiment_record(e)->rmse == rmse && experiment_record(e)->loss > loss);
	experiment_free(e);
	unlink(path);

	e = trained("", 0);
	assert_true(record_is_nothing(experiment_record(e)->rmse));
	experiment_free(e);
}

static void the_progress_of_a_start_goes_up_from_loading_to_its_record(void **state)
{
	struct experiment *e = experiment_of("samples=20000 depth=1");
	int distinct = 0, last = -1;
	enum experiment_state now;
	(void)state;
	while ((now = experiment_advance(e, 5000)) == EXPERIMENT_BUSY) {
		int percent = (int)(100 * experiment_progress(e));
		assert_in_range(percent, last < 0 ? 0 : last, 100);
		distinct += percent != last;
		last = percent;
	}
	assert_int_equal(now, EXPERIMENT_RECORD);
	assert_true(distinct > 80);
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_do_not_depend_on_how_the_work_is_sliced),
		cmocka_unit_test(records_do_not_depend_on_threads),
		cmocka_unit_test(epochs_without_a_record_train_the_same),
		cmocka_unit_test(an_epoch_that_diverges_has_a_record),
		cmocka_unit_test(classes_have_no_error_in_a_unit),
		cmocka_unit_test(seeds_and_settings_change_records),
		cmocka_unit_test(the_first_record_is_the_untrained_network),
		cmocka_unit_test(a_batch_of_all_is_the_training_set),
		cmocka_unit_test(live_changes_keep_the_weights),
		cmocka_unit_test(a_norm_put_on_and_off_leaves_the_weights),
		cmocka_unit_test(another_optimizer_starts_with_fresh_state),
		cmocka_unit_test(growing_keeps_the_layers_that_stay),
		cmocka_unit_test(changes_at_once_are_changes_one_by_one),
		cmocka_unit_test(data_of_the_same_shape_keeps_the_weights),
		cmocka_unit_test(data_of_another_shape_starts_over),
		cmocka_unit_test(a_change_shows_at_once_and_is_marked_in_the_next_epoch),
		cmocka_unit_test(a_restored_state_goes_on_as_without_a_break),
		cmocka_unit_test(a_branch_goes_on_as_the_run_would),
		cmocka_unit_test(undo_leads_back_to_before_a_change),
		cmocka_unit_test(the_error_of_a_regression_is_in_the_unit_of_its_column),
		cmocka_unit_test(the_progress_of_a_start_goes_up_from_loading_to_its_record),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
