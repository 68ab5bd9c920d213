/* Panes: numbers in, cells out.
 *
 * A pane sees a struct picture (a frame of the run, and how the person wants to see it), all
 * const, and draws into an area of any size down to 1x1. The box around it is drawn by
 * pane_draw(); a row's draw() gets the inside. Nothing here trains,
 * allocates or asks the time. A number is shown whole or not at all (caption.h). To add a
 * pane: its file with one draw function and a row, named in pane_rows.h and listed in panes.c.
 */
#ifndef UI_PANE_H
#define UI_PANE_H

#include "lab/advice.h"
#include "lab/frame.h"
#include "ui/canvas.h"

/* How the person wants to see it; the view's settings table is in src/app/view.c. */
struct view {
	const char *gradient; /* what the bars show: "rms", "l2", "delta" */
	bool log_y;           /* loss on a logarithmic axis */
	const char *theory;   /* its prediction beside the bars: "start" (epoch 0), "on", "off" */
	int layer;            /* selected layer, 1 ... layers; beyond is the nearest */
	int choice;           /* chosen row of a pane with choices, 0 the first */
};

struct picture {
	struct frame frame;        /* the run in front */
	struct advice_view advice; /* remedies tried on the run; count 0 if there are none */
	const struct view *view;   /* never NULL */
};

struct pane {
	const char *name;                  /* "gradients" */
	const char *help;                  /* one line: what it shows */
	const char *guide;                 /* how to read it: every sign and number in it */
	int minimum_width, minimum_height; /* of the inside; below it the pane still draws what fits */
	/* "gradients · RMS ∂L/∂W · log": parts are given up from the last on where room is short */
	void (*title)(const struct picture *picture, char *out, int size);
	void (*draw)(const struct picture *picture, struct area area);
	/* rows that up and down choose from; NULL: they select a layer */
	int (*choices)(const struct picture *picture);
};

const struct pane *pane_at(int index); /* NULL past the end */
int pane_count(void);

/* Box with number (1-based), title, and the inside. A focused pane has a sign before its
 * number besides its style. Areas under 3x3 get the inside alone. */
void pane_draw(const struct pane *pane, int number, bool focused, const struct picture *picture,
	struct area area);

#endif
