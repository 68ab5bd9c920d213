/* Two runs in one pane. See halves.h. */
#include "halves.h"

#include "ui/caption.h"
#include "ui/target.h"

enum { GAP = 1, ROWS_FOR_NAME = 4 };

static bool split_across(struct area area, const struct halves_room *room, struct halves *halves)
{
	int width = (area.width - GAP) / 2, height = area.height - 1;
	if (width < room->beside_width || height < room->beside_height)
		return false;
	halves->pinned = area_sub(area, 0, 1, width, height);
	halves->run = area_sub(area, area.width - width, 1, width, height);
	return true;
}

static bool split_down(struct area area, const struct halves_room *room, struct halves *halves)
{
	int height = area.height / 2 - 1;
	if (area.width < room->above_width || height < room->above_height)
		return false;
	halves->pinned = area_sub(area, 0, 1, area.width, height);
	halves->run = area_sub(area, 0, height + 2, area.width, area.height - height - 2);
	return true;
}

struct halves halves_of(
	const struct picture *picture, struct area area, const struct halves_room *room, bool beside)
{
	struct halves halves = {.heads = 1, .run = area};
	if (!picture->twin.model) {
		halves.heads = 0;
		return halves;
	}
	if (beside ? split_across(area, room, &halves) || split_down(area, room, &halves)
			   : split_down(area, room, &halves) || split_across(area, room, &halves))
		return halves;
	halves.heads = area.height >= ROWS_FOR_NAME;
	halves.run = area_sub(area, 0, halves.heads, area.width, area.height - halves.heads);
	return halves;
}

static void draw_name(
	struct area area, enum style style, const char *whose, const char *name, bool alone)
{
	struct area row = area;
	struct parts parts = {0};
	row.y--;
	row.height = 1;
	parts_add(&parts, 1, style, "%s %s", whose, name ? name : "");
	parts_shorten(&parts, "%s", whose);
	if (alone) {
		parts_add(&parts, 0, STYLE_DIM, "no room for the pinned run");
		parts_shorten(&parts, "pinned: no room");
	}
	parts_draw(&parts, row, 0, 0);
}

void halves_draw_names(const struct halves *halves, const struct picture *picture)
{
	bool both = halves->pinned.width > 0;
	if (!halves->heads)
		return;
	if (both)
		draw_name(halves->pinned, STYLE_TWIN, "pinned", picture->twin.name, false);
	draw_name(halves->run, STYLE_BAR, "this", picture->frame.name, !both);
}

struct picture halves_pinned(const struct picture *picture)
{
	return (struct picture){.frame = picture->twin, .view = picture->view};
}

static struct halves halves_in(
	const struct halves_way *way, const struct picture *picture, struct area area)
{
	return halves_of(picture, area, &way->room, way->beside);
}

void halves_draw(const struct halves_way *way, const struct picture *picture, struct area area)
{
	struct halves halves = halves_in(way, picture, area);
	const struct picture pinned = halves_pinned(picture);
	bool both = halves.pinned.width > 0;
	halves_draw_names(&halves, picture);
	way->draw(picture, halves.run, both ? &pinned : NULL);
	if (!both)
		return;
	way->draw(&pinned, halves.pinned, picture);
	area_target_pane_only(halves.pinned);
}

struct probe_wish halves_wish(
	const struct halves_way *way, const struct picture *picture, struct area area)
{
	return way->wish(picture, halves_in(way, picture, area).run);
}

struct probe_wish halves_pinned_wish(
	const struct halves_way *way, const struct picture *picture, struct area area)
{
	const struct picture pinned = halves_pinned(picture);
	struct halves halves = halves_in(way, picture, area);
	return halves.pinned.width > 0 ? way->wish(&pinned, halves.pinned) : (struct probe_wish){0};
}
