#include "app/kept.h"

enum { KEPT_AT_LEAST = 8 }; /* states; of a network for which that is too much none is kept */

bool kept_start(struct kept *kept)
{
	kept->gap = 1;
	kept->epoch = EPOCH_PRESENT;
	return prober_start(&kept->prober);
}

static void leave(struct kept *kept)
{
	prober_forget(&kept->prober);
	experiment_free(kept->branch);
	kept->branch = NULL;
	kept->epoch = EPOCH_PRESENT;
}

void kept_end(struct kept *kept)
{
	if (!kept->prober.probe)
		return;
	leave(kept);
	for (int i = 0; i < kept->count; i++)
		snapshot_free(kept->state[i]);
	prober_end(&kept->prober);
}

/* Bytes for all states of a run with these settings. */
static size_t budget_of(const struct config *config)
{
	const size_t mebibyte = (size_t)1 << 20, most = 16 * mebibyte;
	size_t part = (size_t)config->memory_limit * mebibyte / 16;
	return part < most ? part : most;
}

static size_t bytes_of(const struct kept *kept)
{
	size_t bytes = 0;
	for (int i = 0; i < kept->count; i++)
		bytes += snapshot_bytes(kept->state[i]);
	return bytes;
}

static bool belongs(const struct kept *kept, const struct experiment *run, int index)
{
	const struct snapshot *state = kept->state[index];
	return snapshot_epoch(state) % kept->gap == 0 && snapshot_is_of(state, run);
}

/* Drops states of other runs, and those between the gaps. */
static void thin(struct kept *kept, const struct experiment *run)
{
	int left = 0;
	for (int i = 0; i < kept->count; i++)
		if (belongs(kept, run, i))
			kept->state[left++] = kept->state[i];
		else
			snapshot_free(kept->state[i]);
	kept->count = left;
	if (left == 0)
		kept->gap = 1;
}

static const struct snapshot *find(
	const struct kept *kept, const struct experiment *run, int64_t epoch)
{
	for (int i = 0; i < kept->count; i++)
		if (snapshot_epoch(kept->state[i]) == epoch && snapshot_is_of(kept->state[i], run))
			return kept->state[i];
	return NULL;
}

void kept_note(struct kept *kept, const struct experiment *run)
{
	int64_t epoch = experiment_epoch(run);
	size_t budget = budget_of(experiment_config(run));
	if (!experiment_between_epochs(run) || !experiment_record(run) || experiment_previewed(run) ||
		epoch % kept->gap != 0 || find(kept, run, epoch))
		return;
	size_t bytes = experiment_keep_bytes(run);
	if (bytes > budget / KEPT_AT_LEAST)
		return;
	thin(kept, run);
	while (kept->count == KEPT_STATES ||
		(kept->count >= KEPT_AT_LEAST && bytes_of(kept) + bytes > budget)) {
		kept->gap *= 2;
		thin(kept, run);
	}
	struct snapshot *state = epoch % kept->gap == 0 ? experiment_keep(run) : NULL;
	if (state)
		kept->state[kept->count++] = state;
}

bool kept_has(const struct kept *kept, const struct experiment *run, int64_t epoch)
{
	return find(kept, run, epoch) != NULL;
}

/* Makes the branch of another epoch. */
static void look_at(struct kept *kept, const struct experiment *run, int64_t epoch)
{
	struct error error;
	leave(kept);
	kept->epoch = epoch;
	const struct snapshot *state = find(kept, run, epoch);
	if (!state)
		return;
	kept->branch = experiment_branch(state, snapshot_config(state), false, &error);
	kept->prober.due = 0; /* the first view of each epoch does not wait */
	prober_note_record(&kept->prober);
}

bool kept_work(struct kept *kept, const struct experiment *run, int64_t epoch, double now)
{
	if (epoch == EPOCH_PRESENT) {
		if (kept->epoch != EPOCH_PRESENT)
			leave(kept);
		return false;
	}
	if (epoch != kept->epoch)
		look_at(kept, run, epoch);
	return kept->branch && prober_work(&kept->prober, kept->branch, now);
}

double kept_wait(const struct kept *kept, int64_t epoch, double now)
{
	if (epoch != kept->epoch)
		return 0;
	return kept->branch ? prober_wait(&kept->prober, kept->branch, now) : -1;
}

const struct state_view *kept_view(const struct kept *kept, int64_t epoch)
{
	return kept->branch && kept->epoch == epoch ? prober_view(&kept->prober, kept->branch) : NULL;
}
