/* The experiment: data, network and optimizer, trained epoch by epoch in slices.
 *
 *	struct experiment *e = experiment_new(&config, &error);
 *	for (;;) {
 *		switch (experiment_advance(e, 1000000)) {
 *		case EXPERIMENT_BUSY: continue;       more to do; stop whenever you like
 *		case EXPERIMENT_RECORD: ...           a record is complete: experiment_record()
 *		case EXPERIMENT_IDLE: ...             waits for experiment_epoch_begin()
 *		case EXPERIMENT_FAILED: ...           experiment_error()
 *		}
 *	}
 *
 * Numbers depend on the config, its seed and the changes made between epochs, never on how the
 * work was sliced. A fresh experiment loads its data, draws its weights and yields the record
 * of epoch 0 (the state before any update) without being asked.
 */
#ifndef LAB_EXPERIMENT_H
#define LAB_EXPERIMENT_H

#include "lab/dataset.h"
#include "lab/frame.h"
#include "lab/history.h"
#include "lab/settings.h"
#include "lab/theory.h"
#include "lab/verdict.h"
#include "lab/weights.h"
#include "nn/kernels.h"

enum experiment_state { EXPERIMENT_BUSY, EXPERIMENT_RECORD, EXPERIMENT_IDLE, EXPERIMENT_FAILED };

struct experiment;

/* Opens the data. NULL: error says why. Errors in the content of the data or in the sizes show
 * later, as FAILED. The caller frees it by experiment_free(). */
struct experiment *experiment_new(const struct config *config, struct error *error);
void experiment_free(struct experiment *experiment);

/* Works on about `operations` multiply-adds. RECORD is returned once per record. */
enum experiment_state experiment_advance(struct experiment *experiment, uint64_t operations);

/* What an epoch yields. Without a record it is only trained, which takes about half the time;
 * but an epoch in which training diverges has one all the same, and so has every epoch where early
 * stopping or the schedule watches the loss. A detail costs a little more than a record
 * alone. */
enum experiment_report { REPORT_NOTHING, REPORT_RECORD, REPORT_DETAIL };

/* Starts the next epoch; only between epochs. */
void experiment_epoch_begin(struct experiment *experiment, enum experiment_report report);

/* Measures the present epoch again so that it has a detail; only between epochs, and if the present
 * epoch has a record. */
void experiment_measure_again(struct experiment *experiment);

/* The epoch of the newest record took so many seconds of training, as whoever trains has measured
 * it: history_time() adds them up. It changes no number of a record. */
void experiment_note_time(struct experiment *experiment, double seconds);

/* True between epochs: the moment at which settings can change and states can be saved. */
bool experiment_between_epochs(const struct experiment *experiment);

/* Changes settings between epochs. Needs config_effect() < EFFECT_REBUILD; else make a new
 * experiment. The next advances yield the record of the present epoch anew, with the new settings:
 * a preview, which is not part of the history. Data of another shape starts over at epoch 0. On
 * false nothing has changed. */
bool experiment_configure(
	struct experiment *experiment, const struct config *config, struct error *error);

const struct config *experiment_config(const struct experiment *experiment);
const struct record *experiment_record(const struct experiment *experiment); /* NULL at first */
/* True if that record is a preview: an epoch measured once more, not part of the history. */
bool experiment_previewed(const struct experiment *experiment);
/* The build of the network's inner loops that trains: the fastest, or the one that the environment
 * variable WANE_KERNEL names. */
const struct kernels *experiment_kernels(const struct experiment *experiment);
const struct dataset *experiment_data(const struct experiment *experiment); /* NULL: loading */
const struct error *experiment_error(const struct experiment *experiment);
/* About how many multiply-adds training one epoch takes; only with a network. */
uint64_t experiment_epoch_cost(const struct experiment *experiment);
int64_t experiment_epoch(const struct experiment *experiment); /* complete epochs */
/* 0..1 of the present epoch, or of loading and the initial weights */
double experiment_progress(const struct experiment *experiment);
bool experiment_finished(const struct experiment *experiment); /* `epochs`, stop or divergence */
bool experiment_diverged(const struct experiment *experiment);

/* Why a finished experiment has ended: "diverged in epoch 7". */
void experiment_describe_end(const struct experiment *experiment, char *out, size_t size);

/* All there is to see of an epoch; EPOCH_PRESENT: of the present record (NULL at first). After a
 * change of settings the present one is the former record with its conditions until the change is
 * measured. False, and the frame is left alone: the record of that epoch, or the conditions it was
 * made under, are not kept (see history.h). */
bool experiment_frame(const struct experiment *experiment, int64_t epoch, struct frame *frame);

/* What a verdict on the present record is based on; NULL without a record. */
const struct evidence *experiment_evidence(const struct experiment *experiment);

/* Writes the weights, one slice of weights_save_advance(); between epochs only. From the first
 * slice to the last the experiment must be left alone. */
enum weights_state experiment_save_weights(const struct experiment *experiment,
	struct weights_save *save, uint64_t operations, struct error *error);
double experiment_save_progress(
	const struct experiment *experiment, const struct weights_save *save); /* 0..1 */

/* A saved state: settings, data, weights, optimizer, epoch and history; between epochs only.
 * experiment_save() returns NULL without memory; the caller frees the snapshot by snapshot_free().
 * Restoring copies out of it; false: no memory, nothing has changed. */
struct snapshot;
struct snapshot *experiment_save(const struct experiment *experiment);
bool experiment_restore(struct experiment *experiment, const struct snapshot *snapshot);
/* Goes back to a saved state and on from there as by experiment_configure(). False: error says why;
 * without memory nothing has changed, otherwise the state is the saved one, not measured anew. */
bool experiment_restore_changed(struct experiment *experiment, const struct snapshot *snapshot,
	const struct config *config, struct error *error);
/* A second experiment beside the one that was saved, on one thread and with the same data:
 * goes on from the state as if experiment_configure() had been given `config` there, or with
 * `restart` starts from the seed of `config`. What it yields is, bit for bit, what the saved one
 * would after that change. `config` must want the data of the state; without `restart` its effect
 * must be below DATA. NULL: error says why not. */
struct experiment *experiment_branch(const struct snapshot *snapshot, const struct config *config,
	bool restart, struct error *error);
/* The same without the history, to look back at: experiment_branch() makes of it an experiment that
 * has the network of then. */
struct snapshot *experiment_keep(const struct experiment *experiment);
size_t experiment_keep_bytes(const struct experiment *experiment);
const struct config *snapshot_config(const struct snapshot *snapshot);
int64_t snapshot_epoch(const struct snapshot *snapshot);
/* True if the snapshot has the network behind the record that the experiment keeps of its epoch. */
bool snapshot_is_of(const struct snapshot *snapshot, const struct experiment *experiment);
size_t experiment_save_bytes(
	const struct experiment *experiment); /* bytes that saving would take */
size_t snapshot_bytes(const struct snapshot *snapshot);
void snapshot_free(struct snapshot *snapshot);

#endif
