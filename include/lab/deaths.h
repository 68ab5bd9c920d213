/* When a unit died: from the details that a history keeps. */
#ifndef LAB_DEATHS_H
#define LAB_DEATHS_H

#include "lab/history.h"

struct death {
	int64_t
		epoch; /* the first of the kept epochs in which the unit has been dead without a break */
	int64_t alive; /* the kept epoch before it, in which it was not; -1: there is none */
	/* The largest |W after - W before| / |W before| of one step in any layer, from the epoch after
	 * `alive` to `epoch`, as far as records are kept; layer 0: not known. */
	float step;
	int step_layer;
};

/* The death of a unit (from 1) of a layer (from 1) that is dead in the detail `now`; the history
 * counts its records up to that epoch or a later one. False: the unit is not dead. */
bool death_find(struct history_view history, const struct detail *now, int layer, int unit,
	struct death *death);

#endif
