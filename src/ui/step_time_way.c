/* The way of a step through the time steps of a recurrent layer, as a strip. See step.h. */
#include "step_time.h"

#include "nn/bounds.h"
#include "ui/heat.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"

#include <stdio.h>
#include <string.h>

/* True if the state of a time step, or on the way back dL/dh, has been computed by this phase. */
static bool is_known(const struct drawn_step *step, int t, bool back)
{
	enum step_part part = step_part_of(step->phase.row);
	int now = step_time(step);
	if (part == STEP_FORWARD && !back) {
		int from = step_index(step->before, step->phase);
		struct step_phase next = step_phase_at(step->before, from + 1);
		bool last = next.layer != step->phase.layer || next.place != step->phase.place;
		return t < now || (t == now && last);
	}
	if (part == STEP_BACK && back)
		return t >= now;
	return part != STEP_FORWARD;
}

/* The columns of a time step: at least one, where several share it the first one. */
static int column_of(int t, int steps, int width)
{
	return t * width / steps;
}

static void draw_strip(const struct drawn_step *step, struct area strip, bool back)
{
	const struct sample_time *time = time_of(step);
	int steps = time->steps;
	for (int x = 0; x < strip.width; x++) {
		int t = min_int(x * steps / strip.width, steps - 1);
		const float *value = units_at(step, back ? time->delta_state : time->state, t);
		double size = step_rms_of(value, units_of(step));
		for (int y = 0; y < strip.height; y++)
			if (is_known(step, t, back))
				heat_cell(strip, x, y, back ? heat_step(size) : heat_step_of_share(size));
			else
				area_put(strip, x, y, strip.canvas->glyphs->point[0], STYLE_DIM);
	}
}

/* The first and last step, and over its column that of the phase. */
static void draw_labels(const struct drawn_step *step, struct area row)
{
	enum step_part part = step_part_of(step->phase.row);
	int steps = time_of(step)->steps, now = step_time(step);
	char label[STEP_HEAD];
	if (part == STEP_FORWARD || part == STEP_BACK) {
		snprintf(label, sizeof(label), "t%d", now + 1);
		int x = clamp_int(column_of(now, steps, row.width), 0, row.width - (int)strlen(label));
		area_text(row, x, 0, STYLE_SELECTED, label);
	}
	if (is_blank(row, 0, 0, 3))
		area_text(row, 0, 0, STYLE_DIM, "t1");
	snprintf(label, sizeof(label), "t%d", steps);
	caption_beside(row, row.width, 0, STYLE_DIM, label);
}

void step_draw_time(const struct drawn_step *step, struct area area)
{
	enum { LEFT = 11 };
	bool back = step_part_of(step->phase.row) != STEP_FORWARD, both = area.height > 2;
	int left = area.width >= 4 * LEFT ? LEFT : 0;
	struct area strips = area_sub(area, left, 0, area.width - left, area.height);
	char label[LAYER_LABEL], name[2 * LAYER_LABEL];
	if (strips.width < 4)
		return;
	draw_labels(step, area_sub(strips, 0, 0, strips.width, 1));
	for (int i = 0; i <= both; i++) {
		bool of_back = both ? i == 1 : back;
		if (left)
			area_text(area, 0, 1 + i, of_back == back ? STYLE_TITLE : STYLE_DIM,
				of_back ? "RMS ∂L/∂h" : "RMS h");
		draw_strip(step, area_sub(strips, 0, 1 + i, strips.width, 1), of_back);
	}
	layer_label(label, step->phase.layer, step->view->layers);
	snprintf(name, sizeof(name), "layer %s", label);
	if (left)
		caption(area, 0, 0, STYLE_DIM, name);
}
