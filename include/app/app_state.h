/* What the caller of app_key() has to do next. */
#ifndef APP_APP_STATE_H
#define APP_APP_STATE_H

enum app_state {
	APP_RUN,
	APP_QUIT,
	APP_INTERRUPTED, /* quit by ^C: exit status 130 */
	APP_SUSPEND,     /* ^Z */
	APP_REPAINT,     /* ^L */
};

#endif
