#include "app/twin.h"

#include <stdio.h>

static const uint64_t slice = 1000000; /* multiply-adds, about a millisecond */

bool twin_start(struct twin *twin)
{
	return prober_start(&twin->prober);
}

static void drop(struct twin *twin)
{
	prober_forget(&twin->prober);
	experiment_free(twin->experiment);
	*twin = (struct twin){
		.experiment = NULL,
		.prober = twin->prober,
		.records = twin->records,
		.pins = twin->pins,
	};
}

void twin_end(struct twin *twin)
{
	experiment_free(twin->experiment);
	prober_end(&twin->prober);
}

void twin_pin(struct twin *twin, const struct session *session, struct messages *messages)
{
	twin->after_change = !twin->asked ? session_pending(session) : twin->after_change;
	twin->asked = true;
	twin->swaps = false;
	message_say(messages, STYLE_NORMAL,
		"this run is pinned and trains on beside the one that keys change · C swaps  N drops");
}

void twin_unpin(struct twin *twin, struct session *session, struct messages *messages)
{
	if (twin->experiment)
		journal_add(&session->journal, session->trained, "unpin");
	message_say(messages, STYLE_NORMAL,
		twin->experiment || twin->asked ? "the pinned run is gone"
										: "no run is pinned; c pins one");
	drop(twin);
}

void twin_swap(struct twin *twin, struct messages *messages)
{
	if (twin->experiment)
		twin->swaps = true;
	else
		message_say_once(messages, "no run is pinned; c pins this one");
}

static bool can_copy(const struct session *session)
{
	return session_at_rest(session) && experiment_record(session->experiment);
}

/* Also after the run has gone back to an earlier epoch: when it did makes no difference. */
static int64_t goal_of(const struct twin *twin, const struct session *session)
{
	int64_t epoch = experiment_epoch(session->experiment);
	return epoch > twin->goal ? epoch : twin->goal;
}

static bool behind(const struct twin *twin, const struct session *session)
{
	return twin->experiment && !twin->busy && !experiment_finished(twin->experiment) &&
		experiment_epoch(twin->experiment) < goal_of(twin, session);
}

static bool detailed(const struct experiment *experiment)
{
	struct frame frame;
	return experiment_frame(experiment, EPOCH_PRESENT, &frame) && frame.record && frame.detail &&
		frame.detail->epoch == frame.record->epoch;
}

/* Beside a paused run that shows the detail of its epoch, the twin shows its own. */
static bool detail_missing(const struct twin *twin, const struct session *session)
{
	const struct experiment *experiment = twin->experiment;
	return experiment && !twin->busy && session->left == 0 && !session->busy &&
		experiment_between_epochs(experiment) && experiment_record(experiment) &&
		!experiment_diverged(experiment) && detailed(session->experiment) && !detailed(experiment);
}

static void make(struct twin *twin, struct session *session, struct messages *messages)
{
	const struct experiment *run = session->experiment;
	size_t limit = (size_t)experiment_config(run)->memory_limit << 20;
	struct error error = {STATUS_WORLD, "not enough memory"};
	drop(twin);
	if (experiment_save_bytes(run) > limit / 4) {
		message_say(messages, STYLE_ALARM, "the network is too large for a second one beside it");
		return;
	}
	struct snapshot *snapshot = experiment_save(run);
	if (snapshot)
		twin->experiment = experiment_branch(snapshot, experiment_config(run), false, &error);
	snapshot_free(snapshot);
	twin->busy = twin->experiment != NULL;
	if (!twin->experiment) {
		message_say(messages, STYLE_ALARM, "%s", error.text);
		return;
	}
	twin->id = ++twin->pins;
	journal_add(&session->journal, session->trained, "pin");
}

static bool advance(struct twin *twin, const struct session *session, struct messages *messages)
{
	switch (lap_advance(&twin->lap, twin->experiment, slice, session->processor)) {
	case EXPERIMENT_RECORD:
		twin->records += !experiment_previewed(twin->experiment);
		return true;
	case EXPERIMENT_IDLE:
		twin->busy = false;
		return false;
	case EXPERIMENT_FAILED:
		message_say(
			messages, STYLE_ALARM, "the pinned run: %s", experiment_error(twin->experiment)->text);
		drop(twin);
		return true;
	case EXPERIMENT_BUSY:
		break;
	}
	return false;
}

bool twin_comes_first(const struct twin *twin, const struct session *session)
{
	return twin->asked && !twin->after_change && !session_failed(session);
}

static bool can_pin(const struct twin *twin, const struct session *session)
{
	bool between = !session->busy && !session->save &&
		experiment_between_epochs(session->experiment) && experiment_record(session->experiment);
	return twin->asked && between && (!twin->after_change || !session_pending(session));
}

static bool train(struct twin *twin, struct session *session, struct messages *messages)
{
	if (can_pin(twin, session)) {
		make(twin, session, messages);
		return true;
	}
	if (twin->swaps && can_copy(session) && !twin->busy && !behind(twin, session)) {
		int id = twin->id;
		twin->experiment = session_exchange(session, twin->experiment);
		twin->id = session->id;
		twin->lap = (struct lap){0};
		session->id = id;
		twin->goal = 0;
		twin->swaps = false;
		journal_add(&session->journal, session->trained, "swap");
		message_say(messages, STYLE_NORMAL, "the two runs have changed places");
		return true;
	}
	if (behind(twin, session)) {
		experiment_epoch_begin(
			twin->experiment, detailed(session->experiment) ? REPORT_DETAIL : REPORT_RECORD);
		twin->busy = true;
	} else if (detail_missing(twin, session)) {
		experiment_measure_again(twin->experiment);
		twin->busy = true;
	}
	return twin->busy && advance(twin, session, messages);
}

bool twin_work(struct twin *twin, struct session *session, struct messages *messages, double now)
{
	twin->goal = goal_of(twin, session);
	bool news = train(twin, session, messages);
	if (news)
		prober_note_record(&twin->prober);
	return prober_work(&twin->prober, twin->experiment, now) || news;
}

bool twin_at_rest(const struct twin *twin, const struct session *session)
{
	return !twin->asked && !twin->swaps && !twin->busy && !behind(twin, session);
}

bool runs_at_rest(const struct twin *twin, const struct session *session)
{
	return session_at_rest(session) && experiment_record(session->experiment) &&
		twin_at_rest(twin, session);
}

bool twin_wants_rest(const struct twin *twin, const struct session *session)
{
	return !twin_at_rest(twin, session);
}

double twin_wait(const struct twin *twin, const struct session *session, double now)
{
	bool waits = can_pin(twin, session) || (twin->swaps && can_copy(session));
	if (twin->busy || waits || behind(twin, session) || detail_missing(twin, session))
		return 0;
	return prober_wait(&twin->prober, twin->experiment, now);
}

/* "activation=relu norm=batch"; threads change no number. */
static void name(const struct config *other, const struct config *config, char *out, size_t size)
{
	struct config alike = *other;
	alike.threads = config->threads;
	config_difference(&alike, config, out, size);
	if (!out[0])
		snprintf(out, size, "same settings");
}

void twin_show(
	struct twin *twin, const struct session *session, int64_t epoch, struct picture *picture)
{
	if (!twin->experiment || !experiment_frame(twin->experiment, epoch, &picture->twin))
		return;
	const struct config *run = experiment_config(session->experiment);
	const struct config *pinned = experiment_config(twin->experiment);
	name(run, pinned, twin->name, sizeof(twin->name));
	name(pinned, run, twin->run_name, sizeof(twin->run_name));
	if (epoch == EPOCH_PRESENT)
		picture->twin.state = prober_view(&twin->prober, twin->experiment);
	picture->twin.name = twin->name;
	picture->frame.name = twin->run_name;
}
