/* A folder for each test that writes files, and functions to look at its files. */
#ifndef TESTS_PLACE_H
#define TESTS_PLACE_H

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char folder[64], file[80];
	int before; /* the folder that the test was in before place_enter() */
};

static inline int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	assert_non_null(place);
	strcpy(place->folder, "/tmp/wane-test-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof(place->file), "%s/w.csv", place->folder);
	*state = place;
	return 0;
}

/* Counts the names in the folder, and removes the files if `remove`. */
static inline int folder_entries(const struct place *place, bool remove)
{
	DIR *folder = opendir(place->folder);
	int count = 0;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (remove && unlinkat(dirfd(folder), entry->d_name, 0) != 0)
			assert_int_equal(unlinkat(dirfd(folder), entry->d_name, AT_REMOVEDIR), 0);
	}
	closedir(folder);
	return count;
}

static inline int place_remove(void **state)
{
	struct place *place = *state;
	folder_entries(place, true);
	rmdir(place->folder);
	free(place);
	return 0;
}

/* For tests that press keys which write files: the folder is the current one. */
static inline int place_enter(void **state)
{
	place_make(state);
	struct place *place = *state;
	place->before = open(".", O_RDONLY | O_DIRECTORY);
	return chdir(place->folder);
}

static inline int place_leave(void **state)
{
	const struct place *place = *state;
	int status = fchdir(place->before);
	close(place->before);
	return status != 0 || place_remove(state) != 0;
}

static inline void file_put(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static inline void text_put(const char *path, const char *text)
{
	file_put(path, text, strlen(text));
}

static inline void assert_file_is(const char *path, const char *expected)
{
	char text[4096];
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

#endif
