#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

static bool fail(const struct output *output, const char *what, struct error *error)
{
	return error_set(error, STATUS_WORLD, "%s: %s: %s", output->path, what, strerror(errno));
}

static int open_folder(const char *path, const char *name)
{
	size_t length = (size_t)(name - path);
	char *folder = malloc(length + 2);

	if (!folder)
		return -1;
	memcpy(folder, path, length);
	memcpy(folder + length, length ? "" : ".", length ? 1 : 2);
	int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return descriptor;
}

/* Renaming over a device, a pipe or a link would put a file in its place. */
static bool check_target(const struct output *output, struct error *error)
{
	struct stat status;

	if (!output->name[0])
		return error_set(error, STATUS_WORLD, "%s: is a directory", output->path);
	if (fstatat(output->directory, output->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || fail(output, "cannot be written", error);
	if (S_ISREG(status.st_mode))
		return true;
	return error_set(error, STATUS_WORLD, "%s: found %s, expected a file or nothing",
		output->path, S_ISDIR(status.st_mode) ? "a directory"
		: S_ISLNK(status.st_mode) ? "a symbolic link" : "a device or pipe");
}

static int create_temporary(struct output *output)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	for (int i = 0; i < NAMES_TRIED; i++) {
		snprintf(output->temporary, sizeof(output->temporary), ".wane-%ld-%d.tmp",
			(long)getpid(), i);
		int descriptor = openat(output->directory, output->temporary, flags, 0666);
		if (descriptor >= 0 || errno != EEXIST)
			return descriptor;
	}
	return -1;
}

bool output_open(struct output *output, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');

	output->path = path;
	output->name = slash ? slash + 1 : path;
	output->file = NULL;
	output->directory = open_folder(path, output->name);
	if (output->directory < 0)
		return fail(output, "its folder cannot be opened", error);
	if (!check_target(output, error)) {
		close(output->directory);
		return false;
	}
	int descriptor = create_temporary(output);
	if (descriptor >= 0)
		output->file = fdopen(descriptor, "w");
	if (output->file)
		return true;
	fail(output, "cannot be written", error);
	if (descriptor >= 0) {
		close(descriptor);
		unlinkat(output->directory, output->temporary, 0);
	}
	close(output->directory);
	return false;
}

void output_abandon(struct output *output)
{
	if (output->file)
		fclose(output->file);
	unlinkat(output->directory, output->temporary, 0);
	close(output->directory);
}

bool output_commit(struct output *output, struct error *error)
{
	bool written = fflush(output->file) == 0 && !ferror(output->file)
		&& fsync(fileno(output->file)) == 0;
	int cause = errno;

	written = fclose(output->file) == 0 && written;
	output->file = NULL;
	if (!written && cause)
		errno = cause;
	if (!written || renameat(output->directory, output->temporary, output->directory,
		output->name) != 0) {
		fail(output, "cannot be written", error);
		output_abandon(output);
		return false;
	}
	/* The new name is only safe from a power cut once the folder is; not all can be synced. */
	bool synced = fsync(output->directory) == 0 || errno == EINVAL;
	if (!synced)
		fail(output, "its folder cannot be synced", error);
	close(output->directory);
	return synced;
}
