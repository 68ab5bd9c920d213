#include "app/player.h"

#include "app/command.h"
#include <string.h>

static const struct script_line *upcoming(const struct player *player)
{
	const struct script *script = player->script;
	return script && player->next < script->count ? &script->line[player->next] : NULL;
}

void player_end(struct player *player, const struct context *context, const char *why)
{
	player->script = NULL;
	context->session->scripted = false;
	session_run(context->session, 0, context->now);
	message_say(context->messages, player->error.text[0] ? STYLE_ALARM : STYLE_NORMAL, "%s", why);
}

/* Trains up to the next line; after the last one the run is the user's. */
static void train_on(struct player *player, const struct context *context)
{
	const struct script_line *line = upcoming(player);
	if (line)
		session_run(context->session, line->at - context->session->trained, context->now);
	else
		player_end(player, context, "the script has ended: the run is yours");
}

void player_start(struct player *player, const struct script *script, const struct context *context)
{
	*player = (struct player){.script = script};
	context->session->scripted = true;
	train_on(player, context);
}

void player_fail(struct player *player, const struct context *context, const char *cause)
{
	const struct script *script = player->script;
	const struct script_line first = {.number = 0};
	const struct script_line *line = player->next > 0 ? &script->line[player->next - 1] : &first;
	script_refuse(script, line, cause, STATUS_USAGE, &player->error);
	player_end(player, context, player->error.text);
}

bool player_due(const struct player *player, const struct session *session, const struct twin *twin)
{
	const struct script_line *line = upcoming(player);
	const struct experiment *experiment = session->experiment;
	return line && runs_at_rest(twin, session) &&
		(session->trained >= line->at || experiment_finished(experiment));
}

static bool carry_out(
	const struct script_line *line, const struct context *context, struct error *error)
{
	const struct action *action = NULL;
	context->session->abandons = line->during;
	if (strcmp(line->text, SCRIPT_KEEP) == 0)
		session_keep(context->session);
	else if (strcmp(line->text, SCRIPT_END) != 0 &&
		!command_run(context, line->text, &action, error))
		return false;
	if (action)
		action->run(context);
	message_say(context->messages, STYLE_NORMAL, "at %lld: %s", (long long)line->at, line->text);
	return true;
}

/* A line and those joined to it, which the session then makes in one change. */
static void carry_out_all(struct player *player, const struct context *context)
{
	const struct script_line *line = upcoming(player);
	struct error error = {STATUS_DONE, ""};
	do {
		player->next++;
		if (!carry_out(line, context, &error)) {
			player_fail(player, context, error.text);
			return;
		}
		line = upcoming(player);
	} while (line && line->joined);
	train_on(player, context);
}

bool player_work(struct player *player, const struct context *context)
{
	const struct script_line *line = upcoming(player);
	struct session *session = context->session;
	if (!line)
		return false;
	if (player_due(player, session, context->twin)) {
		if (session->trained >= line->at) {
			carry_out_all(player, context);
		} else {
			player->next++;
			player_fail(player, context, "the run ends before so many epochs are trained");
		}
		return true;
	}
	/* Space has let the run go on without end */
	if (session->left < 0 || session->left > line->at - session->trained)
		session->left = line->at - session->trained;
	return false;
}
