/* Panes: numbers in, cells out.
 *
 * A pane gets a const struct picture (a frame of the run and the view's settings) and draws into an
 * area of any size down to 1x1. pane_draw() draws the box; the row's draw() gets the inside. Panes
 * do not train, allocate or read the clock. What the mouse can point at is said where it is drawn
 * (target.h). A number is shown whole or not at all (caption.h). To add a pane: a file with a draw
 * function and a row, declared in pane_rows.h, listed in panes.c.
 */
#ifndef UI_PANE_H
#define UI_PANE_H

#include "lab/advice.h"
#include "lab/frame.h"
#include "lab/probe.h"
#include "ui/canvas.h"

/* The view's settings; their table is in src/app/screen_settings.c. */
struct view {
	const char *gradient;  /* what the bars show: "rms", "l2", "delta" */
	const char *history;   /* what its map shows: "rms", "delta", "update", "change", "dead" */
	const char *loss_axis; /* "fit", "zero", "log" */
	double target_loss;    /* whose first epoch is told; 0: none */
	bool timer;            /* the epochs to it are large in pane loss */
	bool quiz;             /* verdicts and remedies are not shown */
	const char *theory;    /* when its prediction is drawn: "start" (epoch 0), "on", "off" */
	const char *network;   /* colours of the units: "delta", "activity", "slope", "change" */
	const char *units;     /* of pane units: "all" samples, one "sample" */
	const char *curves;    /* of pane activation: "own", "functions", ..., "output" */
	const char *compare;   /* functions beside the one in force: "relu/tanh" */
	int cursor;            /* on the axis of z, in quarters from 1 on; 0: none */
	const char *beside;    /* the table of pane weights: "layers", "traces", "nothing" */
	const char *sort;      /* of pane numbers: "layer", "falling", "rising" */
	int column;            /* chosen statistic of the layers, from 0 */
	bool large;            /* the number that matters most is large, where there is room */
	bool large_first;      /* ... and comes before details: large print was asked for */
	int layer;             /* selected row of the record, from 1: a layer, or a time step of
	                          one; see layer_selected() */
	int unit;              /* selected unit of it, from 1; 0: none */
	int choice;            /* chosen row of a pane with choices, from 0 */
	int weight;            /* chosen in the selected layer, from 0; it may be too large */
	int phase;             /* of a step in slow motion: an enum step_kind */
	int sample;            /* of the next minibatch: the one shown, from 0; it may be too large */
	/* [layer] the unit of a path in pane chain, from 1; 0: the strongest one */
	int path[NET_LAYERS_MAX + 1];
};

/* Chooses a unit of the selected layer; 0: none. */
void view_choose_unit(struct view *view, int unit);

struct picture {
	struct frame frame;        /* of the run that is shown */
	struct frame twin;         /* a second run beside it; its model is NULL if there is none */
	struct advice_view advice; /* remedies tried on the run; count 0: none */
	double epoch_seconds;      /* of processor time, of an epoch lately; 0: not known */
	const struct view *view;   /* never NULL */
};

/* The selected row of the record, within 1..rows. */
int row_selected(const struct picture *picture, int rows);

/* The layer of the selected row, within 1..layers. */
int layer_selected(const struct picture *picture, int layers);

/* The row, from 1, that selects a layer: of one with time steps its last one, next to the loss, or
 * the selected one if that is of the layer. */
int layer_row(const struct picture *picture, int layer);

/* The number that matters most of a pane, for the last row of a hall. */
struct headline {
	char number[16];     /* in the letters of ui/large.h */
	const char *usual;   /* as wide as the number is as a rule: it leaves the same room */
	enum style style;    /* of the number */
	char words[80];      /* what it is; drawn beside it, in several rows if need be */
	const char *briefly; /* the same where there is little room */
};

struct pane {
	const char *name;                  /* "gradients" */
	const char *help;                  /* one line: what it shows */
	const char *guide;                 /* how to read it: every sign and number in it */
	const char *numbers;               /* "loss; acc": those that it shows, see ui/formula.h */
	int minimum_width, minimum_height; /* of the inside; below it the pane still draws what fits */
	/* "gradients · RMS ∂L/∂W · log": the last parts are dropped if there is no room */
	void (*title)(const struct picture *picture, char *out, int size);
	void (*draw)(const struct picture *picture, struct area area);
	/* Drawn above the rest where large print was asked for; false: there is none now. NULL: never,
	 * or draw() sees to it. */
	bool (*headline)(const struct picture *picture, struct headline *headline);
	/* What the pane needs of the run's state to fill an inside of this size (frame.state gives it
	 * later, or never); NULL: records are enough. */
	struct probe_wish (*wish)(const struct picture *picture, struct area area);
	/* Likewise of the second run's state (twin.state); NULL: nothing, even if there is one. */
	struct probe_wish (*pinned_wish)(const struct picture *picture, struct area area);
	/* number of rows that up and down choose from; NULL: they select a layer */
	int (*choices)(const struct picture *picture);
	/* Left and right: moves the view by so many steps, at most to the end; false: it is at the
	 * end already. NULL: they select a layer. */
	bool (*across)(const struct picture *picture, int by, struct view *view);
	bool plays;         /* Enter goes across by itself, to the end */
	bool output_on_top; /* its rows are layers, layer 1 at the bottom: up leads to the output */
};

const struct pane *pane_at(int index); /* NULL past the end */
int pane_count(void);

/* Draws the box with number (from 1; 0: none) and title, then the inside. The focused pane differs
 * by a sign before its number, not only by style. Areas under 3x3 have no box. */
struct area pane_inside(struct area area);
/* What pane_draw() gives to the row's draw(): the inside, below a headline if there is one. */
struct area pane_room(const struct pane *pane, const struct picture *picture, struct area area);
void pane_draw(const struct pane *pane, int number, bool focused, const struct picture *picture,
	struct area area);

#endif
