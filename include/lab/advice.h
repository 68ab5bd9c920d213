/* Advice that has been tried: remedies, each trained ahead on a copy of the run.
 *
 *	struct advice *advice = advice_new();
 *	advice_begin(advice, experiment, &limits);        between two epochs
 *	while (advice_advance(advice, 1000000)) ...       stop whenever you like
 *	advice_at(advice, 0)                              the best trial so far
 *
 * A trial is one remedy applied to the state of advice_begin(), its weights kept or restarted from
 * the seed, and trained for `epochs`. First come all single remedies, then pairs of them with a
 * restart, until one trial has converged. The very first trial is the run left alone. A remedy
 * applied to the run at the epoch of its trial continues exactly as the trial did; a trial never
 * changes the run.
 *
 * A remedy that keeps the weights and helps a fresh network may kill a trained one: after an
 * advice_begin() for the same settings much later, the best such trial is tried anew before all
 * others, and the next best if it helps no more. Results from the seed do not change and stay.
 */
#ifndef LAB_ADVICE_H
#define LAB_ADVICE_H

#include "lab/experiment.h"
#include "lab/remedy.h"

enum { TRIAL_LOSSES = 11, TRIAL_SETTINGS_MAX = 200 };

enum trial_state { TRIAL_WAITING, TRIAL_DONE, TRIAL_UNTRIED };

struct trial {
	const struct remedy *first, *second; /* second NULL: a single remedy; both: left alone */
	bool restart;
	enum trial_state state;       /* UNTRIED: beyond the limits, or it cannot be built */
	int64_t start;                /* epoch of the run at which it was tried */
	int epochs;                   /* number of epochs trained: fewer if it converged early */
	float loss[TRIAL_LOSSES];     /* evenly spaced over the epochs; nothing after it converged */
	float reached;                /* loss at the end */
	float val_loss, acc, decades; /* at the end; nothing where there is none */
	float loss_before;            /* at the end of the trial before this one; nothing: none */
	const char *verdict;          /* at the end, judged by the epochs in `loss` */
};

/* How far trials go: until one that keeps the weights and one with a restart have converged; all
 * single remedies, and pairs until one has converged; everything, each to its last epoch. The
 * first two end a trial whose loss is below 1 % of the baseline. */
enum advice_extent { ADVICE_FIRST, ADVICE_SINGLES, ADVICE_ALL };

struct advice_limits {
	int epochs;             /* of a trial, at most */
	uint64_t multiply_adds; /* of all rounds together, roughly; 0: no limit */
	enum advice_extent extent;
};

/* Name of the verdict, or else of the remark, that asks for advice; NULL if none does, or without
 * evidence. */
const char *advice_problem(const struct evidence *evidence);

/* Trials of the screen: about two seconds of work for the network that wane starts with. */
extern const struct advice_limits advice_limits_screen;

struct advice;

struct advice *advice_new(void); /* NULL without memory */
void advice_free(struct advice *advice);

/* Starts a round of trials on the present state of `experiment`, which is between two epochs and
 * has a record. Trials of other settings or of a later epoch are forgotten; an unfinished trial
 * goes on. False: no memory. */
bool advice_begin(
	struct advice *advice, const struct experiment *experiment, const struct advice_limits *limits);

/* Starts a round, as advice_begin() does, that repeats only the best trial, on the present weights;
 * if it no longer helps, the next best. */
bool advice_confirm(struct advice *advice, const struct experiment *experiment);

/* Forgets all trials. */
void advice_clear(struct advice *advice);

/* Works for about `multiply_adds`; false when no round is left to work on. */
bool advice_advance(struct advice *advice, uint64_t multiply_adds);
bool advice_busy(const struct advice *advice);

int advice_count(const struct advice *advice); /* trials, the run left alone included */
int advice_done(const struct advice *advice);  /* those tried or beyond the limits */

/* Number of trials ended so far; repeated ones count each time. */
int advice_ended(const struct advice *advice);

/* The trial at this rank: those that help by what they reached, then by the size of the change;
 * those waiting and untried last. NULL past the end. */
const struct trial *advice_at(const struct advice *advice, int rank);

/* The trial of the run left alone; NULL until it is done. */
const struct trial *advice_alone(const struct advice *advice);

/* True if it brings the loss to a sixth of the baseline or less. */
bool advice_mends(const struct advice *advice, const struct trial *trial);

/* The best trial that helps; while a round goes on, only one that mends. NULL if none is known. */
const struct trial *advice_best(const struct advice *advice);

/* True if the trials are of these settings, and of no later epoch. */
bool advice_is_for(const struct advice *advice, const struct config *config, int64_t epoch);

/* The trials as panes draw them; valid until the next call that changes the advice. */
struct advice_view {
	const struct trial *const *trial; /* [count], as advice_at() has them */
	int count, tried;                 /* all trials; those tried, without the run left alone */
	bool busy;
	const struct config *config; /* of the run they were tried on */
	double loss;                 /* of the run when the last round began */
};

struct advice_view advice_view(const struct advice *advice);

/* True if the trial has learned something, and got clearly below both the present loss and the run
 * left alone. What does worse than guessing on the validation set has learned nothing, unless the
 * run left alone does no better there. */
bool advice_helps(const struct advice *advice, const struct trial *trial);

/* The settings that the trial had, for a run with the settings `config`. */
struct config trial_config(const struct trial *trial, const struct config *config);

/* "relu", "relu+he"; "none" for the run left alone, "restart" for a restart alone. */
void trial_name(const struct trial *trial, char *out, size_t size);

/* All the keys that make it: "[a] relu + [ii] he-normal + [r] restart"; what has no key is to be
 * typed: ":lr=auto + [r] restart". */
void trial_change(const struct trial *trial, const struct config *config, char *out, size_t size);

/* The best trial as one whole sentence of at most `width` columns; "" if there is nothing to say
 * yet. It names the epoch of a trial that is old for a run that has reached `epoch`. */
void advice_sentence(const struct advice *advice, int64_t epoch, int width, char *out, size_t size);

#endif
