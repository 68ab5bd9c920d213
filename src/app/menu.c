#include "app/menu.h"

#include "app/catalog.h"
#include "app/fold.h"
#include "app/refusal.h"
#include "app/window.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/target.h"
#include <stdio.h>
#include <string.h>

enum {
	NAME_AT = 4,
	MARK_AT = 20,
	VALUE_AT = 21,
	DETAILS_MAX = 12,
	OUT_OF_SIGHT = 1 << 20,
};

/* The setting at a place among those in sight. */
static int setting_at_place(const struct hidden *hidden, int place)
{
	return in_sight_at(hidden->setting, all_settings_count(), place);
}

/* ---- lines of the list: a heading for each group, then its settings ---- */

static bool opens_group(const struct hidden *hidden, int index)
{
	int before = index - 1;
	while (before >= 0 && hidden->setting[before])
		before--;
	return before < 0 ||
		strcmp(all_settings_row(index)->group, all_settings_row(before)->group) != 0;
}

static int line_of(const struct hidden *hidden, int index)
{
	int line = -1;
	for (int i = 0; i <= index; i++)
		line += hidden->setting[i] ? 0 : opens_group(hidden, i) ? 2 : 1;
	return line;
}

/* The setting in this line, or the one that its heading precedes; -1: past the end. */
static int row_of(const struct hidden *hidden, int line)
{
	for (int i = 0; i < all_settings_count(); i++)
		if (!hidden->setting[i] && line_of(hidden, i) >= line)
			return i;
	return -1;
}

/* Inside of the menu, divided into the list and the details of the selected setting. */
struct parts_of_menu {
	struct area list, details;
};

static struct parts_of_menu divide(struct area inside)
{
	int details = min_int(inside.height * 2 / 5, DETAILS_MAX);
	int list = inside.height - details;
	return (struct parts_of_menu){
		.list = area_sub(inside, 0, 0, inside.width, list - (details > 2)),
		.details = area_sub(inside, 0, list, inside.width, details),
	};
}

/* The line at the top: the list moves only as far as the selected setting needs. */
static int top_line(const struct viewer *viewer, const struct hidden *hidden, int height)
{
	int line = line_of(hidden, viewer->menu_row);
	bool opens = opens_group(hidden, viewer->menu_row) && height > 1;
	return clamp_int(viewer->menu_top, line - height + 1, line - opens);
}

/* ---- keys ---- */

void menu_move(const struct context *context, struct move move)
{
	struct viewer *viewer = context->viewer;
	const struct hidden *hidden = &context->controls->screen.hidden;
	int height = divide(window_inside(window_area(viewer))).list.height;
	int count = in_sight_count(hidden->setting, all_settings_count());
	int before = in_sight_count(hidden->setting, viewer->menu_row);
	if (count == 0)
		return;
	viewer->menu_row = setting_at_place(hidden, before);
	if (move.values) {
		controls_step(context->controls, viewer->menu_row, move.values);
		return;
	}
	int place = window_moved(before, count, clamp_int(height - 1, 1, height), move);
	viewer->menu_row = setting_at_place(hidden, place);
	viewer->menu_top = top_line(viewer, hidden, height);
	if (place == before)
		message_say_once(context->messages,
			before == 0 ? "this is the first setting" : "this is the last setting");
}

/* ---- drawing ---- */

static bool is_default(const struct all_settings *settings, int index)
{
	char value[SETTING_VALUE_MAX];
	all_settings_format(settings, index, value);
	return strcmp(value, all_settings_row(index)->initial) == 0;
}

/* A value that is too long for the list is cut; the details have all of it. */
static void draw_value(struct area area, int y, enum style style, const char *value)
{
	if (caption(area, VALUE_AT, y, style, value))
		return;
	area_text(area, VALUE_AT, y, style, value);
	area_text(area, area.width - 2, y, style, "..");
}

static void draw_row(
	struct area area, int y, int index, const struct all_settings *settings, bool selected)
{
	char value[SETTING_VALUE_MAX];
	struct item item;
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
	all_settings_describe(settings, index, value);
	catalog_find("settings")->item(index, &item);
	area_target(area_sub(area, 0, y, area.width, 1), (struct target){.setting = index + 1});
	area_format(area, 0, y, style, "%*s", area.width, "");
	if (selected)
		area_cursor(area, 0, y);
	area_text(area, 0, y, selected ? style : STYLE_KEY, item.keys);
	area_text(area, NAME_AT, y, style, item.name);
	if (!is_default(settings, index))
		area_put(area, MARK_AT, y, '*', style);
	draw_value(area, y, style, value);
}

static void draw_list(
	const struct viewer *viewer, const struct all_settings *settings, struct area area)
{
	const struct hidden *hidden = &settings->screen.hidden;
	int top = top_line(viewer, hidden, area.height);
	for (int y = 0; y < area.height; y++) {
		int index = row_of(hidden, top + y);
		if (index < 0)
			return;
		if (line_of(hidden, index) == top + y)
			draw_row(area, y, index, settings, index == viewer->menu_row);
		else
			area_text(area, 0, y, STYLE_TITLE, all_settings_row(index)->group);
	}
}

/* Draws the choices from line `top` on; returns the line of the present one. */
static int draw_choices(
	struct area area, int top, const struct setting *setting, const char *present)
{
	int x = 0, y = -top, found = 0;
	for (int i = 0; setting->choice(i); i++) {
		const char *choice = setting->choice(i);
		bool is_present = strcmp(choice, present) == 0;
		int width = (int)strlen(choice);
		if (x > 0 && x + width > area.width) {
			x = 0;
			y++;
		}
		if (is_present)
			found = y + top;
		area_target(area_sub(area, x, y, width, 1), (struct target){.value = i + 1});
		area_text(area, x, y, is_present ? STYLE_SELECTED : STYLE_NORMAL, choice);
		x += width + 2;
	}
	return found;
}

/* The range of a number, the default, and what a change costs. */
static void write_rules(const struct all_settings *settings, int index, char *out, size_t size)
{
	const struct setting *setting = all_settings_row(index);
	char range[80] = "";
	if (setting->maximum > setting->minimum)
		snprintf(range, sizeof(range), "%.9g to %.9g, ", setting->minimum, setting->maximum);
	snprintf(out, size, "%s%s: %s; a change %s", range,
		is_default(settings, index) ? "default" : "* not the default",
		setting->initial[0] ? setting->initial : "none", controls_cost(index));
}

static void draw_details(const struct all_settings *settings, int index, struct area area)
{
	const struct setting *setting = all_settings_row(index);
	char value[SETTING_VALUE_MAX], text[300];
	all_settings_describe(settings, index, value);
	area_format(area, 0, 0, STYLE_TITLE, "%s %s", setting->name, value);
	int y = 1 + fold_draw(area, 0, 1, STYLE_NORMAL, setting->help);
	write_rules(settings, index, text, sizeof(text));
	y += fold_draw(area, 0, y, STYLE_DIM, text);
	struct area rest = area_sub(area, 0, y, area.width, area.height - y);
	if (!setting->choice || rest.height < 1)
		return;
	all_settings_format(settings, index, value);
	int present = draw_choices(rest, OUT_OF_SIGHT, setting, value);
	draw_choices(rest, clamp_int(present - rest.height + 1, 0, present), setting, value);
}

void menu_draw(const struct context *context, struct area area)
{
	struct all_settings settings = controls_settings(context->controls);
	struct area inside = window_frame(area, " settings \xc2\xb7 q closes ");
	struct parts_of_menu parts = divide(inside);
	caption(area, 2, area.height - 1, STYLE_FOCUS, " left right change \xc2\xb7 Enter types ");
	const struct hidden *hidden = &settings.screen.hidden;
	if (in_sight_count(hidden->setting, all_settings_count()) == 0) {
		char text[80];
		snprintf(text, sizeof(text), "all settings are %s", refusal_reason(context));
		fold_draw(parts.list, 0, 0, STYLE_DIM, text);
		return;
	}
	context->viewer->menu_row =
		setting_at_place(hidden, in_sight_count(hidden->setting, context->viewer->menu_row));
	draw_list(context->viewer, &settings, parts.list);
	draw_details(&settings, context->viewer->menu_row, parts.details);
}
