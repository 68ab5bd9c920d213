/* Says with fewer bytes what ncurses says to a terminal of the ECMA-48 family.
 *
 * Of several changes of looks in a row one is made, without what it resets anyway. Places not
 * far off are reached by steps: line feeds, backspaces, some columns left or right. The switch
 * back to the usual character set is left out, for nothing here ever leaves it. Asks for a
 * terminal whose cursor waits at the right margin: there ncurses never counts on text to wrap.
 */
#ifndef TERM_COMPRESS_H
#define TERM_COMPRESS_H

#include <stddef.h>

/* Shrinks a frame in place; returns how many bytes are left. */
size_t compress(char *bytes, size_t count, int columns);

#endif
