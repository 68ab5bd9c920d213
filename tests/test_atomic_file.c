/* Files are replaced atomically: whatever fails, the old file stays as it was and no temporary
 * file is left. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

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

static void an_abandoned_file_leaves_no_trace(void **state)
{
	const struct place *place = *state;
	struct atomic_file file;
	struct error error;
	assert_true(atomic_file_open(&file, place->file, &error));
	assert_true(fputs("new", file.stream) >= 0);
	atomic_file_abandon(&file);
	assert_int_equal(folder_entries(place, false), 0);
}

/* Sizes that fail when flushed at the end, and before. */
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

static void a_replaced_file_keeps_its_mode(void **state)
{
	static const mode_t modes[] = {0600, 0640, 0444, 0666, 0755};
	const struct place *place = *state;
	for (int i = 0; i < COUNT(modes); i++) {
		struct error error;
		struct stat status;
		file_put(place->file, "old", 3);
		assert_int_equal(chmod(place->file, modes[i]), 0);
		assert_true(save(place->file, "new", &error));
		assert_int_equal(stat(place->file, &status), 0);
		if ((status.st_mode & 0777) != modes[i])
			fail_msg("mode %o became %o", modes[i], status.st_mode & 0777);
		unlink(place->file);
	}
}

static void a_new_file_has_the_usual_mode(void **state)
{
	const struct place *place = *state;
	struct error error;
	struct stat status;
	mode_t mask = umask(027);
	assert_true(save(place->file, "new", &error));
	umask(mask);
	assert_int_equal(stat(place->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
}

/* ---- temporary files ---- */

static void names_beside_the_target_are_not_to_be_guessed(void **state)
{
	const struct place *place = *state;
	struct atomic_file file[2];
	struct error error;
	for (int i = 0; i < 2; i++)
		assert_true(atomic_file_open(&file[i], place->file, &error));
	assert_string_not_equal(file[0].temporary, file[1].temporary);
	assert_int_equal(folder_entries(place, false), 2);
	for (int i = 0; i < 2; i++)
		atomic_file_abandon(&file[i]);
}

static long dead_process(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	assert_true(child > 0 && waitpid(child, NULL, 0) == child);
	return child;
}

static void put_leftover(
	char path[200], const struct place *place, long process, const char *target)
{
	snprintf(path, 200, "%s/.wane-%ld-0123456789abcdef-%s.tmp", place->folder, process, target);
	file_put(path, "half", 4);
}

static void only_leftovers_of_dead_processes_for_this_target_are_removed(void **state)
{
	const struct place *place = *state;
	const struct {
		const char *what, *target;
		long process;
		bool link, locked, goes;
	} cases[] = {
		{"a leftover", "w.csv", dead_process(), false, false, true},
		{"another target's leftover", "v.csv", dead_process(), false, false, false},
		{"a living process's file", "w.csv", (long)getpid(), false, false, false},
		{"a link", "w.csv", dead_process(), true, false, false},
		{"the file of a writer out of sight", "w.csv", dead_process(), false, true, false},
		{"no process", "w.csv", 0, false, false, false},
		{"all processes", "w.csv", -1, false, false, false},
		{"a number too large for one", "w.csv", 1L << 40, false, false, false},
	};
	for (int i = 0; i < COUNT(cases); i++) {
		struct error error;
		char path[200], other[80];
		put_leftover(path, place, cases[i].process, cases[i].target);
		snprintf(other, sizeof(other), "%s/other", place->folder);
		file_put(other, "old", 3);
		if (cases[i].link)
			assert_int_equal(unlink(path) | symlink("other", path), 0);
		int lock = open(path, O_RDONLY);
		if (cases[i].locked)
			assert_int_equal(flock(lock, LOCK_EX), 0);
		assert_true(save(place->file, "new", &error));
		if ((access(path, F_OK) != 0) != cases[i].goes)
			fail_msg("%s %s", cases[i].what, cases[i].goes ? "stays" : "goes");
		close(lock);
		assert_file_is(place->file, "new");
		assert_file_is(other, "old");
		unlink(path);
	}
}

static void a_target_is_the_same_by_any_name(void **state)
{
	const struct place *place = *state;
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{"w.csv", "w.csv", true},
		{"w.csv", "./w.csv", true},
		{"w.csv", "v.csv", false},
		{"w.csv", "hard", true},
		{"new", "./new", true},
		{"new", "newer", false},
		{"w.csv", "new", false},
		{"sub/w.csv", "w.csv", false},
		{"sub/../new", "new", true},
	};
	char path[2][120];
	snprintf(path[0], 120, "%s/hard", place->folder);
	snprintf(path[1], 120, "%s/sub", place->folder);
	file_put(place->file, "old", 3);
	assert_int_equal(link(place->file, path[0]), 0);
	assert_int_equal(mkdir(path[1], 0700), 0);
	for (int i = 0; i < COUNT(cases); i++) {
		struct atomic_file a, b;
		struct error error;
		snprintf(path[0], 120, "%s/%s", place->folder, cases[i].a);
		snprintf(path[1], 120, "%s/%s", place->folder, cases[i].b);
		assert_true(atomic_file_open(&a, path[0], &error));
		assert_true(atomic_file_open(&b, path[1], &error));
		if (atomic_file_same(&a, &b) != cases[i].same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
		atomic_file_abandon(&a);
		atomic_file_abandon(&b);
	}
}

static void a_folder_without_permission_keeps_its_file(void **state)
{
	const struct place *place = *state;
	if (geteuid() == 0)
		skip(); /* root may write everywhere */
	struct error error;
	file_put(place->file, "old", 3);
	assert_int_equal(chmod(place->folder, 0500), 0);
	assert_false(save(place->file, "new", &error));
	assert_int_equal(chmod(place->folder, 0700), 0);
	assert_string_equal(after_folder(&error), "w.csv: cannot be written: Permission denied");
	assert_file_is(place->file, "old");
	assert_int_equal(folder_entries(place, false), 1);
}

static void a_new_file_never_takes_the_place_of_another(void **state)
{
	const struct place *place = *state;
	struct atomic_file file;
	struct error error;
	assert_true(atomic_file_open_new(&file, place->file, &error));
	assert_true(fputs("new", file.stream) >= 0);
	assert_true(atomic_file_commit(&file, &error));
	assert_file_is(place->file, "new");
	assert_false(atomic_file_open_new(&file, place->file, &error));
	assert_string_equal(after_folder(&error), "w.csv: found a file, expected a new name");
	/* taken while it is written */
	assert_int_equal(unlink(place->file), 0);
	assert_true(atomic_file_open_new(&file, place->file, &error));
	assert_true(fputs("newer", file.stream) >= 0);
	file_put(place->file, "other", 5);
	assert_false(atomic_file_commit(&file, &error));
	assert_string_equal(after_folder(&error), "w.csv: cannot be written: File exists");
	assert_file_is(place->file, "other");
	assert_int_equal(folder_entries(place, false), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_old_file_stays_until_the_new_one_is_whole),
		TEST(an_abandoned_file_leaves_no_trace),
		TEST(a_full_disk_leaves_the_old_file),
		TEST(only_a_plain_file_or_none_is_replaced),
		TEST(a_name_of_full_length_is_saved_under),
		TEST(a_new_file_never_takes_the_place_of_another),
		TEST(a_replaced_file_keeps_its_mode),
		TEST(a_new_file_has_the_usual_mode),
		TEST(names_beside_the_target_are_not_to_be_guessed),
		TEST(only_leftovers_of_dead_processes_for_this_target_are_removed),
		TEST(a_target_is_the_same_by_any_name),
		TEST(a_folder_without_permission_keeps_its_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
