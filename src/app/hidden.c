#include "app/hidden.h"

#include "ui/pane.h"

int hidden_panes_left(const struct hidden *hidden)
{
	int count = 0;
	for (int i = 0; i < pane_count(); i++)
		count += !hidden->pane[i];
	return count;
}

int hidden_pane_at(const struct hidden *hidden, int place)
{
	int index = 0;
	for (; index < pane_count() - 1; index++)
		if (!hidden->pane[index] && place-- == 0)
			break;
	return index;
}

int hidden_focus(const struct hidden *hidden, int focus)
{
	bool moves = hidden->pane[focus] && hidden_panes_left(hidden) > 0;
	return moves ? hidden_pane_at(hidden, 0) : focus;
}
