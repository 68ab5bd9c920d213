#include "chain_foot.h"

#include "nn/act.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/plot.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const struct activation *chain_activation(const struct model *model, double *greatest)
{
	const struct activation *first = NULL;
	bool several = false;
	*greatest = 1;
	for (int layer = 1; layer <= model_hidden(model); layer++) {
		const struct layer_model *row = model_layer(model, layer);
		const struct activation *here = row->activation ? activation_find(row->activation) : NULL;
		*greatest *= here ? activation_max_slope(here, &row->parameters) : NAN;
		first = layer == 1 ? here : first;
		several = several || here != first;
	}
	return several ? NULL : first;
}

void chain_left_format(char out[PLOT_NUMBER], double left)
{
	if (left >= 0.0995 && left < 999.5)
		snprintf(out, PLOT_NUMBER, "%.*f", left < 9.995 ? 2 : left < 99.95 ? 1 : 0, left);
	else
		plot_scientific(out, left);
}

/* Theory's number stands in brackets: after a dot it would read as a factor. */
static void add_measured(const struct chain_foot *foot, struct parts *parts, struct area area)
{
	const struct links *links = foot->links;
	double output = (double)links_at(links, links->count)->delta_rms, product = 1;
	double first = (double)links_at(links, 1)->delta_rms, ratio = first / output;
	bool steps = has_steps(links->record), measured = output > 0 && is_known(first);
	const char *symbol = steps ? "∂L/∂h" : "δ", *of = steps ? "step" : "layer";
	char number[PLOT_NUMBER], theory[PLOT_NUMBER], form[5][PART_TEXT_MAX] = {"", "", "", "", ""};
	for (int link = 1; link < links->count; link++)
		product *= (double)links_at(links, link)->theory;
	chain_left_format(number, ratio);
	chain_left_format(theory, product);
	if (measured && isfinite(ratio)) {
		snprintf(form[3], sizeof(form[3]), "%s of %s 1 is %s times %s of the output", symbol, of,
			number, steps ? "δ" : "that");
		snprintf(form[4], sizeof(form[4]), "%s: %s", steps ? "step 1 / δout" : "δ1 / δout", number);
	} else if (measured)
		snprintf(form[3], sizeof(form[3]), "%s of %s 1 is %s", symbol, of, number);
	if (isfinite(product) && measured) {
		snprintf(form[0], sizeof(form[0]), "%.90s (theory for fresh weights: %s)", form[3], theory);
		snprintf(form[1], sizeof(form[1]), "%.90s (theory: %s)", form[3], theory);
		snprintf(form[2], sizeof(form[2]), "%.90s (theory: %s)", form[4], theory);
	} else if (isfinite(product))
		snprintf(form[0], sizeof(form[0]), "theory for fresh weights: %s", theory);
	for (int i = 0; i < 5; i++)
		if (form[i][0] && form[i][0] != ' ' &&
			glyphs_text_width(area.canvas->glyphs, form[i]) <= area.width) {
			parts_add(
				parts, 0, measured && !isfinite(ratio) ? STYLE_ALARM : STYLE_TITLE, "%s", form[i]);
			return;
		}
}

/* |V^T D delta| <= sigma max|f'| |delta|: docs/numerics.md, section 7. */
static void add_stretch(const struct chain_foot *foot, struct parts *parts)
{
	const struct links *links = foot->links;
	const struct layer_model *layer = model_layer(foot->picture->frame.model, links->layer);
	const struct activation *f = layer->activation ? activation_find(layer->activation) : NULL;
	double stretch = (double)links_at(links, 1)->stretch;
	double slope = f ? activation_max_slope(f, &layer->parameters) : NAN;
	char of_weights[PLOT_NUMBER], of_slope[PLOT_NUMBER], all[PLOT_NUMBER];
	if (isnan(stretch) || isnan(slope))
		return;
	plot_number(of_weights, stretch);
	plot_number(of_slope, slope);
	plot_number(all, stretch * slope);
	parts_add(parts, 0, STYLE_NORMAL,
		"V makes a vector ×%s longer at most, and %s′ ≤ %s: a step is at most ×%s", of_weights,
		f->symbol, of_slope, all);
	parts_shorten(
		parts, "V at most ×%s, %s′ ≤ %s: a step ≤ %s", of_weights, f->symbol, of_slope, all);
	parts_shorten(parts, "a step ≤ %s", all);
}

/* What the gates alone leave of dL/dh. */
static void add_kept(const struct chain_foot *foot, struct parts *parts)
{
	const struct links *links = foot->links;
	double kept = 0;
	int steps = links->steps - 1;
	for (int link = 2; link <= links->steps; link++)
		kept += (double)links_at(links, link)->kept / steps;
	int between = links_at(links, links->steps)->step - links_at(links, 1)->step;
	char each[PLOT_NUMBER], all[PLOT_NUMBER];
	if (steps < 1 || isnan(kept))
		return;
	snprintf(each, sizeof(each), "%.2f", kept);
	plot_number(all, exp10_f64(between * log10_f64(kept)));
	parts_add(parts, 0, STYLE_NORMAL, "gates keep %s of the state a step on average: %s^%d = %s",
		each, each, between, all);
	parts_shorten(parts, "gates keep %s: %s^%d = %s", each, each, between, all);
}

static void add_bound(const struct chain_foot *foot, struct parts *parts)
{
	const struct model *model = foot->picture->frame.model;
	double greatest;
	int hidden = model_hidden(model);
	const struct activation *one = chain_activation(model, &greatest);
	char each[PLOT_NUMBER], all[PLOT_NUMBER];
	if (isnan(greatest) || has_steps(foot->links->record))
		return;
	plot_number(all, greatest);
	if (!one) {
		parts_add(
			parts, 0, STYLE_NORMAL, "the largest f′ of all %d layers multiplied: %s", hidden, all);
		parts_shorten(parts, "largest f′ multiplied: %s", all);
		return;
	}
	plot_number(each, activation_max_slope(one, &model_layer(model, 1)->parameters));
	parts_add(parts, 0, STYLE_NORMAL, "%s′ is at most %s: over %d layers %s^%d = %s", one->symbol,
		each, hidden, each, hidden, all);
	parts_shorten(parts, "%s′ ≤ %s: %s^%d = %s", one->symbol, each, each, hidden, all);
}

/* Other parts of the product that the two factors stand for. */
static void add_notes(const struct chain_foot *foot, struct parts *parts)
{
	const struct frame *frame = &foot->picture->frame;
	double off = 0;
	int hidden = model_hidden(frame->model), count = foot->links->count;
	for (int link = 1; link < count; link++)
		off += (double)links_at(foot->links, link)->inactive / (count - 1);
	char share[PLOT_NUMBER];
	if (off > 0) {
		plot_share(share, off);
		parts_add(parts, 1, STYLE_NORMAL, "f′ is 0 for %s of all units and samples", share);
		parts_shorten(parts, "f′ = 0: %s", share);
	}
	double greatest;
	const struct activation *relu = activation_find("relu");
	chain_activation(frame->model, &greatest);
	if (greatest < 0.1)
		parts_add(
			parts, 3, STYLE_DIM, "%s′ of a unit that is on is 1: 1^%d = 1", relu->symbol, hidden);
	const char *norm = frame->model->normalization;
	bool normalized = hidden > 0 && norm && strcmp(norm, "none") != 0;
	bool skips = hidden > 0 && frame->settings && frame->settings->skip > 0;
	if (normalized || skips)
		parts_add(parts, 2, STYLE_DIM, "weights include %s%s%s%s", normalized ? norm : "",
			normalized ? " norm" : "", normalized && skips ? ", " : "",
			skips ? "skip connections" : "");
	if (foot->drawn < count) {
		const char *things = has_steps(foot->links->record) ? "steps" : "layers";
		parts_add(parts, 0, STYLE_DIM, "%d of %d %s drawn", foot->drawn, count, things);
		parts_shorten(parts, "%d of %d %s", foot->drawn, count, things);
	}
}

/* What a norm or a skip connection does is not in the factors of a path. */
static void add_path(const struct chain_foot *foot, struct parts *parts)
{
	const struct path *path = foot->path;
	const struct net_spec *spec = net_spec_of(path->net);
	char paths[PLOT_NUMBER];
	plot_number(paths, path->paths);
	parts_add(parts, 0, STYLE_NORMAL,
		"path: f′ of sample %d and weights multiplied; one of %s paths", path->step->sample + 1,
		paths);
	parts_shorten(parts, "one of %s paths", paths);
	if (strcmp(spec->normalization, "none") != 0)
		parts_add(parts, 1, STYLE_WARNING, "without %s norm", spec->normalization);
	if (spec->skip > 0)
		parts_add(parts, 1, STYLE_WARNING, "without skip connections");
}

/* A unit is chosen, but between layers of this kind there is no single weight. */
static void add_no_path(const struct chain_foot *foot, struct parts *parts)
{
	const struct model *model = foot->picture->frame.model;
	bool dense = true;
	for (int l = 1; l <= model->layers; l++) {
		const char *kind = model_layer(model, l)->kind;
		dense = dense && (!kind || strcmp(kind, layer_dense.name) == 0);
	}
	if (dense || !path_is_chosen(foot->picture->view))
		return;
	parts_add(parts, 1, STYLE_DIM, "a path of units needs dense layers only");
	parts_shorten(parts, "no path: not all dense");
}

void chain_foot_draw(const struct chain_foot *foot, struct area area)
{
	struct parts line[CHAIN_FOOT_ROWS] = {0};
	add_measured(foot, &line[0], area);
	if (has_steps(foot->links->record)) {
		add_stretch(foot, &line[1]);
		add_kept(foot, &line[1]);
	} else if (foot->path)
		add_path(foot, &line[1]);
	else
		add_bound(foot, &line[1]);
	add_notes(foot, &line[2]);
	add_no_path(foot, &line[2]);
	int y = 0;
	for (int i = 0; i < CHAIN_FOOT_ROWS && y < area.height; i++)
		if (line[i].count > 0)
			parts_draw(&line[i], area, 0, y++);
}
