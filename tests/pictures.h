/* Hand-made pictures for tests of drawing: healthy, vanishing, broken, tiny and huge ones.
 *
 * A case builds all that a struct picture points at; picture_free() takes it down. Numbers
 * come from formulas, not from training, so golden frames change only when drawing does. */
#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include "ui/pane.h"

enum { CASE_TRIALS = 20 };

struct picture_state;

struct case_data {
	struct history *history;
	struct record *record;
	struct detail *detail;
	struct dataset *data;
	float *pixels;            /* of images; NULL: the features are those that are drawn */
	struct state_view *state; /* with a grid and the points; NULL: none */
	struct config config;
	struct model *model;
	struct picture_state *walk; /* with a step in slow motion; NULL: none */
	struct view view;
	struct trial trial[CASE_TRIALS];
	const struct trial *ranked[CASE_TRIALS];
	struct config advised; /* what the trials change */
	struct advice_view advice;
	struct case_data *pinned; /* a second run; NULL: none */
	struct picture picture;
};

struct picture_case {
	const char *name;
	void (*make)(struct case_data *made);
};

const struct picture_case *picture_case_at(int index); /* NULL past the end */
struct case_data *picture_make(const struct picture_case *picture);

/* Makes the model anew; call it after a change of made->config. */
void picture_remodel(struct case_data *made);
void picture_free(struct case_data *made);

#endif
