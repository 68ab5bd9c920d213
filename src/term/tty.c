#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "term/tty.h"
#include "nn/bounds.h"
#include "term/compress.h"
#include "term/term.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 8192,
	LARGEST_FRAME = 8 << 20, /* bytes: 600x300 cells, each with its own colour */
};

/* By name first: /dev/tty may be another terminal, if stdout is not the controlling one. */
static int open_anew(void)
{
	int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char name[256];
	int descriptor = -1;
	if (ttyname_r(STDOUT_FILENO, name, sizeof(name)) == 0)
		descriptor = open(name, flags);
	return descriptor >= 0 ? descriptor : open("/dev/tty", flags);
}

static bool check_descriptors(struct error *error)
{
	bool in = isatty(STDIN_FILENO), out = isatty(STDOUT_FILENO);
	if (in && out)
		return true;
	return error_set(error, STATUS_USAGE, "%s a terminal; to train without one use: wane run",
		in        ? "standard output is not"
			: out ? "standard input is not"
				  : "neither standard input nor standard output is");
}

/* A memfd counts as a file; a limit on file sizes would truncate frames silently. */
static bool file_limit_allows_frame(struct error *error)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur >= LARGEST_FRAME)
		return true;
	return error_set(error, STATUS_WORLD,
		"the limit on file sizes is %llu bytes; the screen needs %d (see ulimit -f)",
		(unsigned long long)limit.rlim_cur, (int)LARGEST_FRAME);
}

static struct termios raw_of(const struct termios *found)
{
	struct termios raw = *found;
	raw.c_iflag &= ~(tcflag_t)(BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return raw;
}

bool tty_open(struct tty *tty, struct error *error)
{
	*tty = (struct tty){.descriptor = -1, .memory = -1};
	if (!check_descriptors(error) || !file_limit_allows_frame(error))
		return false;
	tty->descriptor = open_anew();
	if (tty->descriptor < 0)
		return error_set(error, STATUS_WORLD, "cannot open the terminal: %s", strerror(errno));
	if (tcgetattr(tty->descriptor, &tty->found) != 0)
		return error_set(
			error, STATUS_WORLD, "cannot read the terminal's settings: %s", strerror(errno));
	tty->raw = raw_of(&tty->found);
	tty->memory = memfd_create("frame", MFD_CLOEXEC);
	if (tty->memory < 0)
		return error_set(
			error, STATUS_WORLD, "not enough memory for the screen: %s", strerror(errno));
	return true;
}

void tty_close(struct tty *tty)
{
	if (tty->memory >= 0)
		close(tty->memory);
	if (tty->descriptor >= 0)
		close(tty->descriptor);
	tty->descriptor = tty->memory = -1;
}

static void set(struct tty *tty, const struct termios *settings)
{
	while (tcsetattr(tty->descriptor, TCSANOW, settings) != 0 && errno == EINTR)
		;
}

void tty_set_raw(struct tty *tty)
{
	set(tty, &tty->raw);
}

bool tty_is_ours(const struct tty *tty)
{
	pid_t foreground = tcgetpgrp(tty->descriptor);
	return foreground <= 0 || foreground == getpgrp();
}

void tty_find(struct tty *tty)
{
	struct termios now;
	if (tcgetattr(tty->descriptor, &now) != 0)
		return;
	tty->found = now;
	tty->raw = raw_of(&now);
}

/* A shell that has taken the terminal back has set its own modes; setting ours would disturb it,
 * and stop the program. */
void tty_set_found(struct tty *tty)
{
	if (tty_is_ours(tty))
		set(tty, &tty->found);
}

void tty_size(const struct tty *tty, int *columns, int *rows)
{
	struct winsize size;
	*columns = 80;
	*rows = 24;
	if (ioctl(tty->descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
		return;
	*columns = min_int(size.ws_col, CANVAS_COLUMNS_MAX);
	*rows = min_int(size.ws_row, CANVAS_ROWS_MAX);
}

/* The file offset is always at the end of the output. */
static off_t end_of_memory(const struct tty *tty)
{
	return lseek(tty->memory, 0, SEEK_CUR);
}

void tty_write(struct tty *tty, const char *text)
{
	size_t length = strlen(text);
	while (length > 0) {
		ssize_t written = write(tty->memory, text, length);
		if (written <= 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

size_t tty_left(const struct tty *tty)
{
	off_t end = end_of_memory(tty);

	return end > tty->sent ? (size_t)(end - tty->sent) : 0;
}

bool tty_pending(const struct tty *tty)
{
	return tty_left(tty) > 0;
}

void tty_drop(struct tty *tty)
{
	tty->sent = 0;
	lseek(tty->memory, 0, SEEK_SET);
}

void tty_compress(struct tty *tty, int columns)
{
	off_t end = end_of_memory(tty);
	size_t count = (size_t)end;
	char *bytes;

	if (tty->sent > 0 || end <= 0)
		return;
	bytes = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED, tty->memory, 0);
	if (bytes == MAP_FAILED)
		return;
	end = (off_t)compress(bytes, count, columns);
	munmap(bytes, count);
	lseek(tty->memory, end, SEEK_SET);
}

/* A terminal that is only busy for a moment does not count as slow. */
static void note_full(struct tty *tty)
{
	static const double long_time = 0.25; /* seconds */
	double now = term_now();
	if (tty->full_since == 0)
		tty->full_since = now;
	tty->been_slow |= now - tty->full_since > long_time;
}

/* Writes one chunk to the terminal; false if it accepts no more for now. */
static bool pump_chunk(struct tty *tty, off_t end)
{
	char chunk[CHUNK];
	off_t left = end - tty->sent;
	ssize_t count = pread(tty->memory, chunk, left < CHUNK ? (size_t)left : CHUNK, tty->sent);
	ssize_t written = count > 0 ? write(tty->descriptor, chunk, (size_t)count) : -1;

	if (written < 0) {
		tty->gone |= errno != EAGAIN && errno != EINTR;
		if (errno == EAGAIN)
			note_full(tty);
		return false;
	}
	tty->sent += written;
	return true;
}

void tty_pump(struct tty *tty)
{
	off_t end = end_of_memory(tty);

	while (tty->sent < end && !tty->gone)
		if (!pump_chunk(tty, end))
			return;
	tty->full_since = 0;
	tty_drop(tty);
}

void tty_flush(struct tty *tty, int milliseconds)
{
	double deadline = term_now() + 1e-3 * milliseconds;
	struct pollfd wait = {.fd = tty->descriptor, .events = POLLOUT};
	tty_pump(tty);
	while (tty_pending(tty) && term_now() < deadline) {
		poll(&wait, 1, (int)(1e3 * (deadline - term_now())) + 1);
		tty_pump(tty);
	}
	tty_drop(tty);
}

size_t tty_read(struct tty *tty, unsigned char *bytes, size_t size)
{
	ssize_t count = read(tty->descriptor, bytes, size);
	if (count > 0)
		return (size_t)count;
	tty->gone |= count == 0 || (errno != EAGAIN && errno != EINTR);
	return 0;
}

void tty_swallow(struct tty *tty, unsigned char last, int milliseconds)
{
	double deadline = term_now() + 1e-3 * milliseconds;
	struct pollfd wait = {.fd = tty->descriptor, .events = POLLIN};
	unsigned char byte = !last;
	while (byte != last && !tty->gone && term_now() < deadline)
		if (poll(&wait, 1, (int)(1e3 * (deadline - term_now())) + 1) > 0)
			tty_read(tty, &byte, 1);
}

double term_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
