/* A frame: all there is to see of one run at one epoch. Header, verdict, advice and panes are made
 * from frames alone, so that a past epoch, a second run and the log of another program are drawn
 * by the same code.
 *
 * A frame owns nothing; everything it points at belongs to its run and is valid until that goes
 * on. Sources of frames: experiment_frame() and log_frame().
 */
#ifndef LAB_FRAME_H
#define LAB_FRAME_H

#include "lab/dataset.h"
#include "lab/history.h"
#include "lab/model.h"
#include "lab/settings.h"
#include "lab/theory.h"

struct state_view;

struct frame {
	const char *name;                 /* tells two runs apart; NULL: there is only one */
	int64_t epoch;                    /* complete epochs: the record's, or one more while that
	                                     epoch is measured */
	struct history_view history;      /* the run, with the records up to this epoch counted */
	const struct record *record;      /* of this epoch; NULL before the first */
	const struct detail *detail;      /* of it, or of a few epochs before (its own `epoch` says);
	                                     NULL if not kept */
	const struct model *model;        /* under which the record was made; never NULL */
	const struct theory_band *theory; /* [hidden layers]; NULL where theory does not apply */
	const struct dataset *data;       /* NULL while loading, and where they are not kept */
	const char *loss;                 /* name of the loss: "bce"; NULL if not known */
	double baseline_loss;             /* loss of the best constant answer; NaN: not known */
	struct fault fault;               /* the first number that was not finite; layer 0: all are */
	const struct config *settings;    /* the record's; NULL: none are known, as of a log */
	const struct state_view *state;   /* what its network answers to what panes asked (probe.h), of
	                                     this epoch or of one shortly before; NULL: nothing */
};

enum { EPOCH_PRESENT = -1 };

struct conditions;

/* For sources of frames: what a record (or NULL) and the conditions it was made under say. */
void frame_fill(
	struct frame *frame, const struct record *record, const struct conditions *conditions);

/* A frame of one of the records kept, without data. False, and the frame is left alone:
 * the record of that epoch or its conditions are not kept. */
bool frame_of_history(struct frame *frame, const struct history *history, int64_t epoch);

#endif
