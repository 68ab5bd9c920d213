#include "app/journal.h"

#include "lab/atomic_file.h"
#include "lab/models.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char journal_title[] = "# a session of wane; wane play FILE repeats it";

void journal_start(struct journal *journal, const struct all_settings *settings)
{
	journal->start = *settings;
	journal->change = -1;
}

void journal_free(struct journal *journal)
{
	for (int i = 0; i < journal->count; i++)
		free(journal->entry[i].text);
	free(journal->entry);
}

/* Makes room for one entry before the one at `position`; NULL: there is none. */
static struct journal_entry *insert(struct journal *journal, int position)
{
	if (journal->count == journal->room && journal->count < JOURNAL_ENTRIES_MAX) {
		int room = journal->room ? 2 * journal->room : 16;
		struct journal_entry *more =
			realloc(journal->entry, (size_t)room * sizeof(journal->entry[0]));
		journal->entry = more ? more : journal->entry;
		journal->room = more ? room : journal->room;
	}
	if (journal->incomplete || journal->count == journal->room) {
		journal->incomplete = true;
		return NULL;
	}
	struct journal_entry *entry = &journal->entry[position];
	memmove(entry + 1, entry, (size_t)(journal->count - position) * sizeof(*entry));
	journal->count++;
	journal->change += journal->change >= position;
	*entry = (struct journal_entry){.at = 0};
	return entry;
}

static void withdraw(struct journal *journal, int position)
{
	struct journal_entry *entry = &journal->entry[position];
	free(entry->text);
	journal->count--;
	memmove(entry, entry + 1, (size_t)(journal->count - position) * sizeof(*entry));
}

/* Takes over `text`; NULL: there was no memory for it. */
static void put(struct journal *journal, int64_t at, bool during, char *text)
{
	int64_t newest = journal->count ? journal->entry[journal->count - 1].at : 0;
	struct journal_entry *entry = text ? insert(journal, journal->count) : NULL;
	journal->incomplete = journal->incomplete || !entry;
	if (entry)
		*entry = (struct journal_entry){at > newest ? at : newest, during, text};
	else
		free(text);
}

void journal_add(struct journal *journal, int64_t at, const char *format, ...)
{
	char text[200];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	put(journal, at, false, strdup(text));
}

/* ---- changes ---- */

/* Settings that are written are those that differ at that line: what follows from the lines before
 * needs none of its own, and what does not follow from them does. */

/* The lines of one change, which begin with "and" from the second on. */
struct lines {
	FILE *stream;
	int count;
};

static void begin_line(struct lines *lines)
{
	if (lines->count++)
		fputs("\nand ", lines->stream);
}

static void write_setting(struct lines *lines, const struct setting *row, const void *values)
{
	char value[SETTING_VALUE_MAX];
	setting_format(row, values, value);
	begin_line(lines);
	fprintf(lines->stream, "%s=%s", row->name, value);
}

static void write_difference(
	struct lines *lines, const struct config *from, const struct config *to)
{
	struct config at = *from;
	for (int i = 0; i < config_table.count; i++) {
		if (setting_equal(&config_table.row[i], &at, to))
			continue;
		write_setting(lines, &config_table.row[i], to);
		model_take_setting(&at, to, i);
	}
}

/* NULL: no memory, *empty false; or nothing has changed. The caller frees. */
static char *change_text(
	const struct config *from, const struct config *to, bool restart, bool *empty)
{
	char *text = NULL;
	size_t size;
	struct lines lines = {.stream = open_memstream(&text, &size)};
	*empty = false;
	if (!lines.stream)
		return NULL;
	write_difference(&lines, from, to);
	/* some settings restart by themselves */
	if (restart && config_effect(from, to) < EFFECT_REBUILD) {
		begin_line(&lines);
		fputs("restart", lines.stream);
	}
	bool written = fclose(lines.stream) == 0;
	*empty = written && lines.count == 0;
	if (written && lines.count > 0)
		return text;
	free(text);
	return NULL;
}

void journal_change(struct journal *journal, int64_t at, bool during, const struct config *from,
	const struct config *to, bool restart)
{
	bool empty;
	char *text = change_text(from, to, restart, &empty);
	if (empty)
		return;
	put(journal, at, during, text);
	journal->change = journal->count - 1;
}

void journal_undo(struct journal *journal, int64_t at, const char *word)
{
	journal_add(journal, at, "%s", word);
	journal->change = journal->count - 1;
}

void journal_withdraw(struct journal *journal)
{
	if (journal->change >= 0 && journal->change < journal->count)
		withdraw(journal, journal->change);
	journal->change = -1;
}

void journal_amend(
	struct journal *journal, const struct config *from, const struct config *to, bool restart)
{
	bool empty;
	char *text = change_text(from, to, restart, &empty);
	if (text && journal->change >= 0) {
		free(journal->entry[journal->change].text);
		journal->entry[journal->change].text = text;
		return;
	}
	free(text);
	if (empty)
		journal_withdraw(journal);
	else
		journal->incomplete = true;
}

void journal_screen(struct journal *journal, int64_t at, const struct screen_settings *from,
	const struct screen_settings *to)
{
	for (int i = 0; i < screen_table.count; i++) {
		char value[SETTING_VALUE_MAX];
		if (setting_equal(&screen_table.row[i], from, to))
			continue;
		setting_format(&screen_table.row[i], to, value);
		journal_add(journal, at, "%s=%s", screen_table.row[i].name, value);
	}
}

void journal_keep(struct journal *journal, int position, int64_t at)
{
	char *text = strdup("keep");
	struct journal_entry *entry = text ? insert(journal, position) : NULL;
	journal->incomplete = journal->incomplete || !entry;
	if (entry)
		*entry = (struct journal_entry){at, false, text};
	else
		free(text);
}

/* ---- the file ---- */

/* Those that differ from the defaults; NULL in a choice of the screen: the terminal's. */
static void write_start(const struct all_settings *start, FILE *stream)
{
	struct all_settings standard = all_settings_default();
	struct all_settings settings = *start;
	if (!settings.screen.glyphs)
		settings.screen.glyphs = standard.screen.glyphs;
	if (!settings.screen.colors)
		settings.screen.colors = standard.screen.colors;
	for (int i = 0; i < all_settings_count(); i++) {
		char value[SETTING_VALUE_MAX];
		if (all_settings_equal(&settings, &standard, i))
			continue;
		all_settings_format(&settings, i, value);
		fprintf(stream, "%s=%s\n", all_settings_name(i), value);
		if (!all_settings_is_screen(i))
			model_take_setting(&standard.config, &settings.config, i);
	}
}

bool journal_would_replace(const char *path)
{
	char line[sizeof("# a session of wane")] = "";
	struct stat status;
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	FILE *file = fopen(path, "r");
	if (!file) /* what cannot be read may be anything */
		return errno != ENOENT;
	bool replaced =
		fgets(line, (int)sizeof(line), file) && strncmp(line, journal_title, sizeof(line) - 1) != 0;
	fclose(file);
	return replaced;
}

static bool has_line_end(const struct journal *journal)
{
	struct all_settings start = journal->start;
	for (int i = 0; i < config_table.count; i++) {
		char value[SETTING_VALUE_MAX];
		setting_format(&config_table.row[i], &start.config, value);
		if (strchr(value, '\n'))
			return true;
	}
	for (int i = 0; i < journal->count; i++)
		for (const char *at = journal->entry[i].text; (at = strchr(at, '\n')) != NULL; at++)
			if (strncmp(at, "\nand ", strlen("\nand ")) != 0)
				return true;
	return false;
}

bool journal_save(const struct journal *journal, int64_t end, const char *path, struct error *error)
{
	struct atomic_file file;
	if (journal->incomplete)
		return error_set(error, STATUS_WORLD,
			"%s: not written: the session has more than %d changes, or memory ran out", path,
			JOURNAL_ENTRIES_MAX);
	if (has_line_end(journal))
		return error_set(error, STATUS_USAGE,
			"%s: not written: a path of the session contains a line end", path);
	if (!atomic_file_open(&file, path, error))
		return false;
	fprintf(file.stream, "%s\n", journal_title);
	write_start(&journal->start, file.stream);
	for (int i = 0; i < journal->count; i++) {
		const struct journal_entry *entry = &journal->entry[i];
		fprintf(file.stream, "at %lld%s %s\n", (long long)entry->at, entry->during ? "+" : "",
			entry->text);
	}
	fprintf(file.stream, "at %lld end\n", (long long)end);
	return atomic_file_commit(&file, error);
}
