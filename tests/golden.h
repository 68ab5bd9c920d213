/* Frames that are kept in tests/frames (or $WANE_FRAMES) and compared with those drawn now. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

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

/* Compares with the file NAME.txt; with WANE_FRAMES_WRITE set, writes it anew. */
static inline void check_frames(const char *name, const char *now)
{
	char path[1024], *kept = calloc(1, FRAME_MAX);
	assert_non_null(kept);
	bool writing = getenv("WANE_FRAMES_WRITE") != NULL;
	FILE *file = fopen(frames_path(path, sizeof(path), name), writing ? "w" : "r");
	if (!file)
		fail_msg("cannot open %s", path);
	if (writing)
		assert_int_equal(fwrite(now, 1, strlen(now), file), strlen(now));
	else
		assert_true(fread(kept, 1, FRAME_MAX - 1, file) > 0);
	fclose(file);
	if (!writing && strcmp(kept, now) != 0) {
		size_t same = 0;
		while (kept[same] && kept[same] == now[same])
			same++;
		while (same > 0 && now[same - 1] != '\n')
			same--;
		fail_msg("%s differs; kept, then drawn:\n%.200s\n%.200s", path, kept + same, now + same);
	}
	free(kept);
}

#endif
