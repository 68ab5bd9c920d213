/* Models: which layers a network has, from settings and the shape of the data.
 *
 * To add one: its function and a row in src/lab/models.c. Nothing else asks which model it is.
 */
#ifndef LAB_MODELS_H
#define LAB_MODELS_H

#include "lab/dataset.h"
#include "lab/settings.h"
#include "nn/net.h"

/* What a network has to know of data. All 0: they are not loaded. */
struct data_shape {
	int features; /* numbers of a sample */
	struct net_shape arranged;
	int classes; /* 0: regression */
};

struct data_shape data_shape_of(const struct dataset *data);

struct model_type {
	const char *name, *help;
	int takes;   /* kinds of data that it can learn from: enum data_kind */
	int chooses; /* those of them that are learned by the first such row, if no model is named */
	const char *data; /* a data set for it, where the present one is none */
	/* "NAME=VALUE ...": the usual network of this model, which replaces that of another model. Rows
	 * with the same text keep each other's. */
	const char *usual;
	/* Fills in the number of layers of a spec, and of each hidden layer its kind, size, shape and
	 * activation. Those of the input are there, but 0 if the data are not loaded. */
	void (*hidden)(const struct config *config, struct net_spec *spec);
	int depth_min;
	const char *only;  /* "NAME=VALUE ...": the only value that such a setting may have */
	const char *lacks; /* names of settings that change nothing, with blanks between them */
};

const struct model_type *model_type_at(int index); /* NULL past the end */
const struct model_type *model_type_of(const struct config *config);

/* True if a setting changes nothing about the network that the settings ask for. */
bool model_lacks(const struct config *config, const char *setting);

/* False if the model of `after` lacks a setting that differs, or must have another value of one. */
bool model_takes_change(const struct config *before, const struct config *after);

/* What follows from a change of `model` or `data`, so that the two fit: data of another kind bring
 * their model, a model that cannot take the data brings its own, and another model brings its usual
 * network. `fixed` [config_table.count]: settings that were named together with the change and
 * stay; NULL: none. */
void model_follow(const struct config *before, struct config *config, const bool *fixed);

/* Sets row `index` of the table to its value in `from`, and what follows from that. */
void model_take_setting(struct config *config, const struct config *from, int index);

/* False: error says why a network of these settings cannot learn from these data. */
bool model_fits(const struct config *config, const struct data_shape *data, struct error *error);

/* The network that the settings ask for, whether it fits the data or not. Its strings are static or
 * belong to `config`. Sizes that follow from data that are not loaded are 0. */
void model_spec(const struct config *config, const struct data_shape *data, struct net_spec *spec);

#endif
