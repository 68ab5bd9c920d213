/* Parity with an independent implementation: every number of every file in a folder that
 * reference/make_reference.py wrote, whatever its seed and shapes.
 *
 *	test_reference [FOLDER]
 *
 * A line a file; what a file holds and wane does not have is said there, by its reason.
 */
#include "reference.h"

#include "nn/float_mode.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* By how the name of a file begins; without a comparison, what becomes of it instead. */
static const struct file_kind {
	const char *begins;
	reference_comparison *compare;
	const char *instead;
} file_kinds[] = {
	{"net", compare_network, NULL},
	{"seq", compare_sequence, NULL},
	{"cnn", compare_network, NULL},
	{"conv", compare_network, NULL},
	{"epochs.", compare_epochs, NULL},
	{"optim.", compare_optimizers, NULL},
	{"clip.", compare_clipping, NULL},
	{"activations.", compare_activations, NULL},
	{"losses.", compare_losses, NULL},
	{"softmax.", compare_softmax, NULL},
	{"inits.", compare_initializers, NULL},
	{"datasets.", compare_datasets, NULL},
	{"schedules.", compare_schedules, NULL},
	{"meanfield.", compare_theory, NULL},
	{"optimizers.", NULL, "read as the settings of the other files"},
};

static const struct file_kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(file_kinds) / sizeof(file_kinds[0]); i++)
		if (strncmp(name, file_kinds[i].begins, strlen(file_kinds[i].begins)) == 0)
			return &file_kinds[i];
	return NULL;
}

static void print_tally(const struct tally *tally)
{
	printf("%-32s %4d compared, %d skipped", tally->file, tally->compared, tally->skipped);
	for (int i = 0; i < TALLY_REASONS && tally->skip[i].reason; i++)
		printf("%s%d %s", i ? ", " : " (", tally->skip[i].count, tally->skip[i].reason);
	printf("%s, worst %.3g of the tolerance", tally->skipped ? ")" : "", tally->worst);
	if (tally->worst > 0)
		printf(" (%s)", tally->worst_at);
	puts(tally->complaints ? ": FAILED" : "");
	for (int i = 0; i < tally->complaints && i < TALLY_COMPLAINTS; i++)
		printf("  %s\n", tally->complaint[i]);
	if (tally->complaints > TALLY_COMPLAINTS)
		printf("  and %d more\n", tally->complaints - TALLY_COMPLAINTS);
}

/* True if all of the file agrees, and something was there to agree. */
static bool compare_file(const struct recipes *recipes, const struct file_kind *kind,
	const char *folder, const char *name)
{
	char path[4096];
	struct tally tally = {.file = name};
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	kind->compare(recipes, path, &tally);
	if (tally.compared == 0)
		tally_complain(&tally, "nothing was compared");
	print_tally(&tally);
	fflush(stdout);
	return tally.complaints == 0;
}

/* The names of a folder's CSV files in order, as one list that is freed as a whole. */
static int is_csv(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_recipes(struct recipes *recipes, const char *folder)
{
	char path[4096], *field[TABLE_FIELDS_MAX];
	snprintf(path, sizeof(path), "%s/optimizers.csv", folder);
	FILE *file = fopen(path, "r");
	if (!file) {
		perror(path);
		return false;
	}
	char *line = take_memory(TABLE_LINE_MAX, 1);
	table_row(file, line, field);
	while (recipes->count < RECIPES_MAX && table_row(file, line, field) == 2)
		recipe_read(&recipes->recipe[recipes->count++], field[0], field[1]);
	free(line);
	fclose(file);
	return recipes->count > 0;
}

int main(int argc, char **argv)
{
	const char *folder = getenv("WANE_REFERENCE");
	struct recipes recipes = {0};
	struct dirent **entry;
	int passed = 0, failed = 0;
	folder = argc > 1 ? argv[1] : folder && *folder ? folder : REFERENCE_FOLDER;
#ifndef NN_DOUBLE
	floating_point_setup();
#endif
	int files = scandir(folder, &entry, is_csv, by_name);
	if (files < 0 || !read_recipes(&recipes, folder)) {
		fprintf(stderr, "%s: no folder of reference vectors\n", folder);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < files; i++) {
		const char *name = entry[i]->d_name;
		const struct file_kind *kind = kind_of(name);
		if (!kind || !kind->compare)
			printf("%-32s %s\n", name, kind ? kind->instead : "skipped: unknown kind of file");
		else if (compare_file(&recipes, kind, folder, name))
			passed++;
		else
			failed++;
		free(entry[i]);
	}
	free(entry);
	printf("%d passed, %d failed\n", passed, failed);
	return failed || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
