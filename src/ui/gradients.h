/* What the files of the gradients pane share. A value that is not a positive number is written as a
 * word, never drawn as a small bar. */
#ifndef UI_GRADIENTS_H
#define UI_GRADIENTS_H

#include "ui/caption.h"
#include "ui/pane.h"
#include "ui/plot.h"

/* A quantity that the bars can show, and the one that their ticks show beside it. */
struct quantity {
	const char *name;         /* value of the view's setting "gradient" */
	const char *symbol;       /* in the title of the pane */
	const char *heading;      /* over its column of numbers */
	const char *tick_symbol;  /* name of the tick beside level bars, */
	const char *level_symbol; /* and beside upright ones; both NULL: there are no ticks */
	size_t offset, tick;      /* fields of struct layer_record: the bar, the tick */
};

/* Of ticks and their legends: it stands out from every colour of a bar. */
static const enum style gradients_tick = STYLE_TITLE;

bool gradients_drawable(double value); /* finite and above 0 */

/* Whole decades around the values of the last records, back to the last change of a setting. */
struct axis gradients_axis(const struct picture *picture, const struct quantity *shown);

/* The colour of the bar of some rows of the record: of the geometric mean over the last epochs, at
 * most back to the last change of a setting. A bar so changes its colour, which costs many bytes,
 * when its size has changed and not when it trembles. */
enum style gradients_color(
	const struct picture *picture, const struct quantity *shown, int first, int last);

/* Where the tick of a row is; NaN: it has none. */
double gradients_tick_of(const struct record *record, const struct quantity *shown, int row);

/* Where a bar of `length` cells ends. In colours it is at halves of a cell, because each end that
 * moves costs the bytes of a change of colour, and all of them tremble from epoch to epoch. */
double gradients_end(const struct canvas *canvas, double fraction, int length);

/* The word in place of a bar; NULL if there is a bar to draw. */
const char *gradients_word(const struct record *record, int row, float value);

/* Where theory expects the delta of a row: the typical network, within its spread. It is a
 * prediction for the initial weights, so it is shown at epoch 0, and later if asked for. False if
 * there is none to show. */
bool gradients_predicted(const struct picture *picture, int row, double *low, double *high);

/* One cell of that range. On a bar in the colour `color` every other cell shows the bar. */
void gradients_put_theory(struct area bar, int x, int y, enum style color);

/* The value of the second run in the row that is as far from the output as this one, and that of
 * its tick; NaN: there is none, or it cannot be drawn. */
double gradients_twin(const struct picture *picture, const struct quantity *shown, int row);
double gradients_twin_tick(const struct picture *picture, const struct quantity *shown, int row);

/* The factor by which delta changes with every layer or time step back; false: none has been
 * fitted. */
bool gradients_factor(const struct record *record, char out[PLOT_NUMBER]);

/* Adds the number of a row; `named`: the word "layer" stands before that of a hidden layer. */
void gradients_add_row(struct parts *parts, int rank, const struct picture *picture,
	const struct quantity *shown, int row, bool named);

/* The line under the bars. `legend`: the name of the ticks if nothing else shows it, or NULL;
 * `pinned`: how a pinned run is drawn ("left"), or NULL if it is not; `selected`: the row whose
 * number is shown nowhere else, or 0. */
void gradients_draw_summary(const struct picture *picture, const struct quantity *shown,
	struct area area, int y, const char *legend, const char *pinned, int selected);

void gradients_draw_level(
	const struct picture *picture, struct area area, const struct quantity *shown);
void gradients_draw_upright(
	const struct picture *picture, struct area area, const struct quantity *shown);

#endif
