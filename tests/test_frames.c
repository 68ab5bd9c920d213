/* Frames: everything drawn of a run at an epoch belongs to that run and that epoch. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/header.h"
#include "app/screen.h"
#include "app/screen_settings.h"
#include "lab/text.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"

#include "frames.h"
#include "logs.h"
#include "pictures.h"
#include "runs.h"

enum { WIDTH = 100, HEIGHT = 24, PLACES = 16, EPOCHS_MAX = 40 };

/* Header, verdict and all panes, one after the other. */
struct drawing {
	struct cell cell[PLACES][WIDTH * HEIGHT];
};

static void keep(struct drawing *drawing, int place, const struct canvas *canvas)
{
	assert_in_range(place, 0, PLACES - 1);
	memcpy(drawing->cell[place], canvas->cell, sizeof(drawing->cell[place]));
}

/* Draws without an experiment: the frame has all that is needed. */
static struct drawing *draw(const struct frame *frame, int layer)
{
	struct drawing *drawing = calloc(1, sizeof(*drawing));
	const struct screen_settings screen = screen_settings_default();
	struct view view = {.layer = layer};
	screen_settings_view(&screen, &view);
	view.theory = "on";
	view.target_loss = 0;
	const struct picture picture = {.frame = *frame, .view = &view};
	const struct config defaults = config_default();
	const struct header header = {
		.wanted = frame->settings ? frame->settings : &defaults,
		.pace = screen_settings_default().pace,
		.percent = -1,
		.running = true,
	};
	struct canvas *canvas = canvas_new();
	int place = 0;
	assert_non_null(drawing);
	assert_true(canvas_reset(canvas, WIDTH, HEIGHT, glyphs_find("braille")));
	header_draw(&header, frame, area_all(canvas));
	verdict_draw(frame, NULL, "rules", area_all(canvas), 2, 2);
	keep(drawing, place++, canvas);
	for (int i = 0; pane_at(i); i++) {
		assert_true(canvas_reset(canvas, WIDTH, HEIGHT, glyphs_find("braille")));
		pane_draw(pane_at(i), i + 1, false, &picture, area_all(canvas));
		keep(drawing, place++, canvas);
	}
	canvas_free(canvas);
	return drawing;
}

static const char *place_name(int place)
{
	return place == 0 ? "header and verdict" : pane_at(place - 1) ? pane_at(place - 1)->name : "";
}

/* The row of a place as text. */
static void row_text(const struct drawing *drawing, int place, int y, char out[5 * WIDTH])
{
	size_t used = 0;
	for (int x = 0; x < WIDTH; x++) {
		uint32_t code = drawing->cell[place][y * WIDTH + x].code;
		used += code ? (size_t)text_encode(out + used, code) : 0;
	}
	out[used] = '\0';
}

static bool shows(const struct drawing *drawing, const char *text)
{
	char row[5 * WIDTH];
	for (int place = 0; place < PLACES; place++)
		for (int y = 0; y < HEIGHT; y++) {
			row_text(drawing, place, y, row);
			if (strstr(row, text))
				return true;
		}
	return false;
}

/* These panes show the whole run and mark the epoch that the others show. */
static bool shows_whole_run(const char *pane)
{
	return strcmp(pane, "loss") == 0 || strcmp(pane, "history") == 0;
}

/* `past`: of one epoch, then and later; panes that show the whole run may differ. */
static void assert_same(
	const struct drawing *a, const struct drawing *b, bool past, const char *what)
{
	for (int place = 0; place < PLACES; place++)
		for (int i = 0; i < WIDTH * HEIGHT; i++) {
			const struct cell *one = &a->cell[place][i], *other = &b->cell[place][i];
			char first[5 * WIDTH], second[5 * WIDTH];
			if (past && shows_whole_run(place_name(place)))
				continue;
			if (one->code == other->code && one->style == other->style)
				continue;
			row_text(a, place, i / WIDTH, first);
			row_text(b, place, i / WIDTH, second);
			fail_msg("%s, %s, row %d, column %d:\n%s\n%s", what, place_name(place), i / WIDTH,
				i % WIDTH, first, second);
		}
}

/* ---- the model ---- */

static void the_model_is_that_of_the_network(void **state)
{
	static const struct {
		const char *activation;
		int units;
		double saturation_below;
		bool hidden, frozen;
	} layers[] = {
		{"elu", 7, 0.2, true, true},
		{"relu", 7, 0.1, true, false},
		{"sigmoid", 7, 0.025, true, false},
		{"identity", 3, 0, false, false},
	};
	struct experiment *e = experiment_of("data=iris width=7 depth=3 freeze=1 elu-alpha=2 "
										 "activation=elu/relu/sigmoid norm=layer");
	struct frame frame = frame_of(e);
	(void)state;
	/* before the data are loaded, the output layer's units are not known */
	assert_int_equal(frame.model->layers, 4);
	assert_int_equal(model_layer(frame.model, 4)->units, 0);
	train(e, 1, UINT64_MAX, NULL);
	frame = frame_of(e);
	assert_string_equal(frame.model->normalization, "layer");
	assert_int_equal(model_hidden(frame.model), 3);
	assert_true(!model_layer(frame.model, 0) && !model_layer(frame.model, 5));
	for (int l = 1; l <= 4; l++) {
		const struct layer_model *layer = model_layer(frame.model, l);
		assert_string_equal(layer->kind, "dense");
		assert_string_equal(layer->activation, layers[l - 1].activation);
		assert_int_equal(layer->units, layers[l - 1].units);
		assert_int_equal(layer->steps, 1);
		assert_true(fabs(layer->saturation_below - layers[l - 1].saturation_below) < 1e-6);
		assert_int_equal(layer->hidden, layers[l - 1].hidden);
		assert_int_equal(layer->frozen, layers[l - 1].frozen);
		assert_true(l == 4 || layer->parameters.elu_alpha == 2);
	}
	experiment_free(e);
}

/* ---- past epochs ---- */

/* Every epoch is drawn as when it was the newest, after changes of everything that a record does
 * not contain itself. */
static void a_past_epoch_is_drawn_as_it_was(void **state)
{
	static const char *const changes[] = {
		"activation=relu/sine",
		"depth=6 clip=norm",
		"norm=batch freeze=2",
		"activation=leaky-relu leaky-slope=0.3 norm=none",
		"loss=mse l2=0.01",
		"freeze=0 depth=1 lr=0.5",
		"depth=0",
	};
	struct experiment *e = trained("noise=0.3", 2);
	struct drawing *then[EPOCHS_MAX] = {NULL};
	char what[40];
	int layer = 2;
	(void)state;
	for (size_t i = 0; i <= sizeof(changes) / sizeof(changes[0]); i++) {
		if (i > 0)
			change(e, changes[i - 1]);
		for (int k = 0; k < 3; k++) {
			train(e, 1, UINT64_MAX, NULL);
			const struct frame frame = frame_of(e);

			then[frame.epoch] = draw(&frame, layer);
		}
	}
	for (int epoch = 0; epoch < EPOCHS_MAX; epoch++) {
		struct frame frame = {.baseline_loss = 42};
		if (!experiment_frame(e, epoch, &frame)) {
			assert_true(frame.baseline_loss == 42 && epoch > experiment_epoch(e));
			continue;
		}
		assert_int_equal(frame.record->epoch, epoch);
		assert_int_equal(frame.model->layers, frame.record->layers);
		assert_int_equal(history_at(frame.history.all, frame.history.count - 1)->epoch, epoch);
		if (!then[epoch])
			continue;
		struct drawing *now = draw(&frame, layer);

		snprintf(what, sizeof(what), "epoch %d", epoch);
		/* the curve continues to the newest epoch, with a cursor at this one */
		assert_same(now, then[epoch], true, what);
		free(now);
		free(then[epoch]);
	}
	experiment_free(e);
}

/* The words of the panes when a detail was dropped to stay within the budget. */
static void details_are_kept_for_some_epochs_and_missed_for_others(void **state)
{
	struct experiment *e = trained("depth=14 width=8 samples=20 batch=0", 300);
	int kept = 0, given_up = 0;
	(void)state;
	for (int64_t epoch = 0; epoch <= experiment_epoch(e); epoch++) {
		struct frame frame;
		assert_true(experiment_frame(e, epoch, &frame));
		bool missed = !frame.detail && frame.record->layers;
		struct drawing *drawing = draw(&frame, 1);

		assert_true(!frame.detail || frame.detail->epoch == epoch);
		assert_true(!frame.detail || frame.record->layers);
		assert_int_equal(shows(drawing, "units not kept for this epoch"), missed);
		assert_int_equal(shows(drawing, "bars: z of this layer"), frame.detail != NULL);
		assert_int_equal(shows(drawing, "bars: not kept for this epoch"), !frame.detail);
		kept += frame.detail != NULL;
		given_up += missed;
		free(drawing);
	}
	assert_true(kept >= 10 && given_up >= 10);
	experiment_free(e);
}

static void a_past_verdict_is_judged_as_it_was(void **state)
{
	struct experiment *e = trained("depth=12 width=4 activation=sigmoid lr=0.2", 12);
	(void)state;
	change(e, "activation=tanh");
	train(e, 20, UINT64_MAX, NULL);
	change(e, "depth=3 optimizer=adam");
	train(e, 30, UINT64_MAX, NULL);
	for (int64_t epoch = 0; epoch <= experiment_epoch(e); epoch++) {
		const char *remark[RECORD_REMARKS_MAX];
		struct frame frame;
		assert_true(experiment_frame(e, epoch, &frame));
		const struct evidence evidence = evidence_collect(&frame);

		assert_string_equal(verdict_judge(&evidence)->name, frame.record->verdict);
		remarks_list(&evidence, remark);
		assert_memory_equal(remark, frame.record->remark, sizeof(remark));
	}
	experiment_free(e);
}

static void an_epoch_before_a_change_of_data_is_not_drawn_with_the_new_data(void **state)
{
	struct experiment *e = trained("", 2);
	struct frame frame;
	(void)state;
	change(e, "data=circles");
	train(e, 2, UINT64_MAX, NULL);
	assert_true(experiment_frame(e, 1, &frame));
	assert_null(frame.data);
	struct drawing *drawing = draw(&frame, 1);

	assert_true(shows(drawing, "the data of this epoch are not kept"));
	free(drawing);
	assert_true(experiment_frame(e, 3, &frame));
	assert_string_equal(frame.data->name, "circles");
	change(e, "data=moons");
	assert_true(experiment_frame(e, 1, &frame));
	assert_string_equal(frame.data->name, "moons");
	assert_true(experiment_frame(e, 3, &frame));
	assert_null(frame.data);
	experiment_free(e);
}

/* A restored state has its own past. */
static void a_saved_state_keeps_the_past_as_it_was(void **state)
{
	struct experiment *e = trained("activation=relu", 3);
	struct snapshot *saved = experiment_save(e);
	struct frame frame;
	(void)state;
	change(e, "activation=tanh depth=5");
	train(e, 3, UINT64_MAX, NULL);
	assert_true(experiment_restore(e, saved));
	snapshot_free(saved);
	frame = frame_of(e); /* not measured yet */
	assert_string_equal(frame.loss, "bce");
	assert_string_equal(model_layer(frame.model, 1)->activation, "relu");
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	change(e, "activation=sine");
	train(e, 3, UINT64_MAX, NULL);
	for (int64_t epoch = 0; epoch <= 6; epoch++) {
		assert_true(experiment_frame(e, epoch, &frame));
		assert_true(frame.detail && frame.detail->epoch == epoch);
		assert_string_equal(model_layer(frame.model, 1)->activation, epoch <= 3 ? "relu" : "sine");
		assert_int_equal(frame.model->layers, 4);
	}
	experiment_free(e);
}

/* Until a change is measured, the earlier record is shown with its own settings. */
static void nothing_is_mixed_while_a_change_is_measured(void **state)
{
	struct experiment *e = trained("activation=relu", 2);
	const struct config config =
		config_with(*experiment_config(e), "activation=sine depth=6 loss=mse");
	(void)state;
	assert_true(experiment_configure(e, &config, NULL));
	while (experiment_advance(e, 1) == EXPERIMENT_BUSY) {
		struct frame frame = frame_of(e);
		assert_int_equal(frame.model->layers, 4);
		assert_int_equal(frame.record->layers, 4);
		assert_string_equal(frame.settings->activation, "relu");
		assert_string_equal(frame.loss, "bce");
		assert_string_equal(model_layer(frame.model, 1)->activation, "relu");
	}
	struct frame frame = frame_of(e);

	assert_int_equal(frame.model->layers, 7);
	assert_int_equal(frame.record->layers, 7);
	assert_string_equal(frame.loss, "mse");
	assert_string_equal(model_layer(frame.model, 6)->activation, "sine");
	experiment_free(e);
}

/* ---- two runs, and none ---- */

static void two_runs_beside_each_other_are_not_mixed(void **state)
{
	static const char *const settings[] = {
		"depth=2 activation=relu data=circles",
		"depth=9 activation=sigmoid norm=batch freeze=1",
	};
	struct experiment *both[2], *alone[2];
	(void)state;
	for (int i = 0; i < 2; i++) {
		both[i] = experiment_of(settings[i]);
		alone[i] = trained(settings[i], 5);
	}
	for (int epoch = 0; epoch < 5; epoch++)
		for (int i = 0; i < 2; i++)
			train(both[i], 1, UINT64_MAX, NULL);
	const struct frame pair[2] = {frame_of(both[0]), frame_of(both[1])};

	for (int layer = 1; layer <= 10; layer += 3)
		for (int i = 0; i < 2; i++) {
			const struct frame single = frame_of(alone[i]);
			struct drawing *beside = draw(&pair[i], layer), *by_itself = draw(&single, layer);
			assert_same(beside, by_itself, false, settings[i]);
			free(beside);
			free(by_itself);
		}
	for (int i = 0; i < 2; i++) {
		experiment_free(both[i]);
		experiment_free(alone[i]);
	}
}

/* Records made by hand, without an experiment or settings. */
static void records_alone_can_be_drawn(void **state)
{
	(void)state;
	for (int i = 0; picture_case_at(i); i++) {
		struct case_data *made = picture_make(picture_case_at(i));
		struct frame frame = made->picture.frame;
		struct drawing *with = draw(&frame, made->view.layer);
		frame.settings = NULL;
		struct drawing *without = draw(&frame, made->view.layer);

		/* the header says what was asked for, the advice knows the settings */
		assert_false(shows(without, "Try "));
		if (strcmp(picture_case_at(i)->name, "nothing") == 0)
			assert_true(shows(without, "waiting for the first epoch"));
		if (strcmp(picture_case_at(i)->name, "vanishing") == 0)
			assert_true(shows(with, "Try ") && shows(without, "Vanishing: ") &&
				shows(without, "epoch 137"));
		free(with);
		free(without);
		picture_free(made);
	}
}

/* Of a foreign network next to nothing may be known. */
static void a_model_without_functions_is_drawn_and_judged(void **state)
{
	struct case_data *made = picture_make(picture_case_at(0));
	struct frame frame = made->picture.frame;
	(void)state;
	for (int l = 0; l < made->model->layers; l++)
		made->model->layer[l] = (struct layer_model){.hidden = l + 1 < made->model->layers};
	made->model->normalization = NULL;
	frame.settings = NULL;
	frame.detail = NULL;
	frame.data = NULL;
	struct drawing *drawing = draw(&frame, 3);

	assert_true(shows(drawing, "the formula of this activation is not known"));
	assert_true(shows(drawing, "Vanishing: "));
	assert_false(evidence_collect(&frame).linear);
	free(drawing);
	picture_free(made);
}

/* ---- logs ---- */

/* A record as its CSV has it. */
static struct record *as_written(const struct record *record)
{
	struct record *copy = record_copy(record, record->layers);
	assert_non_null(copy);
	copy->steps = copy->clipped = copy->largest_step_layer = copy->equal_layer = 0;
	copy->largest_step = 0;
	copy->fault = (struct fault){0};
	return copy;
}

/* The frame of a run, without what a CSV does not contain. */
static void assert_drawn_alike(const struct experiment *e, const struct log *log, int64_t epoch)
{
	struct frame read, live;
	struct history *history = history_new();
	char what[40];
	assert_true(log_frame(log, epoch, &read));
	assert_true(experiment_frame(e, epoch, &live));
	for (int i = 0; i < history_count(live.history.all); i++) {
		struct record *record = as_written(history_at(live.history.all, i));
		assert_true(history_add(history, record));
		free(record);
	}
	live.history = history_until(history, epoch);
	live.record = history_at(history, live.history.count - 1);
	live.fault = live.record->fault;
	live.model = read.model;
	live.detail = NULL;
	live.theory = NULL;
	live.data = NULL;
	live.loss = NULL;
	live.baseline_loss = NAN;
	live.settings = NULL;
	struct drawing *one = draw(&live, 2), *other = draw(&read, 2);

	snprintf(what, sizeof(what), "epoch %d", (int)epoch);
	assert_same(one, other, false, what);
	free(one);
	free(other);
	history_free(history);
}

static void a_run_is_drawn_alike_from_its_own_csv(void **state)
{
	static const char *const runs[] = {
		"depth=9 activation=sigmoid",
		"activation=relu init=he-normal",
		"depth=0 lr=0.5",
		"data=wave norm=batch",
		"lr=100 activation=relu init=he-normal data=wave",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct logged logged = logged_begin();
		struct experiment *e = experiment_of(runs[i]);
		logged_train(&logged, e, 12);
		logged_change(&logged, e, "depth=5");
		logged_train(&logged, e, 3);
		struct log *log = logged_read(&logged);

		for (int64_t epoch = 0; epoch <= experiment_epoch(e); epoch++)
			assert_drawn_alike(e, log, epoch);
		log_close(log);
		experiment_free(e);
	}
}

/* Numbers that a log lacks are not invented: here, the baseline loss. */
static void a_log_tells_its_verdict_without_what_it_does_not_know(void **state)
{
	static const struct {
		const char *verdict, *text;
	} cases[] = {
		{"converged", "Verdict in the log: converged."},
		{"healthy", "baseline ?"},
		{"collapsed", "Verdict in the log: collapsed."},
		{"too-large-steps", "Verdict in the log: too-large-steps."},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[300];
		struct frame frame;
		snprintf(text, sizeof(text),
			"epoch,layer,loss,verdict,remarks\n"
			"0,,0.7,,\n0,1,,,\n1,,0.01,%s,worse-than-baseline\n1,1,,,\n",
			cases[i].verdict);
		struct log *log = log_of(text);

		assert_true(log_frame(log, EPOCH_PRESENT, &frame));
		struct drawing *drawing = draw(&frame, 1);

		if (!shows(drawing, cases[i].text))
			fail_msg("%s", cases[i].verdict);
		assert_true(shows(drawing, "Remark in the log: worse-than-baseline."));
		free(drawing);
		log_close(log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_model_is_that_of_the_network),
		cmocka_unit_test(a_past_epoch_is_drawn_as_it_was),
		cmocka_unit_test(details_are_kept_for_some_epochs_and_missed_for_others),
		cmocka_unit_test(a_past_verdict_is_judged_as_it_was),
		cmocka_unit_test(an_epoch_before_a_change_of_data_is_not_drawn_with_the_new_data),
		cmocka_unit_test(a_saved_state_keeps_the_past_as_it_was),
		cmocka_unit_test(nothing_is_mixed_while_a_change_is_measured),
		cmocka_unit_test(two_runs_beside_each_other_are_not_mixed),
		cmocka_unit_test(records_alone_can_be_drawn),
		cmocka_unit_test(a_run_is_drawn_alike_from_its_own_csv),
		cmocka_unit_test(a_log_tells_its_verdict_without_what_it_does_not_know),
		cmocka_unit_test(a_model_without_functions_is_drawn_and_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
