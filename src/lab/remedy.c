#include "lab/remedy.h"

#include "lab/dataset.h"
#include "lab/models.h"
#include "lab/text.h"
#include "nn/act.h"
#include <stdio.h>
#include <string.h>

/* ---- where a remedy makes sense ---- */

/* True for sigmoid, tanh and the like: f' is small far from 0. Where f' is 1 over half of the line,
 * gradients are lost by the scale of the weights. */
static bool squashes(const struct config *config)
{
	const struct activation *activation = activation_find(config_activation(config, 1));
	const struct activation_parameters parameters = activation_parameters_default();
	const real far = 10;
	real f, derivative;
	activation->apply(&parameters, 1, &far, &f, &derivative);
	return derivative < (real)0.5;
}

static bool is_deep(const struct config *config)
{
	return config->depth > 4;
}

static bool is_very_deep(const struct config *config)
{
	return config->depth > 20;
}

static bool is_shallow(const struct config *config)
{
	return config->depth < 2;
}

static bool is_narrow(const struct config *config)
{
	return config->width < 8;
}

static bool has_layers_to_skip(const struct config *config)
{
	return config->depth > 1;
}

/* He's weights are a remedy themselves: do not advise away from them. */
static bool draws_unlike_he(const struct config *config)
{
	return strncmp(config->init, "he-", 3) != 0;
}

static double times_usual(const struct config *config)
{
	struct config usual = *config;
	usual.lr = 0;
	return config_rate(config) / config_rate(&usual);
}

static bool rate_above_usual(const struct config *config)
{
	return times_usual(config) > 2;
}

static bool rate_below_usual(const struct config *config)
{
	return times_usual(config) < 0.5;
}

static bool is_not_adam(const struct config *config)
{
	return strcmp(config->optimizer, "adam") != 0;
}

static bool rate_above_0_02(const struct config *config)
{
	return config_rate(config) > 0.02;
}

static bool rate_above_0_002(const struct config *config)
{
	return config_rate(config) > 0.002;
}

/* ---- through time ---- */

static bool has_time(const struct config *config)
{
	return !model_lacks(config, "recurrent-init");
}

/* True if the state does not go through forget gates that begin at least as open as sigma(bias). */
static bool keeps_less_than(const struct config *config, double bias)
{
	return has_time(config) && (model_lacks(config, "forget-bias") || config->forget_bias < bias);
}

static bool keeps_less_than_bias_1(const struct config *config)
{
	return keeps_less_than(config, 1);
}

static bool keeps_less_than_bias_3(const struct config *config)
{
	return keeps_less_than(config, 3);
}

/* A slope below 1 can be made up for by larger weights between the steps. */
static bool squashes_small_gain(const struct config *config)
{
	return has_time(config) && squashes(config) && config->recurrent_gain < 1.5;
}

static bool is_long(const struct config *config)
{
	return has_time(config) && dataset_is_generated(config->data) && config->length > 40;
}

/* The order is the order of trials and of the textbook's advice: what helps most networks first. */
static const struct remedy rows[] = {
	{"relu", "activation=relu", "vanishing",
		"slope 1 for z > 0, so that products of slopes stay 1; units can die", squashes},
	{"gru", "model=gru", "", "an update gate keeps the state; three times the products of a step",
		has_time},
	{"lstm", "model=lstm forget-bias=1", "vanishing not-learning",
		"a cell state behind a forget gate: 0.73 of it is kept at first, 1e-8 in 60 steps",
		keeps_less_than_bias_1},
	{"open-gates", "model=lstm forget-bias=3", "vanishing not-learning",
		"forget gates that keep 0.95 of the cell state at first, 5 % in 60 steps",
		keeps_less_than_bias_3},
	{"recurrent-gain", "recurrent-gain=1", "overflow diverged vanishing exploding",
		"weights between time steps as large as their rule says", has_time},
	{"orthogonal", "recurrent-init=orthogonal", "overflow diverged vanishing exploding",
		"weights between time steps that keep the length of the state and of its gradient",
		has_time},
	{"identity", "activation=relu recurrent-init=identity recurrent-gain=1", "",
		"the state stays as it is, with slope 1 where it is positive (Le et al. 2015)", has_time},
	{"larger-gain", "recurrent-gain=1.5", "",
		"weights between time steps that make up for slopes below 1", squashes_small_gain},
	{"all-steps", "truncate=0", "not-learning", "gradients go back through all time steps",
		has_time},
	{"glorot", "init=glorot-uniform",
		"overflow diverged dead vanishing exploding symmetric not-learning",
		"weights scaled to the width, so that signals keep their size", draws_unlike_he},
	{"ten-layers", "depth=10", "dead vanishing", "fewer factors in the product", is_very_deep},
	{"lower-rate", "lr=auto", "too-large-steps collapsed", "smaller steps", rate_above_usual},
	{"low-rate", "lr=0.01", "diverged too-large-steps collapsed exploding",
		"smaller steps; learning takes longer", rate_above_0_02},
	{"very-low-rate", "lr=0.001", "", "small steps; learning takes much longer", rate_above_0_002},
	{"higher-rate", "lr=auto", "frozen lost-steps", "larger steps; too large ones diverge",
		rate_below_usual},
	{"no-penalty", "l1=0 l2=0 weight-decay=0", "weights-vanished", "nothing draws the weights to 0",
		NULL},
	{"more-layers", "depth=3", "cannot-learn not-learning",
		"bends the boundary that the network can draw", is_shallow},
	{"tanh", "activation=tanh", "", "slope 1 at z = 0; saturates for large z", NULL},
	{"leaky-relu", "activation=leaky-relu", "dead", "a slope below 0, too, so that no unit dies",
		NULL},
	{"elu", "activation=elu", "", "a slope below 0 that fades out; costs an exponential", NULL},
	{"batch-norm", "norm=batch", "overflow dead vanishing",
		"keeps z of every unit at mean 0 and deviation 1 over the batch; costs time", NULL},
	{"skip", "skip=1", "vanishing", "a way around every layer, with slope 1", has_layers_to_skip},
	{"he", "init=he-normal", "overflow dead vanishing symmetric",
		"weights twice as large as Glorot's in variance, for units that are off half the time",
		draws_unlike_he},
	{"three-layers", "depth=3", "", "fewer factors in the product", is_deep},
	{"adam", "optimizer=adam lr=auto", "not-learning", "steps of one size whatever the gradient's",
		is_not_adam},
	{"clip", "clip=norm", "diverged too-large-steps exploding", "bounds the length of a step",
		NULL},
	{"gain", "gain=1", "", "initial weights as large as their rule says", NULL},
	{"wider", "width=10", "not-learning", "more units a layer", is_narrow},
	{"minibatches", "batch=32", "", "more steps an epoch", NULL},
	{"no-dropout", "dropout=0", "", "all units learn in every step", NULL},
	{"shorter", "length=20", "", "fewer time steps: fewer factors, but an easier task", is_long},
	{"train-all", "freeze=0", "", "trains the frozen layers, too", NULL},
};

const struct remedy *remedy_at(int index)
{
	return index >= 0 && index < (int)(sizeof(rows) / sizeof(rows[0])) ? &rows[index] : NULL;
}

bool remedy_apply(const struct remedy *remedy, struct config *config)
{
	struct config changed = *config;
	if (remedy->makes_sense && !remedy->makes_sense(config))
		return false;
	config_assign_list(&changed, remedy->settings, NULL);
	if (config_same(config, &changed) || !model_takes_change(config, &changed))
		return false;
	*config = changed;
	return true;
}

enum { PRESSES_MAX = 3 }; /* of one key; what takes more is typed */

/* How often a key leads on from one value to the other; 0: not within PRESSES_MAX. */
static int presses(const struct setting *setting, const struct config *from,
	const struct config *to, int direction)
{
	char value[SETTING_VALUE_MAX], wanted[SETTING_VALUE_MAX];
	struct config at = *from;
	setting_format(setting, to, wanted);
	for (int count = 1; count <= PRESSES_MAX; count++) {
		setting_step(setting, &at, direction);
		setting_format(setting, &at, value);
		if (strcmp(value, wanted) == 0)
			return count;
	}
	return 0;
}

/* The shorter way, as the keys to press: "aa"; "" if there is none. */
static void keys_towards(const struct setting *setting, const struct config *from,
	const struct config *to, char out[PRESSES_MAX + 1])
{
	struct config rated = *from;
	if (setting->type == &setting_type_RATE && to->lr > 0) {
		rated = *to;
		rated.lr = from->lr;
		rated.lr = config_rate(&rated); /* what auto stands for when the key is pressed */
	}
	int forward = setting->key ? presses(setting, &rated, to, 1) : 0;
	int back = setting->back_key ? presses(setting, &rated, to, -1) : 0;
	bool goes_back = back && (!forward || back < forward);
	int count = goes_back ? back : forward;
	memset(out, goes_back ? setting->back_key : setting->key, (size_t)count);
	out[count] = '\0';
}

/* "[aa] tanh", "[E] lr 0.05", ":l2=0": a value that names itself needs no name before it. */
static void change_text(const struct setting *setting, const struct config *from,
	const struct config *to, char *out, size_t size)
{
	char value[SETTING_VALUE_MAX], keys[PRESSES_MAX + 1];
	keys_towards(setting, from, to, keys);
	setting_format(setting, to, value);
	bool speaks = setting->choice && (strchr(value, '-') || setting->type == &setting_type_LIST);
	if (keys[0])
		snprintf(
			out, size, "[%s] %s%s%s", keys, speaks ? "" : setting->name, speaks ? "" : " ", value);
	else
		snprintf(out, size, ":%s=%s", setting->name, value);
}

void remedy_keys(const struct config *from, const struct config *to, char *out, size_t size)
{
	char text[SETTING_VALUE_MAX + 40];
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < config_table.count && used < size; i++) {
		const struct setting *setting = &config_table.row[i];
		if (setting_equal(setting, from, to))
			continue;
		change_text(setting, from, to, text, sizeof(text));
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? " + " : "", text);
	}
}

/* True if `name` is one of the words of a list separated by blanks. */
static bool is_word_of(const char *list, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = list; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, name, length) == 0 && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

void remedy_rules(const char *problem, const struct config *config, char *out, size_t size)
{
	const struct remedy *remedy;
	char text[200];
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; (remedy = remedy_at(i)); i++) {
		struct config changed = *config;
		if (!is_word_of(remedy->when, problem) || !remedy_apply(remedy, &changed))
			continue;
		remedy_keys(config, &changed, text, sizeof(text));
		int n = snprintf(out + used, size - used, "%s%s", used ? ", " : "", text);
		if (n < 0 || (size_t)n >= size - used) {
			out[used] = '\0';
			return;
		}
		used += (size_t)n;
	}
}
