/* A log: records read back from a CSV as `wane run` writes it, to be drawn as a run is.
 *
 *	struct log *log = log_open(path, &error);                NULL: error says why
 *	while ((state = log_advance(log, &error)) <= LOG_RECORD) ...;
 *	log_frame(log, EPOCH_PRESENT, &frame)
 *
 * Columns are found by their names and may stand in any order; `epoch` must be there, unknown ones
 * are passed over, and a missing or empty number was not recorded. A line without a layer begins
 * the record of an epoch; the lines of its layers follow, layer 1 first, and within a layer those
 * of its time steps (`name` is step1, step2, ...). If the epoch number
 * falls, a new run has begun, and the records before it are dropped. A column `run` tells two runs
 * apart, whose epochs may alternate (`wane run --twin`); the first one named is the log's run. What
 * a CSV does not say stays unknown: settings, activations and sizes of the layers, data, baseline
 * loss.
 */
#ifndef LAB_LOG_H
#define LAB_LOG_H

#include "lab/error.h"
#include "lab/frame.h"

enum log_state { LOG_MORE, LOG_RECORD, LOG_END, LOG_FAILED };

struct log;

struct log *log_open(const char *path, struct error *error);
void log_close(struct log *log);

/* Reads one line. RECORD: a record is complete. FAILED: error says why, with file and line. */
enum log_state log_advance(struct log *log, struct error *error);

/* The frame of an epoch, or with EPOCH_PRESENT of the newest record (none before the first). False,
 * and the frame is left alone: that record is not kept. */
bool log_frame(const struct log *log, int64_t epoch, struct frame *frame);

/* The same of the second run; false, too, if there is none. Both frames are named by the column. */
bool log_second_frame(const struct log *log, int64_t epoch, struct frame *frame);

#endif
