#include "app/header.h"

#include "lab/models.h"
#include "lab/text.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include <stdio.h>
#include <string.h>

/* Where space is short the last rank is dropped first; from RANK_SPARE on, a part is dropped before
 * the others are abbreviated to the shortest form. */
enum rank {
	RANK_ACTIVATION,
	RANK_SIZE,
	RANK_OPTIMIZER,
	RANK_PINNED,
	RANK_NORM,
	RANK_DATA,
	RANK_INIT,
	RANK_SPARE,
	RANK_STEPS = RANK_SPARE,
	RANK_SKIP,
	RANK_OTHER,
};

enum { NAME_MAX_SHORT = 40, FILE_SHORT = 12, FILE_BRIEF = 8 };

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

/* The first `columns` columns of a name; if it is longer, the last two are dots. */
static void cut_name(const char *name, int columns, char *out, size_t size)
{
	const char *at = name, *end = name;
	int width = 0;
	for (uint32_t code; (code = text_next(&at)) != 0 && width <= columns;) {
		width += text_width(code);
		if (width <= columns - 2)
			end = at;
	}
	snprintf(out, size, width <= columns ? "%.*s" : "%.*s..",
		width <= columns ? (int)strlen(name) : (int)(end - name), name);
}

static void add_data(struct parts *parts, const struct dataset *data, const struct config *config)
{
	const char *name = last_component(config->data);
	char text[PART_TEXT_MAX];
	cut_name(name, NAME_MAX_SHORT, text, sizeof(text));
	if (dataset_is_generated(config->data))
		parts_add(parts, RANK_DATA, STYLE_NORMAL, "%s %d", text, config->samples);
	else if (data)
		parts_add(parts, RANK_DATA, STYLE_NORMAL, "%s %d", text, data->rows);
	else
		parts_add(parts, RANK_DATA, STYLE_NORMAL, "%s", text);
	cut_name(name, FILE_SHORT, text, sizeof(text));
	parts_shorten(parts, "%s", text);
	cut_name(name, FILE_BRIEF, text, sizeof(text));
	parts_shorten(parts, "%s", text);
}

/* The length of the sequences that are wanted, or of those that were read. */
static void add_steps(struct parts *parts, const struct dataset *data, const struct config *config)
{
	int steps = 0;
	if (dataset_is_generated(config->data) && dataset_kinds(config->data) & DATA_SEQUENCES)
		steps = config->length;
	else if (data && strcmp(data->name, config->data) == 0)
		steps = data->steps;
	if (steps > 0)
		parts_add(parts, RANK_STEPS, STYLE_NORMAL, "%d steps", steps);
}

static void add_size(struct parts *parts, const struct config *config)
{
	int depth = config->depth, width = config->width;
	const char *s = depth == 1 ? "" : "s";
	if (strcmp(config->model, model_type_at(0)->name) != 0)
		parts_add(parts, RANK_SIZE, STYLE_NORMAL, "%s", config->model);
	if (depth == 0) {
		parts_add(parts, RANK_SIZE, STYLE_NORMAL, "no hidden layer");
		parts_shorten(parts, "0 layers");
		return;
	}
	parts_add(parts, RANK_SIZE, STYLE_NORMAL, "%d layer%s \xc3\x97 %d", depth, s, width);
	parts_shorten(parts, "%d layer%s\xc3\x97%d", depth, s, width);
	parts_shorten(parts, "%d lay\xc3\x97%d", depth, width);
}

static void add_name(struct parts *parts, enum rank rank, const char *name)
{
	char text[PART_TEXT_MAX];
	parts_add(parts, (int)rank, STYLE_NORMAL, "%s", name);
	for (int briefer = 0; briefer <= 1; briefer++) {
		caption_short_name(text, sizeof(text), name, briefer != 0);
		parts_shorten(parts, "%s", text);
	}
}

/* Under a schedule the learning rate of the present epoch, once the wanted settings are in
 * force. */
static void add_optimizer(
	struct parts *parts, const struct frame *frame, const struct config *config)
{
	const struct record *record = frame->record;
	const struct config *present = frame->settings;
	double rate = config_rate(config);
	bool in_force = record && present && config_rate(present) == rate &&
		strcmp(present->schedule, config->schedule) == 0;
	bool constant = strcmp(config->schedule, "constant") == 0;
	char name[40], schedule[40];
	if (constant) {
		parts_add(parts, RANK_OPTIMIZER, STYLE_NORMAL, "%s lr %g", config->optimizer, rate);
	} else {
		rate = in_force ? (double)record->lr : rate;
		parts_add(parts, RANK_OPTIMIZER, STYLE_NORMAL, "%s %s lr %.3g", config->optimizer,
			config->schedule, rate);
	}
	caption_short_name(name, sizeof(name), config->optimizer, false);
	caption_short_name(schedule, sizeof(schedule), config->schedule, false);
	parts_shorten(parts, "%s%s%s %.3g", name, constant ? "" : " ", constant ? "" : schedule, rate);
	caption_short_name(name, sizeof(name), config->optimizer, true);
	parts_shorten(parts, "%s %.3g", name, rate);
}

static void add_norm(struct parts *parts, const struct config *config)
{
	if (strcmp(config->norm, "none") == 0)
		return;
	parts_add(parts, RANK_NORM, STYLE_NORMAL, "%s norm", config->norm);
	parts_shorten(parts, "%c-norm", config->norm[0]);
	parts_shorten(parts, "%cn", config->norm[0]);
}

/* Shows the wanted settings, which may not be applied yet, so that a key has an effect at once. */
static void add_settings(
	struct parts *parts, const struct frame *frame, const struct config *config)
{
	add_data(parts, frame->data, config);
	add_steps(parts, frame->data, config);
	add_size(parts, config);
	if (config->depth > 0 && !model_lacks(config, "activation"))
		add_name(parts, RANK_ACTIVATION, config->activation);
	add_name(parts, RANK_INIT, config->init);
	add_norm(parts, config);
	if (config->skip > 0)
		parts_add(parts, RANK_SKIP, STYLE_NORMAL, "skip %d", config->skip);
	if (strcmp(config->clip, "none") != 0)
		parts_add(parts, RANK_OTHER, STYLE_NORMAL, "clip %s %g", config->clip, config->clip_at);
	if (config->dropout > 0)
		parts_add(parts, RANK_OTHER, STYLE_NORMAL, "dropout %g", config->dropout);
	if (config->freeze > 0)
		parts_add(parts, RANK_OTHER, STYLE_NORMAL, "freeze %d", config->freeze);
	add_optimizer(parts, frame, config);
}

/* "pinned activation=sigmoid lr=0.1", "pinned sigmoid 0.1", "pinned" */
static void add_pinned(struct parts *parts, const char *difference)
{
	char values[PART_TEXT_MAX];
	size_t used = 0;
	for (const char *at = difference; *at && used < sizeof(values); at += strspn(at, " ")) {
		int length = (int)strcspn(at, " ");
		const char *equals = memchr(at, '=', (size_t)length);
		const char *value = equals ? equals + 1 : at;
		used += (size_t)snprintf(
			values + used, sizeof(values) - used, " %.*s", length - (int)(value - at), value);
		at += length;
	}
	parts_add(parts, RANK_PINNED, STYLE_TWIN, "pinned %s", difference);
	parts_shorten(parts, "pinned%s", values);
	parts_shorten(parts, "pinned");
}

/* `whole`: with the pace, and the word `paused` after its glyph. */
static void describe_state(const struct header *header, const struct frame *frame,
	const struct glyphs *glyphs, bool whole, char *out, size_t size)
{
	char glyph[5], progress[16] = "", epoch[32] = "starting";
	text_encode(glyph, header->running ? glyphs->run : glyphs->pause);
	if (header->percent >= 0)
		snprintf(progress, sizeof(progress), " %d%%", header->percent);
	if (frame->record)
		snprintf(epoch, sizeof(epoch), "epoch %lld", (long long)frame->epoch);
	else if (!frame->data)
		snprintf(epoch, sizeof(epoch), "loading");
	if (header->past_of > 0)
		snprintf(out, size, whole ? "epoch %lld of %lld  past" : "%lld/%lld past",
			(long long)frame->epoch, (long long)header->past_of);
	else if (header->failed)
		snprintf(out, size, "failed");
	else if (header->over)
		snprintf(
			out, size, "%s%s%s%s over", epoch, progress, whole ? "  " : "", whole ? glyph : "");
	else if (!whole)
		snprintf(out, size, "%s%s %s", epoch, progress, glyph);
	else if (!header->running)
		snprintf(out, size, "%s%s  %s paused", epoch, progress, glyph);
	else
		snprintf(out, size, "%s%s  %s %s%s", epoch, progress, glyph, header->pace,
			strcmp(header->pace, "max") == 0 ? "" : "/s");
}

void header_draw(const struct header *header, const struct frame *frame, struct area area)
{
	enum { MARGIN = 1, NAME = 6, GAP = 2 };
	const struct glyphs *glyphs = area.canvas->glyphs;
	struct parts parts = {.spare = RANK_SPARE};
	char state[120];
	int from = MARGIN + NAME, start;
	add_settings(&parts, frame, header->wanted);
	if (header->pinned)
		add_pinned(&parts, header->pinned);
	describe_state(header, frame, glyphs, true, state, sizeof(state));
	start = area.width - MARGIN - glyphs_text_width(glyphs, state);
	if (!parts_fit(&parts, glyphs, start - GAP - from)) {
		describe_state(header, frame, glyphs, false, state, sizeof(state));
		start = area.width - MARGIN - glyphs_text_width(glyphs, state);
		from = MARGIN;
	} else {
		area_text(area, MARGIN, 0, STYLE_TITLE, "wane");
	}
	parts_draw(&parts, area_sub(area, from, 0, start - GAP - from, 1), 0, 0);
	area_text(area, start, 0, STYLE_TITLE, state);
}
