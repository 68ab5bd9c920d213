#include "app/pointer.h"

#include "app/past.h"
#include "ui/key.h"

static const double double_press = 0.4; /* seconds between the two presses, at most */

/* True if the press before was on the same cell, a moment ago. */
static bool is_second(const struct context *context, const struct mouse *mouse)
{
	struct viewer *viewer = context->viewer;
	bool second = viewer->pressed_at > 0 && context->now - viewer->pressed_at <= double_press &&
		mouse->x == viewer->pressed.x && mouse->y == viewer->pressed.y;
	viewer->pressed = *mouse;
	viewer->pressed_at = second ? 0 : context->now;
	return second;
}

static int press_setting(const struct context *context, int index)
{
	bool selected = context->viewer->menu_row == index;
	context->viewer->menu_row = index;
	return selected ? KEYCODE_ENTER : KEYCODE_NONE;
}

static void press_value(const struct context *context, int index)
{
	struct error error;
	const struct setting *setting = all_settings_row(context->viewer->menu_row);
	if (!controls_assign(context->controls, setting->name, setting->choice(index), &error))
		message_say(context->messages, STYLE_ALARM, "%s", error.text);
}

/* A press on the selected unit selects none. */
static void select_layer(struct view *view, const struct target *target)
{
	bool selected = view->layer == target->layer && view->unit == target->unit;
	view->layer = target->layer;
	if (target->unit)
		view_choose_unit(view, selected ? 0 : target->unit);
}

static int press_choice(const struct context *context, bool focused, int index)
{
	struct view *view = &context->viewer->view;
	bool chosen = focused && view->choice == index;
	view->choice = index;
	return chosen ? KEYCODE_ENTER : KEYCODE_NONE;
}

static int press_pane(const struct context *context, const struct target *target, bool second)
{
	struct viewer *viewer = context->viewer;
	struct view *view = &viewer->view;
	bool focused = viewer->focus == target->pane - 1;
	viewer->focus = target->pane - 1;
	if (target->title && second)
		viewer->zoomed = !viewer->zoomed;
	if (target->layer)
		select_layer(view, target);
	if (target->cursor)
		view->cursor = view->cursor == target->cursor ? 0 : target->cursor;
	if (target->column)
		view->column = target->column - 1;
	if (target->weight)
		view->weight = target->weight - 1;
	if (target->has_epoch && !past_go(context, target->epoch))
		message_say(
			context->messages, STYLE_NORMAL, "epoch %lld is not kept", (long long)target->epoch);
	return target->choice ? press_choice(context, focused, target->choice - 1) : KEYCODE_NONE;
}

int pointer_press(
	const struct context *context, const struct target *target, const struct mouse *mouse)
{
	bool second = is_second(context, mouse);
	if (target->setting)
		return press_setting(context, target->setting - 1);
	if (target->value)
		press_value(context, target->value - 1);
	return target->pane ? press_pane(context, target, second) : target->key;
}
