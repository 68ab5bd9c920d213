#include "app/command.h"

#include "app/action.h"
#include "app/hiding.h"
#include "app/refusal.h"
#include "app/past.h"
#include "app/tutor.h"
#include "lab/text.h"
#include "ui/pane.h"
#include <stdio.h>
#include <string.h>

static bool no_argument(const char *argument, struct error *error)
{
	return !argument[0] ||
		error_set(error, STATUS_USAGE, "takes no argument, found '%s'", argument);
}

/* Cuts the first word off *line, at a blank or one of `ends`; *line is left at the rest. */
static void take_word(const char **line, const char *ends, char *out, size_t size)
{
	const char *from = *line + strspn(*line, " \t");
	size_t length = strcspn(from, ends);
	size_t kept = length < size ? length : size - 1;
	memcpy(out, from, kept);
	out[kept] = '\0';
	from += length;
	*line = from + strspn(from, " \t");
}

/* "NAME VALUE" or "NAME=VALUE"; the value is the rest of the line, inner blanks included, and empty
 * only after a sign of equality. */
static bool parse_set(
	const char *argument, char name[64], char value[PROMPT_MAX], struct error *error)
{
	take_word(&argument, " \t=", name, 64);
	bool equals = *argument == '=';
	argument += equals;
	argument += strspn(argument, " \t");
	snprintf(value, PROMPT_MAX, "%s", argument);
	for (size_t n = strlen(value); n > 0 && strchr(" \t", value[n - 1]); n--)
		value[n - 1] = '\0';
	if (!name[0])
		return error_set(error, STATUS_USAGE, "found nothing, expected NAME VALUE");
	return value[0] || equals ||
		error_set(error, STATUS_USAGE, "%s: found nothing, expected a value", name);
}

static bool run_set(const struct context *context, const char *argument, struct error *error)
{
	char name[64], value[PROMPT_MAX];
	if (!parse_set(argument, name, value, error))
		return false;
	int index = all_settings_find(name, error);
	return index >= 0 && !refusal_of_setting(context, index, error) &&
		controls_assign(context->controls, name, value, error);
}

static const char *pane_name(int index)
{
	const struct pane *pane = pane_at(index);
	return pane ? pane->name : NULL;
}

/* By its name or a prefix that is unique; negative: error says that there is none. */
static int pane_find(const char *name, struct error *error)
{
	int found = -1, count = 0;
	for (int i = 0; pane_name(i); i++) {
		if (strcmp(pane_name(i), name) == 0)
			return i;
		if (name[0] && strncmp(pane_name(i), name, strlen(name)) == 0) {
			found = i;
			count++;
		}
	}
	if (count == 1)
		return found;
	error_set(error, STATUS_USAGE, "no pane '%s'; Tab lists them", name);
	return -1;
}

static bool run_pane(const struct context *context, const char *argument, struct error *error)
{
	int found = pane_find(argument, error);
	if (found < 0 || refusal_of_pane(context, found, error))
		return false;
	context->viewer->focus = found;
	return true;
}

static bool run_epochs(const struct context *context, const char *argument, struct error *error)
{
	double epochs = -1;
	if (argument[0] &&
		(!number_parse(argument, strlen(argument), &epochs) || epochs < 1 || epochs > 2e9 ||
			epochs != (double)(int64_t)epochs))
		return error_set(error, STATUS_USAGE, "expected a number of epochs, found '%s'", argument);
	session_run(context->session, (int64_t)epochs, context->now);
	return true;
}

static bool run_pause(const struct context *context, const char *argument, struct error *error)
{
	if (!no_argument(argument, error))
		return false;
	session_run(context->session, 0, context->now);
	return true;
}

/* The session writes the file in slices; its notice reports the end. */
static bool write_weights(const struct context *context, const char *argument, struct error *error)
{
	if (!argument[0])
		return error_set(error, STATUS_USAGE, "expected a file name, found nothing");
	return session_save_weights(context->session, argument, context->now, error);
}

static bool save_weights(const struct context *context, const char *argument, struct error *error)
{
	if (weights_would_replace(argument))
		return error_set(error, STATUS_USAGE,
			"%s does not hold weights; to replace it: "
			"overwrite-weights %s",
			argument, argument);
	return write_weights(context, argument, error);
}

static bool load_weights(const struct context *context, const char *argument, struct error *error)
{
	if (!argument[0])
		return error_set(error, STATUS_USAGE, "load-weights: expected a file name");
	return controls_assign(context->controls, "weights", argument, error);
}

static bool go_to_epoch(const struct context *context, const char *argument, struct error *error)
{
	double epoch;
	if (!number_parse(argument, strlen(argument), &epoch) || !(epoch >= 0) || epoch > 2e9)
		return error_set(
			error, STATUS_USAGE, "epoch: found '%.60s', expected a number of epochs", argument);
	return past_go(context, (int64_t)epoch) ||
		error_set(error, STATUS_USAGE, "epoch %.0f: it is not kept, nor any before it", epoch);
}

static bool export_file(const struct context *context, const char *argument, struct error *error)
{
	return exporter_ask(context->exporter, argument, error);
}

/* Replaces nothing but another session. */
static bool save(const struct context *context, const char *argument, struct error *error)
{
	const struct session *session = context->session;
	if (!argument[0])
		return error_set(error, STATUS_USAGE, "expected a file name, found nothing");
	if (journal_would_replace(argument))
		return error_set(error, STATUS_USAGE,
			"%s does not hold a session of wane that can be read: not replaced; "
			"expected another name",
			argument);
	if (!journal_save(&session->journal, session->trained - session->in_epoch, argument, error))
		return false;
	message_say(
		context->messages, STYLE_NORMAL, "this session is in %s; wane play repeats it", argument);
	return true;
}

static bool copy(const struct context *context, const char *argument, struct error *error)
{
	if (!no_argument(argument, error))
		return false;
	context->controls->copies = true;
	message_say(context->messages, STYLE_NORMAL,
		"the command line of the settings will be printed when wane ends");
	return true;
}

/* A whole number from 1 on; *text is left behind it. */
static bool take_number(const char **text, int *out)
{
	double number;
	char word[32];
	take_word(text, " \t", word, sizeof(word));
	if (!number_parse(word, strlen(word), &number) || number < 1 || number > 1e6 ||
		number != (double)(int)number)
		return false;
	*out = (int)number;
	return true;
}

/* "layer N", "layer out", "layer N STEP" */
static bool select_layer(const struct context *context, const char *argument, struct error *error)
{
	const struct record *record = experiment_record(context->session->experiment);
	int layer = record ? record->layers : 0, step = 0;
	const char *at = argument;
	bool named = strcmp(argument, "out") == 0 ||
		(take_number(&at, &layer) && (!at[0] || take_number(&at, &step)) && !at[0]);
	if (!record || !named || layer > record->layers)
		return error_set(error, STATUS_USAGE,
			"layer: found '%.40s', expected a layer up to %d or out, then perhaps a time step",
			argument, record ? record->layers : 0);
	int row = record_first(record, layer), last = record_last(record, layer);
	while (row < last && record->layer[row].step < step)
		row++;
	context->viewer->view.layer = 1 + (step ? row : last);
	return true;
}

static bool select_unit(const struct context *context, const char *argument, struct error *error)
{
	int unit;
	const char *at = argument;
	if (!take_number(&at, &unit) || at[0])
		return error_set(
			error, STATUS_USAGE, "unit: found '%.40s', expected a number from 1 on", argument);
	view_choose_unit(&context->viewer->view, unit);
	return true;
}

static bool want_lesson(
	const struct context *context, const char *name, bool preset, struct error *error)
{
	struct tutor *tutor = context->tutor;
	if (!name[0] || strlen(name) >= sizeof(tutor->wanted))
		return error_set(error, STATUS_USAGE, "found '%.40s', expected a name: wane list %s", name,
			preset ? "presets" : "lessons");
	snprintf(tutor->wanted, sizeof(tutor->wanted), "%s", name);
	tutor->wants_preset = preset;
	return true;
}

static bool begin_lesson(const struct context *context, const char *argument, struct error *error)
{
	return want_lesson(context, argument, false, error);
}

static bool begin_preset(const struct context *context, const char *argument, struct error *error)
{
	return want_lesson(context, argument, true, error);
}

static bool change_hidden(
	const struct context *context, const char *argument, bool hides, struct error *error)
{
	struct hidden *hidden = &context->controls->screen.hidden;
	if (!hiding_change(hidden, argument, hides, error))
		return false;
	context->viewer->focus = hidden_focus(hidden, context->viewer->focus);
	message_say(context->messages, STYLE_NORMAL, "%s %s", hides ? "hidden:" : "shown:", argument);
	return true;
}

static bool hide(const struct context *context, const char *argument, struct error *error)
{
	return change_hidden(context, argument, true, error);
}

static bool show(const struct context *context, const char *argument, struct error *error)
{
	return change_hidden(context, argument, false, error);
}

static const struct command commands[] = {
	{"set", "NAME VALUE", "change a setting; NAME=VALUE alone does the same", run_set, true},
	{"pane", "NAME", "focus a pane", run_pane, true},
	{"epoch", "N", "show epoch N, or the nearest before it that is kept", go_to_epoch, true},
	{"layer", "N [STEP]", "select layer N (out: the output layer), or a time step", select_layer,
		true},
	{"unit", "N", "select unit N of the selected layer", select_unit, true},
	{"hide", "KIND NAME", "hide settings, keys or panes: hide pane units data", hide, true},
	{"show", "KIND NAME", "show them again: show setting all", show, true},
	{"lesson", "NAME", "begin a lesson; NAME may be a file", begin_lesson, false},
	{"preset", "NAME", "take the settings of a preset, and restart", begin_preset, false},
	{"run", "[N]", "train; with N: train N more epochs", run_epochs, false},
	{"pause", "", "stop training after this epoch", run_pause, false},
	{"save", "FILE", "write this session as a script; wane play FILE repeats it", save, false},
	{"copy", "", "print the command line of the settings when wane ends", copy, false},
	{"save-weights", "FILE", "write the weights to a file", save_weights, false},
	{"overwrite-weights", "FILE", "write the weights; replaces a file of any kind", write_weights,
		false},
	{"load-weights", "FILE", "start from the weights in a file", load_weights, false},
	{"export", "[FILE]", "write the screen (.svg, .txt) or the records (.csv)", export_file, false},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

const struct command *command_at(int index)
{
	return index >= 0 && index < COMMAND_COUNT ? &commands[index] : NULL;
}

void command_usage(const struct command *command, char *out, size_t size)
{
	snprintf(
		out, size, "%s%s%s", command->name, command->argument[0] ? " " : "", command->argument);
}

/* Every first word: commands, then actions, then settings. */
static const char *word_at(int index)
{
	if (index < COMMAND_COUNT)
		return commands[index].name;
	index -= COMMAND_COUNT;
	if (index < action_count())
		return action_at(index)->name;
	return all_settings_name(index - action_count());
}

static int word_find(const char *word, struct error *error)
{
	int found = -1, count = 0;
	for (int i = 0; word_at(i); i++) {
		if (strcmp(word_at(i), word) == 0)
			return i;
		if (strncmp(word_at(i), word, strlen(word)) == 0) {
			found = i;
			count++;
		}
	}
	if (count == 1)
		return found;
	error_set(error, STATUS_USAGE,
		count ? "'%s' could be several words; Tab lists them"
			  : "no command, action or setting '%s'; Tab lists them",
		word);
	return -1;
}

static bool show_setting(const struct context *context, int index)
{
	char value[SETTING_VALUE_MAX];
	struct all_settings settings = controls_settings(context->controls);
	all_settings_describe(&settings, index, value);
	message_say(context->messages, STYLE_NORMAL, "%s %s: %s", all_settings_name(index), value,
		all_settings_row(index)->help);
	return true;
}

static bool run_word(const struct context *context, int index, const char *line, const char *rest,
	const struct action **action, struct error *error)
{
	if (index < COMMAND_COUNT)
		return commands[index].run(context, rest, error);
	index -= COMMAND_COUNT;
	if (index < action_count()) {
		if (!no_argument(rest, error))
			return false;
		if (refusal_of_action(context, index, action_at(index)->name, error))
			return false;
		if (action_at(index)->through)
			return error_set(error, STATUS_USAGE, "'%s' needs its key", action_at(index)->name);
		*action = action_at(index);
		return true;
	}
	if (rest[0])
		return run_set(context, line, error);
	return !refusal_of_setting(context, index - action_count(), error) &&
		show_setting(context, index - action_count());
}

bool command_run(const struct context *context, const char *line, const struct action **action,
	struct error *error)
{
	char word[64];
	const char *rest = line;
	*action = NULL;
	take_word(&rest, " \t=", word, sizeof(word));
	if (!word[0] && !rest[0])
		return true;
	if (*rest == '=')
		return run_set(context, line, error);
	int index = word_find(word, error);
	return index >= 0 && run_word(context, index, line, rest, action, error);
}

static bool check_setting(const char *argument, struct all_settings *known, struct error *error)
{
	char name[64], value[PROMPT_MAX];
	return parse_set(argument, name, value, error) &&
		all_settings_assign(known, name, value, error);
}

bool command_check(const char *line, struct all_settings *known, struct error *error)
{
	char word[64];
	const char *rest = line;
	take_word(&rest, " \t=", word, sizeof(word));
	if (*rest == '=')
		return check_setting(line, known, error);
	int index = word_find(word, error), action = index - COMMAND_COUNT;
	if (index < 0)
		return false;
	if (action >= action_count())
		return check_setting(line, known, error);
	if (action < 0 && commands[index].run == run_set)
		return check_setting(rest, known, error);
	if (action < 0 && commands[index].run == run_pane)
		return pane_find(rest, error) >= 0;
	if (action < 0 && (commands[index].run == hide || commands[index].run == show))
		return hiding_change(&known->screen.hidden, rest, commands[index].run == hide, error);
	if (!(action < 0 ? commands[index].scripted : action_at(action)->scripted))
		return error_set(error, STATUS_USAGE, "%s is not for scripts", word_at(index));
	return action < 0 || no_argument(rest, error);
}

/* Completions of the last word of a line; name is NULL if there are none. */
struct source {
	const char *(*name)(int index);
};

static struct source values_of(const char *name)
{
	int index = all_settings_find(name, NULL);
	return (struct source){index >= 0 ? all_settings_row(index)->choice : NULL};
}

static struct source source_of(const char *before)
{
	char first[64], second[64];
	take_word(&before, " \t=", first, sizeof(first));
	if (!first[0])
		return (struct source){word_at};
	take_word(&before, " \t=", second, sizeof(second));
	if (strcmp(first, "pane") == 0)
		return (struct source){second[0] ? NULL : pane_name};
	if (strcmp(first, "set") != 0)
		return second[0] ? (struct source){NULL} : values_of(first);
	return second[0] ? values_of(second) : (struct source){all_settings_name};
}

/* Shortens `common` to its common prefix with `name`. */
static void keep_common(char *common, const char *name)
{
	size_t n = 0;
	while (common[n] && common[n] == name[n])
		n++;
	common[n] = '\0';
}

void command_complete(const char *line, char *out, size_t size, char *choices, size_t choices_size)
{
	char before[PROMPT_MAX], common[PROMPT_MAX];
	size_t start = strlen(line), used = 0;
	int count = 0;
	while (start > 0 && !strchr(" \t=", line[start - 1]))
		start--;
	snprintf(before, sizeof(before), "%.*s", (int)start, line);
	snprintf(common, sizeof(common), "%s", line + start);
	choices[0] = '\0';
	struct source source = source_of(before);
	for (int i = 0; source.name && source.name(i); i++) {
		const char *name = source.name(i);
		if (strncmp(name, line + start, strlen(line + start)) != 0)
			continue;
		if (count++ == 0)
			snprintf(common, sizeof(common), "%s", name);
		keep_common(common, name);
		if (used < choices_size)
			used += (size_t)snprintf(
				choices + used, choices_size - used, "%s%s", count > 1 ? " " : "", name);
	}
	if (count == 1)
		choices[0] = '\0';
	snprintf(out, size, "%s%s%s", before, common, count == 1 ? " " : "");
}
