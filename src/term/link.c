#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "term/link.h"
#include "term/shrink.h"
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

/* By name first: /dev/tty is only the same terminal if it is the controlling one. */
static int open_anew(void)
{
	int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char name[256];
	int tty = -1;
	if (ttyname_r(STDOUT_FILENO, name, sizeof(name)) == 0)
		tty = open(name, flags);
	return tty >= 0 ? tty : open("/dev/tty", flags);
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

/* The frame counts as a file; a limit on files would cut it without a word. */
static bool file_limit_allows_frame(struct error *error)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur >= LARGEST_FRAME)
		return true;
	return error_set(error, STATUS_WORLD,
		"the limit on file sizes is %llu bytes, a screen needs %d (see ulimit -f)",
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

bool term_link_open(struct term_link *link, struct error *error)
{
	*link = (struct term_link){.tty = -1, .memory = -1};
	if (!check_descriptors(error) || !file_limit_allows_frame(error))
		return false;
	link->tty = open_anew();
	if (link->tty < 0)
		return error_set(error, STATUS_WORLD, "cannot open the terminal: %s", strerror(errno));
	if (tcgetattr(link->tty, &link->found) != 0)
		return error_set(
			error, STATUS_WORLD, "cannot read the terminal's settings: %s", strerror(errno));
	link->raw = raw_of(&link->found);
	link->memory = memfd_create("frame", MFD_CLOEXEC);
	if (link->memory < 0)
		return error_set(error, STATUS_WORLD, "no memory for a screen: %s", strerror(errno));
	return true;
}

void term_link_close(struct term_link *link)
{
	if (link->memory >= 0)
		close(link->memory);
	if (link->tty >= 0)
		close(link->tty);
	link->tty = link->memory = -1;
}

static void set(struct term_link *link, const struct termios *settings)
{
	while (tcsetattr(link->tty, TCSANOW, settings) != 0 && errno == EINTR)
		;
}

void term_link_set_raw(struct term_link *link)
{
	set(link, &link->raw);
}

bool term_link_is_ours(const struct term_link *link)
{
	pid_t foreground = tcgetpgrp(link->tty);
	return foreground <= 0 || foreground == getpgrp();
}

void term_link_find(struct term_link *link)
{
	struct termios now;
	if (tcgetattr(link->tty, &now) != 0)
		return;
	link->found = now;
	link->raw = raw_of(&now);
}

/* A shell that has taken the terminal back has settings of its own in force; setting ours
 * would disturb it, and stop us. */
void term_link_set_found(struct term_link *link)
{
	if (term_link_is_ours(link))
		set(link, &link->found);
}

static int clamp(int value, int most)
{
	return value < most ? value : most;
}

void term_link_size(const struct term_link *link, int *columns, int *rows)
{
	struct winsize size;
	*columns = 80;
	*rows = 24;
	if (ioctl(link->tty, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
		return;
	*columns = clamp(size.ws_col, CANVAS_COLUMNS_MAX);
	*rows = clamp(size.ws_row, CANVAS_ROWS_MAX);
}

/* Writers leave the file offset at the end of what they wrote. */
static off_t end_of_memory(const struct term_link *link)
{
	return lseek(link->memory, 0, SEEK_CUR);
}

void term_link_write(struct term_link *link, const char *text)
{
	size_t length = strlen(text);
	while (length > 0) {
		ssize_t written = write(link->memory, text, length);
		if (written <= 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

size_t term_link_left(const struct term_link *link)
{
	off_t end = end_of_memory(link);

	return end > link->sent ? (size_t)(end - link->sent) : 0;
}

bool term_link_pending(const struct term_link *link)
{
	return term_link_left(link) > 0;
}

void term_link_drop(struct term_link *link)
{
	link->sent = 0;
	lseek(link->memory, 0, SEEK_SET);
}

void term_link_shrink(struct term_link *link, int columns)
{
	off_t end = end_of_memory(link);
	size_t count = (size_t)end;
	char *bytes;

	if (link->sent > 0 || end <= 0)
		return;
	bytes = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED, link->memory, 0);
	if (bytes == MAP_FAILED)
		return;
	end = (off_t)shrink(bytes, count, columns);
	munmap(bytes, count);
	lseek(link->memory, end, SEEK_SET);
}

/* A reader that is only busy for a moment is no slow line. */
static void note_full(struct term_link *link)
{
	static const double long_time = 0.25; /* seconds */
	double now = term_now();
	if (link->full_since == 0)
		link->full_since = now;
	link->been_slow |= now - link->full_since > long_time;
}

/* Passes one chunk on; false when the terminal takes no more for now. */
static bool pump_chunk(struct term_link *link, off_t end)
{
	char chunk[CHUNK];
	off_t left = end - link->sent;
	ssize_t count = pread(link->memory, chunk, left < CHUNK ? (size_t)left : CHUNK, link->sent);
	ssize_t written = count > 0 ? write(link->tty, chunk, (size_t)count) : -1;

	if (written < 0) {
		link->gone |= errno != EAGAIN && errno != EINTR;
		if (errno == EAGAIN)
			note_full(link);
		return false;
	}
	link->sent += written;
	return true;
}

void term_link_pump(struct term_link *link)
{
	off_t end = end_of_memory(link);

	while (link->sent < end && !link->gone)
		if (!pump_chunk(link, end))
			return;
	link->full_since = 0;
	term_link_drop(link);
}

void term_link_flush(struct term_link *link, int milliseconds)
{
	double deadline = term_now() + 1e-3 * milliseconds;
	struct pollfd wait = {.fd = link->tty, .events = POLLOUT};
	term_link_pump(link);
	while (term_link_pending(link) && term_now() < deadline) {
		poll(&wait, 1, (int)(1e3 * (deadline - term_now())) + 1);
		term_link_pump(link);
	}
	term_link_drop(link);
}

size_t term_link_read(struct term_link *link, unsigned char *bytes, size_t size)
{
	ssize_t count = read(link->tty, bytes, size);
	if (count > 0)
		return (size_t)count;
	link->gone |= count == 0 || (errno != EAGAIN && errno != EINTR);
	return 0;
}

void term_link_swallow(struct term_link *link, unsigned char last, int milliseconds)
{
	double deadline = term_now() + 1e-3 * milliseconds;
	struct pollfd wait = {.fd = link->tty, .events = POLLIN};
	unsigned char byte = !last;
	while (byte != last && !link->gone && term_now() < deadline)
		if (poll(&wait, 1, (int)(1e3 * (deadline - term_now())) + 1) > 0)
			term_link_read(link, &byte, 1);
}

double term_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
