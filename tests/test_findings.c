/* Evidence names its layer: a problem planted in one layer of a sound record is found there, and
 * none is found elsewhere. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runs.h"

#include "../src/lab/experiment_internal.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FINDING(name) #name, offsetof(struct evidence, name)

enum { HIDDEN = 4 };

static void plant_broken(struct record *record, int layer)
{
	record->layer[layer - 1].grad_rms = NAN;
}

/* No signal gets past a dead layer. */
static void plant_dead(struct record *record, int layer)
{
	record->layer[layer - 1].dead = 1;
	for (int l = 1; l < layer; l++)
		record->layer[l - 1].delta_rms = 0;
}

static void plant_dying(struct record *record, int layer)
{
	record->layer[layer - 1].dead = 0.95f;
}

static void plant_equal(struct record *record, int layer)
{
	record->equal_layer = layer;
}

static void plant_zero(struct record *record, int layer)
{
	record->layer[layer - 1].weight_rms = 0;
}

static void plant_shrunk(struct record *record, int layer)
{
	record->layer[layer - 1].weight_rms *= 1e-4f;
}

static void plant_underflow(struct record *record, int layer)
{
	for (int l = 1; l <= layer; l++)
		record->layer[l - 1].delta_rms = 0;
}

static void plant_lost(struct record *record, int layer)
{
	record->layer[layer - 1].update_ratio = 0;
}

static void plant_frozen(struct record *record, int layer)
{
	record->layer[layer - 1].update_ratio = 1e-7f;
}

static void plant_large(struct record *record, int layer)
{
	record->layer[layer - 1].update_ratio = 3;
}

static const struct planted {
	const char *name;
	size_t offset;
	void (*plant)(struct record *record, int layer);
	int first, last; /* layers that can have it */
} planted[] = {
	{FINDING(broken), plant_broken, 1, HIDDEN + 1},
	{FINDING(dead), plant_dead, 1, HIDDEN},
	{FINDING(dying), plant_dying, 1, HIDDEN},
	{FINDING(equal), plant_equal, 1, HIDDEN},
	{FINDING(zero), plant_zero, 2, HIDDEN + 1},
	{FINDING(shrunk), plant_shrunk, 1, HIDDEN + 1},
	{FINDING(underflow), plant_underflow, 1, HIDDEN},
	{FINDING(lost), plant_lost, 1, HIDDEN + 1},
	{FINDING(frozen), plant_frozen, 1, HIDDEN + 1},
	{FINDING(large), plant_large, 1, HIDDEN + 1},
};

static int layer_found(struct experiment *e, const struct planted *row)
{
	experiment_judge(e);
	struct finding found;
	memcpy(&found, (const char *)experiment_evidence(e) + row->offset, sizeof(found));
	return found.layer;
}

static void a_planted_problem_is_found_in_its_layer(void **state)
{
	struct experiment *e = trained("depth=4 lr=0.01", 3);
	struct record *sound = record_copy(e->record, e->record->layers);
	size_t size = sizeof(*sound) + (size_t)sound->layers * sizeof(sound->layer[0]);
	(void)state;
	for (size_t i = 0; i < COUNT(planted); i++) {
		const struct planted *row = &planted[i];
		if (layer_found(e, row))
			fail_msg("%s: found in layer %d, and nothing is there", row->name, layer_found(e, row));
		for (int layer = row->first; layer <= row->last; layer++) {
			row->plant(e->record, layer);
			if (layer_found(e, row) != layer)
				fail_msg("%s: found in layer %d, planted in layer %d", row->name,
					layer_found(e, row), layer);
			memcpy(e->record, sound, size);
		}
	}
	free(sound);
	experiment_free(e);
}

/* Of two layers the first is named, or the one that is worse. */
static void of_two_the_first_or_the_worst_is_found(void **state)
{
	struct experiment *e = trained("depth=4 lr=0.01", 3);
	struct record *record = e->record;
	(void)state;
	record->layer[1].dead = 0.93f;
	record->layer[2].dead = 0.97f;
	record->layer[3].dead = 0.95f;
	record->layer[1].weight_rms *= 1e-3f;
	record->layer[2].weight_rms *= 1e-5f;
	record->layer[3].weight_rms *= 1e-4f;
	record->layer[1].update_ratio = record->layer[3].update_ratio = 3;
	experiment_judge(e);
	assert_int_equal(experiment_evidence(e)->dying.layer, 3);
	assert_int_equal(experiment_evidence(e)->shrunk.layer, 3);
	assert_int_equal(experiment_evidence(e)->large.layer, 2);
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_planted_problem_is_found_in_its_layer),
		cmocka_unit_test(of_two_the_first_or_the_worst_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
