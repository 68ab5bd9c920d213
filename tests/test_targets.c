/* What places of the panes stand for: where a layer, a unit, an epoch or a row is found, it is
 * drawn. A selected one has a sign of its own, so selecting what was found must show it there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ui/glyphs.h"
#include "ui/target.h"

#include "lab/history.h"

#include "drawn.h"
#include "pictures.h"

enum { WIDTH = 80, HEIGHT = 22, PANE = 7, NONE = INT32_MIN };

static const struct {
	int width, height;
} sizes[] = {{1, 1}, {14, 5}, {40, 10}, {60, 20}, {WIDTH, HEIGHT}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* A drawn pane, and what each of its cells stands for. */
struct map {
	struct canvas *canvas;
	const struct pane *pane;
	struct target target[HEIGHT * WIDTH];
};

static const struct target *target_at(const struct map *map, int x, int y)
{
	return &map->target[y * map->canvas->columns + x];
}

static void draw(struct map *map, const struct picture *picture)
{
	struct canvas *canvas = map->canvas;
	canvas_reset(canvas, canvas->columns, canvas->rows, canvas->glyphs);
	memset(map->target, 0, sizeof(map->target));
	canvas->target = map->target;
	pane_draw(map->pane, PANE, false, picture, area_all(canvas));
	canvas->target = NULL;
}

static bool is_selected(const struct map *map, int x, int y)
{
	return map->canvas->cell[y * map->canvas->columns + x].style == STYLE_SELECTED;
}

/* The cells of a kind fill one rectangle. */
struct box {
	int left, top, right, bottom, cells, signs; /* signs: of what is selected, among them */
};

static struct box box_of(const struct map *map, bool (*has)(const struct target *, int), int number)
{
	struct box box = {WIDTH, HEIGHT, -1, -1, 0, 0};
	for (int y = 0; y < map->canvas->rows; y++)
		for (int x = 0; x < map->canvas->columns; x++) {
			if (!has(target_at(map, x, y), number))
				continue;
			box.left = x < box.left ? x : box.left;
			box.right = x > box.right ? x : box.right;
			box.top = y < box.top ? y : box.top;
			box.bottom = y > box.bottom ? y : box.bottom;
			box.cells++;
			box.signs += is_selected(map, x, y);
		}
	return box;
}

static int signs_of(const struct map *map)
{
	int signs = 0;
	for (int y = 0; y < map->canvas->rows; y++)
		for (int x = 0; x < map->canvas->columns; x++)
			signs += is_selected(map, x, y);
	return signs;
}

static bool has_layer(const struct target *target, int layer)
{
	return target->layer == layer;
}

/* Selects the layer: its sign is drawn where the layer is found, which is one rectangle. */
static int check_layer(struct map *map, struct case_data *made, int layer)
{
	struct view before = made->view;
	made->view.layer = layer;
	made->view.unit = made->view.weight = 0;
	draw(map, &made->picture);
	made->view = before;
	struct box box = box_of(map, has_layer, layer);
	int columns = map->canvas->columns, rows = map->canvas->rows;
	bool tables = strcmp(map->pane->name, "numbers") == 0; /* a layer has a row in each */
	if (box.cells == 0 ||
		(!tables && box.cells != (box.right - box.left + 1) * (box.bottom - box.top + 1)))
		fail_msg("%s of %dx%d: layer %d is found in %d cells of columns %d to %d, rows %d to %d",
			map->pane->name, columns, rows, layer, box.cells, box.left, box.right, box.top,
			box.bottom);
	if (signs_of(map) > 0 && box.signs == 0)
		fail_msg("%s of %dx%d: layer %d is found in columns %d to %d, rows %d to %d, and drawn "
				 "elsewhere",
			map->pane->name, columns, rows, layer, box.left, box.right, box.top, box.bottom);
	return box.signs > 0;
}

static void select_pane(struct map *map, const char *name, int size)
{
	for (int p = 0; pane_at(p); p++)
		if (strcmp(pane_at(p)->name, name) == 0)
			map->pane = pane_at(p);
	assert_true(map->pane && strcmp(map->pane->name, name) == 0);
	canvas_reset(map->canvas, sizes[size].width, sizes[size].height, map->canvas->glyphs);
}

/* All layers that are found in the pane; returns how many of them have their sign there. */
static int check_layers(struct map *map, struct case_data *made)
{
	int signs = 0, layers = made->record ? made->record->layers : 0;
	bool found[1024] = {false};
	draw(map, &made->picture);
	for (int y = 0; y < map->canvas->rows; y++)
		for (int x = 0; x < map->canvas->columns; x++) {
			const struct target *target = target_at(map, x, y);
			assert_int_equal(target->pane, PANE);
			assert_int_equal(target->title, y == 0 && map->canvas->rows >= 3);
			if (target->layer) {
				assert_in_range(target->layer, 1, layers);
				found[target->layer] = true;
			}
		}
	for (int layer = 1; layer <= layers; layer += 1 + layer / 20)
		if (found[layer])
			signs += check_layer(map, made, layer);
	return signs;
}

static void layers_are_found_where_they_are_drawn(void **state)
{
	static const char *const names[] = {
		"gradients", "history", "network", "chain", "weights", "numbers", "units"};
	struct map *map = calloc(1, sizeof(*map));
	(void)state;
	map->canvas = canvas_make(1, 1, glyphs_at(0));
	map->canvas->colors = 256;
	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		int signs = 0;
		for (int i = 0; picture_case_at(i); i++) {
			struct case_data *made = picture_make(picture_case_at(i));
			for (int size = 0; size < SIZES; size++) {
				select_pane(map, names[n], size);
				signs += check_layers(map, made);
			}
			picture_free(made);
		}
		if (signs < 20)
			fail_msg("%s: only %d layers were found with their sign", names[n], signs);
	}
	canvas_free(map->canvas);
	free(map);
}

static int wanted_layer; /* of the unit that has_unit() looks for */

static bool has_unit(const struct target *target, int unit)
{
	return target->layer == wanted_layer && target->unit == unit;
}

static bool has_choice(const struct target *target, int choice)
{
	return target->choice == choice;
}

static bool has_weight(const struct target *target, int weight)
{
	return target->weight == weight;
}

static bool has_epoch(const struct target *target, int epoch)
{
	return target->has_epoch && (int)target->epoch == epoch;
}

/* True if a sign is drawn where another number is found. */
static bool drawn_elsewhere(const struct map *map, bool (*has)(const struct target *, int),
	int (*number)(const struct target *), int selected)
{
	for (int y = 0; y < map->canvas->rows; y++)
		for (int x = 0; x < map->canvas->columns; x++) {
			const struct target *target = target_at(map, x, y);
			if (is_selected(map, x, y) && number(target) != NONE && !has(target, selected))
				return true;
		}
	return false;
}

/* Has everything drawn that is found in a pane selected by `select`, one after the other; where it
 * has a sign of its own, that sign is where it is found. Returns how many signs were found. */
static int check_all(const char *name, bool (*select)(struct case_data *, const struct target *),
	bool (*has)(const struct target *, int), int (*number)(const struct target *))
{
	struct map *map = calloc(1, sizeof(*map));
	int signs = 0;
	map->canvas = canvas_make(1, 1, glyphs_at(0));
	map->canvas->colors = 256;
	for (int i = 0; picture_case_at(i); i++)
		for (int size = 0; size < SIZES; size++) {
			struct case_data *made = picture_make(picture_case_at(i));
			struct target before[HEIGHT * WIDTH], done = {0};
			made->view.unit = 1; /* lines about the unit move the map */
			const struct view view = made->view;
			const struct record *record = made->picture.frame.record;
			select_pane(map, name, size);
			draw(map, &made->picture);
			memcpy(before, map->target, sizeof(before));
			for (int k = 0; k < map->canvas->rows * map->canvas->columns; k++) {
				if (memcmp(&before[k], &done, sizeof(done)) == 0 || !select(made, &before[k]))
					continue;
				done = before[k];
				draw(map, &made->picture);
				wanted_layer = done.layer;
				struct box box = box_of(map, has, number(&done));
				if (box.cells == 0 ||
					(box.signs == 0 && drawn_elsewhere(map, has, number, number(&done))))
					fail_msg("%s, %s of %dx%d: number %d is not drawn where it is found",
						picture_case_at(i)->name, name, sizes[size].width, sizes[size].height,
						number(&done));
				signs += box.signs > 0; /* a curve may hide the sign */
				made->view = view;
				made->picture.frame.record = record;
			}
			picture_free(made);
		}
	canvas_free(map->canvas);
	free(map);
	return signs;
}

static bool select_unit(struct case_data *made, const struct target *target)
{
	made->view.layer = target->layer;
	made->view.unit = target->unit;
	return target->unit > 0;
}

static int unit_of(const struct target *target)
{
	return target->unit ? target->unit : NONE;
}

static void units_are_found_where_they_are_drawn(void **state)
{
	(void)state;
	assert_true(check_all("network", select_unit, has_unit, unit_of) > 100);
	assert_true(check_all("units", select_unit, has_unit, unit_of) > 100);
}

static bool select_choice(struct case_data *made, const struct target *target)
{
	made->view.choice = target->choice - 1;
	return target->choice > 0;
}

static int choice_of(const struct target *target)
{
	return target->choice ? target->choice : NONE;
}

static void remedies_are_found_where_they_are_drawn(void **state)
{
	(void)state;
	assert_true(check_all("remedies", select_choice, has_choice, choice_of) > 20);
}

static bool select_weight(struct case_data *made, const struct target *target)
{
	made->view.weight = target->weight - 1;
	return target->weight > 0;
}

static int weight_of(const struct target *target)
{
	return target->weight ? target->weight : NONE;
}

static void weights_are_found_where_they_are_drawn(void **state)
{
	(void)state;
	assert_true(check_all("weights", select_weight, has_weight, weight_of) > 10);
}

static bool select_column(struct case_data *made, const struct target *target)
{
	made->view.column = target->column - 1;
	return target->column > 0;
}

static int column_of(const struct target *target)
{
	return target->column ? target->column : NONE;
}

static bool has_column(const struct target *target, int column)
{
	return target->column == column;
}

static void statistics_are_found_where_they_are_drawn(void **state)
{
	(void)state;
	assert_true(check_all("numbers", select_column, has_column, column_of) > 100);
}

/* The newest epoch has no cursor. */
static bool select_epoch(struct case_data *made, const struct target *target)
{
	const struct history *history = made->history;
	for (int i = 0; target->has_epoch && i < history_count(history) - 1; i++)
		if (history_at(history, i)->epoch == target->epoch) {
			made->picture.frame.record = history_at(history, i);
			return true;
		}
	return false;
}

static int epoch_of(const struct target *target)
{
	return target->has_epoch ? (int)target->epoch : NONE;
}

static void epochs_are_found_where_they_are_drawn(void **state)
{
	(void)state;
	assert_true(check_all("history", select_epoch, has_epoch, epoch_of) > 100);
	assert_true(check_all("loss", select_epoch, has_epoch, epoch_of) > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_are_found_where_they_are_drawn),
		cmocka_unit_test(units_are_found_where_they_are_drawn),
		cmocka_unit_test(weights_are_found_where_they_are_drawn),
		cmocka_unit_test(remedies_are_found_where_they_are_drawn),
		cmocka_unit_test(statistics_are_found_where_they_are_drawn),
		cmocka_unit_test(epochs_are_found_where_they_are_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
