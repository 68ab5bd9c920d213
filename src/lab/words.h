/* Lists of words, such as the names of settings or of choices: what a user's word means. */
#ifndef LAB_WORDS_H
#define LAB_WORDS_H

#include "lab/error.h"

struct word_list {
	const char *(*word)(const void *context, int index); /* NULL past the end */
	const void *context;
};

/* Index of the word meant by `text`: exact or unique prefix; -1 none, -2 several. */
int words_match(const struct word_list *list, const char *text);

/* Returns false with an error: there is no such word, or, if `several`, there are several. The
 * error names the nearest one and lists them all. `what` says what the words are: "setting". */
bool words_refuse(struct error *error, const struct word_list *list, const char *what,
	const char *text, bool several);

#endif
