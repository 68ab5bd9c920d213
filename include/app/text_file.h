/* Small text files that a person wrote: read whole, and blamed by file and line. */
#ifndef APP_TEXT_FILE_H
#define APP_TEXT_FILE_H

#include "lab/error.h"
#include <stddef.h>

/* The content of a plain file of less than `size` bytes, as text without NUL bytes, into `text`.
 * False: error says why not; if `missing` is not NULL, a file that is not there sets *missing
 * instead. */
bool text_file_read(const char *path, char *text, size_t size, bool *missing, struct error *error);

/* "PATH:LINE: CAUSE", or without LINE if it is 0. A long path is cut off, the cause never. Returns
 * false. */
bool text_file_refuse(
	const char *path, int line, const char *cause, int status, struct error *error);

/* The text without a byte order mark before it. */
char *text_file_begin(char *text);

/* Cuts the blanks around a text off. */
char *text_file_trim(char *text);

/* How many lines text_file_line() finds at most. */
int text_file_lines(const char *text);

/* Cuts the first line off *rest, which becomes NULL after the last; blanks around it are left
 * out. */
char *text_file_line(char **rest);

#endif
