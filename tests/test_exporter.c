/* The screen and the records as files: what they hold, how they are called, and that none is ever
 * replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/action.h"
#include "lab/log.h"
#include "ui/key.h"
#include "place.h"
#include "session.h"

static void type(struct fixture *fixture, const char *line)
{
	press(fixture, ':');
	for (; *line; line++)
		press(fixture, (unsigned char)*line);
	press(fixture, KEYCODE_ENTER);
}

/* The whole text of a file; the caller frees it. */
static char *text_of(const char *path)
{
	static const size_t most = 4 << 20;
	char *text = calloc(1, most);
	FILE *file = fopen(path, "r");
	if (!file || !text)
		fail_msg("no file %s", path);
	assert_true(fread(text, 1, most - 1, file) > 0);
	fclose(file);
	return text;
}

static void assert_holds(const char *path, const char *part)
{
	char *text = text_of(path);
	if (!strstr(text, part))
		fail_msg("no '%s' in %s", part, path);
	free(text);
}

static void assert_says(struct fixture *fixture, const char *part)
{
	if (!strstr(fixture->app->messages.text, part))
		fail_msg("'%s', expected '%s'", fixture->app->messages.text, part);
}

static void x_writes_the_screen_as_svg_and_text_and_the_records_as_csv(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("seed=1", "ascii");
	for (int i = 0; i < 3; i++)
		press(&fixture, 's');
	app_key(fixture.app, KEYCODE_NONE, fixture.now);
	const struct canvas *canvas = app_draw(fixture.app);
	char *expected = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&expected, &size);
	assert_true(canvas_write_text(stream, canvas));
	fclose(stream);
	press(&fixture, 'x');
	assert_says(&fixture, "wrote wane-moons-epoch3.svg and .txt (this screen), .csv (4 epochs)");
	char *text = text_of("wane-moons-epoch3.txt");
	assert_string_equal(text, expected);
	assert_holds("wane-moons-epoch3.svg", "viewBox=\"0 0 960 640\"");
	assert_holds("wane-moons-epoch3.svg", ">epoch 3</text>");
	assert_holds("wane-moons-epoch3.csv", "\n3,3,output,");
	assert_int_equal(folder_entries(place, false), 3);
	free(text);
	free(expected);
	app_free(fixture.app);
}

/* A log that is read back has the records of the run. */
static void the_records_can_be_read_back(void **state)
{
	struct fixture fixture = start_paused("seed=1", "ascii");
	struct frame frame;
	struct error error;
	(void)state;
	press(&fixture, 's');
	type(&fixture, "export run.csv");
	assert_says(&fixture, "wrote run.csv");
	struct log *log = log_open("run.csv", &error);
	assert_non_null(log);
	enum log_state now;
	while ((now = log_advance(log, &error)) != LOG_END)
		assert_int_not_equal(now, LOG_FAILED);
	assert_true(log_frame(log, EPOCH_PRESENT, &frame));
	assert_int_equal(frame.history.count, 2);
	assert_true(frame.record->loss == experiment_record(experiment_of(&fixture))->loss);
	log_close(log);
	app_free(fixture.app);
}

static void nothing_is_replaced(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("", "ascii");
	file_put("wane-moons-epoch0.svg", "mine", 4);
	press(&fixture, 'x');
	assert_says(&fixture, "wane-moons-epoch0-2.svg");
	press(&fixture, 'x');
	assert_says(&fixture, "wane-moons-epoch0-3.svg");
	assert_file_is("wane-moons-epoch0.svg", "mine");
	assert_int_equal(folder_entries(place, false), 1 + 3 + 3);
	type(&fixture, "export wane-moons-epoch0.svg");
	assert_says(&fixture, "wane-moons-epoch0.svg: found a file, expected a new name");
	assert_file_is("wane-moons-epoch0.svg", "mine");
	app_free(fixture.app);
}

static void a_name_is_taken_by_a_file_of_any_kind(void **state)
{
	static const char *const taken[] = {
		"wane-moons-epoch0.svg", "wane-moons-epoch0.txt", "wane-moons-epoch0.csv"};
	const struct place *place = *state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		struct fixture fixture = start_paused("", "ascii");
		file_put(taken[i], "mine", 4);
		press(&fixture, 'x');
		assert_says(&fixture, "wane-moons-epoch0-2.svg");
		assert_file_is(taken[i], "mine");
		assert_int_equal(folder_entries(place, false), 1 + 3);
		folder_entries(place, true);
		app_free(fixture.app);
	}
}

static void the_ending_of_a_name_chooses_the_kind(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("", "ascii");
	type(&fixture, "export a.svg");
	assert_says(&fixture, "wrote a.svg");
	assert_holds("a.svg", "<svg xmlns=");
	type(&fixture, "export b.txt");
	assert_holds("b.txt", "wane");
	type(&fixture, "export c.csv");
	assert_holds("c.csv", "epoch,layer,name,");
	assert_int_equal(folder_entries(place, false), 3);
	static const char *const others[] = {"a.png", "svg", ".svg", "a.svg.gz"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char line[40];
		snprintf(line, sizeof(line), "export %s", others[i]);
		type(&fixture, line);
		assert_non_null(
			strstr(fixture.app->prompt.note, "expected a name that ends in .txt, .svg or .csv"));
		press(&fixture, KEYCODE_ESCAPE);
	}
	assert_int_equal(folder_entries(place, false), 3);
	app_free(fixture.app);
}

static void prompt_and_message_are_not_in_the_picture(void **state)
{
	struct fixture fixture = start_paused("", "ascii");
	(void)state;
	press(&fixture, '+');
	assert_true(fixture.app->messages.text[0] != '\0');
	type(&fixture, "export a.txt");
	char *text = text_of("a.txt");
	assert_null(strstr(text, "export"));
	assert_null(strstr(text, "pace 20"));
	assert_non_null(strstr(text, "q quit"));
	free(text);
	app_free(fixture.app);
}

static void help_and_menu_are_in_the_picture(void **state)
{
	struct fixture fixture = start_paused("", "ascii");
	(void)state;
	press(&fixture, '?');
	type(&fixture, "export a.txt");
	assert_holds("a.txt", "q closes");
	app_free(fixture.app);
}

/* Whoever presses keys while the records of 100 layers are written is answered between slices. */
static void records_are_written_in_slices(void **state)
{
	struct fixture fixture = start_paused("depth=100", "ascii");
	(void)state;
	press(&fixture, 's');
	app_key(fixture.app, 'x', fixture.now);
	assert_says(&fixture, "writing");
	int slices = 0;
	for (; fixture.app->exporter.records; slices++) {
		assert_true(app_wait(fixture.app, fixture.now) == 0);
		app_work(fixture.app, fixture.now);
		assert_in_range(slices, 0, 100);
	}
	assert_true(slices >= 10);
	assert_says(&fixture, "wrote wane-moons-epoch1.svg");
	app_free(fixture.app);
}

static void a_second_export_waits_for_the_first(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("depth=100", "ascii");
	app_key(fixture.app, 'x', fixture.now);
	app_key(fixture.app, 'x', fixture.now);
	assert_says(&fixture, "wait until the records are written");
	settle(&fixture);
	assert_int_equal(folder_entries(place, false), 3);
	app_free(fixture.app);
}

static void an_export_that_is_cut_short_leaves_no_part_of_a_file(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("depth=100", "ascii");
	app_key(fixture.app, 'x', fixture.now);
	app_free(fixture.app);
	assert_int_equal(folder_entries(place, false), 2);
}

static void a_folder_that_takes_no_files_is_told_with_a_way_on(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("", "ascii");
	assert_int_equal(rmdir(place->folder), 0);
	press(&fixture, 'x');
	assert_says(&fixture, "wane-moons-epoch0.txt: cannot be written: ");
	assert_says(&fixture, "; :export FILE writes elsewhere");
	assert_int_equal(mkdir(place->folder, 0700), 0);
	app_free(fixture.app);
}

static void a_file_of_data_gives_its_name_without_folder_and_ending(void **state)
{
	struct fixture fixture;
	FILE *file = fopen("my_points.v2.csv", "w");
	(void)state;
	for (int i = 0; i < 20; i++)
		fprintf(file, "%d,%d,%s\n", i, i * 7 % 5, i % 2 ? "a" : "b");
	fclose(file);
	fixture = start_paused("data=./my_points.v2.csv", "ascii");
	press(&fixture, 'x');
	assert_says(&fixture, "wrote wane-my-points-epoch0.svg");
	app_free(fixture.app);
}

/* The first name that no file has; the ending alone is no name. */
static void the_number_in_a_name_is_the_first_that_is_free(void **state)
{
	struct fixture fixture = start_paused("", "ascii");
	struct error error;
	(void)state;
	file_put("wane-moons-epoch0.csv", "", 0);
	file_put("wane-moons-epoch0-2.svg", "", 0);
	file_put("wane-moons-epoch0-4.txt", "", 0);
	press(&fixture, 'x');
	assert_says(&fixture, "wrote wane-moons-epoch0-3.svg and .txt (this screen), .csv (1 epoch)");
	press(&fixture, 's');
	press(&fixture, 'x');
	assert_says(&fixture, "wrote wane-moons-epoch1.svg and .txt (this screen), .csv (2 epochs)");
	assert_false(exporter_ask(&fixture.app->exporter, ".svg", &error));
	assert_true(exporter_ask(&fixture.app->exporter, "a.svg", &error));
	char path[DATA_PATH_MAX + 1];
	memset(path, 'a', sizeof(path));
	strcpy(path + DATA_PATH_MAX - 4, ".txt");
	assert_false(exporter_ask(&fixture.app->exporter, path, &error));
	assert_non_null(strstr(error.text, "the path is longer than"));
	assert_true(exporter_ask(&fixture.app->exporter, path + 1, &error));
	fixture.app->exporter.asked = false;
	app_free(fixture.app);
}

/* Each in a folder of its own, which is the current one. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_enter, place_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(x_writes_the_screen_as_svg_and_text_and_the_records_as_csv),
		TEST(the_records_can_be_read_back),
		TEST(nothing_is_replaced),
		TEST(the_number_in_a_name_is_the_first_that_is_free),
		TEST(a_name_is_taken_by_a_file_of_any_kind),
		TEST(the_ending_of_a_name_chooses_the_kind),
		TEST(prompt_and_message_are_not_in_the_picture),
		TEST(help_and_menu_are_in_the_picture),
		TEST(records_are_written_in_slices),
		TEST(a_second_export_waits_for_the_first),
		TEST(an_export_that_is_cut_short_leaves_no_part_of_a_file),
		TEST(a_folder_that_takes_no_files_is_told_with_a_way_on),
		TEST(a_file_of_data_gives_its_name_without_folder_and_ending),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
