#include "app/pace.h"

void pace_start(struct pace *pace, double rate, double now)
{
	pace->rate = rate;
	pace->start = now;
	pace->count = 0;
}

void pace_change(struct pace *pace, double rate, double now)
{
	pace_start(pace, rate, now);
	pace->count = 1;
}

double pace_due(const struct pace *pace)
{
	return pace->start + (double)pace->count / pace->rate;
}

void pace_take(struct pace *pace, double now)
{
	if (now - pace_due(pace) > 1 / pace->rate)
		pace_start(pace, pace->rate, now);
	pace->count++;
}
