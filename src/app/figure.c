#include "app/figure.h"

#include "app/header.h"
#include "app/screen.h"
#include "ui/picture_file.h"
#include <string.h>

enum { COLUMNS = 100, ROWS = 36, VERDICT_ROWS = 2 };

/* The header is above, the verdict below. */
static const struct {
	const char *pane;
	int x, y, width, height;
} places[] = {
	{"gradients", 0, 1, 52, 16},
	{"loss", 52, 1, 48, 16},
	{"history", 0, 17, 100, 17},
};

static const struct pane *pane_find(const char *name)
{
	int index = 0;
	while (pane_at(index) && strcmp(pane_at(index)->name, name) != 0)
		index++;
	return pane_at(index);
}

static void draw(struct canvas *canvas, const struct frame *frame, const struct frame *twin,
	const struct view *view)
{
	const struct picture picture = {.frame = *frame, .twin = *twin, .view = view};
	const struct header header = {
		.wanted = frame->settings,
		.pinned = twin->model ? twin->name : NULL,
		.percent = -1,
		.over = true,
	};
	struct area all = area_all(canvas);
	header_draw(&header, frame, all);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		pane_draw(pane_find(places[i].pane), 0, false, &picture,
			area_sub(all, places[i].x, places[i].y, places[i].width, places[i].height));
	verdict_draw(frame, NULL, "off", all, ROWS - VERDICT_ROWS, VERDICT_ROWS);
}

bool figure_write(struct atomic_file *file, const struct frame *frame, const struct frame *twin,
	const struct screen_settings *settings, struct error *error)
{
	const char *glyphs = settings->glyphs ? settings->glyphs : glyphs_at(0)->name;
	const struct color_scheme *scheme =
		settings->colors ? color_scheme_find(settings->colors) : color_scheme_at(0);
	struct view view = {.layer = 1};
	struct canvas *canvas = canvas_new();
	if (!canvas || !canvas_reset(canvas, COLUMNS, ROWS, glyphs_find(glyphs))) {
		canvas_free(canvas);
		return error_set(error, STATUS_WORLD, "not enough memory for a picture");
	}
	canvas->colors = scheme->color ? 256 : 0;
	screen_settings_view(settings, &view);
	draw(canvas, frame, twin, &view);
	bool written = canvas_write_svg(file->stream, canvas, scheme);
	canvas_free(canvas);
	return written || atomic_file_refuse(file, error);
}
