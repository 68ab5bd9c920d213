/* Functions of the epoch: learning rate schedules and early stopping. */
#include "reference.h"

#include "lab/schedule.h"
#include <stdlib.h>
#include <string.h>

#define BASE_RATE 0.1 /* of every schedule of the file */

/* Names of schedules in the reference, and in wane. */
static const struct schedule_kind {
	const char *theirs, *ours;
} schedule_kinds[] = {
	{"step", "step"},
	{"multistep", "multistep"},
	{"exponential", "exponential"},
	{"cosine", "cosine"},
	{"cosine_restarts", "cosine-restarts"},
	{"linear", "warmup"},
	{"polynomial", "polynomial"},
	{"inverse_time", "inverse-time"},
	{"onecycle", "one-cycle"},
};

static const struct schedule_kind *schedule_kind_of(const char *described)
{
	size_t length = strcspn(described, " ");
	for (size_t i = 0; i < sizeof(schedule_kinds) / sizeof(schedule_kinds[0]); i++)
		if (strlen(schedule_kinds[i].theirs) == length &&
			strncmp(described, schedule_kinds[i].theirs, length) == 0)
			return &schedule_kinds[i];
	return NULL;
}

/* The number behind "key=", a word of its own. */
static double option(const char *described, const char *key, double otherwise)
{
	size_t length = strlen(key);
	for (const char *at = described; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			return strtod(at + length + 1, NULL);
	}
	return otherwise;
}

/* "5,20,30" behind " at=". */
static void read_steps(const char *described, double at[SCHEDULE_STEPS_MAX])
{
	const char *list = strstr(described, " at=");
	char *end;
	for (int i = 0; list && i < SCHEDULE_STEPS_MAX; i++) {
		at[i] = strtod(list + (i ? 1 : 4), &end);
		list = *end == ',' ? end : NULL;
	}
}

/* The reference gives every parameter; its eta_min is a rate, our start a share of the rate; its
 * decay gives our half life. */
static struct schedule_parameters parameters_read(const char *described, double base, int total)
{
	double start = option(described, "start", 1 / option(described, "div", 1));
	struct schedule_parameters parameters = {
		.every = (int64_t)option(described, "step_size", option(described, "T_0", 1)),
		.factor = option(described, "gamma", option(described, "factor", 1)),
		.start = start,
		.low = option(described, "eta_min", 0) / base,
		.warm = option(described, "iters", 0) / total,
		.exponent = (int)option(described, "power", 1),
	};
	read_steps(described, parameters.at);
	if (option(described, "final_div", 0) > 0)
		parameters.low = start / option(described, "final_div", 0);
	if (option(described, "pct_start", 0) > 0)
		parameters.warm = option(described, "pct_start", 0);
	if (option(described, "decay", 0) > 0)
		parameters.every = (int64_t)(1 / option(described, "decay", 0) + 0.5);
	return parameters;
}

static void compare_rates(struct tally *tally, const struct file_tensor *tensor,
	const struct schedule *schedule, const char *described)
{
	int epochs = tensor->columns;
	int total = (int)option(described, "T_max", option(described, "total", epochs));
	double base = option(described, "max_lr", BASE_RATE);
	const struct schedule_parameters parameters = parameters_read(described, base, total);
	double *ours = take_memory((size_t)epochs, sizeof(*ours));
	for (int e = 0; e < epochs; e++)
		ours[e] = schedule->rate(&parameters, base, e, total);
	tally_tensor(tally, tensor, 1, epochs, ours);
	free(ours);
}

/* sched<i>, each described under the same name. */
static void compare_every_schedule(struct tensor_file *file, struct tally *tally)
{
	const struct file_tensor *tensor;
	for (int i = 0; (tensor = tensor_find(file, "sched%d", i)); i++) {
		const char *described = tensor_setting(file, tensor->name, "");
		const struct schedule_kind *kind = schedule_kind_of(described);
		if (!kind)
			tally_complain(tally, "%s: not a schedule this test knows", described);
		else if (option(described, "T_mult", 1) != 1 || option(described, "end", 1) != 1)
			tally_skip(tally, "an option of the schedule that wane does not have");
		else
			compare_rates(tally, tensor, schedule_find(kind->ours), described);
	}
}

/* The rate of each epoch, before its loss is seen. */
static void compare_plateau(struct tally *tally, const struct file_tensor *tensor,
	const struct file_tensor *metric, const char *described)
{
	const struct schedule *schedule = schedule_find("plateau");
	const struct schedule_parameters parameters = {
		.every = (int64_t)option(described, "patience", 0),
		.factor = option(described, "factor", 1),
	};
	struct rate_watch watch = rate_watch_new(1);
	int epochs = metric->columns;
	double *ours = take_memory((size_t)epochs, sizeof(*ours));
	for (int e = 0; e < epochs; e++) {
		ours[e] = watch.share * schedule->rate(&parameters, BASE_RATE, e, epochs);
		schedule->see(&parameters, &watch, metric->value[e], true);
	}
	tally_tensor(tally, tensor, 1, epochs, ours);
	free(ours);
}

/* earlystop<i>: the epoch it stopped after (-1: none), the best epoch and its value. */
static void compare_stopping(struct tally *tally, const struct file_tensor *tensor,
	const struct file_tensor *metric, int64_t patience, double margin)
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
	const struct file_tensor *metric = tensor_find(file, "plateau_metric"), *tensor;
	compare_every_schedule(file, tally);
	if (metric && (tensor = tensor_find(file, "plateau")))
		compare_plateau(tally, tensor, metric, tensor_setting(file, "plateau", ""));
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
