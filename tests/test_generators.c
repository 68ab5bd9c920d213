#include "dataset_facts.h"
#include "datasets.h"
#include "named_tests.h"

#include "../src/lab/generators.h"

#include <math.h>

enum noise_place { NOISE_OF_FEATURES, NOISE_OF_CLASS, NOISE_OF_VALUE };

/* Root mean square and maximum of how far numbers moved. */
static double moved(const float *still, const float *noisy, int count, double *worst)
{
	double sum = 0;
	*worst = 0;
	for (int p = 0; p < count; p++) {
		double distance = fabs((double)noisy[p] - (double)still[p]);
		sum += distance * distance;
		*worst = fmax(*worst, distance);
	}
	return sqrt(sum / count);
}

/* Positions and noise come from streams of their own. In xor it is the class that noise
 * changes, of a few points next to the axes; where there are values, it moves them alone. */
static void noise_moves_points_and_nothing_else(void **state)
{
	(void)state;
	for (int i = 0; dataset_name(i) != NULL && dataset_is_generated(dataset_name(i)); i++) {
		struct dataset_request request = request_default(dataset_name(i));
		request.split = 0; /* which also follows the classes */
		request.noise = 0;
		struct dataset *still = make(&request);
		request.noise = 0.1;
		struct dataset *noisy = make(&request);
		enum noise_place place = still->classes == 0 ? NOISE_OF_VALUE
			: strcmp(still->name, "xor") == 0        ? NOISE_OF_CLASS
													 : NOISE_OF_FEATURES;
		double x_worst, target_worst;
		double x_rms = moved(still->x, noisy->x, still->features * still->rows, &x_worst);
		double target_rms = moved(still->target, noisy->target, still->rows, &target_worst);
		if (place == NOISE_OF_FEATURES)
			assert_true(x_rms > 0.05 && x_rms < 0.11 && x_worst < 0.5);
		else
			assert_true(x_worst == 0);
		if (place == NOISE_OF_VALUE)
			assert_true(target_rms > 0.09 && target_rms < 0.11 && target_worst < 0.5);
		else if (place == NOISE_OF_CLASS) /* a class is one off in at most a twentieth */
			assert_true(target_rms > 0 && target_rms < sqrt(1 / 20.0));
		else
			assert_true(target_worst == 0);
		dataset_free(still);
		dataset_free(noisy);
	}
}

static void every_generator_has_facts(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(dataset_facts); i++) {
		const struct dataset_fact *fact = &dataset_facts[i];
		if (fact->elsewhere)
			assert_test_exists(fact->elsewhere, fact->name);
		else if (fact->rows == 0 && !fact->target && !fact->reference)
			fail_msg("%s: dataset_facts[] has neither the formula of its target, nor points of the "
					 "reference, nor a test of its own",
				fact->name);
	}
}

/* A class is an index of arrays: one below 0 reads what stands before them. */
static void classes_are_within_those_of_the_row(void **state)
{
	const struct generator *row;
	(void)state;
	for (int i = 0; (row = generator_at(i)); i++) {
		struct generator_state draws = {.seed = 1,
			.noise = 0.1,
			.positions = rng_stream(1, "data", 0),
			.errors = rng_stream(1, "noise", 0)};
		for (int p = 0; p < 1000 && row->classes > 0; p++) {
			struct point point = {.class = -1};
			double sequence[200];
			if (row->point)
				row->point(&draws, p, 1000, &point);
			else
				row->sequence(&draws, 200 / row->features, sequence, &point);
			if (point.class < 0 || point.class >= row->classes)
				fail_msg("%s: point %d has class %d, its row says %d classes", row->name, p,
					point.class, row->classes);
		}
	}
}

static void targets_without_noise_follow_the_formula(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(dataset_facts); i++) {
		struct dataset_request request = request_default(dataset_facts[i].name);
		if (dataset_facts[i].target == NULL)
			continue;
		float least = 0, most = 0;
		request.noise = 0;
		struct dataset *data = make(&request);
		for (int p = 0; p < data->rows; p++) {
			float x = data->x[p], y = data->features > 1 ? data->x[data->rows + p] : 0;
			double target = dataset_facts[i].target((double)x, (double)y);
			if (!(fabs(target - (double)data->target[p]) < 1e-6))
				fail_msg("%s: target %g at (%g, %g), by the formula %g", dataset_facts[i].name,
					(double)data->target[p], (double)x, (double)y, target);
			least = fminf(least, x);
			most = fmaxf(most, x);
		}
		double reach = dataset_facts[i].reach * (1 + 1e-6);
		if (!((double)least < -0.98 * reach && (double)least >= -reach &&
				(double)most > 0.98 * reach && (double)most <= reach))
			fail_msg("%s reaches from %g to %g, by the formula to %g", dataset_facts[i].name,
				(double)least, (double)most, reach);
		dataset_free(data);
	}
}

/* ---- sequences ---- */

/* Without noise; the caller frees. */
static struct dataset *sequences(const char *name, int length)
{
	struct dataset_request request = request_default(name);
	request.noise = 0;
	request.length = length;
	return make(&request);
}

static double input_at(const struct dataset *data, int row, int step, int feature)
{
	int features = data->features / data->steps;
	return (double)data->x[(size_t)(step * features + feature) * (size_t)data->rows + (size_t)row];
}

static const int lengths[] = {2, 3, 50, 500};

static void an_echo_is_the_first_input(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(lengths); i++) {
		struct dataset *data = sequences("echo", lengths[i]);
		double least = 0, most = 0, products = 0;
		assert_int_equal(data->steps, lengths[i]);
		assert_int_equal(data->features, lengths[i]);
		for (int p = 0; p < data->rows; p++) {
			assert_true((double)data->target[p] == input_at(data, p, 0, 0));
			for (int t = 0; t < data->steps; t++) {
				least = fmin(least, input_at(data, p, t, 0));
				most = fmax(most, input_at(data, p, t, 0));
			}
			products += input_at(data, p, 0, 0) * input_at(data, p, 1, 0) / data->rows;
		}
		assert_true(least >= -1 && least < -0.98 && most <= 1 && most > 0.98);
		assert_true(fabs(products) < 3 * (1 / 3.0) / sqrt(data->rows)); /* independent */
		dataset_free(data);
	}
}

static void adding_is_of_a_mark_in_each_half(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(lengths); i++) {
		struct dataset *data = sequences("adding", lengths[i]);
		bool marked[DATASET_LENGTH_MAX] = {false};
		assert_int_equal(data->steps, lengths[i]);
		assert_int_equal(data->features, 2 * lengths[i]);
		for (int p = 0; p < data->rows; p++) {
			double sum = 0;
			int marks[2] = {0, 0};
			for (int t = 0; t < data->steps; t++) {
				double value = input_at(data, p, t, 0), mark = input_at(data, p, t, 1);
				assert_true(value >= 0 && value < 1 && (mark == 0 || mark == 1));
				sum += mark * value;
				marks[t >= data->steps / 2] += mark == 1;
				marked[t] |= mark == 1;
			}
			assert_true(marks[0] == 1 && marks[1] == 1);
			assert_true(fabs(sum - (double)data->target[p]) < 1e-6);
		}
		for (int t = 0; t < data->steps && data->steps <= 50; t++)
			assert_true(marked[t]);
		dataset_free(data);
	}
}

static void parity_is_that_of_all_bits(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(lengths); i++) {
		struct dataset *data = sequences("parity", lengths[i]);
		int all = 0;
		for (int p = 0; p < data->rows; p++) {
			int ones = 0;
			for (int t = 0; t < data->steps; t++) {
				double bit = input_at(data, p, t, 0);
				assert_true(bit == 0 || bit == 1);
				ones += bit == 1;
			}
			assert_int_equal(ones % 2, (int)data->target[p]);
			all += ones;
		}
		double share = (double)all / data->rows / data->steps;
		assert_true(fabs(share - 0.5) < 3 * 0.5 / sqrt((double)data->rows * data->steps));
		dataset_free(data);
	}
}

static void rows_of_digits_are_their_pixels_in_order(void **state)
{
	(void)state;
	struct dataset *rows = sequences("digit-rows", 50), *images = sequences("digits", 50);
	assert_int_equal(rows->steps, 8);
	assert_int_equal(images->steps, 0);
	assert_int_equal(rows->features, images->features);
	assert_memory_equal(
		rows->x, images->x, (size_t)rows->rows * (size_t)rows->features * sizeof(float));
	assert_memory_equal(rows->target, images->target, (size_t)rows->rows * sizeof(float));
	dataset_free(rows);
	dataset_free(images);
}

static void a_length_out_of_bounds_is_refused(void **state)
{
	static const int refused[] = {-1, 0, 1, 501};
	(void)state;
	for (int i = 0; i < LENGTH(refused); i++) {
		struct dataset_request request = request_default("echo");
		struct error error;
		request.length = refused[i];
		assert_null(dataset_begin(&request, &error));
		assert_non_null(strstr(error.text, "expected 2 to 500"));
		request.data = "moons"; /* has none */
		dataset_free(make(&request));
	}
}

/* Angles of one ring in turn differ by the same. */
static void rings_are_even_whatever_the_count(void **state)
{
	static const int counts[] = {10, 11, 12, 100, 101};
	(void)state;
	for (int i = 0; i < LENGTH(counts); i++) {
		struct dataset_request request = request_default("rings");
		request.samples = counts[i];
		request.noise = 0;
		struct dataset *data = make(&request);
		for (int c = 0; c < 3; c++) {
			int points = count_class(data, c, 0, data->rows);
			assert_in_range(points, counts[i] / 3, counts[i] / 3 + 2);
			double apart = 2 * (c + 1) * sin(3.14159265358979323846 / points);
			for (int a = 0; a < data->rows; a++) {
				double nearest = INFINITY;
				for (int b = 0; b < data->rows; b++)
					if (a != b && (int)data->target[a] == c && (int)data->target[b] == c)
						nearest = fmin(nearest,
							hypot((double)data->x[a] - (double)data->x[b],
								(double)data->x[data->rows + a] - (double)data->x[data->rows + b]));
				assert_true((int)data->target[a] != c || fabs(nearest - apart) < 1e-5);
			}
		}
		dataset_free(data);
	}
}

static FILE *reference_open(void)
{
	const char *folder = getenv("WANE_REFERENCE");
	char path[1000];
	snprintf(path, sizeof(path), "%s/datasets.csv", folder != NULL ? folder : "tests/reference");
	FILE *file = fopen(path, "r");
	if (file == NULL)
		print_error("%s cannot be read; WANE_REFERENCE names its folder\n", path);
	assert_non_null(file);
	return file;
}

/* Takes the point nearest to (x, y) away and says how far it was. */
static double take_nearest(const struct dataset *data, bool *taken, double x, double y, int class)
{
	int nearest = -1;
	double least = INFINITY;
	for (int i = 0; i < data->rows; i++) {
		double distance = hypot((double)data->x[i] - x, (double)data->x[data->rows + i] - y);
		if (!taken[i] && distance < least && (int)data->target[i] == class) {
			nearest = i;
			least = distance;
		}
	}
	if (nearest >= 0)
		taken[nearest] = true;
	return least;
}

static void points_without_noise_equal_the_reference(void **state)
{
	FILE *file = reference_open();
	char line[200];
	int tensors = 0;
	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		for (int i = 0; i < LENGTH(dataset_facts); i++) {
			struct dataset_request request = request_default(dataset_facts[i].name);
			const char *begins = dataset_facts[i].reference;
			bool taken[100] = {false};
			request.noise = 0;
			if (begins == NULL || strncmp(line, "T,", 2) != 0 ||
				strncmp(line + 2, begins, strlen(begins)) != 0)
				continue;
			assert_int_equal(sscanf(line, "T,%*[^,],%d", &request.samples), 1);
			struct dataset *data = make(&request);
			for (int row = 0; row < request.samples; row++) {
				double x, y;
				int class;
				assert_non_null(fgets(line, sizeof(line), file));
				assert_int_equal(sscanf(line, "%lf,%lf,%d", &x, &y, &class), 3);
				assert_true(take_nearest(data, taken, x / dataset_facts[i].scale,
								y / dataset_facts[i].scale, class) < 1e-6);
			}
			dataset_free(data);
			tensors++;
		}
	}
	fclose(file);
	assert_int_equal(tensors, 5);
}

static void first_points_stay_as_they_are(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(dataset_facts); i++) {
		const struct dataset_fact *fact = &dataset_facts[i];
		struct dataset_request request = request_default(fact->name);
		request.samples = 100;
		struct dataset *data = make(&request);
		uint32_t x, y;
		memcpy(&x, &data->projection[0], sizeof(x));
		memcpy(&y, &data->projection[data->rows], sizeof(y));
		int class = data->classes > 0 ? (int)data->target[0] : fact->first.class;
		if (x != fact->first.x || y != fact->first.y || class != fact->first.class)
			fail_msg("%s: the first point is {0x%X, 0x%X, %d}, in dataset_facts[] it is "
					 "{0x%X, 0x%X, %d}",
				fact->name, (unsigned)x, (unsigned)y, class, (unsigned)fact->first.x,
				(unsigned)fact->first.y, fact->first.class);
		dataset_free(data);
	}
}

static void blobs_lie_apart_whatever_the_seed(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct dataset_request request = request_default("blobs");
		request.samples = 10;
		request.noise = 0;
		request.seed = seed;
		struct dataset *data = make(&request);
		for (int a = 0; a < 10; a++)
			for (int b = 0; b < a; b++) {
				double apart = hypot((double)data->x[a] - (double)data->x[b],
					(double)data->x[10 + a] - (double)data->x[10 + b]);
				assert_true(data->target[a] == data->target[b] ? apart == 0 : apart > 0.599);
			}
		dataset_free(data);
	}
}

static void held_out_points_are_shared_among_the_classes(void **state)
{
	static const struct {
		const char *data;
		int samples;
		double split;
		int training;
	} cases[] = {
		{"moons", 250, 0.2, 200},
		{"moons", 1000, 0, 1000},
		{"moons", 1000, 0.9, 100},
		{"moons", 11, 0.2, 9},
		{"blobs", 100, 0.25, 75},
		{"blobs", 10, 0.9, 3},
		{"xor", 333, 0.5, 166},
		{"circles", 101, 0.29, 72},
		{"spirals", 10, 0.04, 10},
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = request_default(cases[i].data);
		request.samples = cases[i].samples;
		request.split = cases[i].split;
		struct dataset *data = make(&request);
		assert_int_equal(data->training, cases[i].training);
		for (int c = 0; c < data->classes; c++) {
			int all = count_class(data, c, 0, data->rows);
			int held = count_class(data, c, data->training, data->rows);
			assert_true(fabs(held - cases[i].split * all) < 1 || all - held == 1);
			assert_true(held < all);
		}
		dataset_free(data);
	}
}

static void a_split_takes_the_same_points_whatever_its_size_and_noise(void **state)
{
	struct dataset_request request = request_default("moons");
	(void)state;
	request.split = 0;
	request.noise = 0;
	struct dataset *whole = make(&request);
	bool taken[1000] = {false};
	request.split = 0.3;
	struct dataset *parts = make(&request);
	for (int i = 0; i < parts->rows; i++)
		assert_true(take_nearest(whole, taken, (double)parts->x[i],
						(double)parts->x[parts->rows + i], (int)parts->target[i]) == 0);
	/* The held-out part is drawn: both parts contain both halves of a moon. */
	for (int first = 0, last = parts->training, part = 0; part < 2; part++) {
		int left = 0, right = 0;
		for (int i = first; i < last; i++) {
			left += parts->target[i] == 0 && parts->x[i] < 0;
			right += parts->target[i] == 0 && parts->x[i] > 0;
		}
		assert_true(abs(left - right) < (last - first) / 5);
		first = parts->training;
		last = parts->rows;
	}
	dataset_free(whole);
	dataset_free(parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_moves_points_and_nothing_else),
		cmocka_unit_test(every_generator_has_facts),
		cmocka_unit_test(classes_are_within_those_of_the_row),
		cmocka_unit_test(targets_without_noise_follow_the_formula),
		cmocka_unit_test(an_echo_is_the_first_input),
		cmocka_unit_test(adding_is_of_a_mark_in_each_half),
		cmocka_unit_test(parity_is_that_of_all_bits),
		cmocka_unit_test(rows_of_digits_are_their_pixels_in_order),
		cmocka_unit_test(a_length_out_of_bounds_is_refused),
		cmocka_unit_test(rings_are_even_whatever_the_count),
		cmocka_unit_test(points_without_noise_equal_the_reference),
		cmocka_unit_test(first_points_stay_as_they_are),
		cmocka_unit_test(blobs_lie_apart_whatever_the_seed),
		cmocka_unit_test(held_out_points_are_shared_among_the_classes),
		cmocka_unit_test(a_split_takes_the_same_points_whatever_its_size_and_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
