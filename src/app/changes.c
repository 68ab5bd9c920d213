#include "app/changes.h"

#include "app/all_settings.h"
#include "lab/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The text after the colon, or NULL. */
static const char *change_body(const struct change *change)
{
	const char *colon = strchr(change->text, ':');
	return colon ? colon + 1 : NULL;
}

static bool change_restarts(const struct change *change)
{
	return strcmp(change_body(change), "restart") == 0;
}

/* Puts the option before the cause of the error. */
static bool refuse(const struct change *change, struct error *error)
{
	struct error cause = *error;
	return error_set(error, cause.status, "--at %.200s: %s", change->text, cause.text);
}

static bool change_make(const struct change *change, struct settings_list *list,
	struct config *config, struct error *error)
{
	return change_restarts(change) ||
		settings_list_run_pair(list, config, change_body(change), error) || refuse(change, error);
}

static bool parse_epoch(struct change *change, struct error *error)
{
	const char *body = change_body(change);
	size_t length = body ? (size_t)(body - change->text) - 1 : 0;
	double epoch;
	if (!body || !number_parse(change->text, length, &epoch) || !(epoch >= 0) || epoch > 2e9 ||
		epoch != floor(epoch))
		return error_set(error, STATUS_USAGE,
			"--at: found '%.200s', expected EPOCH:NAME=VALUE or "
			"EPOCH:restart, EPOCH a whole number from 0 to 2000000000",
			change->text);
	change->epoch = (int64_t)epoch;
	return true;
}

bool changes_add(struct changes *changes, const char *text, struct error *error)
{
	struct change change = {.text = text};
	struct config scratch = config_default();
	struct settings_list list = settings_list_begin(&scratch);
	int place = changes->count;
	if (!parse_epoch(&change, error))
		return false;
	if (!change_restarts(&change) && !strchr(change_body(&change), '='))
		return error_set(error, STATUS_USAGE,
			"--at %.200s: found '%.200s', expected NAME=VALUE or restart", text,
			change_body(&change));
	if (!change_make(&change, &list, &scratch, error))
		return false;
	if (changes->count == CHANGES_MAX)
		return error_set(
			error, STATUS_USAGE, "--at %.200s: more than %d changes", text, CHANGES_MAX);
	for (; place > 0 && changes->at[place - 1].epoch > change.epoch; place--)
		changes->at[place] = changes->at[place - 1];
	changes->at[place] = change;
	changes->count++;
	return true;
}

int changes_together(const struct changes *changes, int first)
{
	int count = 0;
	while (first + count < changes->count &&
		changes->at[first + count].epoch == changes->at[first].epoch)
		count++;
	return count;
}

bool changes_make(const struct changes *changes, int first, int count, struct config *config,
	bool *restart, struct error *error)
{
	struct settings_list list = settings_list_begin(config);
	*restart = false;
	for (int i = first; i < first + count; i++) {
		*restart = *restart || change_restarts(&changes->at[i]);
		if (!change_make(&changes->at[i], &list, config, error))
			return false;
	}
	settings_list_end(&list, config);
	if (config->epochs == 0)
		config->epochs = RUN_EPOCHS;
	return true;
}

bool changes_start_anew(const struct config *from, const struct config *to, bool restart)
{
	return restart || config_effect(from, to) == EFFECT_REBUILD;
}

bool changes_check(
	const struct changes *changes, const struct config *config, int64_t *end, struct error *error)
{
	struct config now = *config;
	char name[600];
	bool restart;
	*end = config->epochs;
	for (int first = 0, count; first < changes->count; first += count) {
		const struct config before = now;
		int64_t epoch = changes->at[first].epoch, start = *end - before.epochs, reached = *end;
		count = changes_together(changes, first);
		if (!changes_make(changes, first, count, &now, &restart, error))
			return false;
		/* data of another shape also restart the run, but their shape is not known yet */
		if (changes_start_anew(&before, &now, restart) ||
			config_effect(&before, &now) == EFFECT_DATA)
			start = epoch;
		*end = start + now.epochs;
		if (epoch <= reached && epoch < *end)
			continue;
		changes_name(changes, first, count, name, sizeof(name));
		return error_set(error, STATUS_USAGE,
			"%s: the run ends after %lld epochs (epochs=%d); "
			"expected an epoch before that, or more epochs",
			name, (long long)(epoch > reached ? reached : *end),
			epoch > reached ? before.epochs : now.epochs);
	}
	return true;
}

void changes_name(const struct changes *changes, int first, int count, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (int i = first; i < first + count && used < size; i++)
		used += (size_t)snprintf(
			out + used, size - used, "%s--at %.200s", i > first ? " " : "", changes->at[i].text);
}
