/* The model of a network for two classes of points. */
#ifndef TESTS_MODELLED_H
#define TESTS_MODELLED_H

#include "lab/model.h"
#include "lab/models.h"

static inline struct model *model_for_points(const struct config *config)
{
	const struct data_shape two_classes = {.features = 2, .classes = 2};
	struct net_spec spec;
	model_spec(config, &two_classes, &spec);
	return model_of(&spec);
}

#endif
