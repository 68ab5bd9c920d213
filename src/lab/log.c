#include "lab/log.h"

#include "lab/conditions.h"
#include "lab/csv.h"
#include "lab/text.h"
#include "lab/verdict.h"
#include "nn/net.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_COLUMN = -1, ROWS_MAX = 1 << 12, RUNS_MAX = 2, RUN_NAME_MAX = 32 };

/* What stands in a column besides a statistic. */
static const char *const titles[] = {
	"epoch", "layer", "name", "verdict", "remarks", "event", "run"};
enum title { EPOCH, LAYER, NAME, VERDICT, REMARKS, EVENT, RUN, TITLES };

struct logged_run {
	char name[RUN_NAME_MAX];
	struct conditions *conditions; /* of the newest record */
	struct history *history;
};

struct log {
	struct csv *csv;
	char *path;
	int columns;                                       /* of the first line */
	int place[TITLES];                                 /* the column of each title, or NO_COLUMN */
	const struct statistic *statistic[CSV_FIELDS_MAX]; /* in each column; NULL: none */
	struct record *work; /* the record being read; room for ROWS_MAX rows */
	bool begun;          /* there is one */
	struct logged_run run[RUNS_MAX];
	struct logged_run *now; /* whose record it is */
	int runs;               /* that have been named; 0 before the first line */
};

struct log *log_open(const char *path, struct error *error)
{
	struct log *log = calloc(1, sizeof(*log));
	if (log) {
		log->path = malloc(strlen(path) + 1);
		log->work = record_new(ROWS_MAX);
		log->now = &log->run[0];
	}
	bool made = log && log->path && log->work;
	for (int i = 0; made && i < RUNS_MAX; i++) {
		log->run[i].history = history_new();
		log->run[i].conditions = conditions_unknown(0);
		made = log->run[i].history && log->run[i].conditions;
	}
	if (!made) {
		error_set(error, STATUS_WORLD, "not enough memory");
		log_close(log);
		return NULL;
	}
	strcpy(log->path, path);
	log->csv = csv_open(path, error);
	if (!log->csv) {
		log_close(log);
		return NULL;
	}
	return log;
}

void log_close(struct log *log)
{
	if (!log)
		return;
	csv_close(log->csv);
	for (int i = 0; i < RUNS_MAX; i++) {
		history_free(log->run[i].history);
		conditions_release(log->run[i].conditions);
	}
	free(log->work);
	free(log->path);
	free(log);
}

/* ---- fields ---- */

static const char *text_of(const struct log *log, enum title title)
{
	return log->place[title] == NO_COLUMN ? "" : csv_field(log->csv, log->place[title]);
}

static bool read_header(struct log *log, struct error *error)
{
	log->columns = csv_field_count(log->csv);
	for (int t = 0; t < TITLES; t++)
		log->place[t] = NO_COLUMN;
	for (int c = 0; c < log->columns; c++) {
		const char *name = csv_field(log->csv, c);
		for (int t = 0; t < TITLES; t++)
			if (strcmp(titles[t], name) == 0)
				log->place[t] = c;
		log->statistic[c] = statistic_find(name);
	}
	return log->place[EPOCH] != NO_COLUMN ||
		csv_refuse(log->csv, -1, error,
			"found no column 'epoch', expected the titles that wane "
			"run writes first: epoch,layer,...");
}

/* A whole number from 0 to `most`. */
static bool read_count(
	struct log *log, enum title title, double most, int64_t *count, struct error *error)
{
	const char *text = text_of(log, title);
	double value;
	if (!number_parse(text, strlen(text), &value) || !(value >= 0 && value <= most) ||
		value != floor(value))
		return csv_refuse(log->csv, log->place[title], error,
			"found '%.60s' for %s, expected a whole number from 0 to %.0f", text, titles[title],
			most);
	*count = (int64_t)value;
	return true;
}

static bool read_number(struct log *log, int column, float *number, struct error *error)
{
	const char *text = csv_field(log->csv, column);
	double value;
	if (text[0] == '\0')
		*number = record_nothing();
	else if (strcmp(text, "nan") == 0)
		*number = NAN;
	else if (strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0)
		*number = text[0] == '-' ? -INFINITY : INFINITY;
	else if (number_parse(text, strlen(text), &value))
		*number = (float)value;
	else
		return csv_refuse(log->csv, column, error,
			"found '%.60s' for %s, expected a number, nan, "
			"inf or nothing",
			text, log->statistic[column]->name);
	return true;
}

/* The statistics of the whole network (row -1) or of a row; those without a column are none. */
static bool read_statistics(struct log *log, int row, struct error *error)
{
	for (int i = 0; statistic_at(i); i++)
		if (statistic_at(i)->per_layer == (row >= 0))
			record_set(log->work, statistic_at(i), row, record_nothing());
	for (int c = 0; c < log->columns; c++) {
		const struct statistic *statistic = log->statistic[c];
		float number = 0;
		if (!statistic || statistic->per_layer != (row >= 0))
			continue;
		if (!read_number(log, c, &number, error))
			return false;
		record_set(log->work, statistic, row, number);
	}
	return true;
}

/* Verdict and remarks are rows of our tables; other names say nothing here. */
static void read_judgement(struct log *log)
{
	struct record *record = log->work;
	const struct verdict *verdict = verdict_find(text_of(log, VERDICT));
	const char *names = text_of(log, REMARKS);
	int count = 0;
	record->verdict = verdict ? verdict->name : NULL;
	memset(record->remark, 0, sizeof(record->remark));
	for (; *names; names += strspn(names, " ")) {
		size_t length = strcspn(names, " ");
		const struct remark *remark = remark_find(names, length);
		if (remark && count < RECORD_REMARKS_MAX)
			record->remark[count++] = remark->name;
		names += length;
	}
}

/* ---- records ---- */

/* Adds the present record to the history; all its lines have been read. */
static bool complete(struct log *log)
{
	struct record *record = log->work;
	struct logged_run *run = log->now;
	const struct record *newest = history_newest(run->history);
	if (newest && newest->epoch >= record->epoch)
		history_clear(run->history);
	if (run->conditions->model->layers != record->layers) {
		struct conditions *conditions = conditions_unknown(record->layers);
		if (!conditions)
			return false;
		conditions_release(run->conditions);
		run->conditions = conditions;
	}
	log->begun = false;
	if (!history_add(run->history, record))
		return false;
	history_note(run->history, run->conditions);
	return true;
}

/* The run that the line is of. */
static struct logged_run *run_of_line(struct log *log, struct error *error)
{
	char name[RUN_NAME_MAX];
	text_clean(name, sizeof(name), text_of(log, RUN));
	for (int i = 0; i < log->runs; i++)
		if (strcmp(log->run[i].name, name) == 0)
			return &log->run[i];
	if (log->runs == RUNS_MAX) {
		csv_refuse(log->csv, log->place[RUN], error, "found run '%s', expected '%s' or '%s'", name,
			log->run[0].name, log->run[1].name);
		return NULL;
	}
	struct logged_run *run = &log->run[log->runs++];
	memcpy(run->name, name, sizeof(name));
	return run;
}

static bool begin(struct log *log, int64_t epoch, struct error *error)
{
	struct record *record = log->work;
	const char *event = text_of(log, EVENT);
	size_t length = strlen(event);
	length = length < sizeof(record->event) ? length : sizeof(record->event) - 1;
	memset(record->event, 0, sizeof(record->event));
	memcpy(record->event, event, length);
	record->epoch = epoch;
	record->layers = record->rows = 0;
	log->begun = true;
	read_judgement(log);
	return read_statistics(log, -1, error);
}

/* The time step in a row's name ("step3"); 0 where it has none. */
static int read_step(const struct log *log)
{
	const char *name = text_of(log, NAME);
	const size_t prefix = strlen("step");
	double step;
	if (strncmp(name, "step", prefix) != 0 || !isdigit((unsigned char)name[prefix]) ||
		!number_parse(name + prefix, strlen(name + prefix), &step) || !(step <= ROWS_MAX))
		return 0;
	return (int)step;
}

static bool add_layer(struct log *log, int64_t epoch, struct error *error)
{
	int64_t layer = 0;
	if (!read_count(log, LAYER, NET_LAYERS_MAX, &layer, error))
		return false;
	if (!log->begun || epoch != log->work->epoch || log->now != run_of_line(log, error))
		return csv_refuse(log->csv, -1, error,
			"found layer %d of epoch %lld, expected first the "
			"line of that epoch without a layer",
			(int)layer, (long long)epoch);
	struct record *record = log->work;
	const struct layer_record *before = record->rows ? &record->layer[record->rows - 1] : NULL;
	int step = read_step(log);
	bool goes_on = before && layer == before->layer && step > 1 && step == before->step + 1;
	if (!goes_on && (layer != record->layers + 1 || step > 1))
		return csv_refuse(log->csv, log->place[LAYER], error, "found layer %d, expected layer %d",
			(int)layer, record->layers + 1);
	if (record->rows == ROWS_MAX)
		return csv_refuse(log->csv, -1, error,
			"found more than %d lines of one epoch, expected no more", ROWS_MAX);
	record->layer[record->rows].layer = record->layers = (int)layer;
	record->layer[record->rows].step = step;
	return read_statistics(log, record->rows++, error);
}

static bool read_line(struct log *log, bool *completed, struct error *error)
{
	const double most = 9007199254740992.0; /* 2^53: beyond it, not every double is a count */
	int64_t epoch = 0;
	if (!log->columns)
		return read_header(log, error);
	if (csv_field_count(log->csv) != log->columns)
		return csv_refuse(log->csv, -1, error, "found %d fields, expected %d as in the first line",
			csv_field_count(log->csv), log->columns);
	if (!read_count(log, EPOCH, most, &epoch, error))
		return false;
	if (text_of(log, LAYER)[0])
		return add_layer(log, epoch, error);
	*completed = log->begun;
	if (log->begun && !complete(log))
		return error_set(error, STATUS_WORLD, "not enough memory");
	log->now = run_of_line(log, error);
	return log->now && begin(log, epoch, error);
}

enum log_state log_advance(struct log *log, struct error *error)
{
	bool completed = false;
	int got = csv_next(log->csv, error);
	if (got < 0)
		return LOG_FAILED;
	if (got > 0)
		return !read_line(log, &completed, error) ? LOG_FAILED : completed ? LOG_RECORD : LOG_MORE;
	if (!log->columns) {
		csv_refuse(log->csv, CSV_WHOLE, error, "found nothing, expected what wane run writes");
		return LOG_FAILED;
	}
	if (!log->begun)
		return LOG_END;
	if (complete(log))
		return LOG_RECORD;
	error_set(error, STATUS_WORLD, "not enough memory");
	return LOG_FAILED;
}

static bool frame_of(
	const struct log *log, const struct logged_run *run, int64_t epoch, struct frame *frame)
{
	const struct record *newest = history_newest(run->history);
	if (epoch == EPOCH_PRESENT && !newest) {
		*frame = (struct frame){.history = {run->history, 0}};
		frame_fill(frame, NULL, run->conditions);
	} else if (!frame_of_history(
				   frame, run->history, newest && epoch == EPOCH_PRESENT ? newest->epoch : epoch)) {
		return false;
	}
	frame->name = run->name[0] ? run->name : log->path;
	return true;
}

bool log_frame(const struct log *log, int64_t epoch, struct frame *frame)
{
	return frame_of(log, &log->run[0], epoch, frame);
}

bool log_second_frame(const struct log *log, int64_t epoch, struct frame *frame)
{
	return log->runs == RUNS_MAX && frame_of(log, &log->run[1], epoch, frame);
}
