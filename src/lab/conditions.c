#include "lab/conditions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct conditions *conditions_new(
	const struct config *settings, const struct plan *plan, const struct theory_band *band)
{
	struct model *model = plan ? model_of(&plan->spec) : model_asked_for(settings);
	size_t hidden = band && model ? (size_t)model_hidden(model) : 0;
	struct conditions *made = calloc(1, sizeof(*made) + hidden * sizeof(band[0]));
	if (!made || !model) {
		free(made);
		free(model);
		return NULL;
	}
	made->users = 1;
	made->known = true;
	made->settings = *settings;
	made->model = model;
	made->loss = plan ? plan->spec.loss : NULL;
	made->baseline_loss = plan ? plan->baseline_loss : NAN;
	made->epoch_cost = plan ? (double)plan->epoch_cost : NAN;
	made->predicted = band != NULL;
	if (band)
		memcpy(made->band, band, hidden * sizeof(band[0]));
	return made;
}

struct conditions *conditions_unknown(int layers)
{
	struct conditions *made = calloc(1, sizeof(*made));
	struct model *model = model_unknown(layers);
	if (!made || !model) {
		free(made);
		free(model);
		return NULL;
	}
	made->users = 1;
	made->model = model;
	made->baseline_loss = made->epoch_cost = NAN;
	return made;
}

struct conditions *conditions_share(struct conditions *conditions)
{
	if (conditions)
		conditions->users++;
	return conditions;
}

void conditions_release(struct conditions *conditions)
{
	if (!conditions || --conditions->users > 0)
		return;
	free(conditions->model);
	free(conditions);
}

size_t conditions_bytes(const struct conditions *conditions)
{
	const struct model *model = conditions->model;
	size_t hidden = conditions->predicted ? (size_t)model_hidden(model) : 0;
	return sizeof(*conditions) + hidden * sizeof(conditions->band[0]) + sizeof(*model) +
		(size_t)model->layers * sizeof(model->layer[0]);
}
