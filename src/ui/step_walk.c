/* The order of the phases of a step: which rows each kind of layer has. See step.h. */
#include "step.h"

#include "nn/bounds.h"
#include "ui/pane_rows.h"

#include <string.h>

enum { ROWS_MAX = 5, MATRICES_MAX = 2, ENDS = 3 /* time steps at each end that keys lead to */ };

struct walk {
	const char *kind;
	bool hidden;
	const struct step_row *part[STEP_PARTS][ROWS_MAX];
};

/* clang-format off */
static const struct walk walks[] = {
	{"dense", true, {{&step_sum, &step_activation}, {&step_delta}, {&step_gradient},
		{&step_update}}},
	{"dense", false, {{&step_sum, &step_loss}, {&step_delta}, {&step_gradient}, {&step_update}}},
	{"conv", true, {{&step_place, &step_map}, {&step_back_map}, {&step_over_places},
		{&step_update}}},
	{"rnn", true, {{&step_given, &step_gates}, {&step_back_state, &step_back_plain},
		{&step_over_time}, {&step_update}}},
	{"lstm", true, {{&step_given, &step_gates, &step_cell, &step_state},
		{&step_back_state, &step_back_cell, &step_back_lstm}, {&step_over_time}, {&step_update}}},
	{"gru", true, {{&step_given, &step_gates, &step_mixed}, {&step_back_state, &step_back_gru},
		{&step_over_time}, {&step_update}}},
};
/* clang-format on */

enum { WALKS = sizeof(walks) / sizeof(walks[0]) };

static const struct walk *walk_of(const struct net *net, int layer)
{
	const struct net_layer *is = net_layer_of(net, layer);
	for (int i = 0; i < WALKS; i++)
		if (strcmp(walks[i].kind, is->kind->name) == 0 && walks[i].hidden == is->hidden)
			return &walks[i];
	return NULL;
}

bool step_walks(const struct net *net)
{
	bool all = true;
	for (int l = 1; l <= net_spec_of(net)->layers; l++)
		all = all && walk_of(net, l);
	return all;
}

static int rows_in(const struct walk *walk, enum step_part part)
{
	int count = 0;
	while (count < ROWS_MAX && walk->part[part][count])
		count++;
	return count;
}

const struct tensor *step_matrix(const struct net *net, int layer, int index)
{
	const struct net_layer *is = net_layer_of(net, layer);
	for (int i = 0; i < is->tensors; i++)
		if (is->tensor[i].draw == DRAW_MATRIX && index-- == 0)
			return &is->tensor[i];
	return NULL;
}

/* How often a layer goes through the rows of a part. */
static int places_in(const struct net *net, int layer, enum step_part part)
{
	const struct net_layer *is = net_layer_of(net, layer);
	int matrices = 0;
	if (part == STEP_AFTER)
		return 1;
	if (part != STEP_LAST)
		return is->cell ? record_rows_of(is->steps) : 1;
	while (step_matrix(net, layer, matrices))
		matrices++;
	return matrices;
}

static int phases_in(const struct net *net, int layer, enum step_part part)
{
	return rows_in(walk_of(net, layer), part) * places_in(net, layer, part);
}

/* ---- from phases to numbers and back ---- */

/* Where a row stands in its part; false: in no part of this walk. */
static bool find_row(
	const struct walk *walk, const struct step_row *row, enum step_part *part, int *at)
{
	for (int p = 0; p < STEP_PARTS; p++)
		for (int i = 0; i < rows_in(walk, (enum step_part)p); i++)
			if (walk->part[p][i] == row) {
				*part = (enum step_part)p;
				*at = i;
				return true;
			}
	return false;
}

/* The same in the first walk that has it. */
static void find_row_anywhere(const struct step_row *row, enum step_part *part, int *at)
{
	for (int i = 0; i < WALKS && !find_row(&walks[i], row, part, at);)
		i++;
}

enum step_part step_part_of(const struct step_row *row)
{
	enum step_part part = STEP_FORWARD;
	int at;
	find_row_anywhere(row, &part, &at);
	return part;
}

/* The parts of the step in order: forward from layer 1 up, back from the output down, each layer's
 * sums right after it, and the updates. */
struct segment {
	int layer;
	enum step_part part;
};

static struct segment segment_at(const struct net *net, int index)
{
	int layers = net_spec_of(net)->layers;
	if (index < layers)
		return (struct segment){index + 1, STEP_FORWARD};
	index -= layers;
	if (index < 2 * layers)
		return (struct segment){layers - index / 2, index % 2 ? STEP_AFTER : STEP_BACK};
	return (struct segment){index - 2 * layers + 1, STEP_LAST};
}

static int segments(const struct net *net)
{
	return 4 * net_spec_of(net)->layers;
}

int step_count(const struct net *net)
{
	int count = 0;
	for (int i = 0; i < segments(net); i++) {
		struct segment segment = segment_at(net, i);
		count += phases_in(net, segment.layer, segment.part);
	}
	return count;
}

int step_index(const struct net *net, struct step_phase phase)
{
	enum step_part part;
	int at, index = 0;
	const struct walk *walk = walk_of(net, phase.layer);
	if (!find_row(walk, phase.row, &part, &at))
		return 0;
	for (int i = 0; i < segments(net); i++) {
		struct segment segment = segment_at(net, i);
		if (segment.layer == phase.layer && segment.part == part)
			break;
		index += phases_in(net, segment.layer, segment.part);
	}
	int places = places_in(net, phase.layer, part);
	int turn = part == STEP_BACK ? places - 1 - phase.place : phase.place;
	return index + turn * rows_in(walk, part) + at;
}

struct step_phase step_phase_at(const struct net *net, int index)
{
	struct segment segment = segment_at(net, 0);
	index = clamp_int(index, 0, step_count(net) - 1);
	for (int i = 0; i < segments(net); i++) {
		segment = segment_at(net, i);
		int phases = phases_in(net, segment.layer, segment.part);
		if (index < phases)
			break;
		index -= phases;
	}
	const struct walk *walk = walk_of(net, segment.layer);
	int rows = rows_in(walk, segment.part), turn = index / rows;
	int places = places_in(net, segment.layer, segment.part);
	return (struct step_phase){.row = walk->part[segment.part][index % rows],
		.layer = segment.layer,
		.place = segment.part == STEP_BACK ? places - 1 - turn : turn};
}

/* A time step in the middle of a long sequence. */
static bool is_between(const struct net *net, struct step_phase phase)
{
	enum step_part part = step_part_of(phase.row);
	int places = places_in(net, phase.layer, part);
	return (part == STEP_FORWARD || part == STEP_BACK) && places > 2 * ENDS + 2 &&
		phase.place >= ENDS && phase.place < places - ENDS;
}

int step_index_after(const struct net *net, int index, int by)
{
	int count = step_count(net), next = index + by;
	struct step_phase from = step_phase_at(net, index);
	bool skips = !is_between(net, from);
	while (skips && next >= 0 && next < count && is_between(net, step_phase_at(net, next)))
		next += by;
	return next >= 0 && next < count ? next : -1;
}

int step_known_from(const struct net *net, int layer, bool back)
{
	enum step_part part = back ? STEP_BACK : STEP_FORWARD;
	const struct walk *walk = walk_of(net, layer);
	int last = places_in(net, layer, part) - 1;
	bool loss = walk->part[part][rows_in(walk, part) - 1] == &step_loss;
	const struct step_row *row = walk->part[part][back ? 0 : rows_in(walk, part) - 1 - loss];
	return step_index(net, (struct step_phase){row, layer, last});
}

/* ---- the view ---- */

/* All rows that there are, each once. */
static const struct step_row *row_at(int index)
{
	static const struct step_row *const rows[] = {&step_sum, &step_activation, &step_loss,
		&step_delta, &step_gradient, &step_update, &step_given, &step_gates, &step_cell,
		&step_state, &step_mixed, &step_back_state, &step_back_cell, &step_back_plain,
		&step_back_lstm, &step_back_gru, &step_over_time, &step_place, &step_map, &step_back_map,
		&step_over_places};
	return index >= 0 && index < (int)(sizeof(rows) / sizeof(rows[0])) ? rows[index] : NULL;
}

static int index_of_row(const struct step_row *row)
{
	int index = 0;
	while (row_at(index) && row_at(index) != row)
		index++;
	return row_at(index) ? index : 0;
}

/* The row of a layer that stands where this one stands in its own layer's walk. */
static const struct step_row *row_like(const struct walk *walk, const struct step_row *row)
{
	enum step_part part = STEP_FORWARD;
	int at = 0;
	if (find_row(walk, row, &part, &at))
		return row;
	find_row_anywhere(row, &part, &at);
	return walk->part[part][min_int(at, rows_in(walk, part) - 1)];
}

static bool has_rows(const struct record *record, const struct net *net)
{
	return record && record->rows && record->layers == net_spec_of(net)->layers;
}

struct step_phase step_phase_of(const struct picture *picture, const struct net *net)
{
	const struct record *record = picture->frame.record;
	int layers = net_spec_of(net)->layers, place = 0;
	int layer = clamp_int(picture->view->layer, 1, layers);
	const struct step_row *row = row_at(picture->view->phase);
	if (has_rows(record, net)) {
		int selected = row_selected(picture, record->rows) - 1;
		layer = record->layer[selected].layer;
		place = selected - record_first(record, layer);
	}
	if (row == &step_loss)
		layer = layers;
	row = row_like(walk_of(net, layer), row ? row : row_at(0));
	int places = places_in(net, layer, step_part_of(row));
	return (struct step_phase){
		.row = row, .layer = layer, .place = clamp_int(place, 0, places - 1)};
}

void step_view_phase(const struct picture *picture, struct step_phase phase, struct view *view)
{
	const struct record *record = picture->frame.record;
	bool rows = has_rows(record, picture->frame.state->net);
	view->phase = index_of_row(phase.row);
	view->layer = rows ? record_first(record, phase.layer) + phase.place + 1 : phase.layer;
}

int step_time(const struct drawn_step *step)
{
	const struct net_layer *layer = net_layer_of(step->before, step->phase.layer);
	return record_step_of(layer->steps, step->phase.place) - 1;
}

int step_unit(const struct drawn_step *step, int rows)
{
	return clamp_int(step->unit, 0, rows - 1);
}
