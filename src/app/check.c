#include "app/check.h"

#include "app/all_settings.h"
#include "app/console.h"
#include "lab/models.h"
#include "lab/plan.h"
#include "nn/check.h"
#include <stdio.h>
#include <string.h>

static const uint64_t slice = 100000000;
static const double walk_gain =
	1.5; /* keeps the gradients of four layers well above rounding errors */

/* The data determine the numbers of inputs and outputs. */
static struct dataset *load(const struct config *config, struct error *error)
{
	const struct dataset_request request = plan_request(config);
	struct dataset_job *job = dataset_begin(&request, error);
	enum dataset_state state = DATASET_MORE;
	if (!job)
		return NULL;
	while (state == DATASET_MORE)
		state = dataset_advance(job, slice, error);
	return dataset_finish(job);
}

static struct check *prepare(const struct config *config, struct error *error)
{
	struct dataset *data = load(config, error);
	struct plan plan;
	if (!data)
		return NULL;
	bool planned = plan_make(config, data, &plan, error);
	dataset_free(data);
	if (!planned)
		return NULL;
	struct check *check = check_new(
		&plan.spec, plan.initializer->name, config->gain, CHECK_ROWS, (uint64_t)config->seed);
	if (!check)
		error_set(error, STATUS_WORLD,
			"check: not enough memory, or no inputs away from every "
			"kink of the activation; try a smaller depth or width");
	return check;
}

static const char *outcome_name(enum check_outcome outcome)
{
	static const char *const name[] = {
		[CHECK_PASSED] = "passed",
		[CHECK_FAILED] = "FAILED",
		[CHECK_TOO_SMALL] = "too small to check",
	};
	return name[outcome];
}

static void print_tensor(const struct check_tensor *tensor)
{
	char name[40], worst[24] = "-";
	snprintf(name, sizeof(name), "layer%d.%s", tensor->layer, tensor->name);
	/* A difference within the rounding of the two losses is not an error. */
	if (tensor->outcome != CHECK_TOO_SMALL && tensor->worst == 0)
		snprintf(worst, sizeof(worst), "0 (rounding)");
	else if (tensor->outcome != CHECK_TOO_SMALL)
		snprintf(worst, sizeof(worst), "%.3e", tensor->worst);
	printf("%-18s %8zu %12.3e %12s  %s\n", name, tensor->entries, tensor->largest, worst,
		outcome_name(tensor->outcome));
}

/* Number of tensors that failed. */
static int print_result(const struct check *check)
{
	int failed = 0;
	printf("%-18s %8s %12s %12s  %s\n", "tensor", "entries", "largest", "worst error", "outcome");
	for (int i = 0; i < check_tensors(check); i++) {
		print_tensor(check_tensor_at(check, i));
		failed += check_tensor_at(check, i)->outcome == CHECK_FAILED;
	}
	return failed;
}

/* Results of all cases of one activation. */
struct tally {
	int cases, passed, too_small, failed;
};

static void count_case(struct tally *tally, const struct check *check, const char *name)
{
	tally->cases++;
	for (int i = 0; check && i < check_tensors(check); i++) {
		const struct check_tensor *tensor = check_tensor_at(check, i);
		tally->passed += tensor->outcome == CHECK_PASSED;
		tally->too_small += tensor->outcome == CHECK_TOO_SMALL;
		tally->failed += tensor->outcome == CHECK_FAILED;
		if (tensor->outcome == CHECK_FAILED)
			printf("FAILED  %s: layer%d.%s, worst error %.3e\n", name, tensor->layer, tensor->name,
				tensor->worst);
	}
	if (!check) {
		tally->failed++;
		printf("FAILED  %s: no memory, or no inputs away from every kink\n", name);
	}
}

/* Checks all cases with this activation. */
static void walk_activation(const char *activation, struct tally *tally)
{
	struct net_spec spec;
	char name[160];
	for (int index = 0; check_walk(index, &spec, name, sizeof(name)); index++) {
		uint64_t budget = slice;
		if (strcmp(spec.activation[0], activation) != 0)
			continue;
		struct check *check = check_new(&spec, "lecun-normal", walk_gain, CHECK_ROWS, 1);
		while (check && !check_advance(check, &budget))
			budget = slice;
		count_case(tally, check, name);
		check_free(check);
	}
}

/* What a network of a model other than the first one is checked with; where the model, or the data
 * that it learns from, refuses something, that network is left out. Not truncate: it leaves out
 * parts of the gradient on purpose. */
static const char *const of_models[] = {
	"",
	"depth=2",
	"depth=2 activation=sigmoid",
	"depth=2 norm=batch",
	"depth=2 norm=layer",
	"depth=3 skip=1",
	"depth=2 dropout=0.2 l2=0.02",
	"kernel=5",
};

/* False: the settings do not go together. */
static bool settings_of(const char *model, const char *others, struct config *config)
{
	char text[160], *rest = text;
	struct error ignored = {STATUS_DONE, ""};
	*config = config_default();
	struct settings_list list = settings_list_begin(config);
	snprintf(text, sizeof(text), "model=%s width=3 length=5 gain=1.5 %s", model, others);
	for (char *pair; (pair = strtok_r(rest, " ", &rest));)
		if (!settings_list_run_pair(&list, config, pair, &ignored))
			return false;
	settings_list_end(&list, config);
	return true;
}

static void walk_model(const char *model, struct tally *tally)
{
	struct config config;
	struct error error = {STATUS_DONE, ""};
	for (size_t i = 0; i < sizeof(of_models) / sizeof(of_models[0]); i++) {
		uint64_t budget = slice;
		if (!settings_of(model, of_models[i], &config))
			continue;
		struct check *check = prepare(&config, &error);
		if (!check && error.status == STATUS_USAGE)
			continue;
		while (check && !check_advance(check, &budget))
			budget = slice;
		char name[160];
		snprintf(name, sizeof(name), "model=%s %s", model, of_models[i]);
		count_case(tally, check, name);
		check_free(check);
	}
}

static void print_tally(const char *name, const struct tally *tally, struct tally *all)
{
	printf("%-14s %8d %8d %10d %8d\n", name, tally->cases, tally->passed, tally->too_small,
		tally->failed);
	fflush(stdout);
	all->cases += tally->cases;
	all->passed += tally->passed;
	all->too_small += tally->too_small;
	all->failed += tally->failed;
}

/* Every activation with every normalization, its position, skip connection and loss; then every
 * other model. */
static int walk(void)
{
	struct tally all = {0}, sum = {0};
	printf("%-14s %8s %8s %10s %8s\n", "activation", "networks", "passed", "too small", "failed");
	for (int i = 0; activation_at(i); i++) {
		struct tally tally = {0};
		walk_activation(activation_at(i)->name, &tally);
		print_tally(activation_at(i)->name, &tally, &all);
	}
	for (int i = 1; model_type_at(i); i++) {
		struct tally tally = {0};
		char name[40];
		walk_model(model_type_at(i)->name, &tally);
		snprintf(name, sizeof(name), "model=%s", model_type_at(i)->name);
		print_tally(name, &tally, &all);
	}
	print_tally("all", &all, &sum);
	return all.failed;
}

static int check_network(const struct config *config, struct error *error)
{
	struct check *check = prepare(config, error);
	uint64_t budget = slice;
	if (!check)
		return -1;
	while (!check_advance(check, &budget))
		budget = slice;
	int failed = print_result(check);
	check_free(check);
	return failed;
}

int check_command(const struct request *request)
{
	const struct config initial = config_default();
	const struct config *config = &request->settings.config;
	struct error error = {STATUS_DONE, ""};
	bool any = config_effect(&initial, config) == EFFECT_NOTHING;
	int failed = any ? walk() : check_network(config, &error);
	if (failed < 0)
		return console_complain(&error);
	int status = console_finish_output();
	return status != STATUS_DONE ? status : failed ? STATUS_WORLD : STATUS_DONE;
}
