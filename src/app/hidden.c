#include "app/hidden.h"

#include "ui/pane.h"

int in_sight_count(const bool *hidden, int count)
{
	int in_sight = 0;
	for (int i = 0; i < count; i++)
		in_sight += !hidden[i];
	return in_sight;
}

int in_sight_at(const bool *hidden, int count, int place)
{
	int found = 0;
	for (int i = 0; i < count && place >= 0; i++)
		if (!hidden[i]) {
			found = i;
			place--;
		}
	return found;
}

int hidden_focus(const struct hidden *hidden, int focus)
{
	int panes = pane_count();
	bool moves = hidden->pane[focus] && in_sight_count(hidden->pane, panes) > 0;
	return moves ? in_sight_at(hidden->pane, panes, 0) : focus;
}
