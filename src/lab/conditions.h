/* What verdicts and remarks say alike: the rules of verdict.c that remark.c asks about, too. */
#ifndef LAB_CONDITIONS_H
#define LAB_CONDITIONS_H

#include "lab/verdict.h"

/* For some epochs under the same settings, with the loss of a constant guess. */
bool is_stuck(const struct evidence *evidence);

/* The loss is far above that of a constant guess. */
bool is_worse(const struct evidence *evidence);

/* A network can overfit and have another verdict. */
bool is_overfitting(const struct evidence *evidence);

#define OVERFITTING_HELP "val_loss over twice eval_loss, and by a tenth of a constant guess's"
#define OVERFITTING_SENTENCE \
	{ \
		NULL, "Overfitting: loss {val_loss} on validation data, {eval_loss} on training data.", \
			"Overfits: {val_loss} against {eval_loss}." \
	}

#endif
