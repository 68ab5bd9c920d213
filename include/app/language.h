/* The languages of lessons: which translations there are, and the words around a lesson's texts.
 *
 * To add one: a row in language.c, a folder data/lessons/LANG, and its table in meson.build. What
 * is not translated is shown in English.
 */
#ifndef APP_LANGUAGE_H
#define APP_LANGUAGE_H

#include "lab/embedded.h"

struct language {
	const char *name;              /* as the locale calls it: "de" */
	const struct embedded *lesson; /* translations; NULL: the lessons are written in it */
	/* of the panel */
	const char *right, *predicted, *it_is; /* before a choice */
	const char *of, *hits;                 /* "2 of 3 right" */
	const char *predicts, *back, *goes_on, *training, *at_once, *own_way, *end, *lessons;
	/* messages, and lines of --plain */
	const char *predict_first, *ends_here, *begins_here, *lists, *type_number, *empty_line;
};

const struct language *language_at(int index);          /* NULL past the end; the first: English */
const struct language *language_find(const char *name); /* NULL if unknown */

/* For the setting lang: "auto" is the language of the locale (LC_ALL, LC_MESSAGES, LANG), English
 * where it has no row. */
const struct language *language_chosen(const char *setting);

#endif
