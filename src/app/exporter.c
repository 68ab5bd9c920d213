#include "app/exporter.h"

#include "lab/atomic_file.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	LINES_A_SLICE = 16, /* of records: less than a millisecond */
	NAMES_TRIED = 1000,
	ENDING_LENGTH = 4,
};

static bool write_text(FILE *file, const struct canvas *canvas, const struct color_scheme *scheme)
{
	(void)scheme;
	return canvas_write_text(file, canvas);
}

/* The kinds of files. */
static const struct kind {
	const char *ending;
	/* NULL: the records, which are written in slices */
	bool (*write)(FILE *file, const struct canvas *canvas, const struct color_scheme *scheme);
} kinds[] = {{".txt", write_text}, {".svg", canvas_write_svg}, {".csv", NULL}};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct kind *kind_of(const char *path)
{
	size_t length = strlen(path);
	for (int i = 0; i < KINDS; i++)
		if (length > ENDING_LENGTH && strcmp(path + length - ENDING_LENGTH, kinds[i].ending) == 0)
			return &kinds[i];
	return NULL;
}

void exporter_end(struct exporter *exporter)
{
	record_file_finish(exporter->records);
	exporter->records = NULL;
}

bool exporter_ask(struct exporter *exporter, const char *path, struct error *error)
{
	if (exporter->records)
		return error_set(error, STATUS_USAGE, "wait until the records are written");
	if (path[0] && !kind_of(path))
		return error_set(error, STATUS_USAGE,
			"found '%.60s', expected a name that ends in .txt, .svg or .csv", path);
	if (strlen(path) >= sizeof(exporter->path))
		return error_set(
			error, STATUS_USAGE, "the path is longer than %d bytes", DATA_PATH_MAX - 1);
	strcpy(exporter->path, path);
	exporter->asked = true;
	return true;
}

/* ---- names ---- */

/* "moons", or "points" of "points.csv"; what may be awkward in a name becomes a hyphen. */
static void data_name(const struct frame *frame, char *out, size_t size)
{
	size_t length = 0;
	const char *name = frame->data ? frame->data->name : "run";
	for (; name[length] && name[length] != '.' && length + 1 < size; length++)
		out[length] = isalnum((unsigned char)name[length]) ? name[length] : '-';
	out[length] = '\0';
}

static bool is_taken(const char *stem)
{
	char path[DATA_PATH_MAX];
	struct stat status;
	for (int i = 0; i < KINDS; i++) {
		snprintf(path, sizeof(path), "%.1000s%s", stem, kinds[i].ending);
		if (lstat(path, &status) == 0)
			return true;
	}
	return false;
}

/* "wane-moons-epoch72"; with "-2", "-3", ... where there are files of this name. */
static void new_name(const struct frame *frame, char *out, size_t size)
{
	char data[40], number[16] = "";
	data_name(frame, data, sizeof(data));
	for (int i = 2; i < NAMES_TRIED; i++) {
		snprintf(out, size, "wane-%s-epoch%lld%s", data, (long long)frame->epoch, number);
		if (!is_taken(out))
			return;
		snprintf(number, sizeof(number), "-%d", i);
	}
}

/* ---- writing ---- */

static bool write_picture(const struct kind *kind, const char *path, const struct canvas *canvas,
	const struct color_scheme *scheme, struct error *error)
{
	struct atomic_file file;
	if (!atomic_file_open_new(&file, path, error))
		return false;
	if (kind->write(file.stream, canvas, scheme))
		return atomic_file_commit(&file, error);
	atomic_file_refuse(&file, error);
	atomic_file_abandon(&file);
	return false;
}

/* "512 of 9001 epochs": how many of them are kept. */
static void count_records(const struct history *history, char *out, size_t size)
{
	int count = history ? history_count(history) : 0;
	int64_t all = count ? history_newest(history)->epoch - history_at(history, 0)->epoch + 1 : 0;
	if (all == count)
		snprintf(out, size, "%d epoch%s", count, count == 1 ? "" : "s");
	else
		snprintf(out, size, "%d of %lld epochs", count, (long long)all);
}

static bool write_kind(struct exporter *exporter, const struct kind *kind, const char *path,
	const struct canvas *canvas, const struct color_scheme *scheme, const struct frame *frame,
	struct error *error)
{
	if (kind->write)
		return write_picture(kind, path, canvas, scheme, error);
	exporter->records = record_file_begin(path, frame->history.all, error);
	return exporter->records != NULL;
}

void exporter_write(struct exporter *exporter, const struct canvas *canvas,
	const struct color_scheme *scheme, const struct frame *frame, struct messages *messages)
{
	char path[DATA_PATH_MAX], stem[120] = "", epochs[60];
	const struct kind *only = kind_of(exporter->path);
	struct error error = {STATUS_DONE, ""};
	bool done = true;
	exporter->asked = false;
	if (!only)
		new_name(frame, stem, sizeof(stem));
	for (int i = 0; i < KINDS && done; i++) {
		if (only && only != &kinds[i])
			continue;
		snprintf(
			path, sizeof(path), "%s%s", only ? exporter->path : stem, only ? "" : kinds[i].ending);
		done = write_kind(exporter, &kinds[i], path, canvas, scheme, frame, &error);
	}
	if (!done) {
		message_say(messages, STYLE_ALARM, "%s%s", error.text,
			only ? "" : "; :export FILE writes elsewhere");
		return;
	}
	count_records(frame->history.all, epochs, sizeof(epochs));
	if (only)
		snprintf(exporter->said, sizeof(exporter->said), "wrote %.200s", exporter->path);
	else
		snprintf(exporter->said, sizeof(exporter->said),
			"wrote %s.svg and .txt (this screen), .csv (%s)", stem, epochs);
	message_say(messages, STYLE_NORMAL, "%s", exporter->records ? "writing" : exporter->said);
}

void exporter_work(struct exporter *exporter, struct messages *messages)
{
	struct error error = {STATUS_DONE, ""};
	if (!exporter->records)
		return;
	switch (record_file_advance(exporter->records, LINES_A_SLICE, &error)) {
	case RECORD_FILE_MORE:
		return;
	case RECORD_FILE_DONE:
		message_say(messages, STYLE_NORMAL, "%s", exporter->said);
		break;
	case RECORD_FILE_FAILED:
		message_say(messages, STYLE_ALARM, "%s", error.text);
		break;
	}
	exporter_end(exporter);
}
