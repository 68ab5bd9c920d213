/* Chain: the chain rule as a product, from the output layer back to layer 1.
 *
 * A layer's error term is that of the next layer times two factors: rms f' and the weights' factor
 * (`deriv_rms` and `gain` of a record). What is left of the output layer's delta is the product of
 * all factors on the way.
 */
#include "chain_foot.h"
#include "halves.h"
#include "nn/act.h"
#include "nn/elementary.h"
#include "path.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_UNIT = 5,
	PATH_FACTOR = 9,
	PATH = PATH_UNIT + 2 * PATH_FACTOR + 11, /* columns of a path of units */
	LABEL = 5,                               /* columns of a layer's label */
	FACTOR = 8,
	FACTOR_WIDE = 10, /* of a factor with its sign, in narrow and wide panes */
	LEFT = 9,
	THEORY = 8,
	BAR_MIN = 6,
	BAR_SHORT = 18, /* least columns of the bars; those beyond which numbers gain */
	ROWS_FOR_HEAD = 4,
	ROWS_FOR_FOOT = 6,
	ROWS_FOR_BLANK = 18,
	TALL_MAX = 4,     /* most rows of a layer */
	DECADES_STEP = 4, /* the axis begins at 1e-4, 1e-8, 1e-12, ... */
	DECADES_LOWEST = 44,
};

/* Fraction of the shortest bar. */
static const double SMALLEST = 1e-6;

static void chain_title(const struct picture *picture, char *out, int size)
{
	const struct record *record = picture->frame.record;
	snprintf(out, (size_t)size, "chain · what is left of %s",
		record && has_steps(record) ? "∂L/∂h · back in time" : "δ · layer by layer");
}

/* ---- columns ---- */

struct columns {
	int factor;              /* columns of a factor with its sign; 0: not shown */
	bool step, theory, left; /* shown or not */
	int left_x, theory_x, bar_x, bar_width;
};

static bool take(int *room, int width, int least)
{
	if (*room - width < least)
		return false;
	*room -= width;
	return true;
}

/* Factors are dropped last, then the bars, what is left, the step, theory. */
static struct columns columns_for(int width, bool theory)
{
	struct columns columns = {0};
	int room = width - LABEL;
	columns.factor = take(&room, 2 * FACTOR, BAR_MIN) ? FACTOR : 0;
	columns.left = take(&room, LEFT, BAR_MIN);
	columns.step = columns.factor && take(&room, FACTOR, BAR_SHORT);
	if (columns.step && take(&room, 3 * (FACTOR_WIDE - FACTOR), BAR_SHORT))
		columns.factor = FACTOR_WIDE;
	columns.theory = theory && columns.step && take(&room, THEORY + 2, BAR_SHORT);
	columns.left_x = LABEL + columns.factor * (2 + columns.step);
	columns.bar_x = columns.left_x + (columns.left ? LEFT + 1 : 0);
	columns.theory_x = width - THEORY;
	columns.bar_width = (columns.theory ? columns.theory_x - 2 : width) - columns.bar_x;
	return columns;
}

/* ---- rows ---- */

struct chain {
	const struct picture *picture;
	struct links links;
	struct columns columns;
	struct axis axis;
	int rows;   /* links drawn */
	bool walks; /* a path of units is chosen */
	struct path path;
	const struct glyphs *glyphs;
};

/* The link of a line, from 0 for the output layer; links without room are left out evenly, except
 * the first, the last and the selected one. */
static int link_of_line(const struct chain *chain, int line)
{
	int count = chain->links.count, last = chain->rows - 1;
	if (chain->rows >= count || last < 1)
		return count - line;
	int selected = links_selected(&chain->links, chain->picture);
	int place = ((count - selected) * last + (count - 1) / 2) / (count - 1);
	if (line == place && line > 0 && line < last)
		return selected;
	return count - (line * (count - 1) + last / 2) / last;
}

static void factor_format(char out[PLOT_NUMBER], double value)
{
	if (!is_known(value))
		snprintf(out, PLOT_NUMBER, "-");
	else if (value >= 0.0005 && value < 9.9995)
		snprintf(out, PLOT_NUMBER, "%.3f", value);
	else if (value >= 9.9995 && value < 999.5)
		snprintf(out, PLOT_NUMBER, "%.*f", value < 99.995 ? 2 : 1, value);
	else
		plot_scientific(out, value);
}

static void draw_factor(
	struct area row, int x, int width, const char *sign, double value, enum style style)
{
	char number[PLOT_NUMBER];
	factor_format(number, value);
	struct area cell = area_sub(row, x, 0, width, 1);
	int from = area_text(cell, 0, 0, STYLE_DIM, sign);
	from += width > FACTOR;
	caption(cell, from, 0, isnan(value) && is_known(value) ? STYLE_ALARM : style, number);
}

static void draw_left(const struct chain *chain, struct area row, double left, bool first)
{
	char number[PLOT_NUMBER];
	if (!is_known(left))
		return;
	if (first)
		snprintf(number, sizeof(number), "1");
	else
		chain_left_format(number, left);
	struct area cell = area_sub(row, chain->columns.left_x, 0, LEFT, 1);
	if (chain->columns.left)
		caption_right(cell, LEFT, 0, isfinite(left) ? STYLE_TITLE : STYLE_ALARM, number);
	struct area bar = area_sub(row, chain->columns.bar_x, 0, chain->columns.bar_width, row.height);
	if (isfinite(left))
		plot_bar_right(bar, left > 0 ? max_f64(axis_fraction(&chain->axis, left), SMALLEST) : 0,
			heat_style(heat_step(left)));
	else if (!chain->columns.left)
		caption(bar, 0, 0, STYLE_ALARM, isnan(left) ? "nan" : "inf");
}

static void draw_link(const struct chain *chain, struct area row, int link, double left)
{
	const struct links *links = &chain->links;
	const struct record *record = links->record;
	const struct columns *columns = &chain->columns;
	char label[LAYER_LABEL];
	int record_row = links_row(links, link) + 1;
	bool selected = record_row == row_selected(chain->picture, record->rows);
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
	row_label(label, record, record_row);
	area_target(row, (struct target){.layer = record_row});
	if (selected)
		area_chosen(row, 0, 0, style);
	caption_right(row, LABEL - 1, 0, style, label);
	draw_left(chain, row, left, link == links->count);
	if (link == links->count)
		return;
	const struct factors factors = links_factors(links, link);
	if (columns->factor) {
		draw_factor(row, LABEL, columns->factor, "×", factors.slope, STYLE_SECOND);
		draw_factor(
			row, LABEL + columns->factor, columns->factor, "×", factors.weights, STYLE_NORMAL);
	}
	if (columns->step)
		draw_factor(
			row, LABEL + 2 * columns->factor, columns->factor, "=", factors.step, STYLE_NORMAL);
	if (columns->theory)
		draw_factor(
			row, columns->theory_x, THEORY, "~", (double)links_at(links, link)->theory, STYLE_DIM);
}

/* The unit of the path, f' and weight, and their product from the output on. */
static void draw_path(const struct chain *chain, struct area row, int layer, double along)
{
	const struct path *path = &chain->path;
	struct area cell = area_sub(row, row.width - PATH, 0, PATH, 1);
	char text[PLOT_NUMBER + 2], number[PLOT_NUMBER];
	snprintf(text, sizeof(text), "%d", path->unit[layer]);
	caption_right(cell, PATH_UNIT, 0,
		chain->picture->view->path[layer] > 0 ? STYLE_SELECTED : STYLE_DIM, text);
	if (layer == path->layers) {
		caption_right(cell, PATH, 0, STYLE_TITLE, "1");
		return;
	}
	snprintf(text, sizeof(text), "%.2g", path_slope(path, layer));
	caption_right(cell, PATH_UNIT + PATH_FACTOR, 0, STYLE_SECOND, text);
	snprintf(text, sizeof(text), "%+.2g", path_weight(path, layer));
	caption_right(cell, PATH_UNIT + 2 * PATH_FACTOR, 0, STYLE_NORMAL, text);
	chain_left_format(number, fabs(along));
	snprintf(text, sizeof(text), "%s%s", along < 0 ? "-" : along > 0 ? "+" : "", number);
	caption_right(cell, PATH, 0, isfinite(along) ? STYLE_TITLE : STYLE_ALARM, text);
}

static void draw_rows(const struct chain *chain, struct area area)
{
	double left = 1, along = 1;
	int link = chain->links.count;
	int height = area.height < TALL_MAX * chain->rows ? area.height : TALL_MAX * chain->rows;
	height = height < 2 * chain->rows ? chain->rows : height;
	for (int row = 0; row < chain->rows; row++) {
		int to = link_of_line(chain, row);
		while (link > to) {
			left = links_left(&chain->links, --link, left);
			along *=
				chain->walks ? path_slope(&chain->path, link) * path_weight(&chain->path, link) : 1;
		}
		int y = row * height / chain->rows, end = (row + 1) * height / chain->rows;
		struct area line = area_sub(area, 0, y, area.width, end - y);
		draw_link(chain, line, to, left);
		if (chain->walks)
			draw_path(chain, line, to, along);
	}
}

static void range_left(const struct picture *picture, double *low, double *high)
{
	const struct links links = links_of(picture);
	double left = 1;
	for (int link = links.count - 1; link >= 1; link--) {
		left = links_left(&links, link, left);
		if (!isfinite(left) || left <= 0)
			continue;
		*low = min_f64(*low, left);
		*high = max_f64(*high, left);
	}
}

/* Whole decades around all that is left, 1 included; of two runs (or NULL) the same. */
static struct axis axis_for(const struct picture *picture, const struct picture *other)
{
	double low = 1, high = 1;
	range_left(picture, &low, &high);
	if (other && other->frame.record && other->frame.record->rows)
		range_left(other, &low, &high);
	double from = DECADES_STEP * floor((log10_f64(low) - 0.1) / DECADES_STEP);
	return (struct axis){
		exp10_f64(max_f64(min_f64(from, -DECADES_STEP), -DECADES_LOWEST)),
		exp10_f64(ceil(log10_f64(high))),
		true,
	};
}

/* ---- words ---- */

static void draw_ends(const struct chain *chain, struct area row)
{
	char low[PLOT_NUMBER], high[PLOT_NUMBER] = "1";
	int decades = (int)floor(log10_f64(chain->axis.high) + 0.5);
	int one = plot_column(row, axis_fraction(&chain->axis, 1));
	snprintf(low, sizeof(low), "1e%.0f", log10_f64(chain->axis.low));
	if (decades > 0)
		snprintf(high, sizeof(high), "1e%d", decades);
	caption_right(row, row.width, 0, STYLE_DIM, high);
	if ((int)(strlen(low) + strlen(high)) < row.width)
		caption(row, 0, 0, STYLE_DIM, low);
	if (area_code(row, one - 1, 0) == ' ' && area_code(row, one, 0) == ' ' &&
		area_code(row, one + 1, 0) == ' ')
		caption(row, one, 0, STYLE_DIM, "1");
}

static void draw_head(const struct chain *chain, struct area row)
{
	const struct columns *columns = &chain->columns;
	double greatest;
	char text[40];
	const struct activation *one = chain_activation(chain->picture->frame.model, &greatest);
	snprintf(text, sizeof(text), "%s′", one ? one->symbol : "f");
	if (columns->factor) {
		char longer[48];
		int x = LABEL, width = columns->factor;
		snprintf(longer, sizeof(longer), "rms %s", text);
		struct area cell = area_sub(row, x, 0, width - 1, 1);
		if (!caption(cell, 0, 0, STYLE_SECOND, longer))
			caption(cell, 0, 0, STYLE_SECOND, text);
		caption(area_sub(row, x + width, 0, width, 1), 0, 0, STYLE_DIM, "weights");
		if (columns->step)
			caption(area_sub(row, x + 2 * width, 0, width, 1), 0, 0, STYLE_DIM, "step");
	}
	const char *left = has_steps(chain->links.record) ? "left" : "left of δ";
	if (columns->left && !caption_beside(row, columns->left_x + LEFT, 0, STYLE_DIM, left))
		caption_beside(row, columns->left_x + LEFT, 0, STYLE_DIM, "left");
	if (columns->theory)
		caption(row, columns->theory_x, 0, STYLE_DIM, "theory");
	if (chain->walks) {
		struct area cell = area_sub(row, row.width - PATH, 0, PATH, 1);
		caption_right(cell, PATH_UNIT, 0, STYLE_DIM, "unit");
		caption_right(cell, PATH_UNIT + PATH_FACTOR, 0, STYLE_SECOND, text);
		caption_right(cell, PATH_UNIT + 2 * PATH_FACTOR, 0, STYLE_DIM, "weight");
		caption_right(cell, PATH, 0, STYLE_DIM, "path");
	}
	draw_ends(chain, area_sub(row, columns->bar_x, 0, columns->bar_width, 1));
}

static void draw_chain(struct chain *chain, struct area area, const struct picture *other)
{
	int head = area.height >= ROWS_FOR_HEAD, foot = 0, count = chain->links.count;
	if (area.height >= ROWS_FOR_FOOT) {
		foot = area.height - head - count;
		foot = foot < area.height / ROWS_FOR_FOOT ? area.height / ROWS_FOR_FOOT : foot;
		foot = foot < 1 ? 1 : foot > CHAIN_FOOT_ROWS ? CHAIN_FOOT_ROWS : foot;
	}
	int height = area.height - head - foot;
	int blank = foot > 0 && area.height >= ROWS_FOR_BLANK && height > count;
	height -= blank;
	bool theory = is_known((double)links_at(&chain->links, 1)->theory);
	chain->walks = area.width >= PATH && !has_steps(chain->links.record) &&
		path_of(chain->picture, &chain->path);
	chain->columns = columns_for(area.width - (chain->walks ? PATH : 0), theory);
	chain->rows = count < height ? count : height;
	chain->axis = axis_for(chain->picture, other);
	if (head)
		draw_head(chain, area_sub(area, 0, 0, area.width, 1));
	draw_rows(chain, area_sub(area, 0, head, area.width, height));
	const struct chain_foot words = {
		.picture = chain->picture,
		.links = &chain->links,
		.path = chain->walks ? &chain->path : NULL,
		.drawn = chain->rows,
	};
	chain_foot_draw(&words, area_sub(area, 1, area.height - foot, area.width - 1, foot));
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	const struct record *record = picture->frame.record;
	struct chain chain = {.picture = picture, .glyphs = area.canvas->glyphs};
	if (record && record->layers > 1)
		chain.links = links_of(picture);
	if (!record)
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
	else if (record->layers < 1)
		caption_sentence(area, STYLE_DIM, "layers not kept for this epoch");
	else if (record->layers < 2)
		caption_sentence(area, STYLE_DIM, "no hidden layers: δ does not travel back");
	else if (!links_recorded(&chain.links))
		caption_sentence(area, STYLE_DIM, "δ is not recorded");
	else
		draw_chain(&chain, area, other);
}

static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	bool walks = area.width >= PATH && path_is_chosen(picture->view);
	return (struct probe_wish){.weights = walks, .step = walks, .sample = picture->view->sample};
}

/* Two runs side by side, if there is room, with the same axis. */
static const struct halves_way way = {{32, 6, 32, 6}, true, draw_run, wish_of};

static void chain_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static bool chain_headline(const struct picture *picture, struct headline *headline)
{
	if (picture->frame.record->layers < 2)
		return false;
	const struct links links = links_of(picture);
	double output = (double)links_at(&links, links.count)->delta_rms;
	double left = (double)links_at(&links, 1)->delta_rms / output;
	bool steps = has_steps(links.record);
	if (!(output > 0) || !isfinite(left))
		return false;
	chain_left_format(headline->number, left);
	snprintf(headline->words, sizeof(headline->words), "times the output's δ arrives at %s 1",
		steps ? "step" : "layer");
	headline->usual = "0.0e-00";
	headline->briefly = steps ? "step 1 / δout" : "δ1 / δout";
	return true;
}

static struct probe_wish chain_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish chain_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

/* clang-format off */
const struct pane pane_chain = {
	.name = "chain",
	.help = "the chain rule as a product: f' and weights of every layer, and what is left of delta",
	.guide = "From the output layer (out) back to layer 1, every layer multiplies the error term "
		"delta = dL/dz by two factors: rms f' (root mean square over units and samples) and the "
		"weights' factor, (delta of this layer / delta of the next) / rms f'. \"step\" is their "
		"product, \"left of δ\" the product of all steps so far: rms delta of the layer over that "
		"of the output layer. The bars show it on a logarithmic axis. \"theory\" is the step that "
		"mean-field theory predicts for fresh weights. Ten factors of about 0.25 leave 1e-6, ten "
		"factors of about 1 leave 1. A normalization or a skip connection counts as part of the "
		"weights' factor. Where there are more layers than rows, some are left out; the product "
		"contains them. ( and ) choose a unit of the selected layer: on the right is then a path "
		"with one unit a layer, with f' of one sample (n: the next one) and the weight to the "
		"next unit; \"path\" is their product. Where none is chosen the path takes the unit with "
		"the largest |f' x weight|. delta of a unit is the sum over all such paths, times that of "
		"the output. Where a layer has time steps the chain leads from the output through the last "
		"step back in time, with dL/dh of each state in place of delta; V, the weights between the "
		"steps, makes a gradient longer by its largest singular value at most, and the forget or "
		"update gate keeps its mean on average. A pinned run has a chain "
		"of its own, on the same axis.",
	.numbers = "deriv_rms; gain; step; left of δ; theory; delta_rms; inactive; saturated; path",
	.minimum_width = 26, .minimum_height = 6,
	.title = chain_title, .draw = chain_draw, .headline = chain_headline, .wish = chain_wish,
	.pinned_wish = chain_pinned_wish, .output_on_top = true,
};
/* clang-format on */
