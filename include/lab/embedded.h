/* Files compiled into the program, so that one copied file is whole.
 *
 * tools/embed.c writes each table at build time from the files that meson.build lists, and
 * anew whenever one of them changes. A table ends with a row whose name is NULL.
 */
#ifndef LAB_EMBEDDED_H
#define LAB_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *name;       /* of the file, without folder and suffix */
	const char *first_line; /* without its end */
	const unsigned char *bytes;
	size_t size;
};

/* A row of a table by its number or its name; NULL: there is none. */
const struct embedded *embedded_at(const struct embedded *table, int index);
const struct embedded *embedded_find(const struct embedded *table, const char *name);

/* Its bytes as text, which the caller frees; NULL without memory. */
char *embedded_text(const struct embedded *row);

extern const struct embedded embedded_sets[]; /* data/sets/NAME.csv, in the order of meson.build */
extern const struct embedded embedded_lessons[];    /* data/lessons/NAME.txt */
extern const struct embedded embedded_lessons_de[]; /* data/lessons/de/NAME.txt */
extern const struct embedded embedded_presets[];    /* data/presets/NAME.txt */

#endif
