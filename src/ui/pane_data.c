/* Data: the training and validation points, over the answers of the network. Classes differ by sign
 * as well as by colour. */
#include "ui/caption.h"
#include "lab/text.h"
#include "answers.h"
#include "halves.h"
#include "images.h"
#include "regions.h"
#include "sequences.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <math.h>
#include <stdio.h>

enum {
	POINTS_MAX = 20000,
	FEW_CLASSES = 4,
	ROWS_FOR_LEGEND = 4,
	ROWS_FOR_MORE = 9,
	ROWS_FOR_AXIS = 15,
	COLUMNS_FOR_AXIS = 30,
};

static void data_title(const struct picture *picture, char *out, int size)
{
	const struct frame *frame = &picture->frame;
	if (frame->data)
		snprintf(out, (size_t)size, "data · %s", frame->data->name);
	else
		snprintf(out, (size_t)size, "data");
}

/* The view of the network's answers, if it is one of the data that are drawn; else NULL. */
static const struct state_view *view_of(const struct picture *picture)
{
	const struct state_view *state = picture->frame.state;
	return state && state->data == picture->frame.data ? state : NULL;
}

/* ---- signs ---- */

static const char few_marks[FEW_CLASSES + 1] = "ox+^";
static const char many_marks[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static uint32_t class_mark(const struct dataset *data, int class)
{
	if (data->classes <= FEW_CLASSES)
		return (unsigned char)few_marks[class % FEW_CLASSES];
	return (unsigned char)many_marks[class % (int)(sizeof(many_marks) - 1)];
}

static enum style class_style(int class)
{
	return (enum style)(STYLE_CLASS0 + class % FEW_CLASSES);
}

/* What a point is, in the order in which points cover each other. */
enum kind { HELD_OUT, TRAINED, HELD_OUT_WRONG, TRAINED_WRONG, KINDS };

static uint32_t wrong_mark(struct area area, bool held_out)
{
	enum { CROSS = 0x2717, SMALL_CROSS = 0xD7 };
	if (area.canvas->glyphs->unicode)
		return held_out ? SMALL_CROSS : CROSS;
	return held_out ? '!' : '*';
}

/* ---- points ---- */

static enum kind kind_of(const struct dataset *data, const struct state_view *view, int i)
{
	bool held_out = i >= data->training;
	if (is_wrong(data, view, i))
		return held_out ? HELD_OUT_WRONG : TRAINED_WRONG;
	return held_out ? HELD_OUT : TRAINED;
}

/* Of a large set only every n-th point is drawn, so that a frame stays cheap. */
static int stride_of(const struct dataset *data)
{
	return (data->rows + POINTS_MAX - 1) / POINTS_MAX;
}

/* A point's place as fractions of the plane from its left and from its top; NaN: not on it. */
static struct spot place_of(const struct dataset *data, const struct plane *plane, int i)
{
	const float *upright = data->classes ? data->projection + data->rows : data->target;
	return (struct spot){
		((double)data->projection[i] - plane->low[0]) / (plane->high[0] - plane->low[0]),
		(plane->high[1] - (double)upright[i]) / (plane->high[1] - plane->low[1])};
}

static void put_point(struct area plot, const struct dataset *data, int i, enum kind kind,
	struct spot place, enum style ground)
{
	int x = (int)(place.x * plot.width), y = (int)(place.y * plot.height);
	bool on_region = ground != STYLE_NORMAL;
	if (data->classes == 0)
		area_put(
			plot, x, y, kind == HELD_OUT ? 'x' : 'o', kind == HELD_OUT ? STYLE_SECOND : STYLE_BAR);
	else if (kind >= HELD_OUT_WRONG)
		area_put_on(plot, x, y, wrong_mark(plot, kind == HELD_OUT_WRONG),
			on_region ? STYLE_POINT_WRONG : STYLE_ALARM, ground);
	else if (kind == TRAINED)
		area_put_on(plot, x, y, class_mark(data, class_of(data, i)),
			on_region ? (enum style)(STYLE_POINT + class_of(data, i) % FEW_CLASSES)
					  : class_style(class_of(data, i)),
			ground);
	else
		area_put_on(plot, x, y, plot.canvas->glyphs->point[0],
			on_region ? STYLE_POINT_HELD_OUT : STYLE_DIM, ground);
}

static void draw_points(struct area plot, const struct dataset *data, const struct plane *plane,
	const struct state_view *view)
{
	bool regions = view && view->grid && data->classes;
	enum kind kinds = view && view->point && data->classes ? KINDS : HELD_OUT_WRONG;
	int stride = stride_of(data);
	for (enum kind kind = 0; kind < kinds; kind++)
		for (int i = 0; i < data->rows; i += stride) {
			if (kind_of(data, view, i) != kind)
				continue;
			struct spot place = place_of(data, plane, i);
			if (place.x >= 0 && place.x < 1 && place.y >= 0 && place.y < 1)
				put_point(plot, data, i, kind, place,
					regions ? regions_ground(plot, view, place.x, place.y) : STYLE_NORMAL);
		}
}

/* The answers of a regression, from the middle of one column of the grid to the next. */
static void draw_curve(struct area plot, const struct plane *plane, const struct state_view *view)
{
	struct axis upright = {plane->low[1], plane->high[1], false};
	int columns = view->wish.columns;
	for (int i = 0; i + 1 < columns; i++) {
		struct spot from = {
			(i + 0.5) / columns, axis_fraction(&upright, (double)view->grid[i].value)};
		struct spot to = {
			(i + 1.5) / columns, axis_fraction(&upright, (double)view->grid[i + 1].value)};
		plot_line(plot, from, to, STROKE_SOLID, STYLE_TITLE);
	}
}

/* ---- legend ---- */

static void add_classes(struct parts *parts, const struct dataset *data)
{
	if (data->classes > FEW_CLASSES)
		parts_add(parts, 0, STYLE_NORMAL, "%d classes by digit", data->classes);
	for (int i = 0; i < data->classes && data->classes <= FEW_CLASSES; i++) {
		int mark = (int)class_mark(data, i);
		if (data->class_name)
			parts_add(parts, 0, class_style(i), "%c: %s", mark, data->class_name[i]);
		else
			parts_add(parts, 0, class_style(i), "%c: class %d", mark, i);
		if (!data->class_name)
			parts_shorten(parts, "%c: %d", mark, i);
	}
}

/* How many points of each part the network gets wrong. */
static void add_wrong(struct parts *first, struct parts *more, struct area area,
	const struct dataset *data, const struct state_view *view)
{
	int wrong[2] = {0, 0}, trained = data->training, held_out = data->rows - trained;
	char mark[2][5];
	for (int i = 0; i < data->rows; i++)
		wrong[i >= trained] += is_wrong(data, view, i);
	for (int i = 0; i < 2; i++)
		text_encode(mark[i], wrong_mark(area, i));
	parts_add(first, 1, wrong[0] ? STYLE_ALARM : STYLE_GOOD, "%s %d of %d wrong", mark[0], wrong[0],
		trained);
	parts_shorten(first, "%s %d wrong", mark[0], wrong[0]);
	parts_add(first, 2, STYLE_NORMAL, "acc %.1f %%", 100 * (1 - wrong[0] / (double)trained));
	if (held_out > 0) {
		parts_add(more, 3, STYLE_DIM, "%s %d of %d held out wrong", mark[1], wrong[1], held_out);
		parts_shorten(more, "%s %d held out", mark[1], wrong[1]);
	}
}

/* The strengths of a region at the end of a row, if there is room. */
static void draw_key(struct area area)
{
	static const char low[] = "p 0.5 ", high[] = " 1";
	int end = area.width - (int)sizeof(high) + 1, start = end - REGIONS_STEPS * 2;
	int text = start - (int)sizeof(low) + 1;
	if (area.canvas->colors < 256 || text < 2)
		return;
	area_text(area, text, 0, STYLE_DIM, low);
	for (int x = start; x < end; x++)
		area_put_on(area, x, 0, ' ', STYLE_NORMAL, regions_step((x - start) / 2));
	area_text(area, end, 0, STYLE_DIM, high);
}

static void add_sizes(
	struct parts *first, struct parts *more, const struct dataset *data, bool curve)
{
	int held_out = data->rows - data->training;
	if (data->classes == 0) {
		parts_add(first, 0, STYLE_BAR, "o: %d to train on", data->training);
		if (curve)
			parts_add(first, 1, STYLE_TITLE, "curve: the network");
		if (held_out > 0)
			parts_add(first, 2, STYLE_SECOND, "x: %d held out", held_out);
		return;
	}
	parts_add(more, 3, STYLE_NORMAL, "%d to train on", data->training);
	if (held_out > 0)
		parts_add(more, 4, STYLE_DIM, "points: %d held out", held_out);
}

/* What the axes are, and how a target reads in the file's unit. */
static void add_axes(struct parts *parts, const struct dataset *data)
{
	if (data->features > 2)
		parts_add(parts, 6, STYLE_DIM, "principal component%s of %d features",
			data->classes ? "s" : "", data->features);
	else if (data->features > 1 && data->classes == 0)
		parts_add(parts, 6, STYLE_DIM, "first of 2 features");
	if (data->standardized)
		parts_add(parts, 5, STYLE_DIM, data->classes ? "features standardized" : "standardized");
	if (data->standardized && data->classes == 0) {
		char mean[PLOT_NUMBER], sd[PLOT_NUMBER];
		plot_quantity(mean, data->target_mean);
		plot_quantity(sd, data->target_sd);
		parts_add(parts, 7, STYLE_DIM, "%s: mean %s, sd %s",
			data->target_name[0] ? data->target_name : "target", mean, sd);
	}
	if (stride_of(data) > 1)
		parts_add(parts, 8, STYLE_DIM, "1 point in %d drawn", stride_of(data));
}

/* Names the signs of the regions. */
static void add_regions(struct parts *parts, struct area area, const struct dataset *data)
{
	char border[5], shade[5];
	text_encode(border, regions_border(area));
	text_encode(shade, regions_shade(area, 1));
	parts_add(parts, 7, STYLE_DIM, "%s %s", border, data->classes == 2 ? "p = 0.5" : "border");
	if (area.canvas->colors < 256 && data->classes == 2)
		parts_add(parts, 7, STYLE_CLASS1, "%s answer 1", shade);
}

/* A regression of one feature that was drawn has nothing to say there. */
static int legend_rows(struct area area, const struct dataset *data)
{
	bool more = data->classes || data->features > 1 || data->standardized || stride_of(data) > 1;
	return area.height < ROWS_FOR_LEGEND ? 0 : area.height < ROWS_FOR_MORE || !more ? 1 : 2;
}

static void draw_legend(struct area area, const struct dataset *data, const struct state_view *view)
{
	struct parts first = {0}, second = {0}, *more = area.height > 1 ? &second : &first;
	bool regions = view && view->grid && data->classes;
	add_classes(&first, data);
	if (view && view->point && data->classes)
		add_wrong(&first, more, area, data, view);
	else
		add_sizes(&first, more, data, view && view->grid);
	add_axes(more, data);
	if (regions)
		add_regions(more, area, data);
	parts_draw(&first, area, 0, 0);
	int used = parts_draw(&second, area, 0, 1);
	if (regions)
		draw_key(area_sub(area, used, 1, area.width - used, 1));
}

/* Notes about the data file, in at most a third of the pane; returns the rows used. */
static int draw_notes(struct area area, const struct dataset *data)
{
	int used = 0, room = area.height / 3;
	for (int i = 0; i < data->notes.count; i++)
		used += caption_text(
			area_sub(area, 0, used, area.width, room - used), STYLE_WARNING, data->notes.text[i]);
	return used;
}

/* ---- the pane ---- */

/* Where things are, below the notes. */
struct places {
	struct area plot, images; /* images: width 0 if there are none */
	int left, axis;           /* columns of the left axis, rows of the lower one */
	int legend;               /* rows, the last ones */
	struct plane plane;
	struct axis across, upright;
	struct ticks ticks; /* of the left axis */
};

static bool has_points(const struct dataset *data)
{
	return data && data->rows > 0 && data->projection;
}

static struct places places_of(const struct picture *picture, struct area area)
{
	const struct dataset *data = picture->frame.data;
	const struct state_view *view = view_of(picture);
	struct places at = {.plane = view ? view->plane : plane_of(data)};
	at.across = (struct axis){at.plane.low[0], at.plane.high[0], false};
	at.upright = (struct axis){at.plane.low[1], at.plane.high[1], false};
	at.legend = legend_rows(area, data);
	at.axis = area.height < (data->classes ? ROWS_FOR_AXIS : ROWS_FOR_MORE) ? 0 : 2;
	struct area all = area_sub(area, 0, 0, area.width, area.height - at.legend);
	int height = all.height - at.axis, images = images_width(all, data);
	all.width -= images;
	at.images = area_sub(area, all.width, 0, images, all.height);
	at.ticks = axis_ticks(&at.upright, 1 + height / 3);
	at.left = at.axis && all.width >= COLUMNS_FOR_AXIS ? at.ticks.width + 1 : 0;
	at.plot = area_sub(all, at.left, 0, all.width - at.left, height);
	return at;
}

static void draw_axes(struct area area, const struct places *at)
{
	int height = at->plot.height;
	struct ticks below = axis_ticks(&at->across, 1 + at->plot.width / 8);
	if (at->left)
		plot_axis_left(area_sub(area, 0, 0, at->left, height), at->left, &at->upright, &at->ticks);
	if (!at->axis)
		return;
	plot_axis_below(area_sub(area, at->left, height, at->plot.width, 2), &at->across, &below);
	if (at->left)
		area_put(area, at->left - 1, height, area.canvas->glyphs->axis_corner, STYLE_DIM);
}

static struct area below_notes(struct area area, int rows)
{
	return area_sub(area, 0, rows, area.width, area.height - rows);
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	(void)other;
	const struct dataset *data = picture->frame.data;
	const struct state_view *view = view_of(picture);
	if (!has_points(data)) {
		caption_sentence(area, STYLE_DIM,
			data                        ? "no points"
				: picture->frame.record ? "the data of this epoch are not kept"
										: "loading the data");
		return;
	}
	area = below_notes(area, draw_notes(area, data));
	if (data->steps > 0) {
		sequences_draw(area, data, view);
		return;
	}
	struct places at = places_of(picture, area);
	bool grid = view && view->grid && at.plot.width > 0 && at.plot.height > 0;
	if (grid && data->classes)
		regions_draw(at.plot, view);
	draw_points(at.plot, data, &at.plane, view);
	if (grid && data->classes == 0)
		draw_curve(at.plot, &at.plane, view);
	draw_axes(area, &at);
	if (at.images.width > 0)
		images_draw(at.images, data, view);
	if (at.legend)
		draw_legend(area_sub(area, 0, area.height - at.legend, area.width, at.legend), data, view);
}

static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	const struct dataset *data = picture->frame.data;
	if (!has_points(data))
		return (struct probe_wish){0};
	if (data->steps > 0)
		return (struct probe_wish){.points = true};
	struct places at = places_of(picture, below_notes(area, draw_notes(area, data)));
	bool room = at.plot.width > 0 && at.plot.height > 0;
	return (struct probe_wish){
		.points = data->classes > 0,
		.columns = !room    ? 0
			: data->classes ? at.plot.width
							: plot_dots_across(at.plot),
		.rows = !room       ? 0
			: data->classes ? regions_rows(at.plot)
							: 1,
	};
}

/* Two runs side by side, if there is room. */
static const struct halves_way way = {{20, 5, 20, 5}, true, draw_run, wish_of};

static void data_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static bool data_headline(const struct picture *picture, struct headline *headline)
{
	const struct record *record = picture->frame.record;
	if (!isfinite(record->acc))
		return false;
	snprintf(headline->number, sizeof(headline->number), "%.1f %%", 100 * (double)record->acc);
	snprintf(headline->words, sizeof(headline->words), "of the training points answered right");
	headline->usual = "00.0 %";
	headline->style = STYLE_NORMAL;
	headline->briefly = "right";
	return true;
}

static struct probe_wish data_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish data_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

const struct pane pane_data = {
	.name = "data",
	.help = "the points by class, and what the network answers around them; a regression's curve",
	.guide =
		"The points the network learns from, with one sign and colour for each class; dots are "
		"points held out for validation. Behind them is the class that the network answers at "
		"each place: the largest output. The background's strength is its probability p: grey "
		"below 0.55, then three steps from 0.55, 0.75 and 0.95 on; without 256 colours, a shade "
		"from 0.55 on. The steps of class 0 stand at the end of the legend. The dotted line is "
		"where the answer changes, at p = 0.5 with two classes. ✗ (or *) is a point that the "
		"network gets wrong, × (or !) one that is held out. acc is the share of right answers "
		"on the training set. A past epoch whose weights are not kept shows the points alone. A "
		"regression's target is drawn against its feature, with the network's output as a "
		"curve. With more than two features, the plane is that of the first two principal "
		"components; there a point's own answer may differ from that of its region, because a "
		"region is answered with all other components at 0. Rows that are images (digits) are "
		"shown beside the plane, wrong ones first: the class it is, the class that the network "
		"says, and its probability. Sequences are drawn over time, wrong ones first, each with its "
		"target and the network's answer; a circle is a marked step. Data from a file are "
		"standardized, numeric targets included: mean 0 and standard deviation 1 over the training "
		"points. A pinned run has a picture of its own.",
	.numbers = "acc; p",
	.minimum_width = 20,
	.minimum_height = 6,
	.title = data_title,
	.draw = data_draw,
	.headline = data_headline,
	.wish = data_wish,
	.pinned_wish = data_pinned_wish,
};
