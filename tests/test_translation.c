/* Lessons in other languages: their texts fit the lesson, and the locale chooses them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/lesson_panel.h"
#include "app/translation.h"

#include "lessons.h"
#include "place.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char english[] = "title A title\n"
							  "sees what is seen\n"
							  "depth=1\nsamples=50\n"
							  "say The loss is {loss}.\n"
							  "ask Which? | this | that | = 2\n"
							  "run 2\n"
							  "say The end, {loss} and {change(1)}.\n";

static void texts_are_replaced_and_nothing_else(void **state)
{
	struct error error = {STATUS_DONE, ""};
	struct lesson *lesson = lesson_of(english);
	const struct language *german = language_find("de");
	(void)state;
	if (!translation_apply(lesson, german, "de/here",
			"# comment\n\ntitle Titel\nsees Gesehen\nsay Verlust {loss}.\n"
			"ask Welches? | dies | das \nsay Ende, {change(1)}, {loss}.",
			&error))
		fail_msg("%s", error.text);
	assert_string_equal(lesson->title, "Titel");
	assert_string_equal(lesson->sees, "Gesehen");
	assert_string_equal(lesson->line[0].text, "Verlust {loss}.");
	assert_string_equal(lesson->line[1].question.text, "Welches?");
	assert_string_equal(lesson->line[1].question.choice[0], "dies");
	assert_string_equal(lesson->line[1].question.choice[1], "das");
	assert_int_equal(lesson->line[1].question.right, 2);
	assert_int_equal(lesson->line[2].epochs, 2);
	assert_string_equal(lesson->line[3].text, "Ende, {change(1)}, {loss}.");
	assert_ptr_equal(lesson->language, german);
	lesson_free(lesson);
}

static void a_translation_that_does_not_fit_is_refused_with_its_line(void **state)
{
	static const char head[] = "title T\nsees S\n";
	static const char *const cases[][2] = {
		{"say A {loss}\nask Q | a | b\n", "de/here: found 4 texts, expected the 5 of the lesson"},
		{"say A {loss}\nask Q | a | b\nsay E {loss} {change(1)}\nsay F\n",
			"de/here:6: found more than the 5 texts of the lesson"},
		{"ask Q | a | b\n", "de/here:3: found 'ask Q | a | b', expected: say TEXT for its line 5"},
		{"say A {loss}\nask Q | a\n", "de/here:4: found 1 choices, expected 2"},
		{"say A {loss}\nask Q | a | b | c\n", "de/here:4: found 3 choices, expected 2"},
		{"say A\n", "de/here:3: found no {loss}"},
		{"say A {loss} {acc}\n", "de/here:3: found {acc}, which the lesson does not have here"},
		{"say A {loss}\nrun 3\n", "de/here:4: found 'run 3', expected: ask TEXT for its line 6"},
		{"say\n", "de/here:3: found 'say', expected: say TEXT"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {STATUS_DONE, ""};
		struct lesson *lesson = lesson_of(english);
		char text[400];
		snprintf(text, sizeof(text), "%s%s", head, cases[i][0]);
		if (translation_apply(lesson, language_find("de"), "de/here", text, &error))
			fail_msg("taken:\n%s", text);
		if (!strstr(error.text, cases[i][1]))
			fail_msg("%s\nis refused by:\n%s\nwithout: %s", text, error.text, cases[i][1]);
		assert_string_equal(lesson->title, "A title");
		assert_string_equal(lesson->language->name, "en");
		lesson_free(lesson);
	}
}

/* Also that the panel has room for them under the panes of 80x24. */
static void every_translation_fits_its_lesson_and_the_screen(void **state)
{
	struct canvas *canvas = canvas_new();
	(void)state;
	assert_non_null(canvas);
	assert_true(canvas_reset(canvas, 80, 24, glyphs_find("ascii")));
	for (int l = 1; language_at(l); l++)
		for (const struct embedded *row = language_at(l)->lesson; row->name; row++) {
			struct error error = {STATUS_DONE, ""};
			struct lesson *lesson = lesson_load(row->name, &error);
			if (!lesson || !translation_load(lesson, language_at(l), &error))
				fail_msg("%s", error.text);
			assert_ptr_equal(lesson->language, language_at(l));
			struct tutor tutor = {.lesson = lesson, .open = true};
			if (lesson_panel_room(&tutor, canvas).rows >= 14)
				fail_msg("%s/%s: a text is too long for 80x24", language_at(l)->name, row->name);
			lesson_free(lesson);
		}
	canvas_free(canvas);
}

static void every_language_has_all_words(void **state)
{
	(void)state;
	for (int l = 0; language_at(l); l++) {
		const struct language *language = language_at(l);
		const char *const *word = &language->right;
		for (; word <= &language->empty_line; word++)
			if (!*word || !(*word)[0])
				fail_msg("%s: word %d is missing", language->name, (int)(word - &language->right));
	}
}

static void set_locale(const char *all, const char *messages, const char *lang)
{
	setenv("LC_ALL", all, 1);
	setenv("LC_MESSAGES", messages, 1);
	setenv("LANG", lang, 1);
}

static void the_setting_and_the_locale_choose_the_language(void **state)
{
	static const struct {
		const char *all, *messages, *lang, *setting, *chosen;
	} cases[] = {
		{"", "", "de_DE.UTF-8", "auto", "de"},
		{"", "de", "en_US.UTF-8", "auto", "de"},
		{"de_AT@euro", "fr_FR", "en_US.UTF-8", "auto", "de"},
		{"C", "de_DE", "de_DE", "auto", "en"},
		{"", "", "", "auto", "en"},
		{"", "", "fr_FR.UTF-8", "auto", "en"},
		{"", "", "dens", "auto", "en"},
		{"C", "", "", "de", "de"},
		{"de_DE", "", "", "en", "en"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		set_locale(cases[i].all, cases[i].messages, cases[i].lang);
		assert_string_equal(language_chosen(cases[i].setting)->name, cases[i].chosen);
	}
}

static void a_lesson_is_given_in_german_and_readable_in_ascii(void **state)
{
	(void)state;
	set_locale("de_DE.UTF-8", "", "");
	struct fixture fixture = start_small("pace=max");
	command(&fixture, "lesson product");
	settle(&fixture);
	assert_true(shows(&fixture, "Das Produkt kleiner Zahlen"));
	assert_true(shows(&fixture, "Backpropagation traegt den Fehler"));
	assert_true(shows(&fixture, "ist hoechstens 0.25"));
	assert_true(shows(&fixture, "< zurueck"));
	press(&fixture, '1');
	assert_true(shows(&fixture, "Deine Vorhersage: ein Zehntel. Richtig ist: ein Millionstel"));
	assert_true(shows(&fixture, "0 von 1 richtig"));
	app_free(fixture.app);
	set_locale("C", "", "");
	fixture = start_small("pace=max");
	command(&fixture, "lesson product");
	settle(&fixture);
	assert_true(shows(&fixture, "The product of small numbers"));
	assert_false(shows(&fixture, "zurueck"));
	app_free(fixture.app);
}

static void a_lesson_of_ones_own_is_translated_by_a_file_beside_it(void **state)
{
	const struct place *place = *state;
	char path[100], translated[100], german[100];
	struct error error = {STATUS_DONE, ""};
	snprintf(path, sizeof(path), "%s/own.txt", place->folder);
	snprintf(german, sizeof(german), "%s/de", place->folder);
	snprintf(translated, sizeof(translated), "%s/de/own.txt", place->folder);
	text_put(path, "title A title\nsay A");
	struct lesson *lesson = lesson_load(path, &error);
	assert_non_null(lesson);
	assert_true(translation_load(lesson, language_find("de"), &error));
	assert_string_equal(lesson->title, "A title"); /* there is no translation yet */
	assert_int_equal(mkdir(german, 0700), 0);
	text_put(translated, "title Titel\nsay B");
	assert_true(translation_load(lesson, language_find("de"), &error));
	assert_string_equal(lesson->title, "Titel");
	text_put(translated, "title Titel\n");
	assert_false(translation_load(lesson, language_find("de"), &error));
	assert_non_null(strstr(error.text, "de/own.txt: found 1 texts, expected the 2"));
	lesson_free(lesson);
	unlink(translated); /* of folders only empty ones are removed at the end */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_replaced_and_nothing_else),
		cmocka_unit_test(a_translation_that_does_not_fit_is_refused_with_its_line),
		cmocka_unit_test(every_translation_fits_its_lesson_and_the_screen),
		cmocka_unit_test(every_language_has_all_words),
		cmocka_unit_test(the_setting_and_the_locale_choose_the_language),
		cmocka_unit_test(a_lesson_is_given_in_german_and_readable_in_ascii),
		cmocka_unit_test_setup_teardown(
			a_lesson_of_ones_own_is_translated_by_a_file_beside_it, place_make, place_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
