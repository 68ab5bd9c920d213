/* What the files of the data pane ask about the answers to single rows. */
#ifndef UI_ANSWERS_H
#define UI_ANSWERS_H

#include "lab/probe.h"
#include <math.h>

static inline int class_of(const struct dataset *data, int row)
{
	return data->target[row] > 0 ? (int)data->target[row] : 0;
}

/* True if the view has an answer to each row, and that to this one is wrong or not a number. */
static inline bool is_wrong(const struct dataset *data, const struct state_view *view, int row)
{
	if (!view || !view->point || data->classes == 0)
		return false;
	return isnan(view->point[row].value) || view->point[row].class != class_of(data, row);
}

#endif
