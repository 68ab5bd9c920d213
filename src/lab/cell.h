/* What the text of one field is: a number, one that is not there, one written as people write
 * it, or a word.
 */
#ifndef LAB_CELL_H
#define LAB_CELL_H

#include <stdbool.h>

enum cell_kind { CELL_NUMBER, CELL_MISSING, CELL_FLAWED, CELL_WORD };

/* Sets `value` of a NUMBER. FLAWED is what has digits and would be a number, but for what
 * cell_flaw() names; infinity and what is too large for a double, too. */
enum cell_kind cell_read(const char *text, double *value);

/* What keeps a FLAWED text from being a number: "thousands separators"; NULL if it is too large.
 * `plain` becomes the number without it. */
enum { CELL_PLAIN = 48 };
const char *cell_flaw(const char *text, char plain[CELL_PLAIN]);

#endif
