/* Rules of verdict.c that remark.c needs, too. */
#ifndef LAB_CONDITIONS_H
#define LAB_CONDITIONS_H

#include "lab/verdict.h"

/* The loss has been at the baseline for some epochs under the same settings. */
bool is_stuck(const struct evidence *evidence);

/* The loss is far above the baseline. */
bool is_worse(const struct evidence *evidence);

/* A network can overfit and have another verdict. */
bool is_overfitting(const struct evidence *evidence);

#define OVERFITTING_HELP "val_loss over twice eval_loss, and by a tenth of the baseline"
#define OVERFITTING_SENTENCE \
	{ \
		NULL, "Overfitting: loss {val_loss} on validation data, {eval_loss} on training data.", \
			"Overfits: {val_loss} against {eval_loss}." \
	}

#endif
