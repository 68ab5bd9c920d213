#include "app/session.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t slice = 1000000;    /* multiply-adds, about a millisecond */
static const double detail_period = 0.04; /* seconds between two details while it runs */
static const double settle_period = 0.5; /* seconds within which a further step replaces a change */
static const double patience = 0.25;     /* seconds before a restart abandons the present epoch */

__attribute__((format(printf, 3, 4))) static void notify(
	struct session *session, enum notice_kind kind, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(session->notice.text, sizeof(session->notice.text), format, arguments);
	va_end(arguments);
	session->notice.kind = kind;
}

static void begin_work(struct session *session, double now)
{
	session->busy = true;
	session->busy_since = now;
	session->failed = false;
}

struct session *session_new(const struct config *config, struct error *error)
{
	struct session *session = calloc(1, sizeof(*session));
	if (!session) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	session->experiment = experiment_new(config, error);
	if (!session->experiment) {
		free(session);
		return NULL;
	}
	const struct all_settings start = {.config = *config, .screen = screen_settings_default()};
	journal_start(&session->journal, &start);
	session->wanted = *config;
	session->changed_at = -1;
	session->loss_before = (double)NAN;
	session->busy = true;
	return session;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	undo_clear(&session->undo.past);
	undo_clear(&session->undo.future);
	undo_state_free(&session->checkpoint);
	journal_free(&session->journal);
	weights_save_finish(session->save);
	experiment_free(session->experiment);
	free(session);
}

static void set_running(struct session *session, int64_t epochs, double now)
{
	session->left = epochs;
	session->over = false;
	pace_start(&session->pace, session->pace.rate, now);
}

void session_run(struct session *session, int64_t epochs, double now)
{
	set_running(session, epochs, now);
	session->settle_due = now;
}

void session_pace(struct session *session, double rate, double now)
{
	pace_change(&session->pace, rate, now);
}

bool session_pending(const struct session *session)
{
	return session->restart || session->undos != 0 ||
		!config_same(&session->wanted, experiment_config(session->experiment));
}

bool session_at_rest(const struct session *session)
{
	return !session->busy && !session->save && !session_pending(session) &&
		experiment_between_epochs(session->experiment);
}

static void note_waiting(struct session *session, double now)
{
	if (session_pending(session))
		return;
	session->waiting_since = now;
	session->steps = session->replaces = false;
}

void session_want(struct session *session, const struct config *wanted, double now)
{
	note_waiting(session, now);
	session->wanted = *wanted;
	session->steps = false;
}

/* While a preview is being computed, the effect of the previous key is not visible yet. */
void session_settle(struct session *session, int setting, double now)
{
	bool quick = now < session->settle_due || session->busy;
	session->replaces =
		session->replaces || (session->unsettled && setting == session->stepped && quick);
	session->stepped = setting;
	session->steps = true;
	session->settle_due = now + settle_period;
}

void session_restart(struct session *session, double now)
{
	note_waiting(session, now);
	session->restart = true;
}

/* The first undo only cancels a change that has not been applied yet. */
void session_undo(struct session *session, int count, double now)
{
	note_waiting(session, now);
	if (count > 0 && session->undos == 0 && session_pending(session)) {
		session->restart = false;
		session->wanted = *experiment_config(session->experiment);
		count--;
	}
	session->undos += count;
}

bool session_failed(const struct session *session)
{
	return session->failed;
}

const char *session_error(const struct session *session)
{
	return experiment_error(session->experiment)->text;
}

/* A run that has ended continues after a change. */
static void run_again(struct session *session, double now)
{
	if (session->over)
		set_running(session, -1, now);
}

static void remember(struct session *session, struct undo_state state)
{
	undo_push(&session->undo.past, state, undo_budget(&state.config));
	undo_clear(&session->undo.future);
}

/* Keeps a state of about a second ago, to return to in case training diverges. */
static void keep_checkpoint(struct session *session, double now)
{
	static const double period = 1;
	if (experiment_diverged(session->experiment)) {
		/* a state just after the change would diverge again: undo leads behind the change */
		bool useless = session->checkpoint_at == session->changed_at && !session->scripted;
		session->change_diverged = useless && session->checkpoint.snapshot;
		if (useless) {
			undo_state_free(&session->checkpoint);
		} else if (session->checkpoint.snapshot) {
			remember(session, session->checkpoint);
			journal_keep(&session->journal, session->checkpoint_position, session->checkpoint_at);
		}
		session->checkpoint.snapshot = NULL;
	} else if (now >= session->checkpoint_due && !session->scripted) {
		session_keep(session);
		session->checkpoint_due = now + period;
	}
}

void session_keep(struct session *session)
{
	undo_state_free(&session->checkpoint);
	session->checkpoint = undo_capture(session->experiment, true);
	session->checkpoint_at = session->trained;
	session->checkpoint_position = session->journal.count;
}

static void drop_checkpoint(struct session *session)
{
	undo_state_free(&session->checkpoint);
	session->checkpoint_due = 0;
}

/* Replaces the present experiment by a new one. */
static bool replace(struct session *session, const struct config *config, struct error *error)
{
	struct experiment *fresh = experiment_new(config, error);
	if (!fresh)
		return false;
	experiment_free(session->experiment);
	session->experiment = fresh;
	drop_checkpoint(session);
	return true;
}

/* True if the wanted settings restart the run in any case, so the present epoch may be
 * abandoned. */
static bool starts_anew(const struct session *session)
{
	const struct experiment *experiment = session->experiment;
	return session->restart || !experiment_record(experiment) || session_failed(session) ||
		config_effect(experiment_config(experiment), &session->wanted) == EFFECT_REBUILD;
}

/* Gives up the epoch that has begun; returns the number of epochs trained before it. */
static int64_t leave_epoch(struct session *session)
{
	session->trained -= session->in_epoch;
	session->in_epoch = false;
	return session->trained;
}

/* Replaces the change that has not settled. Starts from the state before that change, whose undo
 * step stays the only one; it is dropped if the new change leads back to that state. */
static bool replace_change(struct session *session, struct error *error)
{
	struct undo_stack *past = &session->undo.past;
	struct undo_state before = past->state[past->count - 1];
	const struct config *wanted = &session->wanted;
	enum effect effect = config_effect(&before.config, wanted);
	bool back = !session->restart && config_same(&before.config, wanted), done;
	if (session->restart || effect == EFFECT_REBUILD || (back && !before.snapshot))
		return replace(session, wanted, error);
	drop_checkpoint(session);
	if (back)
		done = experiment_restore(session->experiment, before.snapshot) ||
			error_set(error, STATUS_WORLD, "not enough memory");
	else if (before.snapshot)
		done = experiment_restore_changed(session->experiment, before.snapshot, wanted, error);
	else
		return experiment_configure(session->experiment, wanted, error);
	if (config_same(&before.config, experiment_config(session->experiment))) {
		undo_pop(past, &before);
		undo_state_free(&before);
		session->unsettled = false;
	}
	return done;
}

static void apply_replacement(struct session *session, double now)
{
	struct error error = {STATUS_DONE, ""};
	const struct experiment *former = session->experiment;
	const struct config before = session->undo.past.state[session->undo.past.count - 1].config;
	if (replace_change(session, &error)) {
		journal_amend(&session->journal, &before, experiment_config(session->experiment),
			session->experiment != former);
		session->undo_on_failure = session->unsettled ? &session->undo.past : NULL;
		begin_work(session, now);
		if (!experiment_record(session->experiment))
			run_again(session, now);
		else if (!experiment_finished(session->experiment))
			session->over = false;
	} else {
		notify(session, NOTICE_ERROR, "%s", error.text);
	}
	session->restart = session->replaces = false;
	session->wanted = *experiment_config(session->experiment);
}

static void apply_change(struct session *session, bool between, double now)
{
	struct error error = {STATUS_DONE, ""};
	struct undo_state before = undo_capture(session->experiment, between);
	bool anew = !between || starts_anew(session);
	int64_t at = leave_epoch(session);
	double loss = anew ? (double)NAN : harm_loss(session->experiment);
	bool done = anew ? replace(session, &session->wanted, &error)
					 : experiment_configure(session->experiment, &session->wanted, &error);
	session->restart = session->abandons = false;
	if (done) {
		journal_change(&session->journal, at, !between, &before.config,
			experiment_config(session->experiment), anew);
		drop_checkpoint(session);
		remember(session, before);
		session->changed_at = anew ? -1 : at;
		session->loss_before = loss;
		session->unsettled = session->steps;
		session->undo_on_failure = &session->undo.past;
		begin_work(session, now);
		if (anew)
			run_again(session, now);
		else if (!experiment_finished(session->experiment))
			session->over = false;
	} else {
		undo_state_free(&before);
		notify(session, NOTICE_ERROR, "%s", error.text);
	}
	session->wanted = *experiment_config(session->experiment);
}

/* Makes `state` the present one; a state without snapshot starts at epoch 0. */
static bool restore(struct session *session, const struct undo_state *state, struct error *error)
{
	drop_checkpoint(session);
	if (state->snapshot && experiment_restore(session->experiment, state->snapshot))
		return true;
	return replace(session, &state->config, error);
}

/* One undo (from: the past) or redo (from: the future). */
static void undo_or_redo(struct session *session, struct undo_stack *from, struct undo_stack *to,
	const char *word, double now)
{
	struct error error = {STATUS_DONE, ""};
	struct undo_state target, present;
	char difference[200];
	if (!undo_pop(from, &target)) {
		notify(session, NOTICE_NEWS, "nothing to %s", word);
		return;
	}
	present = undo_capture(session->experiment, !session_failed(session));
	config_difference(&present.config, &target.config, difference, sizeof(difference));
	if (restore(session, &target, &error)) {
		notify(session, NOTICE_NEWS, "%s: %s, epoch %lld", word,
			difference[0] ? difference : "the previous run",
			(long long)experiment_epoch(session->experiment));
		undo_push(to, present, undo_budget(&present.config));
		journal_undo(&session->journal, session->trained, word);
		session->undo_on_failure = to;
		session->over = false;
		begin_work(session, now);
	} else {
		notify(session, NOTICE_ERROR, "%s: %s", word, error.text);
		undo_state_free(&present);
	}
	undo_state_free(&target);
	session->wanted = *experiment_config(session->experiment);
}

/* One undo or redo; the next waits until the restored state is complete. */
static void apply_undo_or_redo(struct session *session, double now)
{
	struct undo *undo = &session->undo;
	session->restart = session->unsettled = false;
	session->changed_at = -1;
	session->loss_before = (double)NAN;
	if (session->undos > 0) {
		session->undos--;
		undo_or_redo(session, &undo->past, &undo->future, "undo", now);
	} else {
		session->undos++;
		undo_or_redo(session, &undo->future, &undo->past, "redo", now);
	}
}

/* True if something was applied. */
static bool apply_pending(struct session *session, double now)
{
	bool between = experiment_between_epochs(session->experiment);
	bool failed = session_failed(session);
	bool impatient = now - session->waiting_since >= patience;
	if (!session_pending(session) || session->hold_changes)
		return false;
	if (!between && !failed && !(impatient && session->undos == 0 && starts_anew(session)))
		return false;
	if (session->undos != 0)
		apply_undo_or_redo(session, now);
	else if (session->replaces && session->unsettled && between && !failed)
		apply_replacement(session, now);
	else
		apply_change(session, between && !failed && !session->abandons, now);
	session->changes++;
	session->epoch_seconds = 0;
	session->change_diverged = false;
	session->lap = (struct lap){0};
	return true;
}

/* The present work failed. If a change caused it, for example a bad data file, returns to the state
 * before that change. */
static void fail(struct session *session, double now)
{
	struct error error = {STATUS_DONE, ""};
	struct undo_state state;
	int64_t left = session->left;
	session->busy = session->unsettled = false;
	session->failed = true;
	session->changes++;
	session->left = 0;
	notify(session, NOTICE_ERROR, "%s", experiment_error(session->experiment)->text);
	if (session->undo_on_failure && undo_pop(session->undo_on_failure, &state)) {
		session->undo_on_failure = NULL;
		journal_withdraw(&session->journal);
		if (restore(session, &state, &error)) {
			begin_work(session, now);
			session->left = left; /* continues if it was running */
		}
		undo_state_free(&state);
	}
	session->wanted = *experiment_config(session->experiment);
}

static void finish(struct session *session)
{
	const struct config *config = experiment_config(session->experiment);
	char why[120];
	experiment_describe_end(session->experiment, why, sizeof(why));
	session->left = 0;
	session->over = true;
	if (experiment_diverged(session->experiment))
		notify(session, NOTICE_ERROR, "%s%s: %sr restarts", why,
			session->change_diverged ? " after the change" : "",
			session->change_diverged           ? "u takes it back, "
				: session->undo.past.count > 0 ? "u goes back, "
											   : "");
	else if (config->epochs && experiment_epoch(session->experiment) >= config->epochs)
		notify(session, NOTICE_NEWS, "%s: :epochs=0 continues, r restarts", why);
	else
		notify(session, NOTICE_NEWS, "%s", why);
}

/* When the next epoch may begin; a clock that was set back does not delay it. */
static double epoch_due(const struct session *session, double now)
{
	double due = pace_due(&session->pace), settled = session->settle_due;
	return settled > due && settled - now <= settle_period ? settled : due;
}

static bool begin_epoch(struct session *session, double now)
{
	if (session->left == 0 || session->hold)
		return false;
	if (experiment_finished(session->experiment)) {
		finish(session);
		return true;
	}
	if (now < epoch_due(session, now))
		return false;
	pace_take(&session->pace, now);
	session->unsettled = false;
	session->loss_before = (double)NAN;
	session->in_epoch = true;
	session->trained++;
	if (session->left > 0)
		session->left--;
	begin_work(session, now);
	bool detailed = now >= session->detail_due || now < session->detail_due - detail_period;
	if (detailed)
		session->detail_due = now + detail_period;
	experiment_epoch_begin(session->experiment, detailed ? REPORT_DETAIL : REPORT_RECORD);
	return session->left == 0;
}

/* A paused run shows the detail of its present epoch. */
static bool detail_missing(const struct session *session)
{
	struct frame frame;
	experiment_frame(session->experiment, EPOCH_PRESENT, &frame);
	return session->left == 0 && !session->busy && !session->failed &&
		experiment_between_epochs(session->experiment) && frame.record &&
		!(frame.detail && frame.detail->epoch == frame.record->epoch);
}

struct experiment *session_exchange(struct session *session, struct experiment *experiment)
{
	struct experiment *former = session->experiment;
	drop_checkpoint(session);
	session->experiment = experiment;
	session->wanted = *experiment_config(experiment);
	session->unsettled = session->replaces = session->over = false;
	session->changes++;
	session->epoch_seconds = 0;
	session->lap = (struct lap){0};
	return former;
}

/* ---- weights to a file ---- */

bool session_save_weights(
	struct session *session, const char *path, double now, struct error *error)
{
	if (session->save)
		return error_set(error, STATUS_USAGE, "wait until %s is written", session->save_path);
	if (!experiment_between_epochs(session->experiment))
		return error_set(error, STATUS_USAGE, "wait for the end of the epoch");
	if (strlen(path) >= sizeof(session->save_path))
		return error_set(
			error, STATUS_USAGE, "the path is longer than %d bytes", DATA_PATH_MAX - 1);
	/* `save` keeps the pointer, so the path must outlive the caller's string */
	memmove(session->save_path, path, strlen(path) + 1);
	session->save = weights_save_begin(session->save_path, error);
	session->busy_since = now;
	return session->save != NULL;
}

/* One slice; true when the file is written or has failed. */
static bool save_weights(struct session *session)
{
	struct error error = {STATUS_DONE, ""};
	enum weights_state state =
		experiment_save_weights(session->experiment, session->save, slice, &error);
	if (state == WEIGHTS_MORE)
		return false;
	if (state == WEIGHTS_DONE)
		notify(session, NOTICE_NEWS, "weights of epoch %lld are in %s",
			(long long)experiment_epoch(session->experiment), session->save_path);
	else
		notify(session, NOTICE_ERROR, "%s", error.text);
	weights_save_finish(session->save);
	session->save = NULL;
	return true;
}

double session_progress(const struct session *session)
{
	if (session->save)
		return experiment_save_progress(session->experiment, session->save);
	return session->busy ? experiment_progress(session->experiment) : -1;
}

/* Reports the same data only once, even if they are read again. */
static void tell_data(struct session *session)
{
	const struct dataset *data = experiment_data(session->experiment);
	const char *first = data && data->notes.count > 0 ? data->notes.text[0] : "";
	if (!data || strcmp(session->told, first) == 0)
		return;
	strcpy(session->told, first);
	if (first[0])
		notify(session, NOTICE_NEWS, "%s%s", first,
			data->notes.count > 1 ? " (more in the pane data)" : "");
}

/* One slice. Of an epoch that is trained the time is told when its record is there. */
static enum experiment_state advance(struct session *session)
{
	static const double keep = 0.8; /* of the last epochs, so that the number does not jump */
	double before = session->epoch_seconds;
	enum experiment_state state =
		lap_advance(&session->lap, session->experiment, slice, session->processor);
	double epoch = session->lap.epoch;
	if (epoch > 0)
		session->epoch_seconds = before > 0 ? keep * before + (1 - keep) * epoch : epoch;
	return state;
}

bool session_work(struct session *session, double now)
{
	struct notice *notice = &session->notice;
	if (session->save)
		return save_weights(session);

	bool news = apply_pending(session, now);

	if (session->busy_since > now)
		session->busy_since = now;
	if (detail_missing(session)) {
		begin_work(session, now);
		experiment_measure_again(session->experiment);
	}
	if (!session->busy)
		return begin_epoch(session, now) || news;
	switch (advance(session)) {
	case EXPERIMENT_BUSY:
		return news;
	case EXPERIMENT_RECORD:
		session->busy_since = now;
		session->undo_on_failure = NULL;
		session->records += !experiment_previewed(session->experiment);
		session->in_epoch = session->in_epoch && experiment_previewed(session->experiment);
		keep_checkpoint(session, now);
		tell_data(session);
		if (harm_tell(session->experiment, session->loss_before, notice->text, NOTICE_TEXT))
			notice->kind = NOTICE_WARNING;
		return true;
	case EXPERIMENT_IDLE:
		session->busy = false;
		session->undo_on_failure = NULL;
		return begin_epoch(session, now) || news;
	case EXPERIMENT_FAILED:
		fail(session, now);
		return true;
	}
	return news;
}

double session_wait(const struct session *session, double now)
{
	if (session->save || session->busy || session_pending(session) || detail_missing(session))
		return 0;
	if (session->left == 0)
		return -1;
	double due = epoch_due(session, now) - now;
	return due > 0 ? due : 0;
}
