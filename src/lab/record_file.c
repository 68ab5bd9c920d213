#include "lab/record_file.h"

#include "lab/atomic_file.h"
#include <stdlib.h>
#include <string.h>

struct record_file {
	struct atomic_file file;
	bool open; /* the file is neither committed nor abandoned */
	struct history *history;
	bool headed;
	int record, row; /* the next line */
	char path[];     /* the caller's, copied */
};

struct record_file *record_file_begin(
	const char *path, const struct history *history, struct error *error)
{
	struct record_file *file = malloc(sizeof(*file) + strlen(path) + 1);
	struct history *copy = history ? history_copy(history) : history_new();
	if (!file || !copy) {
		free(file);
		history_free(copy);
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	*file = (struct record_file){.history = copy, .row = -1};
	strcpy(file->path, path);
	file->open = atomic_file_open_new(&file->file, file->path, error);
	if (file->open)
		return file;
	record_file_finish(file);
	return NULL;
}

void record_file_finish(struct record_file *file)
{
	if (!file)
		return;
	if (file->open)
		atomic_file_abandon(&file->file);
	history_free(file->history);
	free(file);
}

/* The header, then row -1 (the whole network) and the rows of each record. */
static bool write_line(struct record_file *file)
{
	FILE *stream = file->file.stream;
	if (!file->headed) {
		file->headed = true;
		return record_write_header(stream) == 0;
	}
	const struct record *record = history_at(file->history, file->record);
	bool written = record_write_row(stream, record, file->row++) == 0;
	if (file->row == record->rows) {
		file->row = -1;
		file->record++;
	}
	return written;
}

enum record_file_state record_file_advance(struct record_file *file, int lines, struct error *error)
{
	for (; lines > 0; lines--) {
		if (file->headed && file->record == history_count(file->history)) {
			file->open = false;
			return atomic_file_commit(&file->file, error) ? RECORD_FILE_DONE : RECORD_FILE_FAILED;
		}
		if (!write_line(file)) {
			atomic_file_refuse(&file->file, error);
			return RECORD_FILE_FAILED;
		}
	}
	return RECORD_FILE_MORE;
}
