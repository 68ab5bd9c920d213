#include "app/lap.h"

enum experiment_state lap_advance(
	struct lap *lap, struct experiment *experiment, uint64_t operations, double (*clock)(void))
{
	int64_t epoch = experiment_epoch(experiment);
	double start = clock ? clock() : 0;
	enum experiment_state state = experiment_advance(experiment, operations);
	lap->spent += clock ? clock() - start : 0;
	lap->epoch = 0;
	if (experiment_epoch(experiment) > epoch) {
		lap->trains = true;
		lap->training = lap->spent;
	}
	if (state == EXPERIMENT_BUSY)
		return state;
	if (lap->trains && state == EXPERIMENT_RECORD) {
		lap->epoch = lap->spent;
		experiment_note_time(experiment, lap->training);
	}
	lap->spent = 0;
	lap->trains = false;
	return state;
}
