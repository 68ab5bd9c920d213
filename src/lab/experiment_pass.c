/* Rows on their way through the network. */
#include "experiment_internal.h"

static uint32_t row_at(const struct experiment *e, int index)
{
	return e->phase == TRAINING ? e->order[index] : (uint32_t)index;
}

/* Copies some rows of one column; *row moves on. */
static void gather_rows(struct experiment *e, int stride, int rows)
{
	const struct dataset *data = dataset_of(e);
	int feature = e->cursor.column, output = feature - data->features, first = e->cursor.row;
	if (output < 0) {
		const float *from = data->x + (size_t)feature * data->rows;
		real *to = net_input(e->net) + (size_t)feature * stride;
		for (int i = first; i < first + rows; i++)
			to[i] = from[row_at(e, e->cursor.first + i)];
	} else {
		real *to = net_target(e->net) + (size_t)output * stride;
		for (int i = first; i < first + rows; i++)
			to[i] = plan_target(&e->plan, data, (int)row_at(e, e->cursor.first + i), output);
	}
	e->cursor.row += rows;
}

/* Copies the rows of the next pass; true when they are all in. */
static bool gather(struct experiment *e, int rows, uint64_t *budget)
{
	enum { ROWS_AT_ONCE = 1 << 14, COST_OF_A_ROW = 4 };
	int columns = dataset_of(e)->features + e->plan.spec.size[e->plan.spec.layers];
	int stride = net_batch(e->net, rows);
	e->cursor.rows = rows;
	for (; e->cursor.column < columns; e->cursor.column++, e->cursor.row = 0)
		while (e->cursor.row < rows) {
			if (!*budget)
				return false;
			int left = rows - e->cursor.row;
			int some = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
			uint64_t cost = (uint64_t)some * COST_OF_A_ROW;
			gather_rows(e, stride, some);
			*budget -= cost < *budget ? cost : *budget;
		}
	e->cursor.column = 0;
	return true;
}

bool experiment_pass(struct experiment *e, const struct pass_kind *kind, uint64_t *budget)
{
	if (!e->cursor.passing) {
		int left = kind->end - e->cursor.first;
		if (!gather(e, left < kind->most ? left : kind->most, budget))
			return false;
		struct net_observer observer = stats_observer(e->stats);
		int total = kind->mode == NET_TRAIN ? e->cursor.rows
			: kind->mode == NET_CALIBRATE   ? e->cursor.first + e->cursor.rows
											: dataset_of(e)->training;
		net_pass_begin(e->net, kind->mode, kind->backward, total, &e->dropout,
			kind->observed ? &observer : NULL);
		e->cursor.passing = true;
	}
	if (!net_pass_advance(e->net, budget))
		return false;
	e->cursor.passing = false;
	e->cursor.first += e->cursor.rows;
	e->loss_sum += net_pass_loss(e->net);
	e->correct += net_pass_correct(e->net);
	return true;
}
