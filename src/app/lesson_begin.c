#include "app/lesson_begin.h"

#include "app/lesson_file.h"
#include "app/translation.h"
#include "app/tutor.h"

/* Takes the settings of a preset, as one change. */
static void begin_preset(const struct context *context, struct lesson *preset)
{
	struct all_settings settings = controls_settings(context->controls);
	settings.config = preset->start.config;
	controls_adopt(context->controls, &settings);
	session_restart(context->session, context->now);
	tutor_depart(context->tutor);
	message_say(context->messages, STYLE_NORMAL, "%s", preset->sees);
	lesson_free(preset);
}

void lesson_begin_wanted(const struct context *context)
{
	struct tutor *tutor = context->tutor;
	struct error error = {STATUS_DONE, ""};
	bool preset = tutor->wants_preset;
	if (!tutor->wanted[0])
		return;
	struct lesson *lesson =
		preset ? preset_load(tutor->wanted, &error) : lesson_load(tutor->wanted, &error);
	tutor->wanted[0] = '\0';
	tutor->wants_preset = false;
	const struct language *language = language_chosen(context->controls->screen.lang);
	if (!lesson || (!preset && !translation_load(lesson, language, &error)))
		message_say(context->messages, STYLE_ALARM, "%s", error.text);
	if (!lesson)
		return;
	if (preset)
		begin_preset(context, lesson);
	else
		tutor_start(tutor, lesson, context);
}

bool lesson_takes_key(const struct context *context)
{
	return context->tutor->open && context->viewer->overlay == OVERLAY_NONE &&
		tutor_answer(context->tutor, context->key - '0', context);
}
