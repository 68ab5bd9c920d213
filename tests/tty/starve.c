/* Preloaded into the program: once it has made memory for its frames, the allocation whose number
 * is in STARVE fails. Those before are not the screen's. With OLD_NCURSES no terminal is described
 * by the environment, as before version 6.1. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create, RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static long calls_until_failure; /* 0: never fails */

int memfd_create(const char *name, unsigned int flags)
{
	const char *number = getenv("STARVE");
	calls_until_failure = number ? atol(number) : 0;
	return (int)syscall(SYS_memfd_create, name, flags);
}

static int refuses(void)
{
	if (calls_until_failure == 0 || --calls_until_failure > 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return refuses() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return refuses() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	return refuses() ? NULL : __libc_realloc(block, size);
}

int setenv(const char *name, const char *value, int overwrite)
{
	int (*set)(const char *, const char *, int);
	void *found = dlsym(RTLD_NEXT, "setenv");

	if (getenv("OLD_NCURSES") && strcmp(name, "TERMINFO") == 0)
		return 0;
	memcpy(&set, &found, sizeof(set));
	return set(name, value, overwrite);
}
