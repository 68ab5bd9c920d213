/* Comparison with an independent implementation, shared by the reference_*.c files. Each file of
 * the folder has one comparison, which adds to a tally. The tolerances are those of
 * reference/README.md and are in reference_tally.c alone. Names of the reference (leaky_relu,
 * bn, glorot_normal_trunc) are translated here alone. */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include "lab/stats.h"
#include "net_internal.h"
#include "stages.h"
#include "tensor_file.h"

enum { TALLY_REASONS = 12, TALLY_COMPLAINTS = 12, RECIPES_MAX = 64 };

/* The result of one file. */
struct tally {
	const char *file;
	int compared, skipped, complaints;
	double worst; /* largest error / tolerance */
	char worst_at[96];
	struct {
		const char *reason;
		int count;
	} skip[TALLY_REASONS];
	char complaint[TALLY_COMPLAINTS][200]; /* the first of them */
};

/* A tensor against rows x columns numbers of ours; one that is NULL is not in the file. */
void tally_tensor(struct tally *tally, const struct file_tensor *tensor, int rows, int columns,
	const double *ours);
void tally_reals(
	struct tally *tally, const struct file_tensor *tensor, int rows, int columns, const real *ours);
/* 100 losses in a row, compared until float32 itself has lost the trajectory. */
void tally_losses(
	struct tally *tally, const struct file_tensor *tensor, int count, const double *ours);
/* One number; `name` is for the message. */
void tally_number(
	struct tally *tally, const char *name, double ours, double reference, double tolerance);
/* The tolerance of a single number: the general rule for a tensor of one. */
double tally_tolerance(double reference);
void tally_skip(struct tally *tally, const char *reason); /* the text must last */
void tally_complain(struct tally *tally, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How the reference trained: a row of optimizers.csv. */
struct recipe {
	char name[32];
	struct optimizer_choice choice;
	struct net_clip clip;
	const struct optimizer *optimizer;
	const char *missing; /* why wane has no such form; NULL if it has */
};

struct recipes {
	struct recipe recipe[RECIPES_MAX];
	int count;
};

/* "lr=0.1 weight_decay=0.05" under a name like keras_adam. */
void recipe_read(struct recipe *recipe, const char *name, const char *settings);

/* Our name for one of theirs: the exceptions are a table, the rest turns _ into -. */
const char *our_name(const char *theirs, char *ours, size_t size);

/* The network that a file describes; false if it is none that we know. */
bool spec_read(const struct tensor_file *file, struct net_spec *spec);

/* One linear layer and nothing else; NULL without memory. */
struct net *single_layer(int inputs, int outputs);

/* A network as a file describes it, with the file's data. */
struct trainee {
	struct tensor_file *file;
	struct tally *tally;
	struct net *net;
	struct file_tensor *x, *y;
	struct stats *stats;
	struct record *record;
};

bool trainee_new(struct trainee *trainee, struct tensor_file *file, struct tally *tally);
void trainee_free(struct trainee *trainee);
void trainee_start(struct trainee *trainee); /* the file's parameters; everything else is new */
/* Samples order[0..count-1] (NULL: all) go in; returns their mean loss, penalties included. */
void trainee_batch(struct trainee *trainee, const double *order, int count);
double trainee_pass(struct trainee *trainee, enum net_mode mode, bool backward,
	const struct net_observer *observer);
void trainee_update(struct trainee *trainee, const struct recipe *recipe);
void trainee_measure(struct trainee *trainee, enum net_mode mode);
/* Compares arrays of the shape of the parameters: names are prefix, kind, layer. */
void trainee_compare(struct trainee *trainee, const char *prefix, const real *vector);
void trainee_compare_running(struct trainee *trainee, const char *prefix, const char *suffix);
void trainee_compare_logits(struct trainee *trainee, struct file_tensor *tensor);

/* The comparisons, one for each kind of file. */
typedef void reference_comparison(
	const struct recipes *recipes, const char *path, struct tally *tally);
reference_comparison compare_network, compare_sequence, compare_epochs, compare_optimizers,
	compare_clipping, compare_activations, compare_losses, compare_softmax, compare_initializers,
	compare_datasets, compare_schedules, compare_theory;

/* Opens a tensor file, or complains and returns NULL; closing it counts the tensors nobody asked
 * for. */
struct tensor_file *comparison_open(const char *path, struct tally *tally);
void comparison_close(struct tensor_file *file, struct tally *tally);

void compare_start(struct trainee *trainee);
void compare_training(struct trainee *trainee, const struct recipe *recipe);
void compare_statistics(struct trainee *trainee, bool trained);

#endif
