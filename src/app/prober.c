#include "app/prober.h"

#include <string.h>

static const uint64_t slice = 1000000; /* multiply-adds, about a millisecond */
static const double view_period = 0.2; /* seconds from the beginning of a view to the next */

bool prober_start(struct prober *prober)
{
	prober->probe = probe_new();
	return prober->probe != NULL;
}

void prober_end(struct prober *prober)
{
	probe_free(prober->probe);
}

void prober_want(struct prober *prober, struct probe_wish wish)
{
	if (!probe_wish_covers(&prober->wish, &wish)) {
		prober->due = 0; /* a new pane is on the screen: its first view does not wait */
		prober->stale = true;
	}
	prober->wish = wish;
}

void prober_note_record(struct prober *prober)
{
	prober->stale = true;
	prober->refused = false;
}

static bool wants_view(const struct prober *prober)
{
	return probe_wishes(&prober->wish) && prober->stale && !prober->refused &&
		!probe_busy(prober->probe);
}

static bool can_copy(const struct experiment *experiment)
{
	return experiment && experiment_between_epochs(experiment) && experiment_record(experiment);
}

bool prober_wants_rest(const struct prober *prober, double now)
{
	return wants_view(prober) && now >= prober->due;
}

/* The experiment may have been replaced by another one, with other data. */
static void follow(struct prober *prober, const struct experiment *experiment)
{
	if (prober->subject == experiment)
		return;
	prober_forget(prober);
	prober->subject = experiment;
	prober_note_record(prober);
}

bool prober_work(struct prober *prober, const struct experiment *experiment, double now)
{
	follow(prober, experiment);
	if (!probe_wishes(&prober->wish)) {
		probe_forget(prober->probe);
		return false;
	}
	if (prober_wants_rest(prober, now) && can_copy(experiment)) {
		prober->stale = false;
		prober->due = now + view_period;
		prober->refused = !probe_begin(prober->probe, experiment, &prober->wish);
	}
	uint64_t budget = slice;
	return probe_busy(prober->probe) && probe_advance(prober->probe, &budget);
}

double prober_wait(const struct prober *prober, const struct experiment *experiment, double now)
{
	if (probe_busy(prober->probe))
		return 0;
	if (!wants_view(prober) || !can_copy(experiment))
		return -1;
	return prober->due > now ? prober->due - now : 0;
}

const struct state_view *prober_view(
	const struct prober *prober, const struct experiment *experiment)
{
	return prober->subject == experiment ? probe_view(prober->probe) : NULL;
}

void prober_forget(struct prober *prober)
{
	probe_forget(prober->probe);
	prober->subject = NULL;
}
