/* The lines that hide and show, in lessons, in the configuration file and at the prompt.
 *
 *	hide setting all             show setting activation
 *	hide key pin F5              hide pane chain units
 *
 * A key may be named by what it does; those that close, quit, help and lead through a lesson always
 * work.
 */
#ifndef APP_HIDING_H
#define APP_HIDING_H

#include "app/action.h"
#include "app/hidden.h"
#include "lab/error.h"

/* Hides or shows what "KIND NAME ..." names. False: error says what is wrong with it. */
bool hiding_change(struct hidden *hidden, const char *argument, bool hides, struct error *error);

/* True if the key's action or setting is hidden, which is then said. */
bool hiding_refuses_key(const struct context *context);

#endif
