#include "app/catalog.h"

#include "app/action.h"
#include "app/all_settings.h"
#include "lab/embedded.h"
#include "lab/models.h"
#include "lab/record.h"
#include "lab/remedy.h"
#include "lab/schedule.h"
#include "lab/verdict.h"
#include "nn/act.h"
#include "nn/init.h"
#include "nn/loss.h"
#include "nn/norm.h"
#include "nn/optim.h"
#include "ui/glyphs.h"
#include "ui/key.h"
#include "ui/layout.h"
#include "ui/pane.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool fill(struct item *out, const char *name, const char *help)
{
	out->name = name;
	out->help = help;
	out->group = out->initial = NULL;
	out->keys[0] = out->choices[0] = '\0';
	return name != NULL;
}

/* The choices in one line; more than CHOICES_MAX have their own list. */
static void list_choices(const struct setting *row, char *out, size_t size)
{
	enum { CHOICES_MAX = 10 };
	size_t used = 0;
	if (!row->choice || row->choice(CHOICES_MAX))
		return;
	for (int i = 0; row->choice(i) && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", row->choice(i));
}

static bool item_setting(int index, struct item *out)
{
	char key[16], back[16];
	if (index >= all_settings_count())
		return false;
	const struct setting *row = all_settings_row(index);
	fill(out, row->name, row->help);
	out->initial = row->initial;
	out->group = row->group;
	list_choices(row, out->choices, sizeof(out->choices));
	key_name(key, row->key);
	key_name(back, row->back_key);
	if (row->key)
		snprintf(out->keys, sizeof(out->keys), "%s%s%s", key, row->back_key ? " " : "",
			row->back_key ? back : "");
	return true;
}

static bool item_activation(int index, struct item *out)
{
	const struct activation *row = activation_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_initializer(int index, struct item *out)
{
	const struct initializer *row = initializer_at(index);
	return row && fill(out, row->name, row->help);
}

/* Constants of an optimizer's form, by the names of the settings that override them. */
static const struct {
	const char *setting;
	size_t offset;
} constants[] = {
	{"beta1", offsetof(struct optimizer_form, beta1)},
	{"beta2", offsetof(struct optimizer_form, beta2)},
	{"epsilon", offsetof(struct optimizer_form, epsilon)},
	{"accumulator", offsetof(struct optimizer_form, slot_start)},
	{"weight-decay", offsetof(struct optimizer_form, decay)},
};

/* Adds the constants of a form that differ from those of `other`; NULL: all that are not 0. */
static void add_constants(const struct optimizer_form *form, const struct optimizer_form *other,
	const char *before, char *out, size_t size)
{
	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		double value = *(const double *)(const void *)((const char *)form + constants[i].offset);
		double known =
			other ? *(const double *)(const void *)((const char *)other + constants[i].offset) : 0;
		size_t used = strlen(out);
		if (value == known)
			continue;
		snprintf(out + used, size - used, "%s%s %g", before, constants[i].setting, value);
		before = ", ";
	}
}

static bool item_optimizer(int index, struct item *out)
{
	const struct optimizer *row = optimizer_at(index);
	char pytorch[sizeof(out->choices)] = "";
	size_t used;
	if (!row)
		return false;
	fill(out, row->name, row->help);
	snprintf(out->choices, sizeof(out->choices), "usual lr %g%s", row->rate,
		row->has_momentum ? ", momentum" : "");
	add_constants(&row->keras, NULL, ", ", out->choices, sizeof(out->choices));
	add_constants(&row->pytorch, &row->keras, "", pytorch, sizeof(pytorch));
	used = strlen(out->choices);
	if (pytorch[0])
		snprintf(out->choices + used, sizeof(out->choices) - used, " (pytorch: %s)", pytorch);
	return true;
}

static bool item_norm(int index, struct item *out)
{
	const struct normalization *row = normalization_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_loss(int index, struct item *out)
{
	const struct loss *row = loss_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_model(int index, struct item *out)
{
	const struct model_type *row = model_type_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_schedule(int index, struct item *out)
{
	const struct schedule *row = schedule_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_data(int index, struct item *out)
{
	return fill(out, dataset_name(index), dataset_help(index));
}

/* The first line of a lesson or preset is its title. */
static bool item_lesson_of(const struct embedded *table, int index, struct item *out)
{
	const struct embedded *row = embedded_at(table, index);
	if (!row)
		return false;
	const char *title = row->first_line + strcspn(row->first_line, " \t");
	return fill(out, row->name, title + strspn(title, " \t"));
}

static bool item_lesson(int index, struct item *out)
{
	return item_lesson_of(embedded_lessons, index, out);
}

static bool item_preset(int index, struct item *out)
{
	return item_lesson_of(embedded_presets, index, out);
}

static bool item_pane(int index, struct item *out)
{
	const struct pane *row = pane_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_layout(int index, struct item *out)
{
	return fill(out, layout_name(index), layout_help(index));
}

static bool item_glyphs(int index, struct item *out)
{
	const struct glyphs *row = glyphs_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_action(int index, struct item *out)
{
	const struct action *row = action_at(index);
	if (!row)
		return false;
	fill(out, row->name, row->help);
	out->group = row->group;
	action_keys(row, out->keys, sizeof(out->keys));
	return true;
}

static bool item_statistic(int index, struct item *out)
{
	const struct statistic *row = statistic_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_verdict(int index, struct item *out)
{
	const struct verdict *row = verdict_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_remark(int index, struct item *out)
{
	const struct remark *row = remark_at(index);
	return row && fill(out, row->name, row->help);
}

static bool item_remedy(int index, struct item *out)
{
	const struct remedy *row = remedy_at(index);
	if (!row)
		return false;
	fill(out, row->name, row->help);
	snprintf(out->choices, sizeof(out->choices), "%s", row->settings);
	return true;
}

enum { SHORT = 72, LONG = 88 };

static const struct catalog catalogs[] = {
	{"settings", "Settings", item_setting, SHORT},
	{"models", "Models", item_model, LONG},
	{"activations", "Activations", item_activation, LONG},
	{"initializers", "Initializers", item_initializer, LONG},
	{"norms", "Norms", item_norm, LONG},
	{"optimizers", "Optimizers", item_optimizer, LONG},
	{"schedules", "Schedules", item_schedule, LONG},
	{"losses", "Losses", item_loss, LONG},
	{"data", "Data", item_data, LONG},
	{"panes", "Panes", item_pane, LONG},
	{"layouts", "Layouts", item_layout, LONG},
	{"glyphs", "Glyph sets", item_glyphs, LONG},
	{"actions", "Keys", item_action, SHORT},
	{"statistics", "Statistics", item_statistic, LONG},
	{"verdicts", "Verdicts", item_verdict, LONG},
	{"remarks", "Remarks", item_remark, LONG},
	{"remedies", "Remedies", item_remedy, LONG},
	{"lessons", "Lessons", item_lesson, LONG},
	{"presets", "Presets", item_preset, LONG},
};

const struct catalog *catalog_at(int index)
{
	int count = sizeof(catalogs) / sizeof(catalogs[0]);
	return index >= 0 && index < count ? &catalogs[index] : NULL;
}

const struct catalog *catalog_find(const char *name)
{
	for (int i = 0; catalog_at(i); i++)
		if (strcmp(catalog_at(i)->name, name) == 0)
			return catalog_at(i);
	return NULL;
}
