/* What a key, a command or an overlay may use. */
#ifndef APP_CONTEXT_H
#define APP_CONTEXT_H

#include "app/exporter.h"
#include "app/follower.h"
#include "app/kept.h"
#include "app/prober.h"
#include "app/twin.h"
#include "app/prompt.h"
#include "app/viewer.h"

struct quiz;
struct tutor;

struct context {
	struct session *session;
	struct controls *controls;
	struct viewer *viewer;
	struct follower *follower;
	struct prober *prober;
	struct kept *kept;
	struct twin *twin;
	struct exporter *exporter;
	struct prompt *prompt;
	struct tutor *tutor;
	struct quiz *quiz;
	struct messages *messages;
	int key;    /* 0: a command */
	double now; /* seconds */
};

/* The shown epoch of the run as the panes draw it; valid until the run advances. */
struct picture context_picture(const struct context *context);

#endif
