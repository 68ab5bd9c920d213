/* Rules of verdict.c that remark.c needs, too. */
#ifndef LAB_SHARED_RULES_H
#define LAB_SHARED_RULES_H

#include "lab/verdict.h"

/* The loss has been at the baseline for some epochs under the same settings. */
bool is_stuck(const struct evidence *evidence);

/* The loss is far above the baseline. */
bool is_worse(const struct evidence *evidence);

/* The error goes back through time steps. */
bool is_in_time(const struct evidence *evidence);

#endif
