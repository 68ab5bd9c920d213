/* Text that came from outside, and numbers in files.
 *
 * All foreign strings are filtered here: whatever is drawn passes text_next() (the canvas calls
 * it), and messages on stderr pass text_clean(). C0, DEL, C1 (also as U+0080..9F), bidi controls,
 * zero-width and combining characters and invalid UTF-8 come out as a visible mark, so no foreign
 * string controls the terminal.
 */
#ifndef LAB_TEXT_H
#define LAB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_MARK 0xFFFD /* what a character that must not be shown becomes */

/* Decodes one code point at *cursor and moves on; 0 at the end of the string. */
uint32_t text_next(const char **cursor);

/* Columns that a code point from text_next() takes on a terminal: 1 or 2. */
int text_width(uint32_t code);

/* Writes `code` as UTF-8 with a final NUL; returns the number of bytes (1..4). */
int text_encode(char out[5], uint32_t code);

/* The number of bytes of the whole characters among the first `most` bytes of a text. */
size_t text_head(const char *text, size_t most);

/* The whole characters among the last `length` bytes of a text, or all of a shorter text. Messages
 * show the end of a long path, which tells more than its beginning. */
const char *text_tail(const char *text, size_t length);
enum { TEXT_PATH_SHOWN = 255 };

/* Copies a path that fits in `size` bytes (at least 8) as it is; a longer one becomes its
 * beginning, "..." and its end. */
void text_shorten(char *out, size_t size, const char *path);

/* Copies `in` as safe UTF-8, cut at a whole character to fit `size` (> 0). */
void text_clean(char *out, size_t size, const char *in);

/* Reads a decimal number that fills the whole of text[0..length): optional sign, digits with
 * '.', exponent; nothing of hexadecimal, inf, nan or blanks; no locale. False if it does not,
 * or if it is too large for a double. */
bool number_parse(const char *text, size_t length, double *value);

/* For printf: a NaN without its sign, which processors set differently and printf shows. */
double number_to_print(double value);

/* The shortest decimal that reads back as the same float; "nan", "inf", "-inf". */
void number_format(char out[32], float value);

/* Writes text as one CSV field: quoted when it holds a delimiter, a quote or a line end. */
void text_write_field(FILE *file, const char *text);

#endif
