/* Signals, as numbers read from a pipe.
 *
 * The handlers of TERM, INT, HUP, QUIT, TSTP, CONT and WINCH only write the number. Faults (SEGV,
 * ABRT, ...), limits (XCPU) and unexpected signals (ALRM, USR1, ...) restore the terminal with one
 * write of a prepared string, then end the program as without a handler. A signal ignored at the
 * start stays ignored (nohup).
 */
#ifndef TERM_SIGNAL_H
#define TERM_SIGNAL_H

#include <stdbool.h>
#include <termios.h>

/* Returns the descriptor to poll, -1 on failure. */
int term_signal_open(void);
void term_signal_close(void); /* restores the earlier handlers */

/* From now on a crash writes `restore` to descriptor `tty` and sets the modes `found`. */
void term_signal_hold(int tty, const char *restore, const struct termios *found);
void term_signal_release(void); /* the terminal is no longer ours to touch */

int term_signal_next(void); /* number of the next signal; 0: none */

/* Stops this process, or its whole group, as ^Z does. Returns when it is continued; at once if
 * SIGTSTP is ignored or the process group is orphaned. */
void term_signal_stop(bool group);

#endif
