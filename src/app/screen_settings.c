#include "app/screen_settings.h"

#include "app/language.h"
#include "lab/text.h"
#include "nn/act.h"
#include "ui/glyphs.h"
#include "ui/layout.h"
#include <math.h>
#include <string.h>

static const char *list_at(const char *const *list, int count, int index)
{
	return index >= 0 && index < count ? list[index] : NULL;
}

#define LIST_AT(list, index) list_at(list, (int)(sizeof(list) / sizeof((list)[0])), index)

static const char *choice_pace(int index)
{
	static const char *const name[] = {
		"1",
		"2",
		"5",
		"10",
		"20",
		"50",
		"100",
		"200",
		"500",
		"max",
	};
	return LIST_AT(name, index);
}

static const char *choice_gradient(int index)
{
	static const char *const name[] = {"rms", "l2", "delta"};
	return LIST_AT(name, index);
}

static const char *choice_network(int index)
{
	static const char *const name[] = {"delta", "activity", "slope", "change"};
	return LIST_AT(name, index);
}

static const char *choice_beside(int index)
{
	static const char *const name[] = {"layers", "traces", "nothing"};
	return LIST_AT(name, index);
}

static const char *choice_sort(int index)
{
	static const char *const name[] = {"layer", "falling", "rising"};
	return LIST_AT(name, index);
}

static const char *choice_units(int index)
{
	static const char *const name[] = {"all", "sample"};
	return LIST_AT(name, index);
}

static const char *choice_curves(int index)
{
	static const char *const name[] = {
		"own", "functions", "derivatives", "grid", "output", "table"};
	return LIST_AT(name, index);
}

static const char *choice_activation(int index)
{
	const struct activation *activation = activation_at(index);
	return activation ? activation->name : NULL;
}

static const char *choice_history(int index)
{
	static const char *const name[] = {"rms", "delta", "output", "update", "change", "dead"};
	return LIST_AT(name, index);
}

static const char *choice_loss_axis(int index)
{
	static const char *const name[] = {"fit", "zero", "log"};
	return LIST_AT(name, index);
}

static const char *choice_mouse(int index)
{
	static const char *const name[] = {"on", "off"};
	return LIST_AT(name, index);
}

static const char *choice_theory(int index)
{
	static const char *const name[] = {"start", "on", "off"};
	return LIST_AT(name, index);
}

static const char *choice_advice(int index)
{
	static const char *const name[] = {"tried", "rules", "off"};
	return LIST_AT(name, index);
}

static const char *choice_switch(int index)
{
	static const char *const name[] = {"off", "on"};
	return LIST_AT(name, index);
}

static const char *choice_lang(int index)
{
	const struct language *language = language_at(index - 1);
	return index == 0 ? "auto" : language ? language->name : NULL;
}

static const char *choice_glyphs(int index)
{
	const struct glyphs *glyphs = glyphs_at(index);
	return glyphs ? glyphs->name : NULL;
}

static const char *choice_colors(int index)
{
	const struct color_scheme *scheme = color_scheme_at(index);
	return scheme ? scheme->name : NULL;
}

#define ROW(kind, field) \
	.type = &setting_type_##kind, .offset = offsetof(struct screen_settings, field), \
	.size = sizeof(((struct screen_settings *)0)->field), .effect = EFFECT_NOTHING, \
	.group = "screen"

/* clang-format off */
static const struct setting row[] = {
	{.name = "pace", .initial = "10", ROW(CHOICE, pace), .choice = choice_pace,
	  .help = "epochs per second; max: as fast as possible"},
	{.name = "fps", .initial = "20", ROW(INTEGER, fps), .minimum = 1, .maximum = 60,
	  .help = "largest number of pictures per second"},
	{.name = "glyphs", .initial = "braille", ROW(CHOICE, glyphs), .choice = choice_glyphs,
	  .key = 'v', .help = "characters to draw with; default: the best the terminal can show"},
	{.name = "colors", .initial = "default", ROW(CHOICE, colors), .choice = choice_colors,
	  .key = 'V', .help = "colour scheme; mono if NO_COLOR is set or the terminal has no colours"},
	{.name = "layout", .initial = "default", ROW(CHOICE, layout), .choice = layout_name,
	  .help = "layout of the panes"},
	{.name = "mouse", .initial = "on", ROW(CHOICE, mouse), .choice = choice_mouse,
	  .key = 'M', .help = "on: clicks focus and select; off: the terminal selects text"},
	{.name = "gradient", .initial = "rms", ROW(CHOICE, gradient), .choice = choice_gradient,
	  .key = 'Y', .help = "size shown by the bars: rms or l2 norm of dL/dW, or rms of delta"},
	{.name = "history", .initial = "rms", ROW(CHOICE, history), .choice = choice_history,
	  .key = 'H', .help = "pane history: dL/dW, delta, deviation of a, update, change, dead"},
	{.name = "network", .initial = "delta", ROW(CHOICE, network), .choice = choice_network,
	  .key = 'U', .help = "colour of the units: rms delta, mean |a|, mean |f'|, change of weights"},
	{.name = "weights-beside", .initial = "layers", ROW(CHOICE, beside), .choice = choice_beside,
	  .key = '%', .help = "beside the weights in their pane: layers, traces over epochs, nothing"},
	{.name = "sort", .initial = "layer", ROW(CHOICE, sort), .choice = choice_sort,
	  .key = '#', .help = "rows of pane numbers: by layer, or by the chosen statistic"},
	{.name = "units", .initial = "all", ROW(CHOICE, units), .choice = choice_units,
	  .key = 'J', .help = "pane units: shares of all samples, or one sample: on and off"},
	{.name = "curves", .initial = "own", ROW(CHOICE, curves), .choice = choice_curves,
	  .key = 'K', .help = "pane activation: f and f', those of several, a's histogram, a table"},
	{.name = "compare", .initial = "relu/sigmoid/tanh", ROW(LIST, compare),
	  .choice = choice_activation, .help = "functions drawn beside the one in force"},
	{.name = "theory", .initial = "start", ROW(CHOICE, theory), .choice = choice_theory,
	  .key = 'P', .help = "mean-field prediction beside the bars: at epoch 0 (start), on, off"},
	{.name = "loss-axis", .initial = "fit", ROW(CHOICE, loss_axis), .choice = choice_loss_axis,
	  .key = 'y', .help = "axis of the loss: fitted to the curve, from zero, or logarithmic"},
	{.name = "target-loss", .initial = "0.1", ROW(REAL, target_loss), .minimum = 0, .maximum = 1e9,
	  .help = "training loss whose first epoch is reported; two runs race to it"},
	{.name = "advice", .initial = "tried", ROW(CHOICE, advice), .choice = choice_advice,
	  .help = "tried: measured on copies of the run; rules: by the verdict alone; off"},
	{.name = "quiz", .initial = "off", ROW(CHOICE, quiz), .choice = choice_switch,
	  .help = "on: no verdict and no advice; a paused run asks what is wrong with it"},
	{.name = "lang", .initial = "auto", ROW(CHOICE, lang), .choice = choice_lang,
	  .help = "language of lessons, if translated; auto: that of the locale"},
	{.name = "timer", .initial = "off", ROW(CHOICE, timer), .choice = choice_switch,
	  .help = "on: pane loss shows the epochs to target-loss in large digits"},
};
/* clang-format on */

const struct setting_table screen_table = {row, sizeof(row) / sizeof(row[0])};

void screen_settings_view(const struct screen_settings *screen, struct view *view)
{
	view->gradient = screen->gradient;
	view->history = screen->history;
	view->network = screen->network;
	view->curves = screen->curves;
	view->compare = screen->compare;
	view->units = screen->units;
	view->beside = screen->beside;
	view->sort = screen->sort;
	view->theory = screen->theory;
	view->target_loss = screen->target_loss;
	view->loss_axis = screen->loss_axis;
	view->timer = strcmp(screen->timer, "on") == 0;
}

struct screen_settings screen_settings_default(void)
{
	struct screen_settings screen;
	memset(&screen, 0, sizeof(screen));
	for (int i = 0; i < screen_table.count; i++)
		setting_assign(&screen_table.row[i], &screen, screen_table.row[i].initial, NULL);
	return screen;
}

double pace_rate(const char *pace)
{
	double rate;
	return number_parse(pace, strlen(pace), &rate) ? rate : INFINITY;
}

const char *pace_step(const char *pace, int direction)
{
	for (int i = 0; choice_pace(i); i++) {
		if (strcmp(choice_pace(i), pace) == 0) {
			const char *next = choice_pace(i + direction);
			return next ? next : pace;
		}
	}
	return pace;
}
