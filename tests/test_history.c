/* The history: memory is bounded however long the run, both ends are exact, and the middle is
 * thinned evenly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/conditions.h"
#include "lab/history.h"

enum { EDGE = 64, EDGE_WITH_LAYERS = 8, RECORDS_MAX = 512, BYTES_MAX = 1700 * 1024 };

static const size_t small_bytes_max = 256 * 1024; /* of the default network */

/* A record whose numbers all equal its epoch. */
static void write_epoch(struct record *record, int64_t epoch)
{
	record->epoch = epoch;
	record->loss = (float)epoch;
	for (int l = 0; l < record->layers; l++)
		record->layer[l].delta_rms = (float)(epoch + l);
}

static void assert_untouched(const struct record *record, int layers)
{
	assert_true(record->loss == (float)record->epoch);
	assert_true(record->layers == layers || record->layers == 0);
	for (int l = 0; l < record->layers; l++)
		assert_true(record->layer[l].delta_rms == (float)(record->epoch + l));
}

/* `step` epochs between records; an event in every event_every-th one, if that is not 0. */
static struct history *filled(int records, int layers, int step, int event_every)
{
	struct history *history = history_new();
	struct record *record = record_new(layers);
	assert_non_null(history);
	assert_non_null(record);
	for (int i = 0; i < records; i++) {
		bool event = event_every && i % event_every == event_every - 1;
		write_epoch(record, (int64_t)i * step);
		snprintf(record->event, sizeof(record->event), "%s", event ? "lr=0.1" : "");
		assert_true(history_add(history, record));
		assert_true(history_bytes(history) < BYTES_MAX);
		assert_true(history_count(history) <= RECORDS_MAX);
	}
	free(record);
	return history;
}

static int with_layers(const struct history *history)
{
	int count = 0;
	for (int i = 0; i < history_count(history); i++)
		count += history_at(history, i)->layers > 0;
	return count;
}

static void a_short_run_is_kept_whole(void **state)
{
	struct history *history = filled(40, 11, 1, 0);
	(void)state;
	assert_int_equal(history_count(history), 40);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(history_at(history, i)->epoch, i);
		assert_int_equal(history_at(history, i)->layers, 11);
		assert_untouched(history_at(history, i), 11);
	}
	assert_ptr_equal(history_newest(history), history_at(history, 39));
	history_free(history);
}

/* Also for runs that record every tenth epoch. */
static void both_ends_stay_exact_and_epochs_ascend(void **state)
{
	(void)state;
	for (int step = 1; step <= 10; step += 9) {
		struct history *history = filled(100000, 3, step, 0);
		int count = history_count(history);
		assert_true(count > RECORDS_MAX / 2);
		for (int i = 0; i < count; i++) {
			assert_untouched(history_at(history, i), 3);
			if (i > 0)
				assert_true(history_at(history, i - 1)->epoch < history_at(history, i)->epoch);
		}
		for (int i = 0; i < EDGE; i++) {
			assert_int_equal(history_at(history, i)->epoch, i * step);
			assert_int_equal(history_at(history, count - 1 - i)->epoch, (99999 - i) * step);
		}
		history_free(history);
	}
}

/* A curve of a long run must not have a hole where its middle was. */
static void the_middle_is_thinned_evenly(void **state)
{
	static const int lengths[] = {2500, 5000, 20000, 100000};
	(void)state;
	for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
		struct history *history = filled(lengths[k], 3, 1, 0);
		int64_t widest = 0;
		for (int i = 1; i < history_count(history); i++) {
			int64_t gap = history_at(history, i)->epoch - history_at(history, i - 1)->epoch;
			widest = gap > widest ? gap : widest;
		}
		assert_true(widest <= 4 * lengths[k] / (RECORDS_MAX - 2 * EDGE) + 1);
		history_free(history);
	}
}

static void events_outlive_their_neighbours(void **state)
{
	struct history *history = filled(50000, 3, 1, 500);
	int events = 0;
	(void)state;
	for (int i = 0; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		assert_true((record->epoch % 500 == 499) == (record->event[0] != '\0'));
		events += record->event[0] != '\0';
	}
	assert_int_equal(events, 100);
	history_free(history);
}

/* 512 records fill it; then every second one stays between 64 at each end, at the next time every
 * fourth. Rows of layers: 558, but 48 records' at least; then every second one stays between 8. */
static void so_many_stay(void **state)
{
	static const struct {
		int records, layers, count, layered;
	} cases[] = {{512, 0, 512, 0}, {513, 0, 64 + 384 / 2 + 64 + 1, 0}, {703, 0, 511, 0},
		{704, 0, 512, 0}, {705, 0, 273, 0}, {93, 6, 93, 93}, {94, 6, 94, 8 + 78 / 2 + 8},
		{132, 6, 132, 93}, {133, 6, 133, 75}, {48, 100, 48, 48}, {49, 100, 49, 33},
		{64, 100, 64, 48}, {65, 100, 65, 41}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct history *history = filled(cases[i].records, cases[i].layers, 1, 0);
		assert_int_equal(history_count(history), cases[i].count);
		assert_int_equal(with_layers(history), cases[i].layered);
		history_free(history);
	}
}

/* More events than there is room for: the oldest go, the memory stays bounded. */
static void nothing_but_events_is_bounded_too(void **state)
{
	struct history *history = filled(5000, 3, 1, 1);
	int count = history_count(history);
	(void)state;
	assert_int_equal(count, RECORDS_MAX);
	assert_int_equal(history_at(history, EDGE - 1)->epoch, EDGE - 1);
	assert_int_equal(history_at(history, EDGE)->epoch, 5000 - (RECORDS_MAX - EDGE));
	history_free(history);
}

static void a_run_without_end_stays_small(void **state)
{
	struct history *history = filled(1000000, 11, 1, 0);
	(void)state;
	assert_true(history_bytes(history) < small_bytes_max);
	history_free(history);
}

static void many_layers_are_kept_at_the_ends_and_here_and_there(void **state)
{
	(void)state;
	for (int records = 100; records <= 100000; records *= 10) {
		struct history *history = filled(records, 301, 1, 0);
		int count = history_count(history);
		int64_t last = 0, widest = 0;
		for (int i = 0; i < count; i++)
			assert_untouched(history_at(history, i), 301);
		for (int i = 0; i < EDGE_WITH_LAYERS; i++) {
			assert_int_equal(history_at(history, i)->layers, 301);
			assert_int_equal(history_at(history, count - 1 - i)->layers, 301);
		}
		assert_true(with_layers(history) > 2 * EDGE_WITH_LAYERS);
		for (int i = 0; i < count; i++)
			if (history_at(history, i)->layers) {
				int64_t epoch = history_at(history, i)->epoch;
				widest = epoch - last > widest ? epoch - last : widest;
				last = epoch;
			}
		assert_true(widest <= records);
		assert_true(widest <= records / 10);
		history_free(history);
	}
}

static void a_copy_is_the_same_and_goes_on_alike(void **state)
{
	struct history *history = filled(30000, 40, 1, 100), *copy = history_copy(history);
	struct record *record = record_new(40);
	(void)state;
	assert_non_null(copy);
	for (int epoch = 30000; epoch < 33000; epoch++) {
		write_epoch(record, epoch);
		assert_true(history_add(history, record) && history_add(copy, record));
	}
	assert_int_equal(history_count(copy), history_count(history));
	assert_int_equal(history_bytes(copy), history_bytes(history));
	for (int i = 0; i < history_count(copy); i++) {
		const struct record *a = history_at(history, i), *b = history_at(copy, i);
		assert_true(a != b && a->layers == b->layers);
		assert_memory_equal(a, b, sizeof(*a) + (size_t)a->layers * sizeof(a->layer[0]));
	}
	free(record);
	history_free(history);
	history_free(copy);
}

static void a_cleared_history_starts_again(void **state)
{
	struct history *history = filled(9000, 3, 1, 0);
	size_t empty;
	struct record *record = record_new(3);
	(void)state;
	history_clear(history);
	empty = history_bytes(history);
	assert_int_equal(history_count(history), 0);
	assert_null(history_newest(history));
	for (int epoch = 0; epoch < 300; epoch++) {
		write_epoch(record, epoch);
		assert_true(history_add(history, record));
	}
	assert_int_equal(history_count(history), 300);
	assert_true(history_bytes(history) > empty);
	history_clear(history);
	assert_int_equal(history_bytes(history), empty);
	free(record);
	history_free(history);
}

static void conditions_are_shared_by_the_records_made_under_them(void **state)
{
	struct config config = config_default();
	struct conditions *first = conditions_new(&config, NULL, NULL);
	struct history *history = history_new(), *copy;
	struct record *record = record_new(3);
	(void)state;
	for (int epoch = 0; epoch < 20; epoch++) {
		write_epoch(record, epoch);
		assert_true(history_add(history, record));
		if (epoch != 7)
			history_note(history, first);
	}
	copy = history_copy(history);
	for (int i = 0; i < 20; i++) {
		assert_ptr_equal(history_conditions(history, i), i == 7 ? NULL : first);
		assert_ptr_equal(history_conditions(copy, i), history_conditions(history, i));
	}
	history_free(history);
	assert_int_equal(first->users, 20);
	history_free(copy);
	assert_int_equal(first->users, 1);
	conditions_release(first);
	free(record);
}

/* The time goes on over records that are thinned out, and into copies. */
static void the_time_of_training_adds_up(void **state)
{
	(void)state;
	struct history *history = history_new();
	struct record *record = record_new(0);
	struct history_view all = {.all = NULL};
	assert_true(isnan(history_time(all, 5)));
	for (int64_t epoch = 0; epoch < 5000; epoch++) {
		write_epoch(record, epoch);
		assert_true(history_add(history, record));
		if (epoch == 1)
			assert_true(isnan(history_time(history_until(history, INT64_MAX), 1)));
		if (epoch > 1)
			history_spend(history, 0.25);
	}
	struct history *copy = history_copy(history);
	const struct history *const both[] = {history, copy};
	for (int i = 0; i < 2; i++) {
		all = history_until(both[i], INT64_MAX);
		assert_true(isnan(history_time(all, 1)));
		assert_float_equal(history_time(all, 3), 0.5, 1e-9);
		assert_float_equal(history_time(all, 4999), 4998 * 0.25, 1e-6);
		assert_float_equal(history_time(all, 99999), 4998 * 0.25, 1e-6);
		assert_float_equal(history_time(history_until(both[i], 11), 4999), 10 * 0.25, 1e-9);
		for (int at = 2; at < history_count(both[i]); at++) {
			int64_t epoch = history_at(both[i], at)->epoch;
			assert_float_equal(history_time(all, epoch), (double)(epoch - 1) * 0.25, 1e-6);
		}
	}
	free(record);
	history_free(history);
	history_free(copy);
}

/* Two epochs of 10 and the rest of 1000 multiply-adds; the thinned middle counts, too. */
static void work_is_that_of_all_epochs_under_their_conditions(void **state)
{
	struct config config = config_default();
	struct conditions *cheap = conditions_new(&config, NULL, NULL);
	struct conditions *dear = conditions_new(&config, NULL, NULL);
	struct history *history = history_new();
	struct record *record = record_new(3);
	(void)state;
	cheap->epoch_cost = 10;
	dear->epoch_cost = 1000;
	for (int epoch = 0; epoch <= 5000; epoch++) {
		write_epoch(record, epoch);
		assert_true(history_add(history, record));
		history_note(history, epoch <= 2 ? cheap : dear);
	}
	struct history_view view = history_until(history, INT64_MAX);
	assert_float_equal(history_work(view, 0), 0, 0);
	assert_float_equal(history_work(view, 2), 20, 0);
	assert_float_equal(history_work(view, 3), 1020, 0);
	assert_float_equal(history_work(view, 4001), 20 + 1000.0 * 3999, 0);
	assert_true(isnan(history_work(view, 5001)));
	history_free(history);
	conditions_release(cheap);
	conditions_release(dear);
	free(record);
}

/* Settings that change in every epoch: the first and the newest are known, all of it is bounded. */
static void conditions_have_a_budget(void **state)
{
	enum { MOST = 256 << 10, LEAST = 8 };
	static const int depths[] = {3, 300};
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct config config = config_default();
		struct history *history = history_new();
		struct record *record = record_new(3);
		size_t bytes = 0;
		int kept = 0;
		config.depth = depths[k];
		for (int epoch = 0; epoch < 700; epoch++) {
			struct conditions *conditions = conditions_new(&config, NULL, NULL);
			write_epoch(record, epoch);
			strcpy(record->event, "activation=relu");
			assert_true(history_add(history, record));
			history_note(history, conditions);
			conditions_release(conditions);
		}
		for (int i = 0; i < history_count(history); i++) {
			const struct conditions *conditions = history_conditions(history, i);
			bytes += conditions ? conditions_bytes(conditions) : 0;
			kept += conditions != NULL;
		}
		assert_true(kept >= LEAST && (bytes <= MOST || kept == LEAST));
		assert_non_null(history_conditions(history, 0));
		for (int i = 1; i < LEAST; i++)
			assert_non_null(history_conditions(history, history_count(history) - i));
		history_free(history);
		free(record);
	}
}

/* Every record has a detail to begin with, or every tenth; of 3 layers or of many large ones. */
static void details_have_a_budget(void **state)
{
	enum { MOST = 512 << 10, LEAST = 4, RECORDS = 3000 };
	static const struct {
		int layers, units, every;
	} cases[] = {
		{3, 10, 1},
		{3, 10, 10},
		{20, 8, 1},
		{300, 100, 1},
	};
	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct history *history = history_new(), *copy;
		struct record *record = record_new(cases[k].layers + 1);
		int units[300] = {0}, kept = 0, last = -1;
		for (int l = 0; l < cases[k].layers; l++)
			units[l] = cases[k].units;
		struct detail *detail = detail_new(cases[k].layers, units, NULL);
		size_t bytes = detail_bytes(detail), room = MOST > LEAST * bytes ? MOST : LEAST * bytes;

		for (int epoch = 0; epoch < RECORDS; epoch++) {
			write_epoch(record, epoch);
			detail->epoch = epoch;
			detail_shares(detail, cases[k].layers)[0] = (float)epoch;
			assert_true(history_add(history, record));
			if (epoch % cases[k].every == 0)
				assert_true(history_keep_detail(history, detail));
		}
		copy = history_copy(history);
		for (int i = 0; i < history_count(history); i++) {
			const struct detail *one = history_detail(history, i);
			assert_ptr_equal(history_detail(copy, i), one);
			assert_int_equal(history_at(copy, i)->layers, history_at(history, i)->layers);
			if (!one)
				continue;
			assert_int_equal(one->epoch, history_at(history, i)->epoch);
			assert_true(history_at(history, i)->layers > 0);
			assert_true(one->layer[cases[k].layers - 1].inactive[0] == (float)one->epoch);
			assert_int_equal(one->users, 2);
			last = i;
			kept++;
		}
		/* the budgets of records and layers leave little of rare ones */
		assert_true(kept >= (cases[k].every > 1 ? 2 : LEAST / 2 + 1));
		if ((size_t)kept * bytes > room)
			fail_msg("case %zu: %d details of %zu bytes, room for %zu", k, kept, bytes, room);
		assert_non_null(history_detail(history, 0));
		assert_true(history_at(history, last)->epoch > RECORDS - 1 - cases[k].every);
		history_free(copy);
		history_free(history);
		detail_release(detail);
		free(record);
	}
}

static void an_epoch_is_found_or_not_kept(void **state)
{
	struct history *history = filled(9000, 3, 2, 0);
	(void)state;
	assert_int_equal(history_until(NULL, 5).count, 0);
	assert_int_equal(history_until(history, -1).count, 0);
	for (int64_t epoch = 0; epoch < 18010; epoch++) {
		int count = history_until(history, epoch).count, at = history_find(history, epoch);
		bool there = history_at(history, count - 1)->epoch == epoch;
		assert_true(history_at(history, count - 1)->epoch <= epoch);
		assert_true(count == history_count(history) || history_at(history, count)->epoch > epoch);
		assert_int_equal(at, there ? count - 1 : -1);
	}
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_run_is_kept_whole),
		cmocka_unit_test(both_ends_stay_exact_and_epochs_ascend),
		cmocka_unit_test(the_middle_is_thinned_evenly),
		cmocka_unit_test(the_time_of_training_adds_up),
		cmocka_unit_test(events_outlive_their_neighbours),
		cmocka_unit_test(so_many_stay),
		cmocka_unit_test(nothing_but_events_is_bounded_too),
		cmocka_unit_test(a_run_without_end_stays_small),
		cmocka_unit_test(many_layers_are_kept_at_the_ends_and_here_and_there),
		cmocka_unit_test(a_copy_is_the_same_and_goes_on_alike),
		cmocka_unit_test(a_cleared_history_starts_again),
		cmocka_unit_test(conditions_are_shared_by_the_records_made_under_them),
		cmocka_unit_test(work_is_that_of_all_epochs_under_their_conditions),
		cmocka_unit_test(conditions_have_a_budget),
		cmocka_unit_test(details_have_a_budget),
		cmocka_unit_test(an_epoch_is_found_or_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
