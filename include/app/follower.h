/* Makes the change that remedies recommend: the best one tried, or one that the person chose. */
#ifndef APP_FOLLOWER_H
#define APP_FOLLOWER_H

#include "app/advisor.h"
#include "app/controls.h"

struct follower {
	struct advisor *advisor;
	bool active;                 /* the best remedy is tried once more before it is made */
	const struct trial *advised; /* the best one when that began */
};

/* The trials to be shown; NULL if there are none of the run as it is. */
const struct advice *follower_advice(
	const struct follower *follower, const struct controls *controls);

/* Begins to make the best change: first it is tried on the present weights. */
void follower_best(struct follower *follower, struct controls *controls);

/* One slice of that. True if there is something new to see. */
bool follower_work(struct follower *follower, struct controls *controls);

/* Makes the change of a trial, and restarts if the trial did. */
void follower_make(struct controls *controls, const struct trial *trial);

#endif
