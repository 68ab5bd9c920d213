/* The texts of a lesson in another language, in a file of their own: data/lessons/LANG/NAME.txt, or
 * LANG/NAME.txt beside a lesson that was read from a file.
 *
 *	title   Das Produkt kleiner Zahlen
 *	sees    wie zehn Faktoren ...
 *	say     Zehn Schichten ...
 *	ask     Wie viel bleibt übrig? | ein Zehntel | ein Millionstel
 *
 * All texts of the lesson in their order, and no commands: what is trained and which choice is
 * right stand in the lesson alone. A text that is missing or too many, a question with other
 * choices, and a {NAME} that the lesson does not have in that place are errors, told with their
 * line.
 */
#ifndef APP_TRANSLATION_H
#define APP_TRANSLATION_H

#include "app/lesson.h"

/* Replaces the texts of a lesson by those of the language, if they are translated. False: the
 * translation is wrong, error says why, and the lesson keeps its texts. */
bool translation_load(struct lesson *lesson, const struct language *language, struct error *error);

/* The same from a text; `name` is for messages. */
bool translation_apply(struct lesson *lesson, const struct language *language, const char *name,
	const char *text, struct error *error);

#endif
