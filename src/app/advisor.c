#include "app/advisor.h"

#include "nn/elementary.h"
#include <stdlib.h>

static const uint64_t slice = 4000000; /* multiply-adds, about a millisecond */

/* After a slice the advisor rests rest_times as long as the slice took: a tenth of a core at most.
 * The rest is longer, by a factor, if a remedy is known and the list is not shown (calm), if other
 * programs need the processor (crowded), or both (idle). */
static const double rest_times = 9;
static const double calm_times = 3, crowded_times = 10, idle_times = 60;
static const double rest_most = 1;         /* seconds */
static const double crowded_share = 0.85;  /* CPU time over wall time, below it: crowded */
static const double confirm_seconds = 0.5; /* longest wait of a key for a trial */
static const double settle_seconds = 1;    /* from a change of settings to the first trial */

/* The next round starts at round_times the present epoch, but at least round_epochs later. */
static const double round_times = 1.5;
static const int64_t round_epochs = 30;

struct advisor *advisor_new(void)
{
	struct advisor *advisor = calloc(1, sizeof(*advisor));
	if (!advisor)
		return NULL;
	advisor->advice = advice_new();
	if (!advisor->advice) {
		free(advisor);
		return NULL;
	}
	return advisor;
}

void advisor_free(struct advisor *advisor)
{
	if (!advisor)
		return;
	advice_free(advisor->advice);
	free(advisor);
}

static bool in_trouble(const struct session *session)
{
	return !session_failed(session) && advice_problem(experiment_evidence(session->experiment));
}

/* After a change the trials belong to another run. */
static void notice_changes(struct advisor *advisor, const struct session *session, double now)
{
	bool first = advisor->due == 0;
	advisor->epoch = experiment_epoch(session->experiment);
	if (!first && advisor->changes == session->changes)
		return;
	advisor->changes = session->changes;
	advice_clear(advisor->advice);
	advisor->confirming = false;
	advisor->round_due = 0;
	advisor->due = now + settle_seconds;
}

static bool wants_round(const struct advisor *advisor, enum advice_extent extent)
{
	return advisor->epoch >= advisor->round_due || extent > advisor->extent;
}

bool advisor_wants_rest(const struct advisor *advisor, enum advice_extent extent, double now)
{
	return advisor->asked && now >= advisor->due && wants_round(advisor, extent);
}

static void begin_round(
	struct advisor *advisor, const struct session *session, enum advice_extent extent)
{
	struct advice_limits limits = advice_limits_screen;
	double next = (double)advisor->epoch * round_times;
	limits.extent = extent;
	advice_begin(advisor->advice, session->experiment, &limits);
	advisor->extent = extent;
	advisor->round_due = (int64_t)max_f64(next, (double)(advisor->epoch + round_epochs));
}

void advisor_took(struct advisor *advisor, double seconds, double processor_seconds)
{
	static const double keep = 0.9;
	advisor->took = keep * advisor->took + seconds;
	advisor->processor = keep * advisor->processor + processor_seconds;
}

static double rest_after(const struct advisor *advisor, double slice_seconds)
{
	bool crowded = advisor->processor < crowded_share * advisor->took;
	bool calm = advisor->extent == ADVICE_FIRST && advice_best(advisor->advice);
	double times = crowded ? (calm ? idle_times : crowded_times) : calm ? calm_times : 1;
	double rest = max_f64(slice_seconds, 0) * rest_times * times;
	return min_f64(rest, rest_most);
}

static void measure_slice(struct advisor *advisor, double now)
{
	if (!advisor->measuring)
		return;
	advisor->measuring = false;
	advisor->due = now + rest_after(advisor, now - advisor->slice_start);
}

bool advisor_work(struct advisor *advisor, const struct session *session, bool wanted,
	enum advice_extent extent, double now)
{
	bool asked = advisor->asked;
	int ended;
	measure_slice(advisor, now);
	notice_changes(advisor, session, now);
	advisor->asked = wanted && in_trouble(session);
	if (!advisor->asked || now < advisor->due)
		return asked != advisor->asked;
	if (wants_round(advisor, extent) && session_at_rest(session))
		begin_round(advisor, session, extent);
	if (!advice_busy(advisor->advice))
		return asked != advisor->asked;
	ended = advice_ended(advisor->advice);
	advice_advance(advisor->advice, slice);
	advisor->measuring = true;
	advisor->slice_start = now;
	return ended != advice_ended(advisor->advice) || !advice_busy(advisor->advice);
}

enum confirmation advisor_confirm(
	struct advisor *advisor, const struct session *session, double now)
{
	if (!advisor->confirming) {
		advisor->confirming = advice_confirm(advisor->advice, session->experiment);
		advisor->confirm_end = now + confirm_seconds;
	}
	if (advice_advance(advisor->advice, slice)) {
		if (now < advisor->confirm_end)
			return CONFIRM_MORE;
		advisor_leave(advisor);
		return CONFIRM_LATE;
	}
	advisor_leave(advisor);
	return CONFIRM_DONE;
}

void advisor_leave(struct advisor *advisor)
{
	advisor->confirming = false;
	advisor->round_due = 0; /* the abandoned round */
}

double advisor_wait(const struct advisor *advisor, const struct session *session,
	enum advice_extent extent, double now)
{
	if (!advisor->asked)
		return -1;
	if (advisor->measuring)
		return 0;
	if (advice_busy(advisor->advice) || (wants_round(advisor, extent) && session_at_rest(session)))
		return max_f64(advisor->due - now, 0);
	return -1;
}

const struct advice *advisor_advice(const struct advisor *advisor, const struct session *session)
{
	const struct experiment *experiment = session->experiment;
	bool current = advisor->asked && !session_pending(session) &&
		advice_is_for(advisor->advice, experiment_config(experiment), experiment_epoch(experiment));
	return current ? advisor->advice : NULL;
}
