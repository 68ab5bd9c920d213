/* What a change of settings does at once to a run that has trained: weights that fitted the network
 * before may not fit the changed one, as where skip connections are added.
 */
#ifndef APP_HARM_H
#define APP_HARM_H

#include "lab/experiment.h"

/* Tells of the preview after a change what became of the loss, which was `before`, and the way
 * back. False, and *out is left alone: nothing worth a word; also where `before` is NaN. */
bool harm_tell(const struct experiment *experiment, double before, char *out, size_t size);

/* The loss of the present record; NaN: there is none. */
double harm_loss(const struct experiment *experiment);

#endif
