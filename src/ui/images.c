/* Images of a data set. See images.h. */
#include "images.h"

#include "answers.h"
#include "ui/caption.h"
#include "pixels.h"

#include <math.h>
#include <stdio.h>

enum {
	IMAGES_MAX = 256,
	CAPTION = 19, /* "is 3, says 8 (0.93)" */
	PLANE_MIN = 20,
};

struct tile {
	int rows;          /* of an image */
	int width, height; /* with its caption and a gap at its left */
};

static struct tile tile_of(struct area area, const struct dataset *data)
{
	struct tile tile = {.rows = pixels_rows(area, data->image_height, 1)};
	int width = pixels_columns(area, data->image_width, 1);
	tile.width = 1 + (width > CAPTION ? width : CAPTION);
	tile.height = tile.rows + 1;
	return tile;
}

int images_width(struct area area, const struct dataset *data)
{
	if (data->image_width == 0 || data->classes == 0)
		return 0;
	struct tile tile = tile_of(area, data);
	int room = area.width * 3 / 5;
	if (room > area.width - PLANE_MIN)
		room = area.width - PLANE_MIN;
	return room < tile.width || area.height < tile.height ? 0 : room / tile.width * tile.width;
}

/* Each place has rows of its own, of which it shows the first wrong one, so that few images change
 * from frame to frame. Places with a wrong one come first. Returns the number of images. */
static int choose_rows(
	const struct dataset *data, const struct state_view *view, int places, int row[IMAGES_MAX])
{
	int count = 0, right = 0, none[IMAGES_MAX];
	for (int place = 0; place < places && place < data->rows; place++) {
		int i = place;
		while (i < data->rows && !is_wrong(data, view, i))
			i += places;
		if (i < data->rows)
			row[count++] = i;
		else
			none[right++] = place;
	}
	for (int i = 0; i < right; i++)
		row[count++] = none[i];
	return count;
}

/* The pixel as it was in the file. */
static double pixel_of(const struct dataset *data, int row, int pixel)
{
	double value = (double)data->x[(size_t)pixel * (size_t)data->rows + (size_t)row];
	if (!data->feature_sd)
		return value;
	return value * (double)data->feature_sd[pixel] + (double)data->feature_mean[pixel];
}

static void draw_pixels(struct area area, const struct dataset *data, int row)
{
	float value[DATASET_FEATURES_MAX];
	int count = data->image_width * data->image_height;
	struct pixels_scale scale = {INFINITY, -INFINITY};
	for (int i = 0; i < count; i++) {
		double pixel = pixel_of(data, row, i);
		value[i] = (float)pixel;
		scale.low = pixel < scale.low ? pixel : scale.low;
		scale.high = pixel > scale.high ? pixel : scale.high;
	}
	pixels_draw(area, data->image_width, data->image_height, value, scale, 1);
}

static void name_class(char out[32], const struct dataset *data, int class)
{
	if (data->class_name)
		snprintf(out, 32, "%s", data->class_name[class]);
	else
		snprintf(out, 32, "%d", class);
}

static void draw_caption(
	struct area area, int y, const struct dataset *data, const struct state_view *view, int row)
{
	char is[32], says[32];
	struct parts parts = {0};
	name_class(is, data, class_of(data, row));
	if (view && view->point && view->point[row].class < data->classes) {
		name_class(says, data, view->point[row].class);
		enum style style = is_wrong(data, view, row) ? STYLE_ALARM : STYLE_NORMAL;
		double p = (double)view->point[row].value;
		if (isnan(p))
			parts_add(&parts, 0, style, "is %s, says nan", is);
		else
			parts_add(&parts, 0, style, "is %s, says %s (%.2f)", is, says, p);
		parts_shorten(&parts, "%s: %s", is, says);
	} else {
		parts_add(&parts, 0, STYLE_NORMAL, "is %s", is);
	}
	parts_draw(&parts, area_sub(area, 0, y, CAPTION, 1), 0, 0);
}

void images_draw(struct area area, const struct dataset *data, const struct state_view *view)
{
	struct tile tile = tile_of(area, data);
	int across = area.width / tile.width, down = area.height / tile.height;
	int row[IMAGES_MAX], places = across * down < IMAGES_MAX ? across * down : IMAGES_MAX;
	int count = choose_rows(data, view, places, row);
	for (int i = 0; i < count; i++) {
		struct area place = area_sub(area, i % across * tile.width + 1,
			i / across * (area.height / down), tile.width - 1, tile.height);
		draw_pixels(place, data, row[i]);
		draw_caption(place, tile.rows, data, view, row[i]);
	}
}
