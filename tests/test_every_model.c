/* Every model of the table, in every pane: at every size, with every choice of the screen's
 * settings, beside a pinned run, in the past, and while its depth, width and data change. A pane
 * was often written with dense layers in mind; here it meets the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lab/models.h"
#include "place.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct size {
	int columns, rows;
} sizes[] = {{1, 1}, {7, 3}, {40, 10}, {80, 24}, {132, 43}, {200, 60}};

/* A run of a model with its usual network, but narrow and with few short samples. */
static struct fixture start_model(const char *model, const char *settings)
{
	char all[200];
	snprintf(all, sizeof(all), "advice=rules model=%s width=3 length=6 seed=1 %s", model, settings);
	return start_paused(all, "braille");
}

static void train_epochs(struct fixture *fixture, int epochs)
{
	int64_t goal = epoch_of(fixture) + epochs;
	for (int i = 0; i < epochs; i++)
		press(fixture, 's');
	assert_int_equal(epoch_of(fixture), goal);
}

static bool is_blank(const struct canvas *canvas)
{
	for (int i = 0; i < canvas->columns * canvas->rows; i++)
		if (canvas->cell[i].code > ' ')
			return false;
	return true;
}

/* All panes, each alone on the screen, and at last all of them together. */
static void draw_panes(struct fixture *fixture, const char *what, struct size size)
{
	struct app *app = fixture->app;
	app_resize(app, size.columns, size.rows);
	for (int p = 0; p <= pane_count(); p++) {
		app->viewer.zoomed = p < pane_count();
		if (p < pane_count())
			app->viewer.focus = p;
		app_draw(app);   /* says what it needs of the run's state, */
		settle(fixture); /* which is made */
		if (is_blank(app_draw(app)) && size.columns >= 40)
			fail_msg("%s: pane %s draws nothing at %dx%d", what,
				p < pane_count() ? pane_at(p)->name : "(all)", size.columns, size.rows);
	}
}

static void draw_at_every_size(struct fixture *fixture, const char *what)
{
	for (size_t i = 0; i < COUNT(sizes); i++)
		draw_panes(fixture, what, sizes[i]);
}

static void step_setting(struct fixture *fixture, const char *name, int direction)
{
	int index = all_settings_find(name, NULL);
	assert_true(index >= 0);
	controls_step(&fixture->app->controls, index, direction);
	fixture->now += 1; /* steps of a setting settle */
	settle(fixture);
	work_until(fixture, fixture->now + 1);
}

static void every_model_is_drawn_at_every_size(void **state)
{
	const struct model_type *model;
	(void)state;
	for (int i = 0; (model = model_type_at(i)); i++) {
		struct fixture fixture = start_model(model->name, "");
		draw_panes(&fixture, model->name, sizes[3]); /* before the first epoch */
		train_epochs(&fixture, 3);
		draw_at_every_size(&fixture, model->name);
		app_free(fixture.app);
	}
}

static void every_layer_and_unit_of_every_model_can_be_selected(void **state)
{
	const struct model_type *model;
	(void)state;
	for (int i = 0; (model = model_type_at(i)); i++)
		for (const char *depth = "12"; *depth; depth++) {
			char settings[40];
			snprintf(settings, sizeof(settings), "depth=%c", *depth);
			struct fixture fixture = start_model(model->name, settings);
			train_epochs(&fixture, 1);
			press(&fixture, 'g');
			for (int row = controls_rows(&fixture.app->controls); row > 0; row--) {
				for (int unit = 0; unit < 4; unit++) {
					draw_panes(&fixture, model->name, sizes[4]);
					press(&fixture, ')');
				}
				press(&fixture, 'n');
				press(&fixture, 'j');
			}
			app_free(fixture.app);
		}
}

static void every_choice_of_the_screen_is_drawn_of_every_model(void **state)
{
	const struct model_type *model;
	(void)state;
	for (int i = 0; (model = model_type_at(i)); i++) {
		struct fixture fixture = start_model(model->name, "");
		train_epochs(&fixture, 3);
		for (int s = 0; s < screen_table.count; s++) {
			const struct setting *row = &screen_table.row[s];
			char what[120];
			snprintf(what, sizeof(what), "model=%s %s", model->name, row->name);
			for (int choice = 0; row->choice && row->choice(choice); choice++) {
				struct error error = {STATUS_DONE, ""};
				if (!controls_assign(
						&fixture.app->controls, row->name, row->choice(choice), &error))
					fail_msg("%s=%s: %s", what, row->choice(choice), error.text);
				draw_panes(&fixture, what, sizes[choice % 2 ? 4 : 2]);
			}
			struct error error = {STATUS_DONE, ""};
			controls_assign(&fixture.app->controls, row->name, row->initial, &error);
		}
		app_free(fixture.app);
	}
}

static void every_model_is_drawn_beside_a_pinned_run_and_in_the_past(void **state)
{
	const struct model_type *model;
	(void)state;
	for (int i = 0; (model = model_type_at(i)); i++) {
		struct fixture fixture = start_model(model->name, "");
		train_epochs(&fixture, 2);
		press(&fixture, 'c');
		assert_non_null(fixture.app->twin.experiment);
		draw_at_every_size(&fixture, model->name);
		step_setting(&fixture, "width", 1);
		train_epochs(&fixture, 2);
		draw_at_every_size(&fixture, model->name);
		press(&fixture, ',');
		draw_at_every_size(&fixture, model->name);
		/* one run is of this model, the other one of the next */
		press(&fixture, 'F');
		step_setting(&fixture, "model", 1);
		train_epochs(&fixture, 1);
		draw_at_every_size(&fixture, model->name);
		press(&fixture, 'C');
		draw_at_every_size(&fixture, model->name);
		press(&fixture, 'N');
		draw_panes(&fixture, model->name, sizes[4]);
		app_free(fixture.app);
	}
}

static void every_model_changes_its_depth_width_and_data(void **state)
{
	enum { DATA_STEPS = 20 };
	static const char *const shape[] = {"depth", "width"};
	const struct model_type *model;
	(void)state;
	for (int i = 0; (model = model_type_at(i)); i++) {
		struct fixture fixture = start_model(model->name, "");
		train_epochs(&fixture, 1);
		for (size_t s = 0; s < COUNT(shape); s++)
			for (int direction = 1; direction >= -1; direction -= 2) {
				step_setting(&fixture, shape[s], direction);
				draw_panes(&fixture, model->name, sizes[4]); /* a preview, or new layers */
				press(&fixture, 's');
				draw_panes(&fixture, model->name, sizes[4]);
			}
		for (int step = 0; step < DATA_STEPS; step++) {
			step_setting(&fixture, "data", 1);
			press(&fixture, 's');
			draw_panes(&fixture, config_of(&fixture)->data, sizes[step % 2 ? 4 : 2]);
		}
		app_free(fixture.app);
	}
}

/* The pane alone on the screen, with a unit of layer 1 selected. */
static void look_at_unit(struct fixture *fixture, const char *pane, int unit)
{
	struct app *app = fixture->app;
	app_resize(app, 132, 43);
	for (int p = 0; pane_at(p); p++)
		if (strcmp(pane_at(p)->name, pane) == 0)
			app->viewer.focus = p;
	assert_string_equal(pane_at(app->viewer.focus)->name, pane);
	app->viewer.zoomed = true;
	press(fixture, 'g');
	for (int i = 0; i < unit; i++)
		press(fixture, ')');
	app_draw(app);
	settle(fixture);
}

static void assert_words(struct fixture *fixture, const char *settings, const char *text, bool are)
{
	if (shows(fixture, text) != are)
		fail_msg("%s: '%s' is %s", settings, text, are ? "not shown" : "shown");
}

/* A kernel of 3x3 for each channel of the layer before, and not a weight for each place of a map;
 * a recurrent unit has no row of its own in one matrix. */
static void the_weights_of_a_unit_are_those_of_its_kind_of_layer(void **state)
{
	static const struct {
		const char *model, *settings, *text;
	} cases[] = {
		{"mlp", "depth=2", "of 2 weights > 0"},
		{"cnn", "depth=1", "of 9 weights > 0"},
		{"cnn", "depth=4", "of 9 weights > 0"},
		{"rnn", "depth=1", "weights in two matrices"},
		{"gru", "depth=2", "weights in two matrices"},
		{"lstm", "depth=2", "weights in two matrices"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_model(cases[i].model, cases[i].settings);
		train_epochs(&fixture, 1);
		look_at_unit(&fixture, "network", 3);
		assert_words(&fixture, cases[i].model, cases[i].text, true);
		app_free(fixture.app);
	}
}

/* Between channels there are as many ways as places, and in time many more. */
static void a_path_of_units_leads_through_dense_layers_only(void **state)
{
	const struct model_type *model;
	(void)state;
	for (int i = 0; (model = model_type_at(i)); i++) {
		struct fixture fixture = start_model(model->name, "depth=2");
		train_epochs(&fixture, 1);
		look_at_unit(&fixture, "chain", 2);
		bool dense = strcmp(model->name, "mlp") == 0;
		assert_words(&fixture, model->name, "paths", dense);
		assert_words(&fixture, model->name, "a path of units needs dense layers only", !dense);
		app_free(fixture.app);
	}
}

static void pane_weights_names_the_matrix_where_a_layer_has_several(void **state)
{
	static const struct {
		const char *model, *text;
	} cases[] = {
		{"mlp", "layer 1: 6 weights "},
		{"cnn", "layer 1: 27 weights "},
		{"rnn", "layer 1: 9 weights of weight_hh"},
		{"lstm", "layer 1: 36 weights of weight_hh"},
		{"gru", "layer 1: 27 weights of weight_hh"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_model(cases[i].model, "depth=2");
		train_epochs(&fixture, 1);
		look_at_unit(&fixture, "weights", 0);
		assert_words(&fixture, cases[i].model, cases[i].text, true);
		app_free(fixture.app);
	}
}

/* The map of a channel has many values for one sample; the channel is what is selected. */
static void a_channel_has_all_places_of_its_map_in_one_sample(void **state)
{
	static const struct {
		const char *model, *text;
	} cases[] = {
		{"mlp", "layer 1, unit 3"},
		{"lstm", "layer 1, unit 3"},
		{"cnn", "layer 1, channel 3"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_model(cases[i].model, "depth=2 units=sample");
		train_epochs(&fixture, 1);
		look_at_unit(&fixture, "units", 5); /* the last one */
		assert_words(&fixture, cases[i].model, cases[i].text, true);
		assert_words(
			&fixture, cases[i].model, "of 64 places off", strcmp(cases[i].model, "cnn") == 0);
		app_free(fixture.app);
	}
}

/* Networks with the same weights have the same loss, to the last bit. */
static void assert_same_loss(const struct experiment *a, const struct experiment *b)
{
	float one, other;
	struct frame frame_a, frame_b;
	assert_true(experiment_frame(a, EPOCH_PRESENT, &frame_a));
	assert_true(experiment_frame(b, EPOCH_PRESENT, &frame_b));
	one = frame_a.record->loss;
	other = frame_b.record->loss;
	if (memcmp(&one, &other, sizeof(one)) != 0)
		fail_msg("loss %.9g and %.9g", (double)one, (double)other);
}

static void weights_of_every_model_can_be_saved_and_loaded(void **state)
{
	const struct place *place = *state;
	const struct model_type *model;
	for (int i = 0; (model = model_type_at(i)); i++) {
		char command[120], setting[120];
		struct fixture saved = start_model(model->name, "");
		train_epochs(&saved, 3);
		struct error error = {STATUS_DONE, ""};
		enum app_state asked = APP_RUN;
		snprintf(command, sizeof(command), "save-weights %s", place->file);
		if (!app_command(saved.app, command, &asked, &error))
			fail_msg("%s: %s", model->name, error.text);
		settle(&saved);
		snprintf(setting, sizeof(setting), "weights=%s", place->file);
		struct fixture loaded = start_model(model->name, setting);
		settle(&loaded);
		assert_same_loss(experiment_of(&saved), experiment_of(&loaded));
		draw_panes(&loaded, model->name, sizes[4]);
		app_free(saved.app);
		app_free(loaded.app);
		remove(place->file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_is_drawn_at_every_size),
		cmocka_unit_test(every_layer_and_unit_of_every_model_can_be_selected),
		cmocka_unit_test(every_choice_of_the_screen_is_drawn_of_every_model),
		cmocka_unit_test(every_model_is_drawn_beside_a_pinned_run_and_in_the_past),
		cmocka_unit_test(every_model_changes_its_depth_width_and_data),
		cmocka_unit_test(the_weights_of_a_unit_are_those_of_its_kind_of_layer),
		cmocka_unit_test(a_path_of_units_leads_through_dense_layers_only),
		cmocka_unit_test(pane_weights_names_the_matrix_where_a_layer_has_several),
		cmocka_unit_test(a_channel_has_all_places_of_its_map_in_one_sample),
		cmocka_unit_test_setup_teardown(
			weights_of_every_model_can_be_saved_and_loaded, place_make, place_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
