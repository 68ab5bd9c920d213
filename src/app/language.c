#include "app/language.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct language rows[] = {
	{
		.name = "en",
		.right = "Your prediction was right",
		.predicted = "You predicted",
		.it_is = "It is",
		.of = "of",
		.hits = "right",
		.predicts = "predicts",
		.back = "back",
		.goes_on = "goes on",
		.training = "training",
		.at_once = "at once",
		.own_way = "your own way",
		.end = "the end",
		.lessons = "lessons",
		.predict_first = "predict first: a digit chooses an answer",
		.ends_here = "The lesson ends here.",
		.begins_here = "the lesson begins here",
		.lists = "the lesson ends here; L lists all lessons",
		.type_number = "Type a number to predict.",
		.empty_line = "An empty line goes on, < goes back.",
	},
	{
		.name = "de",
		.lesson = embedded_lessons_de,
		.right = "Deine Vorhersage stimmt",
		.predicted = "Deine Vorhersage",
		.it_is = "Richtig ist",
		.of = "von",
		.hits = "richtig",
		.predicts = "sagt vorher",
		.back = "zurück",
		.goes_on = "weiter",
		.training = "trainiert",
		.at_once = "sofort",
		.own_way = "eigener Weg",
		.end = "Ende",
		.lessons = "Lektionen",
		.predict_first = "erst vorhersagen: eine Ziffer wählt eine Antwort",
		.ends_here = "Die Lektion ist zu Ende.",
		.begins_here = "hier beginnt die Lektion",
		.lists = "die Lektion ist zu Ende; L zeigt alle Lektionen",
		.type_number = "Eine Zahl sagt vorher.",
		.empty_line = "Eine leere Zeile führt weiter, < zurück.",
	},
};

const struct language *language_at(int index)
{
	return index >= 0 && index < (int)(sizeof(rows) / sizeof(rows[0])) ? &rows[index] : NULL;
}

/* "de" also finds itself in "de_AT.UTF-8" and "de@euro". */
static const struct language *find(const char *name, size_t length)
{
	for (int i = 0; language_at(i); i++)
		if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
			return &rows[i];
	return NULL;
}

const struct language *language_find(const char *name)
{
	return find(name, strlen(name));
}

const struct language *language_chosen(const char *setting)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const struct language *found = language_find(setting);
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]) && !found; i++) {
		const char *locale = getenv(variables[i]);
		if (!locale || !locale[0])
			continue;
		found = find(locale, strcspn(locale, "_.@"));
		break; /* the first that is set decides, as for other programs */
	}
	return found ? found : language_at(0);
}
