/* The styles of what surrounds the panes: header, verdict, messages, prompt, hints, menu and help.
 * Each line stands above its styles, a letter a cell (see styles.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/screen.h"
#include "app/window.h"
#include "lab/verdict.h"
#include "ui/glyphs.h"

#include "frames.h"
#include "golden.h"
#include "scenes.h"
#include "styles.h"

enum { COLUMNS = 80, BELOW = 3 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char *add_line(char *end, const struct canvas *canvas, int y, int from, int to)
{
	const struct cell *row = &canvas->cell[y * canvas->columns];
	char *start = end;
	for (int x = from; x < to; x++)
		*end++ = row[x].code >= ' ' && row[x].code < 127 ? (char)row[x].code : '~';
	end = end_line(start, end);
	start = end;
	for (int x = from; x < to; x++)
		*end++ =
			row[x].code == ' ' && row[x].style != STYLE_SELECTED ? ' ' : letter_of(row[x].style);
	return end_line(start, end);
}

/* Every verdict there is, in the style of its tone. */
static char *add_verdicts(char *end)
{
	struct canvas *canvas = canvas_new();
	const struct verdict *verdict;
	assert_non_null(canvas);
	for (int i = 0; (verdict = verdict_at(i)); i++) {
		struct history *history = history_new();
		struct record *record = record_new(1);
		const struct config settings = config_default();
		assert_true(history && record && canvas_reset(canvas, COLUMNS, 2, glyphs_find("ascii")));
		record->verdict = verdict->name;
		struct frame frame = frame_by_hand(record, history, &settings, 0.69);
		frame.settings = NULL; /* as in a log: the verdict is taken at its word */
		verdict_draw(&frame, NULL, "off", area_all(canvas), 0, 2);
		end += sprintf(end, "==== %s\n", verdict->name);
		end = add_line(end, canvas, 0, 0, COLUMNS);
		frame_drop(&frame);
		free(record);
		history_free(history);
	}
	canvas_free(canvas);
	return end;
}

/* The first lines of an overlay's window; else the header and the lines at the bottom. */
static char *add_screen(char *end, struct app *app)
{
	const struct canvas *canvas = app_draw(app);
	struct area area = {.y = 0, .width = COLUMNS, .height = 1};
	bool window = app->viewer.overlay != OVERLAY_NONE;
	if (window) {
		area = window_area(&app->viewer);
		area.height = 12;
	}
	for (int y = area.y; y < area.y + area.height; y++)
		end = add_line(end, canvas, y, area.x, area.x + area.width);
	for (int y = canvas->rows - BELOW; y < canvas->rows && !window; y++)
		end = add_line(end, canvas, y, 0, COLUMNS);
	return end;
}

static const struct scene scenes[] = {
	{"paused", "", ""},
	{"running", "pace=1", " "},
	{"rules of thumb", "depth=10 width=10 advice=rules", "ssssss"},
	{"a run that has ended", "epochs=2", "sss"},
	{"a run that has diverged", "lr=100 data=wave activation=relu depth=4", "ssssssss"},
	{"a past epoch", "", "ssss,,"},
	{"a pinned run", "", "sca"},
	{"a message", "", "aa"},
	{"what is at its limit", "depth=0", "D"},
	{"the end of a list", "", "k"},
	{"a prompt", "", ":set lr 0."},
	{"a prompt with what it can complete", "", ":set act\t"},
	{"a command that is refused", "", ":lr=x\r"},
	{"menu", "", "m"},
	{"help", "", "?"},
};

static char *add_scenes(char *end)
{
	for (size_t i = 0; i < COUNT(scenes); i++) {
		struct fixture fixture = scene_begun(&scenes[i]);
		end += sprintf(end, "==== %s\n", scenes[i].name);
		end = add_screen(end, fixture.app);
		app_free(fixture.app);
	}
	return end;
}

static void golden_styles_around_the_panes_have_not_changed(void **state)
{
	char *all = malloc(FRAME_MAX);
	(void)state;
	assert_non_null(all);
	char *end = add_scenes(add_verdicts(all));
	*end = '\0';
	assert_true(end < all + FRAME_MAX);
	check_frames("styles-screen", all);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_styles_around_the_panes_have_not_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
