/* Files that appear whole or not at all: whatever fails, the old file stays as it was and nothing
 * lies beside it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "lab/atomic_file.h"
#include "place.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const char *after_folder(const struct error *error)
{
	const char *slash = strrchr(error->text, '/');
	return slash ? slash + 1 : error->text;
}

static bool save(const char *path, const char *text, struct error *error)
{
	struct atomic_file file;
	if (!atomic_file_open(&file, path, error))
		return false;
	assert_true(fputs(text, file.stream) >= 0);
	return atomic_file_commit(&file, error);
}

static void the_old_file_stays_until_the_new_one_is_whole(void **state)
{
	const struct place *place = *state;
	struct atomic_file file;
	struct error error;
	assert_true(save(place->file, "old", &error));
	assert_int_equal(folder_entries(place, false), 1);
	assert_true(atomic_file_open(&file, place->file, &error));
	assert_true(fputs("new", file.stream) >= 0);
	assert_int_equal(fflush(file.stream), 0);
	assert_file_is(place->file, "old");
	assert_int_equal(folder_entries(place, false), 2);
	assert_true(atomic_file_commit(&file, &error));
	assert_file_is(place->file, "new");
	assert_int_equal(folder_entries(place, false), 1);
}

static void what_is_abandoned_leaves_nothing(void **state)
{
	const struct place *place = *state;
	struct atomic_file file;
	struct error error;
	assert_true(atomic_file_open(&file, place->file, &error));
	assert_true(fputs("new", file.stream) >= 0);
	atomic_file_abandon(&file);
	assert_int_equal(folder_entries(place, false), 0);
}

/* A number of bytes that fails when it is flushed at the end, and one that fails before. */
static void a_full_disk_leaves_the_old_file(void **state)
{
	static const int sizes[] = {200, 100000};
	const struct place *place = *state;
	struct rlimit old, small;
	file_put(place->file, "old", 3);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < COUNT(sizes); i++) {
		struct atomic_file file;
		struct error error;
		assert_true(atomic_file_open(&file, place->file, &error));
		small = (struct rlimit){.rlim_cur = 100, .rlim_max = old.rlim_max};
		setrlimit(RLIMIT_FSIZE, &small);
		for (int k = 0; k < sizes[i]; k++)
			fputc('x', file.stream);
		bool saved = atomic_file_commit(&file, &error);
		setrlimit(RLIMIT_FSIZE, &old);
		assert_false(saved);
		assert_int_equal(error.status, STATUS_WORLD);
		assert_string_equal(after_folder(&error), "w.csv: cannot be written: File too large");
		assert_file_is(place->file, "old");
		assert_int_equal(folder_entries(place, false), 1);
	}
	signal(SIGXFSZ, SIG_DFL);
}

static void only_a_plain_file_or_none_is_replaced(void **state)
{
	const struct place *place = *state;
	struct error error;
	char link[80], pipe[80], folder[80], loose[80], none[80];
	snprintf(link, sizeof(link), "%s/link", place->folder);
	snprintf(loose, sizeof(loose), "%s/loose", place->folder);
	snprintf(pipe, sizeof(pipe), "%s/pipe", place->folder);
	snprintf(folder, sizeof(folder), "%s/", place->folder);
	snprintf(none, sizeof(none), "%s/none/w.csv", place->folder);
	const struct {
		const char *path, *error;
	} cases[] = {
		{link, "link: found a symbolic link, expected a file or nothing"},
		{loose, "loose: found a symbolic link, expected a file or nothing"},
		{pipe, "pipe: found a device or pipe, expected a file or nothing"},
		{place->folder, ": found a directory, expected a file or nothing"},
		{folder, "/: is a directory"},
		{none, "none/w.csv: its folder cannot be opened: No such file or directory"},
		{"/dev/null", "null: found a device or pipe, expected a file or nothing"},
		{"/proc/self/w.csv", "w.csv: cannot be written: "},
	};
	file_put(place->file, "old", 3);
	assert_int_equal(symlink("w.csv", link), 0);
	assert_int_equal(symlink("nowhere", loose), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	for (int i = 0; i < COUNT(cases); i++) {
		assert_false(save(cases[i].path, "new", &error));
		assert_int_equal(error.status, STATUS_WORLD);
		assert_non_null(strstr(error.text, cases[i].error));
		assert_int_equal(folder_entries(place, false), 4);
	}
	assert_file_is(place->file, "old");
}

static void a_name_of_full_length_is_saved_under(void **state)
{
	const struct place *place = *state;
	struct error error;
	char path[400];
	int length = snprintf(path, sizeof(path), "%s/", place->folder);
	memset(path + length, 'w', 255);
	path[length + 255] = '\0';
	for (int again = 0; again < 2; again++) {
		assert_true(save(path, "new", &error));
		assert_file_is(path, "new");
		assert_int_equal(folder_entries(place, false), 1);
	}
}

/* What lies where the new file would be made is neither followed nor taken away. */
static void leftovers_are_gone_around(void **state)
{
	const struct place *place = *state;
	struct error error;
	char leftover[100], other[80];
	snprintf(other, sizeof(other), "%s/other", place->folder);
	file_put(other, "old", 3);
	snprintf(leftover, sizeof(leftover), "%s/.wane-%ld-0.tmp", place->folder, (long)getpid());
	assert_int_equal(symlink("other", leftover), 0);
	assert_true(save(place->file, "new", &error));
	assert_file_is(place->file, "new");
	assert_file_is(other, "old");
	assert_int_equal(folder_entries(place, false), 3);
}

static void a_folder_without_permission_keeps_its_file(void **state)
{
	const struct place *place = *state;
	if (geteuid() == 0)
		skip(); /* to whom every folder is open */
	struct error error;
	file_put(place->file, "old", 3);
	assert_int_equal(chmod(place->folder, 0500), 0);
	assert_false(save(place->file, "new", &error));
	assert_int_equal(chmod(place->folder, 0700), 0);
	assert_string_equal(after_folder(&error), "w.csv: cannot be written: Permission denied");
	assert_file_is(place->file, "old");
	assert_int_equal(folder_entries(place, false), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_old_file_stays_until_the_new_one_is_whole),
		TEST(what_is_abandoned_leaves_nothing),
		TEST(a_full_disk_leaves_the_old_file),
		TEST(only_a_plain_file_or_none_is_replaced),
		TEST(a_name_of_full_length_is_saved_under),
		TEST(leftovers_are_gone_around),
		TEST(a_folder_without_permission_keeps_its_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
