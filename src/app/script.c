#include "app/script.h"

#include "app/command.h"
#include "app/text_file.h"
#include "lab/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPT_BYTES_MAX = 4 << 20 };

bool script_refuse(const struct script *script, const struct script_line *line, const char *cause,
	int status, struct error *error)
{
	return text_file_refuse(script->path, line->number, cause, status, error);
}

/* Cuts "at 12+ " or "and " off the text; `before` is the line before, or NULL. */
static bool read_time(
	struct script_line *line, const struct script_line *before, struct error *error)
{
	static const char blank[] = " \t";
	const char *text = line->text;
	if (strncmp(text, "and", 3) == 0 && strchr(blank, text[3]) && text[3]) {
		if (!before)
			return error_set(error, STATUS_USAGE, "found and, expected a line with at before it");
		*line = (struct script_line){
			line->number, before->at, before->during, true, text + 3 + strspn(text + 3, blank)};
		return true;
	}
	const char *number = text + 2 + strspn(text + 2, blank);
	size_t length = strcspn(number, " \t+");
	double epochs;
	if (!number_parse(number, length, &epochs) || !(epochs >= 0) || epochs > 2e9 ||
		epochs != (double)(int64_t)epochs)
		return error_set(error, STATUS_USAGE,
			"found '%.60s', expected: at EPOCHS COMMAND, EPOCHS a whole number", text);
	line->at = (int64_t)epochs;
	line->during = number[length] == '+';
	line->text = number + length + line->during;
	line->text += strspn(line->text, blank);
	if (before && line->at < before->at)
		return error_set(error, STATUS_USAGE,
			"found at %lld, expected no less than in line %d: %lld", (long long)line->at,
			before->number, (long long)before->at);
	return true;
}

static bool begins_with_at(const char *text)
{
	return strncmp(text, "at", 2) == 0 && (text[2] == ' ' || text[2] == '\t');
}

/* Settings before the first time belong to the start. `known` follows the settings, so that a value
 * that cannot be is found at once. */
static bool read_line(struct script *script, struct script_line *line, struct all_settings *known,
	struct error *error)
{
	const struct script_line *before = script->count ? &script->line[script->count - 1] : NULL;
	if (!before && !begins_with_at(line->text) && strncmp(line->text, "and ", 4) != 0)
		return all_settings_assign_pair(&script->start, line->text, error) &&
			all_settings_assign_pair(known, line->text, error);
	if (before && strcmp(before->text, SCRIPT_END) == 0)
		return error_set(error, STATUS_USAGE, "found '%.60s' after end", line->text);
	if (!begins_with_at(line->text) && strncmp(line->text, "and ", 4) != 0)
		return error_set(error, STATUS_USAGE,
			"found '%.60s', expected at EPOCHS COMMAND, or and COMMAND", line->text);
	if (!read_time(line, before, error))
		return false;
	bool word = strcmp(line->text, SCRIPT_KEEP) == 0 || strcmp(line->text, SCRIPT_END) == 0;
	if (!word && !command_check(line->text, known, error))
		return false;
	script->pins = script->pins || strcmp(line->text, "pin") == 0;
	script->line[script->count++] = *line;
	return true;
}

static bool read_lines(struct script *script, struct error *error)
{
	struct all_settings known = all_settings_default();
	char *rest = text_file_begin(script->bytes);
	for (int number = 1; rest; number++) {
		struct error cause = {STATUS_DONE, ""};
		struct script_line line = {.number = number, .text = text_file_line(&rest)};
		if (line.text[0] && line.text[0] != '#' && !read_line(script, &line, &known, &cause))
			return script_refuse(script, &line, cause.text, cause.status, error);
	}
	return true;
}

struct script *script_load(const char *path, struct error *error)
{
	struct script *script = calloc(1, sizeof(*script));
	char *bytes = malloc(SCRIPT_BYTES_MAX);
	bool done = script && bytes && (script->path = strdup(path)) != NULL;
	if (!done)
		error_set(error, STATUS_WORLD, "not enough memory");
	done = done && text_file_read(path, bytes, SCRIPT_BYTES_MAX, NULL, error);
	if (done) {
		script->bytes = bytes;
		script->start = all_settings_default();
		script->start.screen.glyphs = script->start.screen.colors = NULL;
		script->line = calloc((size_t)text_file_lines(bytes), sizeof(script->line[0]));
		done = script->line ? read_lines(script, error)
							: error_set(error, STATUS_WORLD, "not enough memory");
	} else {
		free(bytes);
	}
	if (done)
		return script;
	script_free(script);
	return NULL;
}

void script_free(struct script *script)
{
	if (!script)
		return;
	free(script->line);
	free(script->bytes);
	free(script->path);
	free(script);
}
