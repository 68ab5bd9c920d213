/* Thresholds of section 9 of the numerics sheet, in one place. */
#ifndef LAB_THRESHOLDS_H
#define LAB_THRESHOLDS_H

struct thresholds {
	double diverged_times;              /* of max(first loss, 1) */
	double converged_share;             /* of the constant guess's loss */
	double decades_lost;                /* and more: vanishing; negative: exploding */
	double decades_weak;
	double norm_exploding;
	double norm_times_median;           /* of the last epochs, and above norm_least */
	double norm_least;
	double stuck_share;                 /* of the constant guess's loss */
	int stuck_epochs;
	int median_epochs;
	int worse_epochs;
	double worse_times;                 /* of the constant guess's loss */
	double overfit_times, overfit_share; /* of the loss; of the constant guess's */
	double lag_times, lag_share;        /* the same, of the two losses of the training set */
	double step_frozen, step_too_large; /* update ratio */
	double units_dead, units_died;      /* share of a layer; since the start */
};

extern const struct thresholds threshold;

#endif
