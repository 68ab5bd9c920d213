/* Log: what happened in the run, one line each, newest last: changed settings, verdicts, clipped
 * steps, units that died, numbers that were not finite, remedies that were tried. */
#include "lab/verdict.h"
#include "ui/caption.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	KIND_COLUMNS = 8,
	WHOSE_COLUMNS = 7,
	COLUMNS_FOR_KIND = 42,
	COLUMNS_FOR_TRIALS = 64, /* and for the epochs of the best one */
	COLUMNS_FOR_NUMBERS = 100,
	NUMBER_COLUMNS = 16, /* of each number at the right */
	EPOCH_DIGITS_MAX = 20,
	LINE_MAX = 200,
	ROWS_FOR_NOTE = 4,
	DEAD_STEPS = 20, /* a line for each further 1/20 of dead units */
};

static void log_title(const struct picture *picture, char *out, int size)
{
	(void)picture;
	snprintf(out, (size_t)size, "log · newest last");
}

/* Whose line it is, if there is a second run; both: from before it was pinned. */
enum whose { OF_ONE, OF_BOTH, OF_RUN, OF_PINNED };

static const struct {
	const char *name;
	enum style style;
} owners[] = {
	[OF_ONE] = {"", STYLE_DIM},
	[OF_BOTH] = {"both", STYLE_DIM},
	[OF_RUN] = {"this", STYLE_BAR},
	[OF_PINNED] = {"pinned", STYLE_TWIN},
};

/* Goes through the lines twice: to count them, then to draw the last ones. */
struct listing {
	struct area area;
	enum whose whose; /* the lines that are added now */
	int lines;
	int first;        /* line that is drawn in row 0; above all of them while they are counted */
	int epoch_digits; /* columns of an epoch */
	bool judges;      /* verdicts are told */
	bool explains;    /* under each line is a second one */
	const struct record *record; /* whose line is added */
	int64_t before;              /* epoch of the record before it that could have said the same */
	int64_t late;                /* most epochs by which a line that is seen may be late */
};

/* Draws as many words of a text as fit, and dots for the rest. */
static void draw_words(struct area area, enum style style, const char *text)
{
	char line[LINE_MAX + 4];
	snprintf(line, sizeof(line), "%s", text);
	while (!caption(area, 0, 0, style, line)) {
		char *cut = strrchr(line, ' ');
		if (cut && strcmp(cut, " ..") == 0) {
			*cut = '\0';
			cut = strrchr(line, ' ');
		}
		if (!cut)
			return;
		memcpy(cut, " ..", sizeof(" .."));
	}
}

/* Loss and decades at the right of a wide pane; returns the columns used. */
static int draw_numbers(const struct record *record, struct area row)
{
	const struct {
		const char *name;
		float value;
	} numbers[] = {{"loss", record->loss}, {"val", record->val_loss}, {"D", record->decades}};
	enum { COUNT = sizeof(numbers) / sizeof(numbers[0]) };
	if (row.width < COLUMNS_FOR_NUMBERS)
		return 0;
	for (int i = 0; i < COUNT; i++) {
		char number[PLOT_NUMBER], text[PLOT_NUMBER + 8];
		plot_number(number, (double)numbers[i].value);
		snprintf(text, sizeof(text), "%s %s", numbers[i].name, number);
		if (!record_is_nothing(numbers[i].value))
			caption_right(row, row.width - (COUNT - 1 - i) * NUMBER_COLUMNS, 0, STYLE_DIM, text);
	}
	return COUNT * NUMBER_COLUMNS;
}

__attribute__((format(printf, 5, 6))) static void add(struct listing *listing, int64_t epoch,
	const char *kind, enum style style, const char *format, ...)
{
	int y = listing->lines++ - listing->first, x = listing->epoch_digits + 1;
	int64_t late = listing->before < 0 ? 0 : epoch - listing->before - 1;
	bool seen = listing->first == INT32_MAX || y >= 0;
	if (seen && listing->record && listing->record->epoch == epoch && late > listing->late)
		listing->late = late;
	struct area row = area_sub(listing->area, 0, y, listing->area.width, 1);
	char text[LINE_MAX], number[EPOCH_DIGITS_MAX + 1];
	if (y < 0)
		return;
	if (listing->whose != OF_PINNED)
		area_target(row, (struct target){.has_epoch = true, .epoch = epoch});
	snprintf(number, sizeof(number), "%lld", (long long)epoch);
	caption_right(row, listing->epoch_digits, 0, STYLE_DIM, number);
	if (listing->whose != OF_ONE) {
		area_text(row, x, 0, owners[listing->whose].style, owners[listing->whose].name);
		x += WHOSE_COLUMNS;
	}
	if (row.width >= COLUMNS_FOR_KIND) {
		area_text(row, x, 0, STYLE_DIM, kind);
		x += KIND_COLUMNS;
	}
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	int numbers = listing->record ? draw_numbers(listing->record, row) : 0;
	draw_words(area_sub(row, x, 0, row.width - x - numbers, 1), style, text);
}

/* A second row for the line that was added last, where all of them have one. */
__attribute__((format(printf, 2, 3))) static void explain(
	struct listing *listing, const char *format, ...)
{
	if (!listing->explains)
		return;
	int y = listing->lines++ - listing->first, x = listing->epoch_digits + 1;
	char text[2 * LINE_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	x += (listing->whose != OF_ONE ? WHOSE_COLUMNS : 0) + KIND_COLUMNS;
	draw_words(area_sub(listing->area, x, y, listing->area.width - x, 1), STYLE_DIM, text);
}

/* What the lines of the records so far have said. */
struct told {
	const char *verdict;
	int64_t epoch, layered; /* of the record before, and of the last one with layers; -1: none */
	int layers, dead_steps;
	bool clipped, fault;
};

static void add_verdict(struct listing *listing, const struct record *record, struct told *told)
{
	char loss[PLOT_NUMBER];
	if (!record->verdict || (told->verdict && strcmp(record->verdict, told->verdict) == 0))
		return;
	told->verdict = record->verdict;
	const struct verdict *verdict = verdict_find(record->verdict);
	enum style style = !verdict         ? STYLE_NORMAL
		: verdict->tone == TONE_ALARM   ? STYLE_ALARM
		: verdict->tone == TONE_WARNING ? STYLE_WARNING
		: verdict->tone == TONE_GOOD    ? STYLE_GOOD
										: STYLE_NORMAL;
	plot_number(loss, (double)record->loss);
	listing->before = told->epoch;
	if (record_is_nothing(record->loss))
		add(listing, record->epoch, "verdict", style, "%s", record->verdict);
	else
		add(listing, record->epoch, "verdict", style, "%s, loss %s", record->verdict, loss);
	explain(listing, "%s", verdict ? verdict->help : "a verdict of the log");
}

/* The first time after each change of settings. */
static void add_clipped(struct listing *listing, const struct record *record, struct told *told)
{
	told->clipped = told->clipped && !record->event[0];
	if (told->clipped || record->clipped < 1)
		return;
	told->clipped = true;
	listing->before = told->epoch;
	add(listing, record->epoch, "clip", STYLE_NORMAL, "gradient clipped in %d of %d steps",
		record->clipped, record->steps);
	explain(listing, "later epochs of this clipping are not listed");
}

/* The layers that have dead units. */
static void explain_deaths(struct listing *listing, const struct record *record)
{
	char text[LINE_MAX] = "", share[PLOT_NUMBER];
	size_t used = 0;
	for (int layer = 1; layer < record->layers && used + 32 < sizeof(text); layer++) {
		float dead = record_dead(record, layer);
		plot_share(share, (double)dead);
		if (dead > 0)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%d: %s",
				used ? ", " : "", used ? "" : "by layer: ", layer, share);
	}
	explain(listing, "%s", text);
}

static void add_deaths(struct listing *listing, const struct record *record, struct told *told)
{
	double sum = 0;
	int most = 1;
	if (record->layers < 2)
		return;
	if (record->layers != told->layers)
		told->dead_steps = 0;
	told->layers = record->layers;
	for (int layer = 1; layer < record->layers; layer++) {
		sum += (double)record_dead(record, layer) / (record->layers - 1);
		if (record_dead(record, layer) > record_dead(record, most))
			most = layer;
	}
	/* a file of records may say anything */
	int steps = sum > 0 ? 1 + (int)((sum < 1 ? sum : 1) * DEAD_STEPS) : 0;
	if (steps <= told->dead_steps)
		return;
	told->dead_steps = steps;
	char all[PLOT_NUMBER], worst[PLOT_NUMBER];
	listing->before = told->layered;
	plot_share(all, sum);
	plot_share(worst, (double)record_dead(record, most));
	add(listing, record->epoch, "dead", STYLE_DEAD, "%s of the units are dead, %s of layer %d", all,
		worst, most);
	explain_deaths(listing, record);
}

static void add_fault(struct listing *listing, const struct record *record, struct told *told)
{
	const struct fault *fault = &record->fault;
	if (told->fault || fault->layer < 1)
		return;
	told->fault = true;
	add(listing, fault->epoch, "fault", STYLE_ALARM, "%s of layer %d: the first number not finite",
		fault->tensor ? fault->tensor : "a number", fault->layer);
	explain(listing, "every number that follows from it is not finite, either");
}

/* What came of a change: the loss before it, and the lowest until the next change. */
static void explain_change(struct listing *listing, const struct history_view *history, int index)
{
	char before[PLOT_NUMBER] = "-", lowest[PLOT_NUMBER];
	const struct record *best = NULL;
	for (int i = index; i < history->count; i++) {
		const struct record *record = history_at(history->all, i);
		if (i > index && record->event[0])
			break;
		if (isfinite(record->loss) && (!best || record->loss < best->loss))
			best = record;
	}
	if (index > 0)
		plot_number(before, (double)history_at(history->all, index - 1)->loss);
	if (!best) {
		explain(listing, "loss %s before; no finite loss after it", before);
		return;
	}
	plot_number(lowest, (double)best->loss);
	explain(listing, "loss %s before; lowest until the next change %s, in epoch %lld", before,
		lowest, (long long)best->epoch);
}

static void add_record(
	struct listing *listing, const struct history_view *history, int index, struct told *told)
{
	const struct record *record = history_at(history->all, index);
	listing->record = record;
	listing->before = -1; /* changes are always kept */
	if (record->event[0]) {
		add(listing, record->epoch, "change", STYLE_MARK, "%s", record->event);
		explain_change(listing, history, index);
	}
	add_clipped(listing, record, told);
	add_deaths(listing, record, told);
	told->fault = told->fault && record->fault.layer > 0;
	add_fault(listing, record, told);
	if (listing->judges)
		add_verdict(listing, record, told);
	told->epoch = record->epoch;
	told->layered = record->layers ? record->epoch : told->layered;
	listing->record = NULL;
}

/* The trials are one line, at the epoch at which the best of them began. */
static const struct trial *best_trial(const struct picture *picture)
{
	const struct advice_view *advice = &picture->advice;
	const struct trial *best = advice->count > 0 ? advice->trial[0] : NULL;
	bool tried = best && best->state == TRIAL_DONE && (best->first || best->restart);
	return tried ? best : NULL;
}

/* Those behind the best. */
static void explain_trials(struct listing *listing, const struct picture *picture)
{
	enum { OTHERS = 3 };
	const struct advice_view *advice = &picture->advice;
	char text[LINE_MAX] = "", name[LINE_MAX / 4], loss[PLOT_NUMBER];
	size_t used = 0;
	for (int i = 1; i < advice->count && i <= OTHERS; i++) {
		const struct trial *trial = advice->trial[i];
		if (trial->state != TRIAL_DONE || used + sizeof(name) + 32 > sizeof(text))
			break;
		trial_name(trial, name, sizeof(name));
		plot_number(loss, (double)trial->reached);
		used +=
			(size_t)snprintf(text + used, sizeof(text) - used, "%s%s%s %s", used ? ", " : "then ",
				name, trial->restart && trial->first ? " with a restart" : "", loss);
	}
	explain(listing, "%s", text);
}

static void add_trials(
	struct listing *listing, const struct picture *picture, const struct trial *best)
{
	char name[LINE_MAX / 2], loss[PLOT_NUMBER];
	trial_name(best, name, sizeof(name));
	plot_number(loss, (double)best->reached);
	const char *restart = best->first && best->restart ? " with a restart" : "";
	if (listing->area.width < COLUMNS_FOR_TRIALS)
		add(listing, best->start, "tried", STYLE_NORMAL, "%s%s best of %d: loss %s", name, restart,
			picture->advice.tried, loss);
	else
		add(listing, best->start, "tried", STYLE_NORMAL,
			"%d remed%s, best %s%s: loss %s in %d epochs", picture->advice.tried,
			picture->advice.tried == 1 ? "y" : "ies", name, restart, loss, best->epochs);
	explain_trials(listing, picture);
}

/* One of the runs whose lines are merged. */
struct source {
	const struct history_view *history;
	const struct trial *best; /* not told yet; NULL: none */
	int next;                 /* record */
	struct told told;
};

static bool records_alike(const struct record *a, const struct record *b)
{
	return a->epoch == b->epoch && memcmp(&a->loss, &b->loss, sizeof(a->loss)) == 0 &&
		strcmp(a->event, b->event) == 0;
}

/* The number of records from before the second run was pinned. */
static int records_shared(const struct picture *picture)
{
	const struct history_view *run = &picture->frame.history, *pinned = &picture->twin.history;
	int count = 0;
	while (count < run->count && count < pinned->count &&
		records_alike(history_at(run->all, count), history_at(pinned->all, count)))
		count++;
	return count;
}

static const struct record *upcoming(const struct source *source)
{
	const struct history_view *history = source->history;
	return source->next < history->count ? history_at(history->all, source->next) : NULL;
}

static void add_next(struct listing *listing, const struct picture *picture, struct source *source)
{
	const struct record *record = upcoming(source);
	if (source->best && source->best->start < record->epoch) {
		add_trials(listing, picture, source->best);
		source->best = NULL;
	}
	add_record(listing, source->history, source->next, &source->told);
	source->next++;
}

/* The records of both runs in the order of their epochs; the run's own come first. */
static void add_all(struct listing *listing, const struct picture *picture)
{
	bool pair = picture->twin.model != NULL;
	int shared = pair ? records_shared(picture) : 0;
	const struct told nothing = {.epoch = -1, .layered = -1};
	struct source run = {
		.history = &picture->frame.history, .best = best_trial(picture), .told = nothing};
	struct source pinned = {.history = &picture->twin.history, .next = shared, .told = nothing};
	const struct record *record, *other;
	listing->whose = pair ? OF_BOTH : OF_ONE;
	while (run.next < shared)
		add_next(listing, picture, &run);
	pinned.told = run.told;
	while ((record = upcoming(&run)) || (pair && upcoming(&pinned))) {
		other = pair ? upcoming(&pinned) : NULL;
		bool own = record && (!other || record->epoch <= other->epoch);
		listing->whose = !pair ? OF_ONE : own ? OF_RUN : OF_PINNED;
		add_next(listing, picture, own ? &run : &pinned);
	}
	listing->whose = pair ? OF_RUN : OF_ONE;
	if (run.best && run.best->start <= picture->frame.epoch)
		add_trials(listing, picture, run.best);
}

static int64_t last_of(const struct history_view *history)
{
	return history->count > 0 ? history_at(history->all, history->count - 1)->epoch : 0;
}

static void count_lines(struct listing *listing, const struct picture *picture)
{
	listing->lines = 0;
	listing->late = 0;
	listing->first = INT32_MAX;
	add_all(listing, picture);
}

static void log_draw(const struct picture *picture, struct area area)
{
	const struct history_view *history = &picture->frame.history, *other = &picture->twin.history;
	if (!history->all || history->count == 0) {
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
		return;
	}
	int64_t last_epoch = last_of(history);
	if (picture->twin.model && last_of(other) > last_epoch)
		last_epoch = last_of(other);
	char last[EPOCH_DIGITS_MAX + 1];
	struct listing listing = {
		.area = area,
		.epoch_digits = snprintf(last, sizeof(last), "%lld", (long long)last_epoch),
		.judges = !picture->view->quiz,
		.explains = area.width >= COLUMNS_FOR_TRIALS,
	};
	count_lines(&listing, picture);
	bool note = listing.late > 0 && area.height >= ROWS_FOR_NOTE;
	if (listing.explains && listing.lines > area.height - note) {
		listing.explains = false;
		count_lines(&listing, picture);
	}
	listing.area.height -= note;
	if (listing.lines == 0)
		caption_sentence(listing.area, STYLE_DIM, "no change, no verdict so far");
	int hidden = listing.lines - listing.area.height;
	listing.first = hidden > 0 ? hidden : 0;
	listing.lines = 0;
	listing.late = 0;
	add_all(&listing, picture);
	if (!note || listing.late == 0)
		return;
	struct parts parts = {0};
	const char *plural = listing.late > 1 ? "s" : "";
	parts_add(&parts, 0, STYLE_DIM,
		"not every epoch is kept: changes are exact, other lines up to "
		"%lld epoch%s late",
		(long long)listing.late, plural);
	parts_shorten(&parts, "lines up to %lld epoch%s late", (long long)listing.late, plural);
	parts_draw(&parts, area, 0, area.height - 1);
}

/* clang-format off */
const struct pane pane_log = {
	.name = "log",
	.help = "what happened: changed settings, verdicts, dead units, clipped steps, remedies tried",
	.guide = "Each line begins with its epoch; the newest is the last. change: settings changed at "
		"the start of that epoch. verdict: a new verdict. clip: the first epoch after a change in "
		"which the gradient was clipped. dead: a further twentieth of all hidden units has died "
		"(f' is 0 for every sample). fault: the first number that was nan or infinite. tried: how "
		"many remedies were tried on copies, and the best of them. A long run does not keep every "
		"epoch; then a line may be late by the number of epochs that the last row says. Changes "
		"are always kept. Large panes explain each line in a second one: the rule of a verdict "
		"(wane list verdicts), what came of a change, layers with dead units, remedies behind "
		"the best; at the right are loss, validation loss and D, the decades that delta loses on "
		"its way back. , and ; go to earlier and later epochs: the log ends at the one shown. "
		"Beside a pinned run a line says whose it is: this, pinned, or both if it is from before.",
	.numbers = "loss; val_loss; decades; clipped; dead",
	.minimum_width = 24, .minimum_height = 4,
	.title = log_title, .draw = log_draw,
};
/* clang-format on */
