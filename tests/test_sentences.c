/* Sentences: every one is whole at 78 and at 38 columns, with the longest numbers. All of them stand
 * in tests/frames/sentences.txt (or $WANE_FRAMES), to be read; WANE_FRAMES_WRITE=1 writes it anew. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/verdict.h"

static const struct sentence_word *word_named(const char *name, size_t length)
{
	const struct sentence_word *word;

	for (int i = 0; (word = sentence_word_at(i)); i++)
		if (strlen(word->name) == length && strncmp(word->name, name, length) == 0)
			return word;
	return NULL;
}

/* The form with the longest number for each word in braces. */
static void fill_longest(const char *form, char *out, size_t size)
{
	size_t used = 0;

	for (; *form; form++) {
		const char *text = form;
		size_t length = 1;

		if (*form == '{') {
			const char *end = strchr(form, '}');
			const struct sentence_word *word = end ?
				word_named(form + 1, (size_t)(end - form - 1)) : NULL;

			if (!word)
				fail_msg("no word for '%s'", form);
			text = word->longest;
			length = strlen(text);
			form = end;
		}
		assert_true(used + length < size);
		memcpy(out + used, text, length);
		used += length;
	}
	out[used] = '\0';
}

static void assert_form(const char *name, const char *form, int columns)
{
	char text[300];

	if (!form)
		fail_msg("%s: a form is missing", name);
	fill_longest(form, text, sizeof text);
	if (sentence_columns(text) > columns || text[strlen(text) - 1] != '.')
		fail_msg("%s: %d columns, not %d: '%s'", name, sentence_columns(text), columns, text);
}

static void assert_sentences(const char *name, const struct sentence *list)
{
	for (;; list++) {
		assert_form(name, list->whole, SENTENCE_WHOLE);
		assert_form(name, list->brief, SENTENCE_BRIEF);
		if (!list->applies)
			return;
	}
}

static void every_sentence_is_whole_with_the_longest_numbers(void **state)
{
	(void)state;
	for (int i = 0; verdict_at(i); i++)
		assert_sentences(verdict_at(i)->name, verdict_at(i)->sentence);
	for (int i = 0; remark_at(i); i++)
		assert_sentences(remark_at(i)->name, remark_at(i)->sentence);
}

/* ---- all of them, to be read ---- */

static void add_sentences(FILE *file, const char *name, const struct sentence *list)
{
	char text[300];

	fprintf(file, "%s\n", name);
	for (;; list++) {
		fill_longest(list->whole, text, sizeof text);
		fprintf(file, "\t%s\n", text);
		fill_longest(list->brief, text, sizeof text);
		fprintf(file, "\t%s\n", text);
		if (!list->applies)
			return;
	}
}

static void the_sentences_that_were_read_have_not_changed(void **state)
{
	const char *folder = getenv("WANE_FRAMES");
	bool writing = getenv("WANE_FRAMES_WRITE") != NULL;
	static char kept[1 << 16];
	char path[1024], *now = NULL;
	size_t size;
	FILE *memory = open_memstream(&now, &size);

	(void)state;
	for (int i = 0; verdict_at(i); i++)
		add_sentences(memory, verdict_at(i)->name, verdict_at(i)->sentence);
	for (int i = 0; remark_at(i); i++)
		add_sentences(memory, remark_at(i)->name, remark_at(i)->sentence);
	fclose(memory);
	snprintf(path, sizeof path, "%s/sentences.txt", folder ? folder : "tests/frames");
	FILE *file = fopen(path, writing ? "w" : "r");

	if (!file)
		fail_msg("cannot open %s", path);
	if (writing)
		fputs(now, file);
	else
		kept[fread(kept, 1, sizeof kept - 1, file)] = '\0';
	fclose(file);
	if (!writing && strcmp(kept, now) != 0)
		fail_msg("%s differs; now:\n%s", path, now);
	free(now);
}

/* ---- the numbers ---- */

static struct finding any(double value)
{
	return (struct finding){ 301, value };
}

/* Numbers as large as they come, or as awkward. */
static struct evidence extreme(double number, double decades)
{
	return (struct evidence){
		.epoch = INT32_MAX, .layers = 301,
		.guess = number, .loss = number, .val_loss = number,
		.eval_loss = number, .start_loss = number,
		.grad_norm = number, .usual_norm = number, .decades = decades,
		.fault = { INT32_MAX, 301, "weight gradient" },
		.broken = any(0), .dead = { 300, 1 }, .dying = { 300, 1 }, .underflow = { 300, 0 },
		.lost = any(0), .frozen = any(1.2345e-38),
		.settled = INT32_MAX, .best_loss = number, .best_val = number, .loss_before = number,
		.best_epoch = INT32_MAX, .best_val_epoch = INT32_MAX, .equal = { 300, 0 },
		.zero = any(0), .shrunk = any(0.049),
		.step = { 301, INT32_MAX, number }, .largest = { 301, INT32_MAX, number }, .large = any(number),
	};
}

static void no_number_is_longer_than_its_word_allows(void **state)
{
	static const double numbers[] = {
		1.2345e-38, 9.996e-5, 1.2345, 999.96, 123456, 3.4e38, (double)INFINITY, (double)NAN, 0,
	};
	static const double decades[] = { 0, 2.9999, -12.3456, 82.9999, (double)NAN };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		for (size_t k = 0; k < sizeof decades / sizeof decades[0]; k++) {
			const struct evidence evidence = extreme(numbers[i], decades[k]);
			const struct sentence_word *word;
			char text[32];

			for (int w = 0; (word = sentence_word_at(w)); w++) {
				word->write(&evidence, text);
				if (!text[0] || strlen(text) > strlen(word->longest))
					fail_msg("%s: '%s'", word->name, text);
			}
		}
}

static void the_form_is_the_one_that_fits(void **state)
{
	static const struct sentence list[] = { { NULL, "A δ of {epoch} epochs.", "{epoch}." } };
	const struct evidence evidence = { .epoch = 12345 };
	char text[100];

	(void)state;
	for (int columns = 6; columns < 40; columns++) {
		sentence_write(list, &evidence, columns, text, sizeof text);
		/* a delta may have to be written out */
		assert_string_equal(text, columns < 24 ? "12345." : "A δ of 12345 epochs.");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_is_whole_with_the_longest_numbers),
		cmocka_unit_test(the_sentences_that_were_read_have_not_changed),
		cmocka_unit_test(no_number_is_longer_than_its_word_allows),
		cmocka_unit_test(the_form_is_the_one_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
