#include "app/translation.h"

#include "app/text_file.h"
#include "lab/user_folder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSLATION_BYTES_MAX = 1 << 16 };

/* ---- what the lesson has ---- */

/* A text of the lesson: where it is kept, or the question. */
struct slot {
	const char *word;
	const char **text;
	struct lesson_question *question; /* NULL: it is no question */
	int number;                       /* line of the lesson; 0: in its head */
};

enum { SLOTS_MAX = LESSON_LINES_MAX + 2 };

static int slots_of(struct lesson *lesson, struct slot slot[SLOTS_MAX])
{
	int count = 0;
	slot[count++] = (struct slot){.word = "title", .text = &lesson->title};
	if (lesson->sees[0])
		slot[count++] = (struct slot){.word = "sees", .text = &lesson->sees};
	for (int i = 0; i < lesson->count; i++) {
		struct lesson_line *line = &lesson->line[i];
		if (line->kind == LESSON_SAY)
			slot[count++] = (struct slot){"say", &line->text, NULL, line->number};
		else if (line->kind == LESSON_ASK)
			slot[count++] =
				(struct slot){"ask", &line->question.text, &line->question, line->number};
	}
	return count;
}

/* ---- comparing ---- */

/* True if each {NAME} of `a` is in `b`, too; else *name is the first that is not. */
static bool has_numbers_of(const char *a, const char *b, char name[64])
{
	while ((a = strchr(a, '{')) != NULL) {
		size_t length = strcspn(a, "}");
		snprintf(name, 64, "%.*s", (int)length + 1, a);
		if (!strstr(b, name))
			return false;
		a += length;
	}
	return true;
}

static bool same_numbers(const char *english, const char *text, struct error *error)
{
	char name[64];
	if (!has_numbers_of(english, text, name))
		return error_set(
			error, STATUS_USAGE, "found no %s, expected the numbers of the lesson", name);
	if (!has_numbers_of(text, english, name))
		return error_set(
			error, STATUS_USAGE, "found %s, which the lesson does not have here", name);
	return true;
}

/* ---- reading ---- */

/* "QUESTION | CHOICE | CHOICE"; the right one stays that of the lesson. */
static bool take_question(
	const struct slot *slot, char *text, struct lesson_question *out, struct error *error)
{
	*out = *slot->question;
	out->count = 0;
	char *rest = text;
	for (char *bar; (bar = strchr(rest, '|')) != NULL && out->count < LESSON_CHOICES;
		 rest = bar + 1) {
		*bar = '\0';
		out->choice[out->count++] = bar + 1;
	}
	for (int i = 0; i < out->count; i++)
		out->choice[i] = text_file_trim((char *)out->choice[i]);
	out->text = text_file_trim(text);
	return out->count == slot->question->count ||
		error_set(error, STATUS_USAGE, "found %d choices, expected %d", out->count,
			slot->question->count);
}

/* What a slot will be when all of them are right. */
struct translated {
	const char *text;
	struct lesson_question question;
};

static bool take_line(
	const struct slot *slot, char *line, struct translated *out, struct error *error)
{
	size_t length = strcspn(line, " \t");
	char *text = line + length + strspn(line + length, " \t");
	char from[32] = "";
	if (slot->number > 0)
		snprintf(from, sizeof(from), " for its line %d", slot->number);
	if (strlen(slot->word) != length || strncmp(slot->word, line, length) != 0 || !text[0])
		return error_set(
			error, STATUS_USAGE, "found '%.40s', expected: %s TEXT%s", line, slot->word, from);
	if (slot->question && !take_question(slot, text, &out->question, error))
		return false;
	out->text = slot->question ? out->question.text : text;
	return same_numbers(*slot->text, out->text, error);
}

static bool read_all(const struct slot *slot, int count, const char *name, char *bytes,
	struct translated *out, struct error *error)
{
	char *rest = text_file_begin(bytes);
	int found = 0, number = 1;
	for (; rest; number++) {
		struct error cause = {STATUS_DONE, ""};
		char *line = text_file_line(&rest);
		if (!line[0] || line[0] == '#')
			continue;
		if (found == count)
			error_set(&cause, STATUS_USAGE, "found more than the %d texts of the lesson", count);
		else if (take_line(&slot[found], line, &out[found], &cause))
			found++;
		if (cause.text[0])
			return text_file_refuse(name, number, cause.text, cause.status, error);
	}
	char cause[80];
	snprintf(cause, sizeof(cause), "found %d texts, expected the %d of the lesson", found, count);
	return found == count || text_file_refuse(name, 0, cause, STATUS_USAGE, error);
}

bool translation_apply(struct lesson *lesson, const struct language *language, const char *name,
	const char *text, struct error *error)
{
	struct slot *slot = calloc(SLOTS_MAX, sizeof(*slot));
	struct translated *translated = calloc(SLOTS_MAX, sizeof(*translated));
	char *bytes = strdup(text);
	bool done = false;
	if (!slot || !translated || !bytes)
		error_set(error, STATUS_WORLD, "not enough memory");
	else
		done = read_all(slot, slots_of(lesson, slot), name, bytes, translated, error);
	for (int i = 0; done && slot[i].word; i++) {
		*slot[i].text = translated[i].text;
		if (slot[i].question)
			*slot[i].question = translated[i].question;
	}
	if (done) {
		free(lesson->translated);
		lesson->translated = bytes;
		lesson->language = language;
	} else {
		free(bytes);
	}
	free(slot);
	free(translated);
	return done;
}

/* ---- where translations are ---- */

/* "FOLDER/LANG/NAME.txt" for a lesson "FOLDER/NAME.txt". */
static bool path_beside(const char *lesson, const char *language, char path[USER_PATH_MAX])
{
	char subfolder[40];
	snprintf(subfolder, sizeof(subfolder), "lessons/%s/", language);
	if (user_is_word(lesson))
		return user_path(subfolder, lesson, "txt", path);
	const char *slash = strrchr(lesson, '/'), *base = slash ? slash + 1 : lesson;
	int length =
		snprintf(path, USER_PATH_MAX, "%.*s%s/%s", (int)(base - lesson), lesson, language, base);
	return length > 0 && length < USER_PATH_MAX;
}

static bool load_file(struct lesson *lesson, const struct language *language, struct error *error)
{
	char path[USER_PATH_MAX];
	bool missing = false;
	if (!path_beside(lesson->name, language->name, path))
		return true;
	char *text = malloc(TRANSLATION_BYTES_MAX);
	if (!text)
		return error_set(error, STATUS_WORLD, "not enough memory");
	bool done = text_file_read(path, text, TRANSLATION_BYTES_MAX, &missing, error) &&
		translation_apply(lesson, language, path, text, error);
	free(text);
	return done || missing;
}

bool translation_load(struct lesson *lesson, const struct language *language, struct error *error)
{
	char name[80];
	if (!language->lesson)
		return true;
	if (!embedded_find(embedded_lessons, lesson->name))
		return load_file(lesson, language, error);
	const struct embedded *row = embedded_find(language->lesson, lesson->name);
	if (!row)
		return true;
	char *text = embedded_text(row);
	if (!text)
		return error_set(error, STATUS_WORLD, "not enough memory");
	snprintf(name, sizeof(name), "%s/%.60s", language->name, row->name);
	bool done = translation_apply(lesson, language, name, text, error);
	free(text);
	return done;
}
