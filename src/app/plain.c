#include "app/plain.h"

#include "app/app_internal.h"
#include "app/console.h"
#include "app/headless.h"
#include "app/screen.h"
#include "app/tutor_work.h"
#include "ui/layout.h"
#include "ui/picture_file.h"
#include "ui/plot.h"
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, VERDICT_COLUMNS = 160, VERDICT_ROWS = 2 };

static const double work_seconds = 0.010; /* between two looks at the input */

struct plain {
	struct app *app;
	struct canvas *canvas; /* that a verdict is written on */
	char line[LINE_BYTES];
	size_t used;
	bool person; /* the input is a terminal: lines are carried out at once */
	bool input_ended, ended;
	int64_t records;     /* of the session when they were looked at last */
	int64_t told;        /* the epoch told last; -1: none */
	const char *verdict; /* told last */
	const struct lesson *lesson;
	int stop; /* of it, told last */
};

bool plain_wanted(void)
{
	const char *kind = getenv("TERM"), *accessible = getenv("ACCESSIBLE");
	return (accessible && accessible[0]) || (kind && strcmp(kind, "dumb") == 0);
}

/* ---- output ---- */

/* One line, or a line for each paragraph. */
static void say(const char *text)
{
	while (*text) {
		char line[TUTOR_TEXT_MAX];
		size_t length = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		if (length > 0)
			console_write(stdout, line + strspn(line, " "));
		if (length > 0)
			putchar('\n');
		text += length + (text[length] == '\n');
	}
	fflush(stdout);
}

static void say_quiz(const struct quiz *quiz)
{
	char text[200];
	quiz_text(quiz, text, sizeof(text));
	say(text);
	for (int i = 0; i < quiz->count; i++) {
		snprintf(text, sizeof(text), "%d: %s", i + 1, quiz->choice[i]->name);
		say(text);
	}
}

/* Verdict, remarks and advice, as the lines under the panes say them. */
static void say_verdict(struct plain *plain, const struct frame *frame)
{
	const struct context context = app_context(plain->app, 0);
	if (quiz_hides(&context)) {
		if (context.quiz->count > 0)
			say_quiz(context.quiz);
		return;
	}
	char text[VERDICT_ROWS * (4 * VERDICT_COLUMNS + 1) + 1] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");
	if (!file || !canvas_reset(plain->canvas, VERDICT_COLUMNS, VERDICT_ROWS, glyphs_at(0))) {
		if (file)
			fclose(file);
		return;
	}
	verdict_draw(frame, follower_advice(context.follower, context.controls),
		quiz_is_on(&context) ? "off" : context.controls->screen.advice, area_all(plain->canvas), 0,
		VERDICT_ROWS);
	canvas_write_text(file, plain->canvas);
	fclose(file);
	say(text);
}

static void add_number(char *out, size_t size, const char *name, float value)
{
	char number[PLOT_NUMBER];
	size_t used = strlen(out);
	if (record_is_nothing(value))
		return;
	plot_number(number, (double)value);
	snprintf(out + used, size - used, ", %s %s", name, number);
}

/* `whole`: with what the verdict says, even if it has said that before. */
static void say_epoch(struct plain *plain, bool whole)
{
	struct frame frame;
	char text[200];
	experiment_frame(plain->app->session->experiment, EPOCH_PRESENT, &frame);
	const struct record *record = frame.record;
	if (!record)
		return;
	snprintf(text, sizeof(text), "Epoch %lld", (long long)record->epoch);
	add_number(text, sizeof(text), "loss", record->loss);
	add_number(text, sizeof(text), "validation loss", record->val_loss);
	add_number(text, sizeof(text), "accuracy", record->acc);
	say(text);
	plain->told = record->epoch;
	if (whole || plain->verdict != record->verdict)
		say_verdict(plain, &frame);
	plain->verdict = record->verdict;
}

static void say_stop(struct plain *plain)
{
	const struct tutor *tutor = &plain->app->tutor;
	const struct lesson_line *asked = tutor->question;
	const struct language *words = tutor->lesson->language;
	bool right;
	char text[TUTOR_TEXT_MAX + 100];
	snprintf(text, sizeof(text), "%s, %d %s %d", tutor->lesson->title, tutor->stop, words->of,
		tutor->stops);
	say(text);
	if (tutor_tell(tutor, text, sizeof(text), &right))
		say(text);
	if (tutor->text[0])
		say(tutor->text);
	if (asked) {
		say(tutor->asking);
		for (int i = 0; i < asked->question.count; i++) {
			snprintf(text, sizeof(text), "%d: %s", i + 1, asked->question.choice[i]);
			say(text);
		}
	}
	say(tutor->state == TUTOR_ENDED      ? words->ends_here
			: tutor->state == TUTOR_ASKS ? words->type_number
										 : words->empty_line);
}

/* 1, 2, 5, 10, 20, 50, ...: often at first, then seldom. */
static bool is_milestone(int64_t epoch)
{
	while (epoch >= 10 && epoch % 10 == 0)
		epoch /= 10;
	return epoch == 1 || epoch == 2 || epoch == 5;
}

static bool is_idle(const struct app *app)
{
	return session_at_rest(app->session) && app->session->left == 0 &&
		!(app->tutor.lesson && app->tutor.state == TUTOR_WORKS) && !app->follower.active;
}

static void report(struct plain *plain)
{
	struct app *app = plain->app;
	const struct record *record = experiment_record(app->session->experiment);
	if (app->messages.changed && app->messages.text[0])
		say(app->messages.text);
	app->messages.changed = false;
	messages_drop(&app->messages);
	app->messages.changed = false;
	if (app->tutor.lesson && app->tutor.state != TUTOR_WORKS &&
		(app->tutor.lesson != plain->lesson || app->tutor.stop != plain->stop)) {
		plain->lesson = app->tutor.lesson;
		plain->stop = app->tutor.stop;
		if (!record || record->epoch != plain->told)
			say_epoch(plain, true);
		say_stop(plain);
		return;
	}
	if (!record || (app->tutor.lesson && app->tutor.state == TUTOR_WORKS))
		return;
	bool news = app->session->records != plain->records;
	bool turns = news && record->verdict != plain->verdict;
	bool rests = is_idle(app) && record->epoch != plain->told;
	plain->records = app->session->records;
	if (turns || rests || (news && is_milestone(record->epoch)))
		say_epoch(plain, rests);
}

/* ---- input ---- */

static void help(void)
{
	static const char *const words[] = {
		"run 100: train 100 epochs. run: train until a line comes. pause.",
		"NAME=VALUE: change a setting, for example activation=relu. NAME alone explains it.",
		"restart, undo, redo, pin, swap, unpin: as the keys of the screen do.",
		"lesson NAME: begin a lesson; wane list lessons names them.",
		"An empty line says how the run stands, or goes on with a lesson; < goes back.",
		"quit ends. wane list settings and wane list actions name all words.",
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		say(words[i]);
}

static bool is_one_of(const char *line, const char *a, const char *b)
{
	return strcmp(line, a) == 0 || strcmp(line, b) == 0;
}

/* The words of a lesson; false: the line is not one of them. */
static bool carry_out_in_lesson(struct plain *plain, const char *line)
{
	const struct context context = app_context(plain->app, 0);
	struct tutor *tutor = &plain->app->tutor;
	bool asked = tutor->state == TUTOR_ASKS;
	char *end;
	long choice = strtol(line, &end, 10);
	if (!tutor->lesson)
		return false;
	if (line[0] == '\0' || is_one_of(line, ">", "next"))
		tutor_next(tutor, &context);
	else if (is_one_of(line, "<", "back"))
		tutor_back(tutor, &context);
	else if (end == line || *end || !tutor_answer(tutor, (int)choice, &context))
		return false;
	plain->stop = asked && tutor->state == TUTOR_ASKS ? tutor->stop : -1;
	return true;
}

/* A number answers the question of the quiz, after which the verdict is told. */
static bool carry_out_in_quiz(struct plain *plain, const char *line)
{
	const struct context context = app_context(plain->app, 0);
	char *end;
	long choice = strtol(line, &end, 10);
	if (end == line || *end || !quiz_answer(&context, (int)choice))
		return false;
	report(plain);
	say_epoch(plain, true);
	return true;
}

static void carry_out(struct plain *plain, const char *line)
{
	enum app_state state = APP_RUN;
	struct error error = {STATUS_DONE, ""};
	if (carry_out_in_lesson(plain, line) || carry_out_in_quiz(plain, line))
		return;
	if (line[0] == '\0')
		say_epoch(plain, true);
	else if (is_one_of(line, "help", "?"))
		help();
	else if (is_one_of(line, "quit", "q"))
		plain->ended = true;
	else if (!app_command(plain->app, line, &state, &error))
		say(error.text);
	plain->ended = plain->ended || state == APP_QUIT || state == APP_INTERRUPTED;
}

/* Cuts the first line off the buffer, if it has a whole one. */
static bool take_line(struct plain *plain, char out[LINE_BYTES])
{
	char *end = memchr(plain->line, '\n', plain->used);
	bool whole = end != NULL || plain->used == sizeof(plain->line) ||
		(plain->input_ended && plain->used > 0);
	if (!whole)
		return false;
	size_t length = end ? (size_t)(end - plain->line) : plain->used;
	size_t kept = length < LINE_BYTES ? length : LINE_BYTES - 1;
	memcpy(out, plain->line, kept);
	out[kept] = '\0';
	out[strcspn(out, "\r")] = '\0';
	plain->used -= length + (end != NULL);
	memmove(plain->line, plain->line + length + (end != NULL), plain->used);
	return true;
}

static void read_input(struct plain *plain)
{
	ssize_t got = read(STDIN_FILENO, plain->line + plain->used, sizeof(plain->line) - plain->used);
	if (got > 0)
		plain->used += (size_t)got;
	else if (got == 0 || errno != EINTR)
		plain->input_ended = true;
}

/* Waits for input or for work; `wait` negative: without end. */
static void wait_for_input(struct plain *plain, double wait)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	bool room = plain->used < sizeof(plain->line) && !plain->input_ended;
	int milliseconds = wait < 0 ? -1 : wait > 60 ? 60000 : (int)ceil(wait * 1000);
	if (poll(&input, room, milliseconds) > 0)
		read_input(plain);
}

static void work(struct plain *plain)
{
	double start = progress_now(), now = start;
	while (app_wait(plain->app, now) == 0 && now - start < work_seconds) {
		app_work(plain->app, now);
		report(plain);
		now = progress_now();
	}
}

/* A run without end is ended by the next line. */
static bool takes_lines(const struct plain *plain)
{
	return plain->person || is_idle(plain->app) || plain->app->session->left < 0;
}

static void converse(struct plain *plain)
{
	char line[LINE_BYTES];
	while (!plain->ended && !headless_ended()) {
		plain->app->controls.now = progress_now();
		work(plain);
		report(plain);
		if (takes_lines(plain) && take_line(plain, line)) {
			carry_out(plain, line);
			report(plain);
			continue;
		}
		if (plain->input_ended && plain->used == 0 && is_idle(plain->app))
			return;
		if (plain->input_ended && plain->used == 0 && plain->app->session->left < 0)
			return;
		wait_for_input(plain, app_wait(plain->app, progress_now()));
	}
}

int plain_run(const struct app_options *options)
{
	struct error error = {STATUS_DONE, ""};
	struct plain plain = {.told = -1, .stop = -1, .person = isatty(STDIN_FILENO)};
	struct app_options fast = *options;
	fast.settings.screen.pace = "max"; /* there is no picture to look at */
	plain.app = app_new(&fast, &error);
	if (!plain.app)
		return console_complain(&error);
	plain.canvas = canvas_new();
	if (!plain.canvas) {
		app_free(plain.app);
		error_set(&error, STATUS_WORLD, "not enough memory");
		return console_complain(&error);
	}
	headless_catch_signals();
	if (!options->lesson && !options->script)
		session_run(plain.app->session, 0, progress_now());
	app_resize(plain.app, LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
	say("wane in plain lines. help lists the commands, quit ends.");
	converse(&plain);
	canvas_free(plain.canvas);
	app_free(plain.app);
	if (headless_ended())
		return headless_end_status();
	return console_finish_output();
}
