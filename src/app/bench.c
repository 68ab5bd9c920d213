#include "app/bench.h"

#include "app/console.h"
#include "app/headless.h"
#include "app/app_internal.h"
#include "lab/experiment.h"
#include "lab/models.h"
#include "lab/plan.h"
#include "lab/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 5, PEAK_ROUNDS = 100, PICTURE_EPOCHS = 100 };

static const uint64_t slice = 10000000;  /* multiply-adds between two looks at signals */
static const double history_seconds = 1; /* longest training before a picture */

/* How long each subject is measured: seconds of warm-up, and seconds of each repeat. */
struct effort {
	double warm_up, repeat;
};

static const struct effort thorough = {0.1, 0.2}, brief = {0, 0.002};

/* The networks measured without settings. Wide ones are shallow, because their products are large.
 * Other models than the reference's bring their own data. */
/* clang-format off */
static const struct network {
	const char *model;
	int depth, width, batch;
	bool quick; /* also measured with --quick */
} networks[] = {
	{"mlp", 10, 10, 32, true}, /* the reference */
	{"mlp", 30, 10, 32, true}, {"mlp", 100, 10, 32, true}, {"mlp", 300, 10, 32, false},
	{"mlp", 3, 10, 32, true}, {"mlp", 3, 10, 256, true},
	{"mlp", 3, 32, 32, true}, {"mlp", 3, 32, 256, true},
	{"mlp", 3, 64, 32, true}, {"mlp", 3, 64, 256, true},
	{"mlp", 3, 128, 32, false}, {"mlp", 3, 128, 256, false},
	{"mlp", 3, 256, 32, false}, {"mlp", 3, 256, 256, false},
	{"mlp", 3, 512, 32, false}, {"mlp", 3, 512, 256, false},
	{"mlp", 3, 1024, 32, false}, {"mlp", 3, 1024, 256, false},
	{"rnn", 1, 32, 32, true}, {"rnn", 1, 128, 32, false},
	{"lstm", 1, 32, 32, true}, {"lstm", 1, 128, 32, false},
	{"gru", 1, 32, 32, true}, {"gru", 1, 128, 32, false},
	{"cnn", 4, 8, 32, true}, {"cnn", 4, 32, 32, false},
};
/* clang-format on */
static const char reference_optimizer[] = "adam";
static const double reference_rate = 0.001;

static const struct picture_size {
	const char *what;
	int columns, rows;
} picture_sizes[] = {
	{"cells-80x24", 80, 24},
	{"cells-200x60", 200, 60},
};

struct bench {
	struct output output;
	struct progress progress;
	const struct effort *effort;
	const struct kernels *kernels;
	double peak; /* floating-point operations per second */
};

/* One benchmark subject; only the fields that it needs are set. */
struct subject {
	const char *what, *statistics;
	bool (*work)(struct subject *subject, struct error *error); /* once; false: ended or failed */
	double operations;           /* floating-point operations of one; 0: not counted */
	const struct config *config; /* NULL: no network */
	int training;
	const struct kernels *kernels;
	struct experiment *experiment;
	enum experiment_report report; /* of its epochs */
	struct app *app;
	double seconds[REPEATS]; /* per repetition; ascending after the measurement */
};

/* ---- measuring ---- */

static double cpu_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Repeats the work for at least `least` seconds, at least once; *seconds becomes the CPU time of
 * one repetition. */
static bool work_for(struct subject *subject, double least, double *seconds, struct error *error)
{
	double start = cpu_seconds(), spent;
	int64_t count = 0;
	do {
		if (headless_ended() || !subject->work(subject, error))
			return false;
		count++;
		spent = cpu_seconds() - start;
	} while (spent < least);
	*seconds = spent / (double)count;
	return true;
}

static int compare_seconds(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The subjects alternate. */
static bool measure(
	const struct effort *effort, struct subject *subject, int count, struct error *error)
{
	double ignored;
	for (int i = 0; i < count; i++)
		if (!work_for(&subject[i], effort->warm_up, &ignored, error))
			return false;
	for (int repeat = 0; repeat < REPEATS; repeat++)
		for (int i = 0; i < count; i++)
			if (!work_for(&subject[i], effort->repeat, &subject[i].seconds[repeat], error))
				return false;
	for (int i = 0; i < count; i++)
		qsort(subject[i].seconds, REPEATS, sizeof(double), compare_seconds);
	return true;
}

/* ---- rows ---- */

static void write_number(FILE *file, double value)
{
	char text[32];
	number_format(text, (float)value);
	fprintf(file, ",%s", text);
}

static void write_network(FILE *file, const struct subject *subject)
{
	const struct config *config = subject->config;
	if (!config) {
		fputs(",,,,,,,", file);
		return;
	}
	fprintf(file, ",%s,", config->model);
	text_write_field(file, config->data);
	fprintf(file, ",%d,%d,%d,%d,%s", subject->training, config->depth, config->width, config->batch,
		config->optimizer);
}

static bool write_row(struct bench *bench, const struct subject *subject, struct error *error)
{
	FILE *file = bench->output.file;
	double median = subject->seconds[REPEATS / 2];
	progress_erase(&bench->progress);
	fprintf(file, "%s,%s", subject->what, bench->kernels->name);
	write_network(file, subject);
	fprintf(file, ",%s", subject->statistics);
	write_number(file, median);
	write_number(file, subject->seconds[0]);
	write_number(file, subject->seconds[REPEATS - 1]);
	if (subject->operations > 0) {
		write_number(file, subject->operations / median * 1e-9);
		write_number(file, 100 * subject->operations / median / bench->peak);
	} else {
		fputs(",,", file);
	}
	fputc('\n', file);
	return fflush(file) == 0 || output_refuse(&bench->output, error);
}

static bool write_header(struct bench *bench, struct error *error)
{
	fputs("what,kernel,model,data,training,depth,width,batch,optimizer,statistics,seconds,low,high,"
		  "gflops,percent_of_peak\n",
		bench->output.file);
	return fflush(bench->output.file) == 0 || output_refuse(&bench->output, error);
}

/* ---- the machine ---- */

static bool work_peak(struct subject *subject, struct error *error)
{
	uint64_t multiply_adds;
	float sums = subject->kernels->fma_peak(PEAK_ROUNDS, &multiply_adds);
	(void)error;
	subject->operations = 2 * (double)multiply_adds;
	return sums > 0;
}

static bool bench_peak(struct bench *bench, struct error *error)
{
	struct subject subject = {
		.what = "peak", .statistics = "", .work = work_peak, .kernels = bench->kernels};
	if (!measure(bench->effort, &subject, 1, error))
		return false;
	bench->peak = subject.operations / subject.seconds[REPEATS / 2];
	return write_row(bench, &subject, error);
}

/* ---- an epoch ---- */

/* Works until the experiment waits for its next epoch. */
static bool settle(struct experiment *experiment, struct error *error)
{
	while (!headless_ended()) {
		enum experiment_state state = experiment_advance(experiment, slice);
		if (state == EXPERIMENT_IDLE)
			return true;
		if (state == EXPERIMENT_FAILED) {
			*error = *experiment_error(experiment);
			return false;
		}
	}
	return false;
}

static bool work_epoch(struct subject *subject, struct error *error)
{
	experiment_epoch_begin(subject->experiment, subject->report);
	return settle(subject->experiment, error);
}

/* Additions and multiplications of the matrix products in one epoch of training: for every point,
 * time step and place of a map each weight is used in the forward pass, in dL/dW and, except for
 * the inputs of layer 1, in dL/dh. Statistics, activations and updates are not counted. */
static double epoch_operations(const struct plan *plan, int training)
{
	const struct net_spec *spec = &plan->spec;
	double multiply_adds = 0;
	for (int l = 1; l <= spec->layers; l++) {
		const struct layer_kind *kind = layer_kind_of(spec, l);
		struct tensor list[LAYER_TENSORS_MAX];
		int count = kind->tensors(spec, l, list), steps = kind->steps ? kind->steps(spec, l) : 1;
		for (int i = 0; i < count; i++)
			if (list[i].penalized)
				multiply_adds += (l > 1 || list[i].recurrent ? 3.0 : 2.0) * steps *
					net_map_places(spec, l) * (double)tensor_entries(&list[i]);
	}
	return 2 * multiply_adds * training;
}

static bool prepare_epoch(struct subject *subject, struct error *error)
{
	struct plan plan;
	subject->experiment = experiment_new(subject->config, error);
	if (!subject->experiment || !settle(subject->experiment, error))
		return false;
	const struct dataset *data = experiment_data(subject->experiment);
	if (!plan_make(subject->config, data, &plan, error))
		return false;
	subject->training = data->training;
	subject->operations = epoch_operations(&plan, data->training);
	return true;
}

static bool bench_epoch(struct bench *bench, const struct config *config, struct error *error)
{
	struct subject subject[] = {
		{.what = "epoch",
			.statistics = "off",
			.report = REPORT_NOTHING,
			.work = work_epoch,
			.config = config},
		{.what = "epoch",
			.statistics = "on",
			.report = REPORT_RECORD,
			.work = work_epoch,
			.config = config},
	};
	int count = sizeof(subject) / sizeof(subject[0]);
	bool done = prepare_epoch(&subject[0], error) && prepare_epoch(&subject[1], error);
	done = done && measure(bench->effort, subject, count, error);
	for (int i = 0; i < count; i++) {
		done = done && write_row(bench, &subject[i], error);
		experiment_free(subject[i].experiment);
	}
	return done;
}

/* ---- a picture ---- */

static bool work_picture(struct subject *subject, struct error *error)
{
	const struct canvas *canvas = app_draw(subject->app);
	return canvas->columns > 0 || error_set(error, STATUS_WORLD, "not enough memory");
}

/* Trains until there is a history to draw. */
static bool prepare_picture(struct subject *subject, struct error *error)
{
	const struct session *session = subject->app->session;
	double end = cpu_seconds() + history_seconds;
	while (experiment_epoch(session->experiment) < PICTURE_EPOCHS && cpu_seconds() < end) {
		app_work(subject->app, progress_now());
		if (headless_ended())
			return false;
		if (session_failed(session)) {
			*error = *experiment_error(session->experiment);
			return false;
		}
	}
	const struct dataset *data = experiment_data(session->experiment);
	subject->training = data ? data->training : 0;
	return true;
}

static bool bench_size(struct bench *bench, struct subject *subject,
	const struct picture_size *size, struct error *error)
{
	subject->what = size->what;
	app_resize(subject->app, size->columns, size->rows);
	return measure(bench->effort, subject, 1, error) && write_row(bench, subject, error);
}

static bool bench_pictures(
	struct bench *bench, const struct all_settings *settings, struct error *error)
{
	struct app_options options = {.settings = *settings};
	struct subject subject = {
		.statistics = "on", .work = work_picture, .config = &settings->config};
	if (!all_settings_assign(&options.settings, "pace", "max", error))
		return false;
	subject.app = app_new(&options, error);
	bool done = subject.app && prepare_picture(&subject, error);
	for (size_t i = 0; i < sizeof(picture_sizes) / sizeof(picture_sizes[0]); i++)
		done = done && bench_size(bench, &subject, &picture_sizes[i], error);
	app_free(subject.app);
	return done;
}

/* ---- the walk ---- */

static struct config walk_config(struct config config, const struct network *network)
{
	const struct config before = config;
	config.model = network->model;
	model_follow(&before, &config, NULL);
	config.optimizer = reference_optimizer;
	config.lr = reference_rate;
	config.depth = network->depth;
	config.width = network->width;
	config.batch = network->batch;
	return config;
}

static bool bench_walk(
	struct bench *bench, const struct all_settings *settings, struct error *error)
{
	struct all_settings reference = *settings;
	int count = sizeof(networks) / sizeof(networks[0]);
	char line[120];
	for (int i = 0; i < count; i++) {
		struct config config = walk_config(settings->config, &networks[i]);
		if (!networks[i].quick && bench->effort == &brief)
			continue;
		snprintf(line, sizeof(line), "network %d of %d: %s, depth %d, width %d, batch %d", i + 1,
			count, config.model, config.depth, config.width, config.batch);
		progress_write(&bench->progress, line);
		if (!bench_epoch(bench, &config, error))
			return false;
	}
	reference.config = walk_config(settings->config, &networks[0]);
	return bench_pictures(bench, &reference, error);
}

static bool bench_all(struct bench *bench, const struct all_settings *settings, struct error *error)
{
	const struct config initial = config_default();
	if (!write_header(bench, error) || !bench_peak(bench, error))
		return false;
	if (config_effect(&initial, &settings->config) == EFFECT_NOTHING)
		return bench_walk(bench, settings, error);
	return bench_epoch(bench, &settings->config, error) && bench_pictures(bench, settings, error);
}

static bool find_kernels(struct bench *bench, const struct config *config, struct error *error)
{
	struct experiment *experiment = experiment_new(config, error);
	if (experiment)
		bench->kernels = experiment_kernels(experiment);
	experiment_free(experiment);
	return bench->kernels != NULL;
}

int bench_command(const struct request *request)
{
	struct all_settings settings = request->settings;
	struct error error = {STATUS_DONE, ""};
	struct bench bench = {
		.progress = progress_start(), .effort = request->quick ? &brief : &thorough};
	headless_catch_signals();
	settings.config.epochs = 0; /* without end */
	if (!find_kernels(&bench, &settings.config, &error) ||
		!output_open(&bench.output, request->output, &error))
		return console_complain(&error);
	bool done = bench_all(&bench, &settings, &error);
	progress_erase(&bench.progress);
	return output_close(&bench.output, done, &error);
}
