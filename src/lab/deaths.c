#include "lab/deaths.h"

/* f' is 0 for every sample. */
static bool is_dead(const struct detail *detail, int layer, int unit)
{
	return detail->layer[layer - 1].inactive[unit - 1] >= 1;
}

/* The detail of a record, if it has such a unit. */
static const struct detail *detail_with(const struct history *history, int i, int layer, int unit)
{
	const struct detail *detail = history_detail(history, i);
	bool has = detail && layer <= detail->layers && unit <= detail->layer[layer - 1].units;
	return has ? detail : NULL;
}

static void find_step(struct history_view history, struct death *death)
{
	for (int i = 0; i < history.count; i++) {
		const struct record *record = history_at(history.all, i);
		if (record->epoch > death->alive && record->epoch <= death->epoch &&
			record->largest_step > death->step) {
			death->step = record->largest_step;
			death->step_layer = record->largest_step_layer;
		}
	}
}

bool death_find(
	struct history_view history, const struct detail *now, int layer, int unit, struct death *death)
{
	if (!is_dead(now, layer, unit))
		return false;
	*death = (struct death){.epoch = now->epoch, .alive = -1};
	for (int i = history.count - 1; i >= 0 && death->alive < 0; i--) {
		const struct detail *detail = detail_with(history.all, i, layer, unit);
		if (!detail || detail->epoch > now->epoch)
			continue;
		if (is_dead(detail, layer, unit))
			death->epoch = detail->epoch;
		else
			death->alive = detail->epoch;
	}
	if (death->alive >= 0)
		find_step(history, death);
	return true;
}
