/* Frames that are kept in tests/frames (or $WANE_FRAMES) and compared with those drawn now. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_MAX = 256 * 1024 };

static inline const char *frames_path(char *out, size_t size, const char *name)
{
	const char *folder = getenv("WANE_FRAMES");
	snprintf(out, size, "%s/%s.txt", folder ? folder : "tests/frames", name);
	return out;
}

/* Prints the lines that differ, the kept one before the drawn one, as a diff does. */
static inline void print_difference(const char *kept, const char *now)
{
	enum { LINES_MAX = 20 };
	int shown = 0;
	for (int line = 1; (*kept || *now) && shown < LINES_MAX; line++) {
		int length = (int)strcspn(kept, "\n"), other = (int)strcspn(now, "\n");
		if (length != other || strncmp(kept, now, (size_t)length) != 0) {
			print_error("%5d - %.*s\n      + %.*s\n", line, length, kept, other, now);
			shown++;
		}
		kept += length + (kept[length] == '\n');
		now += other + (now[other] == '\n');
	}
	if (*kept || *now)
		print_error("      and so on\n");
}

/* Compares with the file NAME.txt; with WANE_FRAMES_WRITE set, writes it anew. */
static inline void check_frames(const char *name, const char *now)
{
	char path[1024], *kept = calloc(1, FRAME_MAX);
	assert_non_null(kept);
	bool writing = getenv("WANE_FRAMES_WRITE") != NULL;
	FILE *file = fopen(frames_path(path, sizeof(path), name), writing ? "w" : "r");
	if (!file)
		fail_msg("cannot open %s; WANE_FRAMES_WRITE=1 writes it", path);
	if (writing)
		assert_int_equal(fwrite(now, 1, strlen(now), file), strlen(now));
	else
		assert_true(fread(kept, 1, FRAME_MAX - 1, file) > 0);
	fclose(file);
	if (!writing && strcmp(kept, now) != 0) {
		print_error("%s is not what is drawn now (- kept, + drawn):\n", path);
		print_difference(kept, now);
		fail_msg("%s: if the new drawing is right, run this test with WANE_FRAMES_WRITE=1, which "
				 "writes the file anew, and read git diff",
			path);
	}
	free(kept);
}

#endif
