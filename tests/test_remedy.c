/* Remedies: every row can be applied, leads somewhere, and the textbook's advice never goes round
 * in a circle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/remedy.h"

#include "runs.h"
#include "trials.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define RNN "model=rnn data=echo depth=1 width=8 length=60 optimizer=adam "

/* Networks among which every remedy makes sense for one. */
/* clang-format off */
static const char *const networks[] = {
	"", "init=zeros lr=30 depth=30", "lr=0.5 l2=0.1", "lr=0.00001 dropout=0.5 freeze=1",
	"depth=0 width=2 gain=9 batch=0", "activation=tanh init=normal init-sd=5 depth=12",
	"activation=relu init=he-normal depth=12", "optimizer=adam lr=0.1 clip=value width=1 depth=1",
	RNN "truncate=5 recurrent-init=pytorch recurrent-gain=3", RNN, RNN "model=lstm forget-bias=0.5",
};
/* clang-format on */

static void every_remedy_makes_sense_somewhere_and_changes_what_it_says(void **state)
{
	const struct remedy *remedy;
	(void)state;
	for (int i = 0; (remedy = remedy_at(i)); i++) {
		int applied = 0;
		for (size_t k = 0; k < COUNT(networks); k++) {
			struct config config = config_of(networks[k]);
			const struct config before = config;
			const struct config said = config_with(before, remedy->settings);
			if (!remedy_apply(remedy, &config)) {
				if (!config_same(&config, &before))
					fail_msg("%s changed what it refused", remedy->name);
				continue;
			}
			applied++;
			if (config_same(&config, &before) || !config_same(&config, &said))
				fail_msg("%s on '%s' is not %s", remedy->name, networks[k], remedy->settings);
			if (remedy_apply(remedy, &config))
				fail_msg("%s changes something twice", remedy->name);
		}
		if (!applied || !remedy->help[0])
			fail_msg("%s makes sense for none of this test's networks: add one to networks[]",
				remedy->name);
	}
	assert_null(remedy_at(-1));
}

/* The last network for which it makes no sense, and the first for which it does. */
static void remedies_begin_to_make_sense_at_their_bounds(void **state)
{
	static const struct {
		const char *remedy, *without, *with;
	} bounds[] = {
		{"ten-layers", "depth=20", "depth=21"},
		{"three-layers", "depth=4", "depth=5"},
		{"more-layers", "depth=2", "depth=1"},
		{"wider", "width=8", "width=7"},
		{"skip", "depth=1", "depth=2"},
		{"lower-rate", "lr=0.2", "lr=0.201"},
		{"lower-rate", "optimizer=adam lr=0.02", "optimizer=adam lr=0.021"},
		{"higher-rate", "lr=0.05", "lr=0.0499"},
		{"low-rate", "lr=0.02", "lr=0.0201"},
		{"very-low-rate", "lr=0.002", "lr=0.00201"},
		{"glorot", "init=he-normal", "init=lecun-normal"},
		{"he", "init=he-uniform", "init=glorot-normal"},
		{"adam", "optimizer=adam", "optimizer=adamw"},
		{"relu", "activation=leaky-relu", "activation=softsign"},
		{"relu", "activation=elu", "activation=hard-tanh"},
		{"lstm", "model=lstm forget-bias=1 data=echo", "model=lstm forget-bias=0.99 data=echo"},
		{"lstm", "model=mlp data=echo", "model=gru data=echo"},
		{"open-gates", "model=lstm forget-bias=3 data=echo",
			"model=lstm forget-bias=2.9 data=echo"},
		{"larger-gain", "model=rnn data=echo recurrent-gain=1.5",
			"model=rnn data=echo recurrent-gain=1.49"},
		{"larger-gain", "model=rnn data=echo recurrent-gain=1 activation=relu",
			"model=rnn data=echo recurrent-gain=1 activation=sigmoid"},
		{"shorter", "model=rnn data=echo length=40", "model=rnn data=echo length=41"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bounds); i++)
		for (int with = 0; with <= 1; with++) {
			const char *settings = with ? bounds[i].with : bounds[i].without;
			struct config config = config_of(settings);
			if (remedy_apply(remedy_named(bounds[i].remedy), &config) != with)
				fail_msg("%s at %s", bounds[i].remedy, settings);
		}
}

/* A trial of it could not begin, or would be the same run again. */
static void no_remedy_changes_what_the_model_cannot_have(void **state)
{
	static const struct {
		const char *network, *remedy;
		bool applies;
	} cases[] = {
		{"model=rnn", "batch-norm", false},
		{"model=rnn depth=2", "skip", false},
		{"model=rnn", "relu", true},
		{"model=rnn lr=0.5", "low-rate", true},
		{"model=lstm", "relu", false},
		{"model=gru", "elu", false},
		{"model=lstm", "clip", true},
		{"model=rnn data=echo", "gru", true},
		{"model=rnn data=echo", "open-gates", true},
		{"model=rnn data=echo", "identity", true},
		{"model=rnn data=echo recurrent-gain=1.5", "larger-gain", false},
		{"model=rnn data=echo activation=relu", "larger-gain", false},
		{"model=rnn data=echo length=60", "shorter", true},
		{"model=rnn data=echo length=40", "shorter", false},
		{"model=rnn data=digit-rows length=60", "shorter", false},
		{"model=lstm data=echo", "lstm", false},
		{"model=lstm data=echo forget-bias=0", "lstm", true},
		{"model=lstm data=echo forget-bias=2", "lstm", false},
		{"model=lstm data=echo forget-bias=2", "open-gates", true},
		{"model=lstm data=echo forget-bias=5", "open-gates", false},
		{"model=lstm data=echo", "identity", false},
		{"model=gru data=echo", "gru", false},
		{"model=gru data=echo", "lstm", true},
		{"model=gru data=echo truncate=5", "all-steps", true},
		{"model=mlp data=echo length=60 recurrent-gain=3", "recurrent-gain", false},
		{"", "gru", false},
		{"", "orthogonal", false},
		{"truncate=3", "all-steps", false},
		{"length=90", "shorter", false},
		{"model=cnn", "gru", false},
		{"model=cnn", "batch-norm", true},
		{"model=cnn", "skip", true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config = config_of(cases[i].network);
		if (remedy_apply(remedy_named(cases[i].remedy), &config) != cases[i].applies)
			fail_msg("%s of %s %s", cases[i].remedy, cases[i].network,
				cases[i].applies ? "does not apply" : "applies");
	}
}

static void names_of_remedies_are_unique(void **state)
{
	(void)state;
	for (int i = 0; remedy_at(i); i++)
		for (int k = 0; k < i; k++)
			if (strcmp(remedy_at(i)->name, remedy_at(k)->name) == 0)
				fail_msg("%s twice", remedy_at(i)->name);
}

static void press(struct config *config, char key)
{
	for (int i = 0; i < config_table.count; i++) {
		const struct setting *row = &config_table.row[i];
		if (row->key == key || row->back_key == key)
			assert_true(setting_step(row, config, row->key == key ? 1 : -1));
	}
}

/* Does what a text of keys says, as a person at the keyboard would. */
static struct config done(struct config config, const char *text)
{
	for (; *text; text += strcspn(text, "+"), text += strspn(text, "+ ")) {
		if (*text == '[') {
			while (*++text != ']')
				press(&config, *text);
		} else {
			char pair[80];
			snprintf(pair, sizeof(pair), "%.*s", (int)strcspn(text + 1, " "), text + 1);
			config = config_with(config, pair);
		}
	}
	return config;
}

/* Every remedy on networks of many kinds. */
static void the_keys_that_are_named_make_the_change(void **state)
{
	static const char *const starts[] = {
		"",
		"depth=30",
		"activation=tanh init=normal",
		"optimizer=momentum lr=3 norm=layer",
		"activation=relu init=he-normal",
		"optimizer=adam lr=0.1",
		"l2=0.1 depth=1 width=2",
		"lr=0.0001 batch=0 dropout=0.5 freeze=1 gain=2",
	};
	const struct remedy *remedy;
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++)
		for (int k = 0; (remedy = remedy_at(k)); k++) {
			const struct config from = config_with(config_default(), starts[i]);
			struct config to = from, made;
			char text[300];
			if (!remedy_apply(remedy, &to))
				continue;
			remedy_keys(&from, &to, text, sizeof(text));
			made = done(from, text);
			/* a rate that a key has set is a number, even where it is the usual one */
			if (config_rate(&made) == config_rate(&to))
				made.lr = to.lr;
			if (!config_same(&made, &to))
				fail_msg("%s from '%s': %s", remedy->name, starts[i], text);
		}
}

static void keys_that_lead_to_a_change_are_named(void **state)
{
	static const struct {
		const char *from, *to, *keys;
	} cases[] = {
		{"", "", ""},
		{"", "activation=relu", "[a] relu"},
		{"", "lr=0.01", "[EEE] lr 0.01"},
		{"lr=0.001", "lr=0.01", "[eee] lr 0.01"},
		{"", "init=he-normal", "[iii] he-normal"},
		{"l2=0.1", "l2=0", ":l2=0"},
		{"", "norm=batch skip=1", "[b] norm batch + [f] skip 1"},
		{"model=rnn", "model=lstm", "[*] model lstm"},
		{"model=rnn", "model=gru", "[**] model gru"},
		{"model=gru", "model=lstm", ":model=lstm"},
		{"depth=30", "depth=10", ":depth=10"},
		{"lr=3", "lr=auto", ":lr=auto"},
		{"", "optimizer=adam", ":optimizer=adam"},
		{"", "optimizer=adam lr=0.05", ":optimizer=adam + [ee] lr 0.05"},
		{"lr=1", "optimizer=adam lr=0.05", ":optimizer=adam + :lr=0.05"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config from = config_with(config_default(), cases[i].from);
		const struct config to = config_with(from, cases[i].to);
		char text[200];
		remedy_keys(&from, &to, text, sizeof(text));
		assert_string_equal(text, cases[i].keys);
		for (size_t size = 1; size < sizeof(text); size++) {
			char *exact = malloc(size);
			remedy_keys(&from, &to, exact, size);
			assert_true(strlen(exact) < size);
			free(exact);
		}
	}
}

static void textbook_advice_skips_settings_already_in_force(void **state)
{
	struct config config = config_default();
	char text[300], cut[300];
	(void)state;
	remedy_rules("vanishing", &config, text, sizeof(text));
	assert_ptr_equal(strstr(text, "[a] relu, "), text);
	for (size_t size = 1; size < sizeof(cut); size++) {
		remedy_rules("vanishing", &config, cut, size);
		assert_true(strlen(cut) < size && strncmp(cut, text, strlen(cut)) == 0);
	}
	config = config_with(config, "activation=relu");
	remedy_rules("vanishing", &config, text, sizeof(text));
	assert_null(strstr(text, "relu"));
	remedy_rules("healthy", &config, text, sizeof(text));
	assert_string_equal(text, "");
	remedy_rules("vanish", &config, text, sizeof(text)); /* not a whole name */
	assert_string_equal(text, "");
}

/* ---- circles ---- */

/* Settings that a walk has passed; compared as a whole. */
struct walk {
	struct config config[64];
	int count;
	struct config done[4096]; /* everything from there on is known */
	int known;
};

static bool is_done(const struct walk *walk, const struct config *config)
{
	for (int i = 0; i < walk->known; i++)
		if (config_same(&walk->done[i], config))
			return true;
	return false;
}

static void step_on(struct walk *walk, const struct config *config)
{
	for (int i = 0; i < walk->count; i++)
		if (config_same(&walk->config[i], config))
			fail_msg("back to init=%s activation=%s clip=%s lr=%g", config->init,
				config->activation, config->clip, config->lr);
	assert_true(walk->count < (int)COUNT(walk->config));
	walk->config[walk->count++] = *config;
}

/* The first remedy for a problem, taken; false if there is none. */
static bool take_advice(const char *problem, struct config *config)
{
	const struct remedy *remedy;
	char text[200];
	remedy_rules(problem, config, text, sizeof(text));
	for (int i = 0; text[0] && (remedy = remedy_at(i)); i++)
		if (strstr(remedy->when, problem) && remedy_apply(remedy, config))
			return true;
	return false;
}

/* Whatever the problems are on the way. */
static void go_everywhere(struct walk *walk, const struct config *config)
{
	const char *problem;
	if (is_done(walk, config))
		return;
	step_on(walk, config);
	for (int i = 0; verdict_at(i); i++) {
		struct config next = *config;
		problem = verdict_at(i)->name;
		if (take_advice(problem, &next))
			go_everywhere(walk, &next);
	}
	walk->count--;
	assert_true(walk->known < (int)COUNT(walk->done));
	walk->done[walk->known++] = *config;
}

static void textbook_advice_never_leads_in_a_circle(void **state)
{
	static struct walk walk;
	(void)state;
	for (size_t i = 0; i < COUNT(networks); i++) {
		struct config config = config_of(networks[i]);
		walk.count = 0;
		go_everywhere(&walk, &config);
	}
}

/* Calls for advice and the rows that answer them. */
static bool is_answered(const char *problem)
{
	const struct remedy *remedy;
	const size_t length = strlen(problem);
	for (int i = 0; (remedy = remedy_at(i)); i++)
		for (const char *at = remedy->when; (at = strstr(at, problem)); at += length)
			if ((at == remedy->when || at[-1] == ' ') && (!at[length] || at[length] == ' '))
				return true;
	return false;
}

static void every_verdict_that_asks_for_advice_has_a_remedy(void **state)
{
	(void)state;
	for (int i = 0; verdict_at(i); i++)
		if (is_answered(verdict_at(i)->name) != verdict_at(i)->asks_advice)
			fail_msg("verdict %s: its asks_advice must tell whether a remedy in remedy.c names it",
				verdict_at(i)->name);
	for (int i = 0; verdict_at(i); i++)
		if (verdict_at(i)->asks_advice != (verdict_at(i)->tone == TONE_ALARM))
			fail_msg("verdict %s: advice is for alarms: asks_advice or tone is wrong",
				verdict_at(i)->name);
}

static void remedies_are_for_problems_that_there_are(void **state)
{
	const struct remedy *remedy;
	(void)state;
	for (int i = 0; (remedy = remedy_at(i)); i++) {
		char when[200], *rest = when;
		snprintf(when, sizeof(when), "%s", remedy->when);
		for (char *name; (name = strtok_r(rest, " ", &rest));) {
			bool known = verdict_find(name) != NULL;
			for (int k = 0; remark_at(k); k++)
				known = known || strcmp(remark_at(k)->name, name) == 0;
			if (!known)
				fail_msg(
					"remedy %s is for %s, which is no verdict and no remark", remedy->name, name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_remedy_makes_sense_somewhere_and_changes_what_it_says),
		cmocka_unit_test(remedies_begin_to_make_sense_at_their_bounds),
		cmocka_unit_test(no_remedy_changes_what_the_model_cannot_have),
		cmocka_unit_test(names_of_remedies_are_unique),
		cmocka_unit_test(the_keys_that_are_named_make_the_change),
		cmocka_unit_test(keys_that_lead_to_a_change_are_named),
		cmocka_unit_test(textbook_advice_skips_settings_already_in_force),
		cmocka_unit_test(textbook_advice_never_leads_in_a_circle),
		cmocka_unit_test(every_verdict_that_asks_for_advice_has_a_remedy),
		cmocka_unit_test(remedies_are_for_problems_that_there_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
