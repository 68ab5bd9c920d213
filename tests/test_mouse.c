/* The mouse at the whole program: what a press, a second press and the wheel do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ui/key.h"

#include "session.h"

static struct fixture start(const char *settings, int columns, int rows)
{
	char in_ascii[200];
	snprintf(in_ascii, sizeof(in_ascii), "glyphs=ascii seed=1 %s", settings);
	struct fixture fixture = start_session(in_ascii, "braille", columns, rows);
	pause_run(&fixture);
	return fixture;
}

static void send(struct fixture *fixture, enum mouse_kind kind, int x, int y)
{
	struct mouse mouse = {kind, x, y};
	app_mouse(fixture->app, &mouse, fixture->now);
	settle(fixture);
}

static void click(struct fixture *fixture, int x, int y)
{
	fixture->now += 1;
	send(fixture, MOUSE_PRESS, x, y);
}

/* The cell `right` of the start of the text on the screen, and `down` rows below it. */
static struct mouse place_of(struct fixture *fixture, const char *text, int right, int down)
{
	const struct canvas *canvas = app_draw(fixture->app);
	for (int y = 0; y < canvas->rows; y++)
		for (int x = 0; x + (int)strlen(text) <= canvas->columns; x++) {
			size_t k = 0;
			while (text[k] &&
				canvas->cell[y * canvas->columns + x + (int)k].code == (unsigned char)text[k])
				k++;
			if (!text[k])
				return (struct mouse){.x = x + right, .y = y + down};
		}
	fail_msg("the screen does not show '%s'", text);
	return (struct mouse){0};
}

static void click_on(struct fixture *fixture, const char *text, int right, int down)
{
	struct mouse place = place_of(fixture, text, right, down);
	click(fixture, place.x, place.y);
}

static void scroll(
	struct fixture *fixture, const char *text, int right, int down, enum mouse_kind kind)
{
	struct mouse place = place_of(fixture, text, right, down);
	send(fixture, kind, place.x, place.y);
}

static const char *focused(const struct fixture *fixture)
{
	return pane_at(fixture->app->viewer.focus)->name;
}

static void a_press_focuses_a_pane_and_selects_a_layer(void **state)
{
	struct fixture fixture = start("depth=5", 80, 24);
	(void)state;
	click_on(&fixture, "2 loss", 0, 0);
	assert_string_equal(focused(&fixture), "loss");
	assert_int_equal(fixture.app->viewer.view.layer, 1);
	click_on(&fixture, "1 gradients", 20, 4);
	assert_string_equal(focused(&fixture), "gradients");
	assert_int_equal(fixture.app->viewer.view.layer, 3);
	click_on(&fixture, " out ", 2, 0);
	assert_int_equal(fixture.app->viewer.view.layer, 6);
	app_free(fixture.app);
}

static void a_press_selects_a_unit_and_the_next_one_none(void **state)
{
	struct fixture fixture = start("depth=5 width=4", 80, 24);
	(void)state;
	press(&fixture, '6');
	press(&fixture, 'z');
	assert_string_equal(focused(&fixture), "network");
	click_on(&fixture, " in ", 30, 2);
	assert_int_equal(fixture.app->viewer.view.layer, 3);
	assert_int_equal(fixture.app->viewer.view.unit, 1);
	click_on(&fixture, " in ", 30, 2);
	assert_int_equal(fixture.app->viewer.view.unit, 0);
	app_free(fixture.app);
}

static void a_press_on_the_same_unit_of_another_layer_selects_it(void **state)
{
	struct fixture fixture = start("depth=5 width=4", 80, 24);
	const struct view *view = &fixture.app->viewer.view;
	(void)state;
	press(&fixture, '6');
	press(&fixture, 'z');
	press(&fixture, ')');
	assert_int_equal(view->layer, 1);
	assert_int_equal(view->unit, 1);
	click_on(&fixture, " in ", 30, 2);
	assert_int_equal(view->layer, 3);
	assert_int_equal(view->unit, 1);
	app_free(fixture.app);
}

static void a_press_on_a_hint_is_its_key(void **state)
{
	struct fixture fixture = start("", 80, 24);
	(void)state;
	click_on(&fixture, "? help", 4, 0);
	assert_int_equal(fixture.app->viewer.overlay, OVERLAY_HELP);
	click_on(&fixture, "m menu", 0, 0);
	assert_int_equal(fixture.app->viewer.overlay, OVERLAY_MENU);
	app_free(fixture.app);
}

static void two_presses_on_a_title_zoom(void **state)
{
	struct fixture fixture = start("", 80, 24);
	(void)state;
	click_on(&fixture, "2 loss", 0, 0);
	click_on(&fixture, "2 loss", 0, 0);
	assert_false(fixture.app->viewer.zoomed); /* a second later */
	struct mouse place = place_of(&fixture, "2 loss", 0, 0);
	fixture.now += 0.2;
	send(&fixture, MOUSE_PRESS, place.x, place.y);
	assert_true(fixture.app->viewer.zoomed);
	send(&fixture, MOUSE_PRESS, place.x, place.y); /* a third press begins anew */
	assert_true(fixture.app->viewer.zoomed);
	app_free(fixture.app);
}

static void a_press_on_an_epoch_shows_it(void **state)
{
	struct fixture fixture = start("depth=5 advice=off", 80, 24);
	(void)state;
	for (int i = 0; i < 4; i++) {
		press(&fixture, 'S');
		work_until(&fixture, fixture.now + 2);
	}
	int64_t newest = epoch_of(&fixture);
	assert_true(newest >= 40);
	click_on(&fixture, "4 history", 20, 5);
	int64_t shown = fixture.app->viewer.epoch;
	assert_in_range(shown, 1, newest - 1);
	assert_string_equal(focused(&fixture), "history");
	click_on(&fixture, "2 loss", 24, 3);
	assert_in_range(fixture.app->viewer.epoch, shown + 1, newest - 1);
	click_on(&fixture, "2 loss", 27, 3);
	assert_true(fixture.app->viewer.epoch > shown);
	press(&fixture, 'F');
	assert_int_equal(fixture.app->viewer.epoch, EPOCH_PRESENT);
	command(&fixture, "pane log");
	press(&fixture, 'z');
	click_on(&fixture, " 0 verdict", 3, 0);
	assert_int_equal(fixture.app->viewer.epoch, 0);
	app_free(fixture.app);
}

static void a_press_on_the_axis_of_z_moves_the_cursor_there(void **state)
{
	struct fixture fixture = start("", 80, 24);
	(void)state;
	press(&fixture, '3');
	press(&fixture, 'z');
	struct mouse place = place_of(&fixture, "3 activation", 50, 15);
	click(&fixture, place.x, place.y);
	int cursor = fixture.app->viewer.view.cursor;
	assert_true(cursor > 0);
	const struct canvas *canvas = app_draw(fixture.app);
	assert_int_equal(canvas->cell[(place.y - 1) * canvas->columns + place.x].code, '|');
	click(&fixture, place.x + 4, place.y);
	assert_in_range(fixture.app->viewer.view.cursor, cursor + 1, cursor + 8);
	click(&fixture, place.x + 4, place.y);
	assert_int_equal(fixture.app->viewer.view.cursor, 0);
	app_free(fixture.app);
}

static void the_menu_selects_with_the_first_press_and_types_with_the_second(void **state)
{
	struct fixture fixture = start("", 80, 30);
	(void)state;
	press(&fixture, 'm');
	click_on(&fixture, "d D depth", 6, 0);
	assert_string_equal(all_settings_name(fixture.app->viewer.menu_row), "depth");
	assert_false(fixture.app->prompt.open);
	click_on(&fixture, "d D depth", 6, 0);
	assert_true(fixture.app->prompt.open);
	assert_string_equal(fixture.app->prompt.text, "set depth ");
	press(&fixture, KEYCODE_ESCAPE);
	for (int i = 0; i < 2; i++) /* the value of the selected setting */
		scroll(&fixture, "d D depth", 0, 0, MOUSE_WHEEL_DOWN);
	assert_string_equal(all_settings_name(fixture.app->viewer.menu_row), "activation");
	click_on(&fixture, "relu  tanh", 6, 0);
	assert_string_equal(config_of(&fixture)->activation, "tanh");
	click_on(&fixture, "1 gradients", 0, 0); /* a pane beside it */
	assert_int_equal(fixture.app->viewer.overlay, OVERLAY_MENU);
	app_free(fixture.app);
}

static void the_wheel_moves_in_what_is_under_the_mouse(void **state)
{
	struct fixture fixture = start("depth=5", 80, 24);
	(void)state;
	scroll(&fixture, "1 gradients", 5, 4, MOUSE_WHEEL_DOWN);
	scroll(&fixture, "1 gradients", 5, 4, MOUSE_WHEEL_DOWN);
	assert_int_equal(fixture.app->viewer.view.layer, 3);
	scroll(&fixture, "4 history", 5, 4, MOUSE_WHEEL_DOWN); /* the output layer is on top */
	assert_int_equal(fixture.app->viewer.view.layer, 2);
	assert_string_equal(focused(&fixture), "gradients");
	press(&fixture, '?');
	send(&fixture, MOUSE_WHEEL_DOWN, 20, 10);
	assert_int_equal(fixture.app->viewer.help_top, 3);
	send(&fixture, MOUSE_WHEEL_UP, 20, 10);
	assert_int_equal(fixture.app->viewer.help_top, 0);
	assert_int_equal(fixture.app->viewer.view.layer, 2);
	app_free(fixture.app);
}

static void an_open_prompt_keeps_its_text(void **state)
{
	struct fixture fixture = start("", 80, 24);
	(void)state;
	press(&fixture, ':');
	press(&fixture, 'd');
	click_on(&fixture, "2 loss", 0, 0);
	send(&fixture, MOUSE_WHEEL_UP, 1, 1);
	assert_true(fixture.app->prompt.open);
	assert_string_equal(fixture.app->prompt.text, "d");
	assert_string_equal(focused(&fixture), "gradients");
	app_free(fixture.app);
}

static void every_place_can_be_pressed(void **state)
{
	static const int keys[] = {'1', 'm', '?', '9'};
	static const int size[][2] = {{200, 50}, {80, 24}, {40, 10}, {30, 5}, {1, 1}};
	struct fixture fixture = start("depth=3", 80, 24);
	(void)state;
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		for (size_t s = 0; s < sizeof(size) / sizeof(size[0]); s++) {
			fixture.app->viewer.overlay = OVERLAY_NONE;
			app_resize(fixture.app, size[s][0], size[s][1]);
			press(&fixture, keys[k]);
			for (int y = 0; y < size[s][1] + 2; y += 1 + (int)k)
				for (int x = 0; x < size[s][0] + 2; x += 7) {
					struct mouse mouse = {(enum mouse_kind)((x + y) % 3), x, y};
					if (y == size[s][1] - 1)
						continue; /* hints */
					fixture.now += 1;
					app_mouse(fixture.app, &mouse, fixture.now);
					fixture.app->prompt.open = false;
					assert_in_range(fixture.app->viewer.focus, 0, pane_count() - 1);
				}
		}
	settle(&fixture);
	app_draw(fixture.app);
	app_free(fixture.app);
}

static void the_key_m_gives_the_mouse_back_to_the_terminal(void **state)
{
	struct fixture fixture = start("", 80, 24);
	(void)state;
	assert_true(app_wants_mouse(fixture.app));
	press(&fixture, 'M');
	assert_false(app_wants_mouse(fixture.app));
	app_free(fixture.app);
}

/* Two presses are one double press up to 0.4 seconds apart, and in the same cell. */
static void a_double_press_is_quick_and_in_one_place(void **state)
{
	static const struct {
		double apart;
		int right, down;
		bool zooms;
	} cases[] = {{0.39, 0, 0, true}, {0.41, 0, 0, false}, {0.1, 1, 0, false}, {0.1, 0, 1, false},
		{0, 0, 0, true}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture = start("", 80, 24);
		click_on(&fixture, "2 loss", 0, 0);
		struct mouse place = place_of(&fixture, "2 loss", 0, 0);
		fixture.now += cases[i].apart;
		send(&fixture, MOUSE_PRESS, place.x + cases[i].right, place.y + cases[i].down);
		assert_int_equal(fixture.app->viewer.zoomed, cases[i].zooms);
		app_free(fixture.app);
	}
}

/* The heads of a table, and the rows of another. */
static void a_press_selects_the_column_or_the_weight_under_it(void **state)
{
	static const struct {
		const char *pane;
		bool weights;
	} panes[] = {{"numbers", false}, {"weights", true}};
	(void)state;
	for (size_t i = 0; i < sizeof(panes) / sizeof(panes[0]); i++) {
		struct fixture fixture = start("depth=3 advice=off", 100, 30);
		zoom_to(&fixture, panes[i].pane);
		static struct target target[100 * 30];
		memset(target, 0, sizeof(target));
		fixture.app->viewer.canvas->target = target;
		app_draw(fixture.app);
		fixture.app->viewer.canvas->target = NULL;
		int pressed = 0;
		for (int k = 0; k < 100 * 30; k += 7) {
			const struct view *view = &fixture.app->viewer.view;
			int wanted = panes[i].weights ? target[k].weight : target[k].column;
			if (!wanted)
				continue;
			int layer = view->layer;
			click(&fixture, k % 100, k / 100);
			assert_int_equal(panes[i].weights ? view->weight : view->column, wanted - 1);
			assert_int_equal(view->layer, target[k].layer ? target[k].layer : layer);
			fixture.app->viewer.view.layer = layer;
			pressed++;
		}
		assert_true(pressed > 5);
		app_free(fixture.app);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_press_focuses_a_pane_and_selects_a_layer),
		cmocka_unit_test(a_press_selects_a_unit_and_the_next_one_none),
		cmocka_unit_test(a_press_on_the_same_unit_of_another_layer_selects_it),
		cmocka_unit_test(a_press_on_a_hint_is_its_key),
		cmocka_unit_test(two_presses_on_a_title_zoom),
		cmocka_unit_test(a_press_on_an_epoch_shows_it),
		cmocka_unit_test(a_press_on_the_axis_of_z_moves_the_cursor_there),
		cmocka_unit_test(the_menu_selects_with_the_first_press_and_types_with_the_second),
		cmocka_unit_test(the_wheel_moves_in_what_is_under_the_mouse),
		cmocka_unit_test(an_open_prompt_keeps_its_text),
		cmocka_unit_test(every_place_can_be_pressed),
		cmocka_unit_test(the_key_m_gives_the_mouse_back_to_the_terminal),
		cmocka_unit_test(a_double_press_is_quick_and_in_one_place),
		cmocka_unit_test(a_press_selects_the_column_or_the_weight_under_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
