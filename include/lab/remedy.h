/* Remedies: changes of settings that may help a network in trouble.
 *
 * A row is the whole of a remedy: the settings it changes together, the verdicts and remarks for
 * which textbooks recommend it, and what it costs. Trials (advice.h) show whether it
 * helps a network. To add one: a row in remedy.c, before those that should be tried later.
 */
#ifndef LAB_REMEDY_H
#define LAB_REMEDY_H

#include "lab/settings.h"

struct remedy {
	const char *name;     /* "relu" */
	const char *settings; /* "activation=relu": name=value, separated by blanks; "": none */
	const char *when;     /* names of verdicts and remarks, separated by blanks; "": none */
	const char *help;     /* one line: what it does, what it costs */
	bool (*makes_sense)(const struct config *config); /* NULL: wherever it changes a setting */
};

const struct remedy *remedy_at(int index); /* NULL past the end */

/* Changes `config`; false, and nothing has changed, if the remedy makes no sense for it, if all of
 * its settings are in force already, or if its model cannot have one of them. */
bool remedy_apply(const struct remedy *remedy, struct config *config);

/* The keys that change one config into the other: "[a] relu + [EE] lr 0.02"; ":name=value", to be
 * typed, where no few presses do. Cut to size; "" if they are the same. */
void remedy_keys(const struct config *from, const struct config *to, char *out, size_t size);

/* The textbook's advice for a problem (name of a verdict or remark): "[a] relu, [b] norm batch",
 * whole remedies only, as many as fit `size`; "" if there is none. */
void remedy_rules(const char *problem, const struct config *config, char *out, size_t size);

#endif
