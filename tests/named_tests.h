/* Tests that state a fact in the place of another: they must exist. */
#ifndef TESTS_NAMED_TESTS_H
#define TESTS_NAMED_TESTS_H

#include <stdio.h>
#include <string.h>

/* `named` is "PROGRAM: TEST", for a fact about `what`. */
static inline void assert_test_exists(const char *named, const char *what)
{
	static char text[1 << 17];
	char path[200];
	size_t length = strcspn(named, ":");
	const char *test = named + length + strspn(named + length, ": ");
	snprintf(path, sizeof(path), "tests/test_%.*s.c", (int)length, named);
	FILE *file = fopen(path, "r");
	if (!file)
		fail_msg("%s: its fact is said to be in %s, which cannot be opened", what, path);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	if (!strstr(text, test))
		fail_msg("%s: its fact is said to be in %s, which has no %s", what, path, test);
}

#endif
