/* Thresholds of the verdicts and remarks: docs/numerics.md, section 9. */
#ifndef LAB_THRESHOLDS_H
#define LAB_THRESHOLDS_H

struct thresholds {
	double diverged_times;  /* of max(first loss, 1) */
	double converged_share; /* of the baseline loss */
	double decades_lost;    /* >= this: vanishing; <= -this: exploding */
	double decades_weak;
	double norm_exploding;
	double norm_times_median; /* of the last epochs, and above norm_least */
	double norm_least;
	double stuck_share; /* of the baseline loss */
	int stuck_epochs;
	double flat_fall;   /* of the loss, in stuck_epochs */
	int falling_epochs; /* in which the loss falls to half */
	int median_epochs;
	int worse_epochs;
	double worse_times;                  /* of the baseline loss */
	double overfit_times, overfit_share; /* of the loss; of the baseline loss */
	double lag_times, lag_share;         /* the same, of the two losses of the training set */
	double rise_times, rise_share;       /* of the lowest val_loss; of the baseline loss */
	double learned_share, lost_share;    /* of the baseline loss: learned, then lost it */
	double optimum_norm;                 /* gradient norm, of the baseline loss */
	double step_frozen, step_too_large;  /* update ratio */
	double step_harmful, step_huge;      /* of one step: may be the cause of trouble; is news */
	int harm_epochs;                     /* from a step to its harm, at most */
	double weights_shrunk;               /* of their first size */
	double units_dead, units_died;       /* share of a layer; since the start */
};

extern const struct thresholds threshold;

#endif
