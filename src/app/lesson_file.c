#include "app/lesson_file.h"

#include "app/command.h"
#include "app/text_file.h"
#include "lab/text.h"
#include "lab/user_folder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LESSON_BYTES_MAX = 1 << 16, LESSON_EPOCHS_MAX = 1000000, UNTIL_EPOCHS = 1000 };

/* ---- the words ---- */

static bool take_text(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	(void)lesson;
	return line->text[0] || error_set(error, STATUS_USAGE, "found no text");
}

static bool take_title(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	lesson->title = line->text;
	return take_text(lesson, line, error);
}

static bool take_sees(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	lesson->sees = line->text;
	return take_text(lesson, line, error);
}

static bool take_number(const char *text, size_t length, double most, double *out)
{
	return number_parse(text, length, out) && *out >= 1 && *out <= most &&
		*out == (double)(int64_t)*out;
}

static bool take_minutes(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	double minutes;
	if (!take_number(line->text, strlen(line->text), 60, &minutes))
		return error_set(
			error, STATUS_USAGE, "found '%.40s', expected minutes from 1 to 60", line->text);
	lesson->minutes = (int)minutes;
	return true;
}

static bool take_rows(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	const char *at = line->text;
	while (*at) {
		double row;
		size_t length = strcspn(at, " \t");
		if (lesson->rows == LESSON_ROWS || !take_number(at, length, 1000, &row))
			return error_set(error, STATUS_USAGE,
				"found '%.40s', expected at most %d numbers of rows", at, LESSON_ROWS);
		lesson->row[lesson->rows++] = (int)row;
		at += length + strspn(at + length, " \t");
	}
	return true;
}

/* "QUESTION | CHOICE | CHOICE | = N" */
static bool take_question(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	struct lesson_question *question = &line->question;
	char *rest = (char *)line->text, *part = NULL;
	double right = 0;
	(void)lesson;
	question->text = line->text;
	while ((rest = strchr(rest, '|')) != NULL) {
		*rest++ = '\0';
		part = rest + strspn(rest, " \t");
		if (*part == '=')
			break;
		if (question->count == LESSON_CHOICES)
			return error_set(error, STATUS_USAGE, "found more than %d choices", LESSON_CHOICES);
		question->choice[question->count++] = part;
	}
	for (int i = 0; i < question->count; i++)
		question->choice[i] = text_file_trim((char *)question->choice[i]);
	question->text = text_file_trim((char *)question->text);
	const char *number = rest ? text_file_trim(part + 1) : "";
	if (question->count < 2 || !take_number(number, strlen(number), question->count, &right))
		return error_set(error, STATUS_USAGE,
			"found no right choice, expected: ask QUESTION | CHOICE | CHOICE | = NUMBER");
	question->right = (int)right;
	return true;
}

static bool take_epochs(const char *text, struct lesson_line *line, struct error *error)
{
	double epochs;
	if (!take_number(text, strlen(text), LESSON_EPOCHS_MAX, &epochs))
		return error_set(error, STATUS_USAGE, "found '%.40s', expected epochs from 1 to %d", text,
			LESSON_EPOCHS_MAX);
	line->epochs = (int64_t)epochs;
	return true;
}

static bool take_run(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	(void)lesson;
	return take_epochs(line->text, line, error);
}

static bool take_expect(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	(void)lesson;
	return expression_parse(line->text, &line->expression, error);
}

/* "EXPRESSION [within EPOCHS]" */
static bool take_until(struct lesson *lesson, struct lesson_line *line, struct error *error)
{
	char *within = strstr((char *)line->text, " within ");
	line->epochs = UNTIL_EPOCHS;
	if (within) {
		*within = '\0';
		if (!take_epochs(text_file_trim(within + 8), line, error))
			return false;
	}
	return take_expect(lesson, line, error);
}

/* What stands for a line of the prompt: "focus gradients". */
struct alias {
	const char *word, *command;
};

static const struct alias aliases[] = {{"focus", "pane"}, {"twin", "pin"}};

static const struct word {
	const char *name;
	enum lesson_kind kind;
	bool told; /* says something of the lesson as a whole, and is no line of it */
	bool (*take)(struct lesson *lesson, struct lesson_line *line, struct error *error);
} words[] = {
	{"title", LESSON_SAY, true, take_title},
	{"sees", LESSON_SAY, true, take_sees},
	{"minutes", LESSON_SAY, true, take_minutes},
	{"rows", LESSON_SAY, true, take_rows},
	{"say", LESSON_SAY, false, take_text},
	{"ask", LESSON_ASK, false, take_question},
	{"run", LESSON_RUN, false, take_run},
	{"until", LESSON_UNTIL, false, take_until},
	{"expect", LESSON_EXPECT, false, take_expect},
};

static const struct word *word_find(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].name) == length && strncmp(words[i].name, text, length) == 0)
			return &words[i];
	return NULL;
}

/* ---- reading ---- */

static bool add_line(struct lesson *lesson, const struct lesson_line *line, struct error *error)
{
	if (lesson->count == LESSON_LINES_MAX)
		return error_set(error, STATUS_USAGE,
			"found more than %d lines: expected a shorter lesson, or two", LESSON_LINES_MAX);
	lesson->line[lesson->count++] = *line;
	return true;
}

/* "NAME VALUE" becomes "NAME=VALUE". */
static bool read_head(
	struct lesson *lesson, char *text, struct all_settings *known, struct error *error)
{
	char *blank = text + strcspn(text, " \t");
	if (*blank && !strchr(text, '='))
		*blank = '=';
	lesson->head[lesson->heads++] = text;
	lesson->fixes_seed |= strncmp(text, "seed", 4) == 0;
	return all_settings_assign_pair(known, text, error) &&
		all_settings_assign_pair(&lesson->start, text, error);
}

/* Settings before the first other line belong to the start; `known` follows all settings, so that a
 * value that cannot be is found at once. */
static bool read_command(struct lesson *lesson, struct lesson_line *line,
	struct all_settings *known, struct error *error)
{
	bool sets = strncmp(line->text, "set ", 4) == 0, setting = strchr(line->text, '=') != NULL;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		size_t length = strlen(aliases[i].word);
		const char *rest = line->text + length;
		if (strncmp(line->text, aliases[i].word, length) != 0 || (*rest && !strchr(" \t", *rest)))
			continue;
		/* the command is never longer than its word */
		char *at = (char *)line->text + length - strlen(aliases[i].command);
		memcpy(at, aliases[i].command, strlen(aliases[i].command));
		line->text = at;
	}
	line->kind = LESSON_COMMAND;
	if (lesson->count == 0 && (setting || sets))
		return read_head(lesson, sets ? text_file_trim((char *)line->text + 4) : (char *)line->text,
			known, error);
	return command_check(line->text, known, error) && add_line(lesson, line, error);
}

static bool read_line(struct lesson *lesson, struct lesson_line *line, struct all_settings *known,
	struct error *error)
{
	size_t length = strcspn(line->text, " \t");
	const struct word *word = word_find(line->text, length);
	if (!word)
		return read_command(lesson, line, known, error);
	line->kind = word->kind;
	line->text += length + strspn(line->text + length, " \t");
	if (!word->take(lesson, line, error))
		return false;
	return word->told || add_line(lesson, line, error);
}

static bool read_lines(struct lesson *lesson, struct error *error)
{
	struct all_settings known = lesson->start;
	char *rest = text_file_begin(lesson->bytes);
	for (int number = 1; rest; number++) {
		struct error cause = {STATUS_DONE, ""};
		struct lesson_line line = {.number = number, .text = text_file_line(&rest)};
		if (line.text[0] && line.text[0] != '#' && !read_line(lesson, &line, &known, &cause))
			return lesson_refuse(lesson, number, cause.text, cause.status, error);
	}
	return lesson->title[0] ||
		lesson_refuse(
			lesson, 0, "found no title, expected a line: title TEXT", STATUS_USAGE, error);
}

struct lesson *lesson_read(const char *name, const char *text, struct error *error)
{
	struct lesson *lesson = calloc(1, sizeof(*lesson));
	bool made = lesson && (lesson->name = strdup(name)) && (lesson->bytes = strdup(text)) &&
		(lesson->line = calloc((size_t)text_file_lines(text), sizeof(lesson->line[0]))) &&
		(lesson->head = calloc((size_t)text_file_lines(text), sizeof(lesson->head[0])));
	if (!made) {
		error_set(error, STATUS_WORLD, "not enough memory");
	} else {
		lesson->title = lesson->sees = "";
		lesson->language = language_at(0);
		lesson->start = all_settings_default();
		made = read_lines(lesson, error);
	}
	if (made)
		return lesson;
	lesson_free(lesson);
	return NULL;
}

/* ---- where lessons are ---- */

const struct embedded *lesson_at(int index)
{
	return embedded_at(embedded_lessons, index);
}

const struct embedded *preset_at(int index)
{
	return embedded_at(embedded_presets, index);
}

static struct lesson *read_embedded(const struct embedded *row, struct error *error)
{
	char *text = embedded_text(row);
	if (!text) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	struct lesson *lesson = lesson_read(row->name, text, error);
	free(text);
	return lesson;
}

static struct lesson *read_file(const char *path, bool *missing, struct error *error)
{
	char *text = malloc(LESSON_BYTES_MAX);
	struct lesson *lesson = NULL;
	*missing = false;
	if (!text)
		error_set(error, STATUS_WORLD, "not enough memory");
	else if (text_file_read(path, text, LESSON_BYTES_MAX, missing, error))
		lesson = lesson_read(path, text, error);
	free(text);
	return lesson;
}

/* A path is read as it is; a word is compiled in, or a file of the user's folder. */
static struct lesson *load(const char *name, const struct embedded *table, const char *folder,
	const char *what, struct error *error)
{
	const struct embedded *row = embedded_find(table, name);
	char path[USER_PATH_MAX], subfolder[32];
	if (row)
		return read_embedded(row, error);
	snprintf(subfolder, sizeof(subfolder), "%s/", folder);
	bool word = user_is_word(name), missing = word && !user_path(subfolder, name, "txt", path);
	struct lesson *lesson = missing ? NULL : read_file(word ? path : name, &missing, error);
	if (missing)
		error_set(
			error, STATUS_USAGE, "no %s '%.100s'; wane list %s names them", what, name, folder);
	return lesson;
}

struct lesson *lesson_load(const char *name, struct error *error)
{
	return load(name, embedded_lessons, "lessons", "lesson", error);
}

struct lesson *preset_load(const char *name, struct error *error)
{
	return load(name, embedded_presets, "presets", "preset", error);
}
