/* A network's weights as CSV: one line a number, made to be read by other programs.
 *
 *	tensor,row,col,value
 *	layer1.weight,0,0,-0.31
 *
 * Tensors, layer by layer, the output layer last: layerN.weight (row = output unit, col = input,
 * as in PyTorch's nn.Linear) and layerN.bias; of hidden layers also layerN.norm.gamma and .beta
 * while the network normalizes, layerN.norm.running_mean and .running_var while it does so over
 * the batch, and layerN.activation.slope where it is learned. Vectors have col 0. Values are
 * the shortest decimals that read back as the same float.
 *
 * A reader takes lines in any order, each entry exactly once and no others, and numbers a float
 * can hold; what is below FLT_MIN reads as 0. Both ways are resumable jobs:
 *
 *	struct weights_load *load = weights_load_begin(path, net, &error);   NULL: error says why
 *	while ((state = weights_load_advance(load, 1000000, &error)) == WEIGHTS_MORE) ...;
 *	weights_load_finish(load);                                           always
 *
 *	struct weights_save *save = weights_save_begin(path, &error);        NULL: error says why
 *	while ((state = weights_save_advance(save, net, 1000000, &error)) == WEIGHTS_MORE) ...;
 *	weights_save_finish(save);                                           always
 *
 * Which tensors there are follows from the kinds of layer: nn/tensor.h.
 */
#ifndef LAB_WEIGHTS_H
#define LAB_WEIGHTS_H

#include "lab/atomic_file.h"
#include "lab/error.h"
#include "nn/net.h"

enum weights_state { WEIGHTS_MORE, WEIGHTS_DONE, WEIGHTS_FAILED };

struct weights_save;

/* Opens the file, so that a target which cannot be written is known before there is a network. */
struct weights_save *weights_save_begin(const char *path, struct error *error);

/* Works for about as long as `operations` multiply-adds take, or until a few megabytes are
 * written; from the first to the last call the network must stay as it is. DONE: the file is
 * whole and in its place. FAILED: the old file is as it was; so too if a number is not finite. */
enum weights_state weights_save_advance(
	struct weights_save *save, const struct net *net, uint64_t operations, struct error *error);

double weights_save_progress(const struct weights_save *save, const struct net *net); /* 0..1 */
const struct atomic_file *weights_save_file(const struct weights_save *save);
void weights_save_finish(struct weights_save *save); /* gives up what is not DONE; NULL: nothing */

/* True if saving would replace a file that holds something else than weights, or that cannot be
 * read. An empty file holds nothing. */
bool weights_would_replace(const char *path);

struct weights_load;

/* Opens the file; the memory taken depends on the network alone. The network must outlive the
 * job and keep its spec. */
struct weights_load *weights_load_begin(const char *path, struct net *net, struct error *error);

/* Works for about as long as `operations` multiply-adds take; naps 5 ms for a pipe that has nothing
 * yet. The network is not touched before the whole file has been found good, and from then on
 * nothing fails: its numbers are copied in, parameters as initial values too. Optimizer slots
 * and the step count are for the caller to reset. */
enum weights_state weights_load_advance(
	struct weights_load *load, uint64_t operations, struct error *error);

void weights_load_finish(struct weights_load *load); /* NULL does nothing */

#endif
