/* What the tutor does while no key is pressed: the lines of the lesson, one after the other. */
#ifndef APP_TUTOR_WORK_H
#define APP_TUTOR_WORK_H

#include "app/tutor.h"

/* Carries out what is due. True if there is something new to see. */
bool tutor_work(struct tutor *tutor, const struct context *context);

/* True if tutor_work() has something to do now. */
bool tutor_due(const struct tutor *tutor, const struct session *session, const struct twin *twin);

#endif
