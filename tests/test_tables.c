/* The numbers in the tables of settings, optimizers, schedules and verdicts: all of them stand
 * in tests/frames/tables.txt (or $WANE_FRAMES), to be read; WANE_FRAMES_WRITE=1 writes it anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"
#include "lab/schedule.h"
#include "lab/settings.h"
#include "lab/verdict.h"
#include "nn/optim.h"

static void add_setting(FILE *file, const struct setting *row)
{
	static const char *const effects[] = {
		[EFFECT_NOTHING] = "nothing",
		[EFFECT_LIVE] = "live",
		[EFFECT_RESET] = "reset",
		[EFFECT_GROW] = "grow",
		[EFFECT_DATA] = "data",
		[EFFECT_REBUILD] = "rebuild",
	};
	fprintf(file, "%s=%s: %s, %.10g to %.10g, %s", row->name, row->initial, row->group,
		row->minimum, row->maximum, effects[row->effect]);
	if (row->key)
		fprintf(file, ", %c", row->key);
	if (row->back_key)
		fprintf(file, " and %c", row->back_key);
	if (row->hint)
		fprintf(file, ", hint %d", row->hint);
	fprintf(file, "\n");
}

static void add_form(FILE *file, const char *style, const struct optimizer_form *form)
{
	fprintf(file,
		"\t%s: beta1 %.10g, beta2 %.10g, epsilon %.10g, slots from %.10g, decay %.10g%s\n", style,
		form->beta1, form->beta2, form->epsilon, form->slot_start, form->decay,
		form->decoupled ? " decoupled" : "");
}

static void add_optimizer(FILE *file, const struct optimizer *row)
{
	fprintf(file, "%s: rate %.10g, %d slots%s%s%s\n", row->name, row->rate, row->slots,
		row->has_momentum ? ", momentum" : "", row->corrects_bias ? ", corrects bias" : "",
		row->accumulates ? ", accumulates" : "");
	add_form(file, "keras", &row->keras);
	add_form(file, "pytorch", &row->pytorch);
}

static void add_schedule(FILE *file, const struct schedule *row)
{
	const struct schedule_parameters *usual = &row->usual;
	fprintf(file,
		"%s: every %.10g, factor %.10g, low %.10g, warm %.10g, start %.10g, "
		"exponent %.10g, at %.10g %.10g\n",
		row->name, (double)usual->every, (double)usual->factor, (double)usual->low,
		(double)usual->warm, (double)usual->start, (double)usual->exponent, (double)usual->at[0],
		(double)usual->at[1]);
}

static void add_judgements(FILE *file)
{
	static const char *const tones[] = {
		[TONE_QUIET] = "quiet",
		[TONE_GOOD] = "good",
		[TONE_WARNING] = "warning",
		[TONE_ALARM] = "alarm",
	};
	for (int i = 0; verdict_at(i); i++)
		fprintf(file, "%s: %s%s\n", verdict_at(i)->name, tones[verdict_at(i)->tone],
			verdict_at(i)->asks_advice ? ", asks for advice" : "");
	fprintf(file, "\n");
	for (int i = 0; remark_at(i); i++)
		fprintf(file, "%s%s\n", remark_at(i)->name,
			remark_at(i)->asks_advice ? ": asks for advice" : "");
}

static void the_numbers_that_were_read_have_not_changed(void **state)
{
	char *now = NULL;
	size_t size;
	FILE *memory = open_memstream(&now, &size);
	(void)state;
	for (int i = 0; i < config_table.count; i++)
		add_setting(memory, &config_table.row[i]);
	fprintf(memory, "\n");
	for (int i = 0; optimizer_at(i); i++)
		add_optimizer(memory, optimizer_at(i));
	fprintf(memory, "\n");
	for (int i = 0; schedule_at(i); i++)
		add_schedule(memory, schedule_at(i));
	fprintf(memory, "\n");
	add_judgements(memory);
	fclose(memory);
	check_frames("tables", now);
	free(now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numbers_that_were_read_have_not_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
