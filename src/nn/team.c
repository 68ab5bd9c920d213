#include "nn/team.h"

#include "nn/float_mode.h"
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct member {
	struct team *team;
	int part;
	pthread_t thread;
};

struct team {
	pthread_mutex_t lock; /* guards the fields below, except the members */
	pthread_cond_t called, done;
	uint64_t calls;
	int left; /* parts of the present call that other threads have not finished */
	bool ending;
	void (*work)(void *context, int part, int parts);
	void *context;
	int size;
	struct member member[]; /* [size - 1] */
};

static void *serve(void *argument)
{
	struct member *member = argument;
	struct team *team = member->team;
	uint64_t served = 0;
	floating_point_setup();
	pthread_mutex_lock(&team->lock);
	for (;;) {
		while (team->calls == served && !team->ending)
			pthread_cond_wait(&team->called, &team->lock);
		if (team->ending)
			break;
		served = team->calls;
		pthread_mutex_unlock(&team->lock);
		team->work(team->context, member->part, team->size);
		pthread_mutex_lock(&team->lock);
		if (--team->left == 0)
			pthread_cond_signal(&team->done);
	}
	pthread_mutex_unlock(&team->lock);
	return NULL;
}

/* Starts a thread that blocks all signals: another thread handles them. */
static bool start(struct member *member)
{
	enum { STACK = 1 << 18 };
	sigset_t all, before;
	pthread_attr_t attributes;
	if (pthread_attr_init(&attributes) != 0)
		return false;
	pthread_attr_setstacksize(&attributes, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = pthread_create(&member->thread, &attributes, serve, member) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return started;
}

struct team *team_new(int threads)
{
	assert(threads >= 1 && threads <= TEAM_MAX);
	struct team *team = calloc(1, sizeof(*team) + (size_t)threads * sizeof(team->member[0]));
	if (!team)
		return NULL;
	pthread_mutex_init(&team->lock, NULL);
	pthread_cond_init(&team->called, NULL);
	pthread_cond_init(&team->done, NULL);
	for (team->size = 1; team->size < threads; team->size++) {
		struct member *member = &team->member[team->size - 1];
		*member = (struct member){.team = team, .part = team->size};
		if (!start(member)) {
			team_free(team);
			return NULL;
		}
	}
	return team;
}

void team_free(struct team *team)
{
	if (!team)
		return;
	pthread_mutex_lock(&team->lock);
	team->ending = true;
	pthread_cond_broadcast(&team->called);
	pthread_mutex_unlock(&team->lock);
	for (int i = 0; i < team->size - 1; i++)
		pthread_join(team->member[i].thread, NULL);
	pthread_cond_destroy(&team->done);
	pthread_cond_destroy(&team->called);
	pthread_mutex_destroy(&team->lock);
	free(team);
}

int team_size(const struct team *team)
{
	return team ? team->size : 1;
}

void team_share(struct team *team, void (*work)(void *context, int part, int parts), void *context)
{
	if (team_size(team) == 1) {
		work(context, 0, 1);
		return;
	}
	pthread_mutex_lock(&team->lock);
	team->work = work;
	team->context = context;
	team->left = team->size - 1;
	team->calls++;
	pthread_cond_broadcast(&team->called);
	pthread_mutex_unlock(&team->lock);
	work(context, 0, team->size);
	pthread_mutex_lock(&team->lock);
	while (team->left > 0)
		pthread_cond_wait(&team->done, &team->lock);
	pthread_mutex_unlock(&team->lock);
}
