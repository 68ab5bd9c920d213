#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sigaltstack */
#endif
#include "term/signal.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { CRASH_STACK = 64 << 10, RESTORE_MAX = 256 };

/* All signals that end or stop a program by default. `ignorable`: stays ignored if it was ignored
 * at the start (nohup, no job control). `crash`: the handler restores the terminal and ends the
 * program. */
static const struct {
	int number;
	bool ignorable, crash;
} watched[] = {
	{SIGTERM, true, false},
	{SIGINT, true, false},
	{SIGHUP, true, false},
	{SIGQUIT, true, false},
	{SIGTSTP, true, false},
	{SIGCONT, false, false},
	{SIGWINCH, false, false},
	{SIGSEGV, false, true},
	{SIGBUS, false, true},
	{SIGFPE, false, true},
	{SIGILL, false, true},
	{SIGABRT, false, true},
	{SIGSYS, false, true},
	{SIGTRAP, false, true},
	{SIGXCPU, true, true},
	{SIGALRM, true, true},
	{SIGVTALRM, true, true},
	{SIGPROF, true, true},
	{SIGUSR1, true, true},
	{SIGUSR2, true, true},
};

enum { WATCHED = sizeof(watched) / sizeof(*watched) };

/* A handler has no argument but the number, so its data are global: the only global state of the
 * program. */
static struct {
	int pipe[2];
	int tty;
	volatile sig_atomic_t held;
	size_t restore_length;
	char restore[RESTORE_MAX];
	struct termios found;
	struct sigaction before[WATCHED];
	char stack[CRASH_STACK];
} signals;

static void note(int number)
{
	int error = errno;
	unsigned char byte = (unsigned char)number;
	/* If the pipe is full, the reader is awake already. */
	ssize_t written = write(signals.pipe[1], &byte, 1);
	(void)written;
	errno = error;
}

/* Passes the signal on to its earlier handler: the end of the program, or a sanitizer's report. */
static void crash(int number)
{
	if (signals.held) {
		ssize_t written = write(signals.tty, signals.restore, signals.restore_length);
		(void)written;
		tcsetattr(signals.tty, TCSANOW, &signals.found);
	}
	for (int i = 0; i < WATCHED; i++)
		if (watched[i].number == number)
			sigaction(number, &signals.before[i], NULL);
	raise(number);
}

static bool ignored(int index)
{
	return watched[index].ignorable && signals.before[index].sa_handler == SIG_IGN;
}

static void watch(int index)
{
	struct sigaction action = {.sa_handler = watched[index].crash ? crash : note};
	action.sa_flags = watched[index].crash ? SA_ONSTACK : SA_RESTART;
	sigemptyset(&action.sa_mask);
	if (!ignored(index))
		sigaction(watched[index].number, &action, NULL);
}

/* After a stack overflow the handler needs another stack; a sanitizer has set its own. */
static void provide_stack(void)
{
	stack_t stack = {.ss_sp = signals.stack, .ss_size = sizeof(signals.stack)};
	stack_t before;

	if (sigaltstack(NULL, &before) == 0 && (before.ss_flags & SS_DISABLE))
		sigaltstack(&stack, NULL);
}

int term_signal_open(void)
{
	if (pipe(signals.pipe) != 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		fcntl(signals.pipe[i], F_SETFD, FD_CLOEXEC);
		fcntl(signals.pipe[i], F_SETFL, O_NONBLOCK);
	}
	signals.held = false;
	provide_stack();
	for (int i = 0; i < WATCHED; i++) {
		sigaction(watched[i].number, NULL, &signals.before[i]);
		watch(i);
	}
	return signals.pipe[0];
}

void term_signal_close(void)
{
	for (int i = 0; i < WATCHED; i++)
		sigaction(watched[i].number, &signals.before[i], NULL);
	close(signals.pipe[0]);
	close(signals.pipe[1]);
}

void term_signal_hold(int tty, const char *restore, const struct termios *found)
{
	signals.held = false;
	signals.tty = tty;
	signals.found = *found;
	signals.restore_length = strnlen(restore, RESTORE_MAX);
	memcpy(signals.restore, restore, signals.restore_length);
	signals.held = true;
}

void term_signal_release(void)
{
	signals.held = false;
}

int term_signal_next(void)
{
	unsigned char byte;
	return read(signals.pipe[0], &byte, 1) == 1 ? byte : 0;
}

void term_signal_stop(bool group)
{
	for (int i = 0; i < WATCHED; i++)
		if (watched[i].number == SIGTSTP && !ignored(i)) {
			struct sigaction stop = {.sa_handler = SIG_DFL};
			sigemptyset(&stop.sa_mask);
			sigaction(SIGTSTP, &stop, NULL);
			kill(group ? 0 : getpid(), SIGTSTP);
			watch(i);
		}
}
