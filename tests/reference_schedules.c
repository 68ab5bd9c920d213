/* What goes by epochs: learning-rate schedules and early stopping. */
#include "reference.h"

#include "lab/schedule.h"
#include <stdlib.h>
#include <string.h>

#define BASE_RATE 0.1 /* of every schedule of the file */

/* What the reference calls a schedule and which of ours that is; without, what we lack. */
static const struct schedule_kind {
	const char *theirs, *ours, *missing;
} schedule_kinds[] = {
	{"step", "step", NULL},
	{"exponential", "exponential", NULL},
	{"cosine", "cosine", NULL},
	{"cosine_restarts", "cosine", NULL}, /* begun anew */
	{"linear", "warmup", NULL},
	{"multistep", NULL, "multistep: wane has no steps at chosen epochs"},
	{"polynomial", NULL, "polynomial: wane does not have it"},
	{"inverse_time", NULL, "inverse time: wane does not have it"},
	{"onecycle", NULL, "one-cycle: wane does not have it"},
};

static const struct schedule_kind *schedule_kind_of(const char *described)
{
	size_t length = strcspn(described, " ");
	for (size_t i = 0; i < sizeof schedule_kinds / sizeof schedule_kinds[0]; i++)
		if (strlen(schedule_kinds[i].theirs) == length &&
				strncmp(described, schedule_kinds[i].theirs, length) == 0)
			return &schedule_kinds[i];
	return NULL;
}

/* The number behind " key=". */
static double option(const char *described, const char *key, double otherwise)
{
	size_t length = strlen(key);
	for (const char *at = strchr(described, ' '); at; at = strchr(at, ' ')) {
		at++;
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			return strtod(at + length + 1, NULL);
	}
	return otherwise;
}

static void compare_rates(struct tally *tally, const struct tensor *tensor,
	const struct schedule *schedule, const char *described)
{
	int epochs = tensor->columns;
	int cycle = (int)option(described, "T_0", epochs);
	int total = (int)option(described, "T_max", cycle);
	/* eta_min is a rate, start a share of it */
	const struct schedule_parameters parameters = {
		.every = (int64_t)option(described, "step_size", 1),
		.factor = option(described, "gamma", 1),
		.low = option(described, "start", option(described, "eta_min", 0) / BASE_RATE),
		.warm = option(described, "iters", 0) / total,
	};
	double *ours = take_memory((size_t)epochs, sizeof *ours);
	for (int e = 0; e < epochs; e++)
		ours[e] = schedule->rate(&parameters, BASE_RATE, e % cycle, total);
	tally_tensor(tally, tensor, 1, epochs, ours);
	free(ours);
}

/* sched<i>, each described under the same name. */
static void compare_every_schedule(struct tensor_file *file, struct tally *tally)
{
	const struct tensor *tensor;
	for (int i = 0; (tensor = tensor_find(file, "sched%d", i)); i++) {
		const char *described = tensor_setting(file, tensor->name, "");
		const struct schedule_kind *kind = schedule_kind_of(described);
		if (!kind)
			tally_complain(tally, "%s: not a schedule this test knows", described);
		else if (kind->missing)
			tally_skip(tally, kind->missing);
		else if (option(described, "T_mult", 1) != 1 || option(described, "end", 1) != 1)
			tally_skip(tally, "an option of the schedule that wane does not have");
		else
			compare_rates(tally, tensor, schedule_find(kind->ours), described);
	}
	if (tensor_find(file, "plateau"))
		tally_skip(tally, "plateau: wane's schedules know nothing of the loss");
}

/* earlystop<i>: the epoch it stopped after (-1: none), the best epoch and its value. */
static void compare_stopping(struct tally *tally, const struct tensor *tensor,
	const struct tensor *metric, int64_t patience, double margin)
{
	struct early_stop stop = early_stop_new();
	double ours[3] = {-1, 0, 0};
	for (int e = 0; e < metric->columns && ours[0] < 0; e++)
		if (early_stop_see(&stop, e, metric->value[e], patience, margin))
			ours[0] = e;
	ours[1] = (double)stop.best_epoch;
	ours[2] = stop.best;
	tally_tensor(tally, tensor, 1, 3, ours);
}

void compare_schedules(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct tensor_file *file = comparison_open(path, tally);
	(void)recipes;
	if (!file)
		return;
	const struct tensor *metric = tensor_find(file, "plateau_metric"), *tensor;
	compare_every_schedule(file, tally);
	for (int i = 0; (tensor = tensor_find(file, "earlystop%d", i)); i++) {
		int patience;
		double margin;
		const char *described = tensor_setting(file, tensor->name, "");
		int read = sscanf(described, "patience=%d min_delta=%lf", &patience, &margin);
		if (metric && read == 2)
			compare_stopping(tally, tensor, metric, patience, margin);
		else
			tally_complain(tally, "%s: no patience, or nothing to watch", tensor->name);
	}
	comparison_close(file, tally);
}
