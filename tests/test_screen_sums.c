/* What surrounds the panes, and where the panes are, at many sizes of the screen: a checksum for
 * each scene. styles-screen.txt shows some of these scenes whole; where only a checksum differs,
 * press its keys at several sizes before and after the change. What panes show is not in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/lesson_panel.h"
#include "app/window.h"
#include "ui/layout.h"

#include "golden.h"
#include "lessons.h"
#include "scenes.h"
#include "sums.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { COLUMNS_MAX = 200, ROWS_MAX = 60 };

static const struct scene scenes[] = {
	{"paused", "", ""},
	{"running", "pace=1", " "},
	{"deep, with rules of thumb", "depth=10 width=10 advice=rules", "ssssss"},
	{"ended", "epochs=2", "sss"},
	{"diverged", "lr=100 data=wave activation=relu depth=4", "ssssssss"},
	{"the past", "", "ssss,,"},
	{"a pinned run", "", "sca"},
	{"a message", "", "aa"},
	{"a long message", "", ":activation\r"},
	{"a prompt", "", ":set lr 0.5\x02\x02"},
	{"a long prompt", "",
		":set activation relu/tanh/sigmoid/leaky-relu/sine and many more letters than a narrow "
		"screen has columns, so that the text moves to the left while one types"},
	{"completions", "", ":set \t"},
	{"a refusal", "", ":lr=x\r"},
	{"a refusal in several lines", "", ":nonsense=1\r"},
	{"menu", "", "m"},
	{"menu, a later group", "", "m\x01\x01jjj"},
	{"menu, the end", "", "mG"},
	{"menu, back from the end", "", "mGkkkkkkkkkkkkkkkkkkkkkkkk"},
	{"menu, a long list of values", "", "mjjjjjjjjjjjjhh"},
	{"menu, changed values", "", "mlljjll"},
	{"help", "", "?"},
	{"help, two pages on", "", "?\x01\x01"},
	{"help, the end", "", "?G"},
	{"lessons", "", "L"},
	{"lessons, the fourth", "", "Ljjj"},
	{"lessons, the end", "", "LG"},
	{"one pane", "", "3z"},
	{"the last pane", "", "0"},
	{"layout columns", "layout=columns", "sss"},
	{"layout rows", "layout=rows", "sss"},
	{"layout main", "layout=main", "sss5"},
	{"layout large", "layout=large", "sss"},
};

static const char lesson[] =
	"title A lesson whose title is rather long\n"
	"depth=1\nsamples=50\n"
	"say The loss is {loss}, and this text is long enough to be folded at "
	"any width there is.\n"
	"ask Is that much? | yes, it is | no, it is not | one cannot say | = 2\n"
	"run 2\nsay After {epoch} epochs.\nsay Good.\n";

static void add_area(uint32_t *sum, const struct canvas *canvas, struct area area)
{
	for (int y = area.y; y < area.y + area.height; y++)
		for (int x = area.x; x < area.x + area.width; x++) {
			const struct cell *cell = &canvas->cell[y * canvas->columns + x];
			add_number(sum, cell->code | (uint32_t)cell->style << 24);
		}
}

static void add_screen(uint32_t *sum, struct app *app, int columns, int rows)
{
	static struct target target[COLUMNS_MAX * ROWS_MAX];
	int below = layout_rows_below(columns, rows);
	memset(target, 0, sizeof(target));
	assert_true(columns <= COLUMNS_MAX && rows <= ROWS_MAX);
	app_resize(app, columns, rows);
	app->viewer.canvas->target = target;
	const struct canvas *canvas = app_draw(app);
	app->viewer.canvas->target = NULL;
	struct panel_room room = lesson_panel_room(&app->tutor, canvas);
	struct area all = {.width = columns, .height = rows};
	bool small = columns < LAYOUT_COLUMNS_MIN || rows < LAYOUT_ROWS_MIN;
	bool alone = small || app->messages.text[0] || app->prompt.open; /* lines cover the panes */
	add_area(sum, canvas, (struct area){.width = columns, .height = small ? rows : 1});
	if (!small) {
		all.y = rows - below - (alone ? 2 : 0);
		all.height = rows - all.y;
		add_area(sum, canvas, all);
	}
	if (!small && app->viewer.overlay != OVERLAY_NONE)
		add_area(sum, canvas, window_area(&app->viewer));
	if (!small && room.columns)
		add_area(sum, canvas,
			(struct area){NULL, columns - room.columns, 1, room.columns, rows - 1 - below});
	if (!small && room.rows)
		add_area(sum, canvas, (struct area){NULL, 0, rows - below - room.rows, columns, room.rows});
	for (int i = 0; i < columns * rows; i++)
		add_number(sum,
			(uint32_t)(target[i].pane + 64 * target[i].title + 128 * target[i].setting +
				65536 * target[i].value) ^
				(uint32_t)target[i].key << 20);
}

/* The least size and one too small, then narrow to wide and low to high. */
static uint32_t sum_of(struct app *app)
{
	uint32_t sum = SUM_OF_NOTHING;
	add_screen(&sum, app, 39, 12);
	add_screen(&sum, app, 40, 9);
	for (int columns = 40; columns <= 200; columns += 10)
		add_screen(&sum, app, columns, 24);
	for (int columns = 77; columns <= 83; columns += 3)
		add_screen(&sum, app, columns, 23);
	for (int rows = 10; rows <= 60; rows += 5) {
		add_screen(&sum, app, 80, rows);
		add_screen(&sum, app, 132, rows + rows % 2);
	}
	return sum;
}

static char *add_scenes(char *end)
{
	for (size_t i = 0; i < COUNT(scenes); i++) {
		struct fixture fixture = scene_begun(&scenes[i]);
		end += sprintf(end, "%08x %s\n", (unsigned)sum_of(fixture.app), scenes[i].name);
		app_free(fixture.app);
	}
	return end;
}

static char *add_lesson(char *end)
{
	static const char *const keys[] = {"", ">", "1", ">", "<"};
	struct fixture fixture = lesson_begun(lesson);
	for (size_t i = 0; i < COUNT(keys); i++) {
		press_all(&fixture, keys[i]);
		end += sprintf(end, "%08x lesson, %zu keys on\n", (unsigned)sum_of(fixture.app), i);
	}
	app_free(fixture.app);
	return end;
}

static void the_screen_is_divided_at_every_size_as_it_was_when_it_was_looked_at(void **state)
{
	char *all = malloc(FRAME_MAX);
	(void)state;
	assert_non_null(all);
	assert_true(add_lesson(add_scenes(all)) < all + FRAME_MAX);
	check_frames("screen-sums", all);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_screen_is_divided_at_every_size_as_it_was_when_it_was_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
