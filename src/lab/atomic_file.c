#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getentropy */
#endif
#include "lab/atomic_file.h"

#include "lab/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAMES_TRIED = 100 };

static const char *shown(const struct atomic_file *file)
{
	return text_tail(file->path, TEXT_PATH_SHOWN);
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
static bool check_target(
	const struct atomic_file *file, const struct stat *old, struct error *error)
{
	if (file->fresh)
		return error_set(error, STATUS_WORLD, "%s: found a file, expected a new name", shown(file));
	if (S_ISREG(old->st_mode))
		return true;
	return error_set(error, STATUS_WORLD, "%s: found %s, expected a file or nothing", shown(file),
		S_ISDIR(old->st_mode)       ? "a directory"
			: S_ISLNK(old->st_mode) ? "a symbolic link"
									: "a device or pipe");
}

/* Reads the status of the target; a file that does not exist yet gets mode 0. */
static bool look_at_target(const struct atomic_file *file, struct stat *old, struct error *error)
{
	memset(old, 0, sizeof(*old));
	if (!file->name[0])
		return error_set(error, STATUS_WORLD, "%s: is a directory", shown(file));
	if (fstatat(file->directory, file->name, old, AT_SYMLINK_NOFOLLOW) == 0)
		return check_target(file, old, error);
	return errno == ENOENT || atomic_file_refuse(file, error);
}

/* ---- the temporary file ---- */

/* Cuts a long target, so that the result is a valid file name. */
static void name_temporary(
	const struct atomic_file *file, char out[ATOMIC_NAME_SIZE], long process, uint64_t random)
{
	snprintf(
		out, ATOMIC_NAME_SIZE, ".wane-%ld-%016" PRIx64 "-%.200s.tmp", process, random, file->name);
}

/* Removes a file unless it is locked: a process that is alive but not visible here, as in another
 * container, holds a lock on the file it writes. */
static void remove_unlocked(int directory, const char *name)
{
	struct stat status;
	int descriptor = openat(directory, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return;
	if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
		flock(descriptor, LOCK_EX | LOCK_NB) == 0)
		unlinkat(directory, name, 0);
	close(descriptor);
}

/* True if `name` is a temporary file of this target and its process is dead. */
static bool is_leftover(const struct atomic_file *file, const char *name)
{
	static const char start[] = ".wane-";
	char expected[ATOMIC_NAME_SIZE], *end;
	if (strncmp(name, start, strlen(start)) != 0)
		return false;
	long process = strtol(name + strlen(start), &end, 10);
	if (process <= 0 || process != (pid_t)process || *end != '-')
		return false;
	name_temporary(file, expected, process, strtoull(end + 1, NULL, 16));
	return strcmp(name, expected) == 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

static void remove_leftovers(const struct atomic_file *file)
{
	int copy = openat(file->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
	if (!folder) {
		if (copy >= 0)
			close(copy);
		return;
	}
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
		if (is_leftover(file, entry->d_name))
			remove_unlocked(file->directory, entry->d_name);
	closedir(folder);
}

static uint64_t random_bits(void)
{
	uint64_t bits;
	struct timespec now;
	if (getentropy(&bits, sizeof(bits)) == 0)
		return bits;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
}

static int create_temporary(struct atomic_file *file, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int descriptor = -1;
	for (int i = 0; i < NAMES_TRIED && descriptor < 0; i++) {
		name_temporary(file, file->temporary, (long)getpid(), random_bits());
		descriptor = openat(file->directory, file->temporary, flags, mode);
		if (descriptor < 0 && errno != EEXIST)
			return -1;
	}
	if (descriptor >= 0)
		flock(descriptor, LOCK_EX | LOCK_NB);
	return descriptor;
}

static bool refuse_temporary(const struct atomic_file *file, struct error *error)
{
	if (errno != EEXIST)
		return atomic_file_refuse(file, error);
	return error_set(error, STATUS_WORLD, "%s: cannot be written: beside it %s: %s", shown(file),
		file->temporary, strerror(errno));
}

/* Gives the new file the owner, group and mode of the file that it replaces. If the group cannot be
 * kept, the new group gets only the permissions of all others. */
static void keep_mode(int descriptor, const struct stat *old)
{
	struct stat fresh;
	mode_t mode = old->st_mode & 0777, all = mode & 07;
	if (!S_ISREG(old->st_mode) || fstat(descriptor, &fresh) != 0)
		return;
	if ((fresh.st_uid != old->st_uid || fresh.st_gid != old->st_gid) &&
		fchown(descriptor, old->st_uid, old->st_gid) != 0 &&
		(fresh.st_gid != old->st_gid && fchown(descriptor, (uid_t)-1, old->st_gid) != 0))
		mode = (mode & ~(mode_t)070) | all << 3;
	fchmod(descriptor, mode);
}

static bool open_temporary(struct atomic_file *file, struct error *error)
{
	struct stat old;
	if (!look_at_target(file, &old, error))
		return false;
	remove_leftovers(file);
	int descriptor = create_temporary(file, S_ISREG(old.st_mode) ? old.st_mode & 0600 : 0666);
	if (descriptor < 0)
		return refuse_temporary(file, error);
	keep_mode(descriptor, &old);
	file->stream = fdopen(descriptor, "w");
	if (file->stream)
		return true;
	atomic_file_refuse(file, error);
	close(descriptor);
	unlinkat(file->directory, file->temporary, 0);
	return false;
}

/* ---- life ---- */

static bool open_as(struct atomic_file *file, const char *path, bool fresh, struct error *error)
{
	const char *slash = strrchr(path, '/');
	*file = (struct atomic_file){.path = path, .name = slash ? slash + 1 : path, .fresh = fresh};
	file->directory = open_folder(path, file->name);
	if (file->directory < 0)
		return fail(file, "its folder cannot be opened", error);
	if (open_temporary(file, error))
		return true;
	close(file->directory);
	return false;
}

bool atomic_file_open(struct atomic_file *file, const char *path, struct error *error)
{
	return open_as(file, path, false, error);
}

bool atomic_file_open_new(struct atomic_file *file, const char *path, struct error *error)
{
	return open_as(file, path, true, error);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool atomic_file_same(const struct atomic_file *a, const struct atomic_file *b)
{
	struct stat at, bt;
	if (fstatat(a->directory, a->name, &at, AT_SYMLINK_NOFOLLOW) == 0 &&
		fstatat(b->directory, b->name, &bt, AT_SYMLINK_NOFOLLOW) == 0)
		return same_file(&at, &bt);
	return strcmp(a->name, b->name) == 0 && fstat(a->directory, &at) == 0 &&
		fstat(b->directory, &bt) == 0 && same_file(&at, &bt);
}

bool atomic_file_settle(struct atomic_file *file, struct error *error)
{
	bool written =
		fflush(file->stream) == 0 && (fdatasync(fileno(file->stream)) == 0 || errno == EINTR);
	return written || atomic_file_refuse(file, error);
}

void atomic_file_abandon(struct atomic_file *file)
{
	if (file->stream)
		fclose(file->stream);
	unlinkat(file->directory, file->temporary, 0);
	close(file->directory);
}

/* Gives the temporary file its name; errno says why not. Unlike renaming, a link never replaces. */
static bool put_in_place(const struct atomic_file *file)
{
	int directory = file->directory;
	struct stat other;
	if (file->fresh && linkat(directory, file->temporary, directory, file->name, 0) == 0) {
		unlinkat(directory, file->temporary, 0);
		return true;
	}
	/* a file system without links */
	if (file->fresh && fstatat(directory, file->name, &other, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(directory, file->temporary, directory, file->name) == 0;
}

bool atomic_file_commit(struct atomic_file *file, struct error *error)
{
	bool written =
		fflush(file->stream) == 0 && !ferror(file->stream) && fsync(fileno(file->stream)) == 0;
	int cause = errno;
	written = fclose(file->stream) == 0 && written;
	file->stream = NULL;
	if (!written && cause)
		errno = cause;
	if (!written || !put_in_place(file)) {
		atomic_file_refuse(file, error);
		atomic_file_abandon(file);
		return false;
	}
	/* The new name survives a power cut only once the folder is synced; not all folders can be. */
	bool synced = fsync(file->directory) == 0 || errno == EINVAL;
	if (!synced)
		fail(file, "its folder cannot be synced", error);
	close(file->directory);
	return synced;
}
