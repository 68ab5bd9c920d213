#include "app/messages.h"

#include <stdarg.h>
#include <stdio.h>

static const double message_seconds = 4;

void messages_begin(struct messages *messages, int key, double now)
{
	messages->key = key;
	messages->now = now;
}

__attribute__((format(printf, 3, 0))) static void say(
	struct messages *messages, enum style style, const char *format, va_list arguments)
{
	vsnprintf(messages->text, sizeof(messages->text), format, arguments);
	messages->style = style;
	messages->until = messages->now + message_seconds;
	messages->changed = true;
}

void message_say(struct messages *messages, enum style style, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(messages, style, format, arguments);
	va_end(arguments);
}

void message_say_once(struct messages *messages, const char *format, ...)
{
	va_list arguments;
	for (int i = 0; i < messages->told_count; i++)
		if (messages->told[i] == messages->key && messages->key != 0)
			return;
	if (messages->key != 0 && messages->told_count < TOLD_KEYS)
		messages->told[messages->told_count++] = messages->key;
	va_start(arguments, format);
	say(messages, STYLE_NORMAL, format, arguments);
	va_end(arguments);
}

void messages_drop(struct messages *messages)
{
	messages->changed = messages->changed || messages->text[0];
	messages->text[0] = '\0';
}
