#include "words.h"

#include <stdio.h>
#include <string.h>

/* Levenshtein distance of two short words. */
static int edit_distance(const char *a, const char *b)
{
	enum { LONGEST = 40 };
	int row[LONGEST + 1];
	int length = (int)strlen(b);
	if (length > LONGEST || strlen(a) > LONGEST)
		return LONGEST;
	for (int j = 0; j <= length; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int diagonal = row[0];
		row[0] = i;
		for (int j = 1; j <= length; j++) {
			int replace = diagonal + (a[i - 1] != b[j - 1]);
			int shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			diagonal = row[j];
			row[j] = replace < shift ? replace : shift;
		}
	}
	return row[length];
}

int words_match(const struct word_list *list, const char *text)
{
	const char *word;
	int found = -1;
	for (int i = 0; (word = list->word(list->context, i)); i++) {
		if (strcmp(word, text) == 0)
			return i;
		if (text[0] && strncmp(word, text, strlen(text)) == 0)
			found = found == -1 ? i : -2;
	}
	return found;
}

static const char *nearest(const struct word_list *list, const char *text)
{
	const char *word, *best = NULL;
	/* words that differ by this many edits or more are not suggested */
	int length = (int)strlen(text), least = length < 4 ? length : 4;
	for (int i = 0; (word = list->word(list->context, i)); i++) {
		int distance = edit_distance(text, word);
		if (distance < least) {
			least = distance;
			best = word;
		}
	}
	return best;
}

/* The words, or those beginning with `prefix`, in one line that fits an error. */
static void list_words(const struct word_list *list, const char *prefix, char *out, size_t size)
{
	const char *word;
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; (word = list->word(list->context, i)); i++) {
		if (strncmp(word, prefix, strlen(prefix)) != 0)
			continue;
		int n = snprintf(out + used, size - used, "%s%s", used ? " " : "", word);
		if (n < 0 || (size_t)n >= size - used) {
			out[used] = '\0';
			return;
		}
		used += (size_t)n;
	}
}

bool words_refuse(struct error *error, const struct word_list *list, const char *what,
	const char *text, bool several)
{
	char words[420];
	list_words(list, several ? text : "", words, sizeof(words));
	if (several)
		return error_set(error, STATUS_USAGE, "%s '%.60s' may mean: %s", what, text, words);
	const char *near = nearest(list, text);
	if (near)
		return error_set(
			error, STATUS_USAGE, "no %s '%.60s'; did you mean %s? (%s)", what, text, near, words);
	return error_set(error, STATUS_USAGE, "no %s '%.60s'; there are: %s", what, text, words);
}
