/* Signals, as numbers read from a pipe.
 *
 * TERM, INT, HUP, QUIT, TSTP, CONT and WINCH write their number, no more. Faults (SEGV, ABRT,
 * ...), limits (XCPU) and signals that nobody here expects (ALRM, USR1, ...) give the terminal back
 * with one write of a string made beforehand, then die as they would have. A signal ignored at
 * the start stays ignored (nohup).
 */
#ifndef TERM_SIGNAL_H
#define TERM_SIGNAL_H

#include <stdbool.h>
#include <termios.h>

/* Returns the descriptor to poll, -1 on failure. */
int term_signal_open(void);
void term_signal_close(void); /* the signals mean again what they meant before */

/* From now on a crash sends `restore` to terminal `tty` and sets what was `found` there. */
void term_signal_hold(int tty, const char *restore, const struct termios *found);
void term_signal_release(void); /* the terminal is no longer ours to touch */

int term_signal_next(void); /* a signal's number; 0 when there is none */

/* Stops this process, or its whole group, as ^Z does. Returns when it goes on, at once where
 * nobody could ever continue it. */
void term_signal_stop(bool group);

#endif
