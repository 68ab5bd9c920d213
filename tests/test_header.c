/* The first line: what is trained is told in full or in short forms, never left out at 80
 * columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/lab/experiment_internal.h"
#include "lab/text.h"
#include "nn/act.h"
#include "nn/init.h"
#include "nn/norm.h"
#include "nn/optim.h"
#include "app/header.h"
#include "ui/caption.h"
#include "ui/glyphs.h"

#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The line as UTF-8, with an x for every sign of multiplication. */
static void read_header(struct app *app, int columns, char *out)
{
	size_t used = 0;
	assert_true(
		canvas_reset(app->viewer.canvas, columns, 1, glyphs_find(app->controls.screen.glyphs)));
	const struct context context = app_context(app, 0);
	const struct picture picture = context_picture(&context);
	const struct header header = {
		.wanted = &app->session->wanted,
		.pace = app->controls.screen.pace,
		.percent = app->percent,
		.running = app->session->left != 0,
		.pinned = picture.twin.model ? picture.twin.name : NULL,
	};
	header_draw(&header, &picture.frame, area_all(app->viewer.canvas));
	for (int x = 0; x < columns; x++) {
		uint32_t code = app->viewer.canvas->cell[x].code;
		used += (size_t)text_encode(out + used, code == 0xd7 ? 'x' : code);
	}
	out[used] = '\0';
}

/* The letters of a name that tell it from every other name. */
static void assert_names(const char *line, const char *name)
{
	char first[8];
	snprintf(first, sizeof(first), "%.4s", name);
	if (!strstr(line, first))
		fail_msg("no %s: '%s'", name, line);
}

/* One of two forms, with numbers that end where they should. */
static void assert_says(const char *line, const char *one, const char *other)
{
	const char *const texts[] = {one, other};
	for (int i = 0; i < 2; i++)
		for (const char *at = line; (at = strstr(at, texts[i]));) {
			at += strlen(texts[i]);
			if (!(*at >= '0' && *at <= '9'))
				return;
		}
	fail_msg("neither '%s' nor '%s': '%s'", one, other, line);
}

static void assert_tells_all(struct app *app, int columns)
{
	const struct config *config = &app->session->wanted;
	const char *slash = strrchr(config->data, '/');
	char line[1000], one[40], other[40];
	read_header(app, columns, line);
	assert_names(line, slash ? slash + 1 : config->data);
	assert_names(line, config->init);
	assert_names(line, config->optimizer);
	snprintf(one, sizeof(one), " %.3g", config_rate(config));
	assert_says(line, one, one);
	if (config->depth) {
		assert_names(line, config->activation);
		snprintf(one, sizeof(one), "%d lay", config->depth);
		assert_says(line, one, one);
		snprintf(one, sizeof(one), "x%d", config->width);
		snprintf(other, sizeof(other), "x %d", config->width);
		assert_says(line, one, other);
	} else {
		assert_says(line, "no hidden layer", "0 layers");
	}
	if (strcmp(config->norm, "none") != 0) {
		snprintf(one, sizeof(one), "%cn", config->norm[0]);
		assert_says(line, one, "norm");
	}
	assert_says(line, "epoch 123456 ", "epoch 123456 ");
}

static void walk_tables(struct app *app)
{
	struct config *config = &app->session->wanted;
	for (int a = 0; activation_at(a); a++)
		for (int i = 0; initializer_at(i); i++)
			for (int n = 0; normalization_at(n); n++)
				for (int o = 0; optimizer_at(o); o++) {
					strcpy(config->activation, activation_at(a)->name);
					config->init = initializer_at(i)->name;
					config->norm = normalization_at(n)->name;
					config->optimizer = optimizer_at(o)->name;
					assert_tells_all(app, 80);
				}
}

static void the_header_has_every_important_setting_at_80_columns(void **state)
{
	static const struct {
		const char *data;
		int depth, width;
		double lr;
		bool runs;
	} cases[] = {
		{"moons", 10, 10, 0, false},
		{"checker", 300, 1024, 1.23e-5, true},
		{"cancer", 0, 5, 0.001, true},
		{"./somewhere/measurements.csv", 300, 1024, 0.0003, false},
		{"circles", 1, 1000, 100, true},
	};
	(void)state;
	for (int unicode = 0; unicode <= 1; unicode++)
		for (size_t i = 0; i < COUNT(cases); i++) {
			struct fixture fixture = start_paused("", unicode ? "braille" : "ascii");
			struct config *config = &fixture.app->session->wanted;
			strcpy(config->data, cases[i].data);
			config->depth = cases[i].depth;
			config->width = cases[i].width;
			config->lr = cases[i].lr;
			experiment_of(&fixture)->epoch = 123456;
			fixture.app->session->left = cases[i].runs ? -1 : 0;
			walk_tables(fixture.app);
			strcpy(config->activation, "relu/tanh/sigmoid/leaky-relu/sine");
			assert_tells_all(fixture.app, 80);
			app_free(fixture.app);
		}
}

/* No part is cut: at every width each part is followed by a blank or the end of the line. */
static void a_wider_header_says_more(void **state)
{
	static const struct {
		int columns;
		const char *settings, *text;
	} cases[] = {
		{132, "",
			"moons 50 \xc2\xb7 2 layers x 2 \xc2\xb7 sigmoid \xc2\xb7 glorot-uniform \xc2\xb7 "
			"sgd lr 0.1  "},
		{80, "",
			"moons \xc2\xb7 2 layers x 2 \xc2\xb7 sigmoid \xc2\xb7 glorot-u \xc2\xb7 sgd 0.1  "},
		{80, "depth=1", "\xc2\xb7 1 layer x 2 \xc2\xb7"},
		{132, "depth=0", "no hidden layer"},
		{40, "", "2 layx2"},
		{40, "activation=tanh", "tanh"},
		{132, "schedule=cosine epochs=9", "sgd cosine lr 0.1 "},
		{80, "skip=1 norm=batch", "\xc2\xb7 skip 1 \xc2\xb7"},
		{132, "model=rnn length=7", "echo 50 \xc2\xb7 7 steps \xc2\xb7 rnn \xc2\xb7 "},
		{80, "model=rnn length=7",
			"\xc2\xb7"
			"7 steps\xc2\xb7"},
		{40, "model=rnn length=7", "1 layx32"},
		{132, "model=gru data=digit-rows", " \xc2\xb7 8 steps \xc2\xb7 gru \xc2\xb7 "},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_paused(cases[i].settings, "braille");
		char line[1000];
		read_header(fixture.app, cases[i].columns, line);
		if (!strstr(line, cases[i].text))
			fail_msg("'%s': '%s'", cases[i].text, line);
		assert_true(strstr(line, "epoch 0 ") != NULL);
		app_free(fixture.app);
	}
}

static void under_a_schedule_the_header_has_the_rate_of_the_epoch(void **state)
{
	struct fixture fixture = start_paused("schedule=cosine epochs=9", "braille");
	char line[1000], text[60];
	(void)state;
	for (int epoch = 1; epoch <= 4; epoch++) {
		press(&fixture, 's');
		float rate = experiment_record(experiment_of(&fixture))->lr;
		assert_true(epoch < 2 || rate < 0.099f);
		read_header(fixture.app, 132, line);
		snprintf(text, sizeof(text), "sgd cosine lr %.3g ", (double)rate);
		if (!strstr(line, text))
			fail_msg("epoch %d, no '%s': '%s'", epoch, text, line);
	}
	fixture.app->session->wanted.lr = 7; /* not in force yet */
	read_header(fixture.app, 132, line);
	assert_non_null(strstr(line, "sgd cosine lr 7 "));
	app_free(fixture.app);
}

static void names_become_shorter_and_stay_apart(void **state)
{
	static const struct {
		const char *name, *shorter, *briefer;
	} cases[] = {
		{"glorot-uniform", "glorot-u", "glor-u"},
		{"he-normal-truncated", "he-n-t", "he-n-t"},
		{"uniform-2-5", "uniform-2-5", "unif-2-5"},
		{"relu", "relu", "relu"},
		{"relu/tanh", "relu/..", "relu/.."},
		{"leaky-relu/sine", "leaky-r/..", "leak-r/.."},
		{"", "", ""},
		{"orthogonal", "orthogonal", "orth"},
	};
	char text[80], other[80];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		caption_short_name(text, sizeof(text), cases[i].name, false);
		assert_string_equal(text, cases[i].shorter);
		caption_short_name(text, sizeof(text), cases[i].name, true);
		assert_string_equal(text, cases[i].briefer);
		for (size_t size = 1; size < 20; size++) {
			char *exact = malloc(size);
			caption_short_name(exact, size, cases[i].name, false);
			assert_true(strlen(exact) < size);
			free(exact);
		}
	}
	for (int i = 0; initializer_at(i); i++)
		for (int k = 0; k < i; k++) {
			caption_short_name(text, sizeof(text), initializer_at(i)->name, true);
			caption_short_name(other, sizeof(other), initializer_at(k)->name, true);
			assert_string_not_equal(text, other);
		}
}

static void a_pinned_run_is_named_by_the_settings_in_which_it_differs(void **state)
{
	(void)state;
	char line[1000];
	struct fixture fixture = start_paused("advice=off", "ascii");
	press(&fixture, 'c');
	press(&fixture, 'a');
	press(&fixture, 'b');
	read_header(fixture.app, 160, line);
	assert_non_null(strstr(line, "pinned activation=sigmoid norm=none"));
	read_header(fixture.app, 84, line);
	assert_non_null(strstr(line, "pinned sigmoid none"));
	press(&fixture, 'N');
	read_header(fixture.app, 160, line);
	assert_null(strstr(line, "pinned"));
	app_free(fixture.app);
}

/* The line with `settings` wanted, of a header and a frame that differ from the present ones. */
static void write_header(
	struct app *app, const struct header *header, const struct frame *frame, int columns, char *out)
{
	struct header whole = *header;
	size_t used = 0;
	whole.wanted = &app->session->wanted;
	whole.pace = header->pace ? header->pace : "10";
	assert_true(canvas_reset(app->viewer.canvas, columns, 1, glyphs_find("ascii")));
	header_draw(&whole, frame, area_all(app->viewer.canvas));
	for (int x = 0; x < columns; x++)
		used += (size_t)text_encode(out + used, app->viewer.canvas->cell[x].code);
	out[used] = '\0';
}

/* G is the glyph of a run, P that of a pause; a blank follows. Where not all fits, words are left
 * out, and the program's name. */
static void the_right_end_tells_how_far_the_run_is(void **state)
{
	static const struct {
		struct header header;
		const char *wide, *narrow;
	} cases[] = {
		{{.percent = -1, .running = true}, "  epoch 0  G 10/s", " epoch 0 G"},
		{{.percent = -1, .running = true, .pace = "max"}, "  epoch 0  G max", " epoch 0 G"},
		{{.percent = -1}, "  epoch 0  P paused", " epoch 0 P"},
		{{.percent = 0}, "  epoch 0 0%  P paused", " epoch 0 0% P"},
		{{.percent = 45, .running = true}, "  epoch 0 45%  G 10/s", " epoch 0 45% G"},
		{{.percent = -1, .over = true}, "  epoch 0  P over", " epoch 0 over"},
		{{.percent = -1, .failed = true}, "  failed", " failed"},
		{{.percent = -1, .past_of = 1}, "  epoch 0 of 1  past", " 0/1 past"},
		{{.percent = -1, .past_of = 7, .failed = true}, "  epoch 0 of 7  past", " 0/7 past"},
	};
	struct fixture fixture = start_paused("", "ascii");
	struct frame frame;
	(void)state;
	experiment_frame(experiment_of(&fixture), EPOCH_PRESENT, &frame);
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int wide = 0; wide <= 1; wide++) {
			char line[1000], text[100];
			int columns = wide ? 160 : 24;
			write_header(fixture.app, &cases[i].header, &frame, columns, line);
			snprintf(text, sizeof(text), "%s ", wide ? cases[i].wide : cases[i].narrow);
			for (char *at = text; *at; at++) {
				*at = *at == 'G' ? (char)glyphs_find("ascii")->run : *at;
				*at = *at == 'P' ? (char)glyphs_find("ascii")->pause : *at;
			}
			if (!strstr(line, text) || strcmp(strstr(line, text), text) != 0)
				fail_msg("does not end with '%s': '%s'", text, line);
			assert_true((strncmp(line, " wane  ", 7) == 0) == wide);
		}
	frame.record = NULL;
	char line[1000];
	write_header(fixture.app, &cases[2].header, &frame, 160, line);
	assert_non_null(strstr(line, "  starting "));
	frame.data = NULL;
	write_header(fixture.app, &cases[2].header, &frame, 160, line);
	assert_non_null(strstr(line, "  loading "));
	app_free(fixture.app);
}

/* Behind a part is a blank, or the mark between two. */
static bool begins(const char *line, const char *part)
{
	size_t length = strlen(part);
	return strncmp(line, part, length) == 0 && (line[length] == ' ' || line[length] == '|');
}

/* Of a file the last component, cut at 40 columns, and in shorter forms at 12 and at 8. */
static void a_long_file_name_ends_with_two_dots_at_its_last_columns(void **state)
{
	static const struct {
		const char *data, *whole, *shorter, *briefer;
	} cases[] = {
		{"./a/b/12345678", "12345678", "12345678", "12345678"},
		{"./123456789", "123456789", "123456789", "123456.."},
		{"./123456789012", "123456789012", "123456789012", "123456.."},
		{"./1234567890123", "1234567890123", "1234567890..", "123456.."},
		{"./1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890",
			"1234567890..", "123456.."},
		{"./12345678901234567890123456789012345678901", "12345678901234567890123456789012345678..",
			"1234567890..", "123456.."},
		{"./folder/", "./folder/", "./folder/", "./fold.."},
	};
	const struct header header = {.percent = -1};
	struct fixture fixture = start_paused("", "ascii");
	struct frame frame;
	(void)state;
	experiment_frame(experiment_of(&fixture), EPOCH_PRESENT, &frame);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const forms[] = {cases[i].whole, cases[i].shorter, cases[i].briefer};
		char line[1000];
		int form = 0;
		strcpy(fixture.app->session->wanted.data, cases[i].data);
		for (int columns = 200; columns > 54 && form < 2; columns--) {
			write_header(fixture.app, &header, &frame, columns, line);
			const char *name = line + strspn(line, " ");
			name += strncmp(name, "wane  ", 6) == 0 ? 6 : 0;
			while (form < 3 && !begins(name, forms[form]))
				form++;
			if (form == 3)
				fail_msg("%s, %d columns: '%s'", cases[i].data, columns, line);
		}
		assert_int_equal(form, strcmp(cases[i].briefer, cases[i].whole) == 0 ? 0 : 2);
	}
	app_free(fixture.app);
}

static void settings_that_do_something_are_named_and_no_others(void **state)
{
	static const struct {
		const char *settings, *text, *word;
	} cases[] = {
		{"clip=norm clip-at=2", "clip norm 2", "clip"},
		{"dropout=0.25", "dropout 0.25", "dropout"},
		{"freeze=1", "freeze 1", "freeze"},
		{"skip=1", "skip 1", "skip"},
		{"norm=layer", "layer norm", "norm"},
		{"model=cnn data=digits", "cnn", "cnn"},
	};
	const struct header header = {.percent = -1};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int set = 0; set <= 1; set++) {
			struct fixture fixture = start_paused(set ? cases[i].settings : "", "ascii");
			char line[1000];
			struct frame frame;
			experiment_frame(experiment_of(&fixture), EPOCH_PRESENT, &frame);
			write_header(fixture.app, &header, &frame, 200, line);
			if ((strstr(line, cases[i].text) != NULL) != set)
				fail_msg("'%s': '%s'", set ? cases[i].text : "", line);
			assert_true((strstr(line, cases[i].word) != NULL) == set);
			app_free(fixture.app);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_has_every_important_setting_at_80_columns),
		cmocka_unit_test(a_wider_header_says_more),
		cmocka_unit_test(under_a_schedule_the_header_has_the_rate_of_the_epoch),
		cmocka_unit_test(names_become_shorter_and_stay_apart),
		cmocka_unit_test(a_pinned_run_is_named_by_the_settings_in_which_it_differs),
		cmocka_unit_test(the_right_end_tells_how_far_the_run_is),
		cmocka_unit_test(a_long_file_name_ends_with_two_dots_at_its_last_columns),
		cmocka_unit_test(settings_that_do_something_are_named_and_no_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
