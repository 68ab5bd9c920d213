/* Sentences: every one is whole at 78 and at 38 columns, with the longest numbers. All of them
 * stand in tests/frames/sentences.txt (or $WANE_FRAMES), to be read; WANE_FRAMES_WRITE=1 writes
 * it anew. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"
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
			const struct sentence_word *word =
				end ? word_named(form + 1, (size_t)(end - form - 1)) : NULL;

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
	fill_longest(form, text, sizeof(text));
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
		fill_longest(list->whole, text, sizeof(text));
		fprintf(file, "\t%s\n", text);
		fill_longest(list->brief, text, sizeof(text));
		fprintf(file, "\t%s\n", text);
		if (!list->applies)
			return;
	}
}

static void the_sentences_that_were_read_have_not_changed(void **state)
{
	char *now = NULL;
	size_t size;
	FILE *memory = open_memstream(&now, &size);
	(void)state;
	for (int i = 0; verdict_at(i); i++)
		add_sentences(memory, verdict_at(i)->name, verdict_at(i)->sentence);
	for (int i = 0; remark_at(i); i++)
		add_sentences(memory, remark_at(i)->name, remark_at(i)->sentence);
	fclose(memory);
	check_frames("sentences", now);
	free(now);
}

/* ---- the numbers ---- */

static struct finding any(double value)
{
	return (struct finding){301, value};
}

static struct finding at_most(double value, double most)
{
	return any(value <= most ? value : most);
}

/* Numbers as large as they come, or as awkward. */
static struct evidence extreme(double number, double decades)
{
	return (struct evidence){
		.epoch = INT32_MAX,
		.layers = 301,
		.baseline_loss = number,
		.loss = number,
		.val_loss = number,
		.eval_loss = number,
		.start_loss = number,
		.grad_norm = number,
		.usual_norm = number,
		.clipped = 1000000,
		.time = {500, 500, 500, 500, 400, 0.5},
		.decades = decades,
		.fault = {INT32_MAX, 301, "weight gradient"},
		.broken = any(0),
		.dead = {300, 1},
		.dying = at_most(number, 1),
		.underflow = {300, 0},
		.lost = any(0),
		.frozen = at_most(number, 9.9e-6),
		.settled = INT32_MAX,
		.best_loss = number,
		.best_val = number,
		.loss_before = number,
		.best_epoch = INT32_MAX,
		.best_val_epoch = INT32_MAX,
		.equal = {300, 0},
		.zero = any(0),
		.shrunk = at_most(number, 0.0499),
		.step = {301, INT32_MAX, number},
		.largest = {301, INT32_MAX, number},
		.large = any(number),
	};
}

static void assert_words_fit(double number, double decades)
{
	const struct evidence evidence = extreme(number, decades);
	const struct sentence_word *word;
	char text[32];
	for (int w = 0; (word = sentence_word_at(w)); w++) {
		word->write(&evidence, text);
		if (!text[0] || strlen(text) > strlen(word->longest))
			fail_msg("%s: '%s' for %g, %g decades", word->name, text, number, decades);
	}
}

static void no_number_is_longer_than_its_word_allows(void **state)
{
	static const double mantissas[] = {
		1,
		1.2345,
		4.5,
		5,
		9.4,
		9.49,
		9.5,
		9.55,
		9.6,
		9.94,
		9.949,
		9.95,
		9.97,
		9.994,
		9.995,
		9.9999,
	};
	static const double others[] = {(double)INFINITY, (double)NAN, 0, 1.4e-45, 3.4e38};
	(void)state;
	for (size_t i = 0; i < sizeof(mantissas) / sizeof(mantissas[0]); i++)
		for (int exponent = -38; exponent < 38; exponent++)
			assert_words_fit(mantissas[i] * pow(10, exponent), exponent + log10(mantissas[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		for (int k = 0; k < 830; k++)
			assert_words_fit(others[i], k % 2 ? -0.1 * k : 0.1 * k);
	assert_words_fit(1, (double)NAN);
	assert_words_fit(1, (double)INFINITY);
}

static const struct sentence_word *a_word(const char *name)
{
	const struct sentence_word *word = word_named(name, strlen(name));
	assert_non_null(word);
	return word;
}

static void a_word_is_its_number_rounded(void **state)
{
	static const struct {
		const char *word;
		double number; /* for a factor the factor */
		const char *text;
	} rows[] = {
		{"factor", 1, "1"},
		{"factor", 12.345, "12.3"},
		{"factor", 999.4, "999"},
		{"factor", 999.7, "1.0e3"},
		{"factor", 1234, "1.2e3"},
		{"factor", 9940, "9.9e3"},
		{"factor", 9970, "1.0e4"},
		{"factor", 123456, "1.2e5"},
		{"step_percent", 0.25, "25"},
		{"step_percent", 123.456, "12346"},
		{"step_percent", 999.98, "99998"},
		{"step_percent", 999.996, "1e+05"},
		{"step_percent", 1234.56, "1e+05"},
		{"step_percent", 9999.9, "1e+06"},
		{"shrunk_percent", 0.049, "5"},
		{"shrunk_percent", 0.0012, "0.1"},
		{"shrunk_percent", 0.000012, "0.001"},
		{"shrunk_percent", 0.0000012, "1e-04"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct evidence evidence = extreme(rows[i].number, log10(rows[i].number));
		char text[32];
		a_word(rows[i].word)->write(&evidence, text);
		if (strcmp(text, rows[i].text) != 0)
			fail_msg("%s of %g: '%s', not '%s'", rows[i].word, rows[i].number, text, rows[i].text);
	}
}

static void the_form_is_the_one_that_fits(void **state)
{
	static const struct sentence list[] = {{NULL, "A δ of {epoch} epochs.", "{epoch}."}};
	const struct evidence evidence = {.epoch = 12345};
	char text[100];
	(void)state;
	for (int columns = 6; columns < 40; columns++) {
		sentence_write(list, &evidence, columns, text, sizeof(text));
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
		cmocka_unit_test(a_word_is_its_number_rounded),
		cmocka_unit_test(the_form_is_the_one_that_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
