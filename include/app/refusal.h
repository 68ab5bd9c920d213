/* Why a person cannot have what is hidden (app/hidden.h); lessons and scripts can. */
#ifndef APP_REFUSAL_H
#define APP_REFUSAL_H

#include "app/context.h"

/* "hidden by this lesson", or by whom else. */
const char *refusal_reason(const struct context *context);

/* True if it is hidden from whoever asks; error says so. A pane is refused to lessons, too: they
 * show it before they point at it. */
bool refusal_of_setting(const struct context *context, int index, struct error *error);
bool refusal_of_pane(const struct context *context, int index, struct error *error);
bool refusal_of_action(
	const struct context *context, int index, const char *name, struct error *error);

#endif
