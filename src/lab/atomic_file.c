#include "lab/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 100, NAME_SHOWN = 255 };

/* The end of a path tells more than its beginning, and the cause must fit in behind it. */
static const char *shown(const struct atomic_file *file)
{
	size_t length = strlen(file->path);
	return length > NAME_SHOWN ? file->path + length - NAME_SHOWN : file->path;
}

static bool fail(const struct atomic_file *file, const char *what, struct error *error)
{
	return error_set(error, STATUS_WORLD, "%s: %s: %s", shown(file), what, strerror(errno));
}

bool atomic_file_refuse(const struct atomic_file *file, struct error *error)
{
	return fail(file, "cannot be written", error);
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
static bool check_target(const struct atomic_file *file, struct error *error)
{
	struct stat status;

	if (!file->name[0])
		return error_set(error, STATUS_WORLD, "%s: is a directory", shown(file));
	if (fstatat(file->directory, file->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || atomic_file_refuse(file, error);
	if (S_ISREG(status.st_mode))
		return true;
	return error_set(error, STATUS_WORLD, "%s: found %s, expected a file or nothing",
		shown(file), S_ISDIR(status.st_mode) ? "a directory"
		: S_ISLNK(status.st_mode) ? "a symbolic link" : "a device or pipe");
}

static int create_temporary(struct atomic_file *file)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	for (int i = 0; i < NAMES_TRIED; i++) {
		snprintf(file->temporary, sizeof(file->temporary), ".wane-%ld-%d.tmp",
			(long)getpid(), i);
		int descriptor = openat(file->directory, file->temporary, flags, 0666);
		if (descriptor >= 0 || errno != EEXIST)
			return descriptor;
	}
	return -1;
}

bool atomic_file_open(struct atomic_file *file, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');

	*file = (struct atomic_file){.path = path, .name = slash ? slash + 1 : path};
	file->directory = open_folder(path, file->name);
	if (file->directory < 0)
		return fail(file, "its folder cannot be opened", error);
	if (!check_target(file, error)) {
		close(file->directory);
		return false;
	}
	int descriptor = create_temporary(file);
	if (descriptor >= 0)
		file->stream = fdopen(descriptor, "w");
	if (file->stream)
		return true;
	atomic_file_refuse(file, error);
	if (descriptor >= 0) {
		close(descriptor);
		unlinkat(file->directory, file->temporary, 0);
	}
	close(file->directory);
	return false;
}

void atomic_file_abandon(struct atomic_file *file)
{
	if (file->stream)
		fclose(file->stream);
	unlinkat(file->directory, file->temporary, 0);
	close(file->directory);
}

bool atomic_file_commit(struct atomic_file *file, struct error *error)
{
	bool written = fflush(file->stream) == 0 && !ferror(file->stream)
		&& fsync(fileno(file->stream)) == 0;
	int cause = errno;

	written = fclose(file->stream) == 0 && written;
	file->stream = NULL;
	if (!written && cause)
		errno = cause;
	if (!written || renameat(file->directory, file->temporary, file->directory,
		file->name) != 0) {
		atomic_file_refuse(file, error);
		atomic_file_abandon(file);
		return false;
	}
	/* The new name is only safe from a power cut once the folder is; not all can be synced. */
	bool synced = fsync(file->directory) == 0 || errno == EINVAL;
	if (!synced)
		fail(file, "its folder cannot be synced", error);
	close(file->directory);
	return synced;
}
