/* Compresses the output of ncurses for terminals of the ECMA-48 family.
 *
 * Successive SGR sequences are merged; parameters before a reset are dropped. Short cursor moves
 * become relative: line feeds, backspaces, some columns left or right. Switches to the default
 * character set are dropped, because no other is ever selected. The terminal must have automatic
 * margins with delayed wrap (terminfo xenl): ncurses then never relies on wrapping.
 */
#ifndef TERM_COMPRESS_H
#define TERM_COMPRESS_H

#include <stddef.h>

/* Compresses a frame in place; returns its new length in bytes. */
size_t compress(char *bytes, size_t count, int columns);

#endif
