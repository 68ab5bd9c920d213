/* Conditions: what the records of a run have in common until a setting changes: the settings, and
 * what follows from them and the data.
 *
 * Made once and never changed; shared by all who hold them: the experiment, its history, saved
 * states. Whoever has one by conditions_new() or conditions_share() gives it back by
 * conditions_release(). One thread only.
 */
#ifndef LAB_CONDITIONS_H
#define LAB_CONDITIONS_H

#include "lab/model.h"
#include "lab/settings.h"
#include "lab/theory.h"
#include <stddef.h>

struct conditions {
	int users;
	bool known; /* the settings are; of a log they are not */
	struct config settings;
	struct model *model;
	const char *loss;     /* what is minimized; NULL while the data are not loaded */
	double baseline_loss; /* loss of the best constant answer; NaN: not known */
	double epoch_cost;    /* multiply-adds of training one epoch, about; NaN: not known */
	bool predicted;
	struct theory_band band[]; /* [hidden layers] if predicted */
};

/* `plan`: what the settings make of the data; NULL if these are not loaded. `band`: what theory
 * predicts, [hidden layers]; NULL if it does not apply. NULL without memory. */
struct conditions *conditions_new(
	const struct config *settings, const struct plan *plan, const struct theory_band *band);
/* Of a network of which only the number of its layers is known; the last of them is the output. */
struct conditions *conditions_unknown(int layers);
struct conditions *conditions_share(struct conditions *conditions); /* NULL is shared as NULL */
void conditions_release(struct conditions *conditions);
size_t conditions_bytes(const struct conditions *conditions);

#endif
