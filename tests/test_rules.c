/* Rules of verdicts and remarks just below, at and just above each of their bounds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lab/verdict.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NUMBER(field) offsetof(struct evidence, field), sizeof(double)
#define EPOCHS(field) offsetof(struct evidence, field), 0
#define WHOLE(field) offsetof(struct evidence, field), sizeof(int)

/* A network in the middle of a good run, its baseline 10, but for what a row says. */
static const struct bound {
	const char *rule;
	size_t field, size; /* 0: an int64_t */
	double at;
	const char *applies; /* + or -: just below, at it, just above; '.': there is no such number */
	struct evidence beside;
} bounds[] = {
	{"overflow", EPOCHS(epoch), 0, "-+-", {.not_finite = true}},
	{"diverged", NUMBER(loss), 200, "--+", {.start_loss = 2, .baseline_loss = 1000}},
	{"diverged", NUMBER(loss), 100, "--+", {.start_loss = 0.5, .baseline_loss = 1000}},
	{"converged", NUMBER(loss), 0.5, "+--", {0}},
	{"weights-vanished", NUMBER(loss), 9, "--+", {.penalized = true, .shrunk = {1, 0.01}}},
	{"weights-vanished", WHOLE(shrunk.layer), 0, "--+", {.penalized = true, .loss = 10}},
	{"symmetric", WHOLE(equal.layer), 0, "--+", {0}},
	{"collapsed", NUMBER(best_loss), 5, "++-", {.loss = 9.5}},
	{"collapsed", NUMBER(loss), 9, "--+", {.best_loss = 3}},
	{"collapsed", WHOLE(dead.layer), 0, ".+-", {.best_loss = 3, .loss = 9.5}},

	{"too-large-steps", WHOLE(step.layer), 0, "--+", {.decades = 4}},
	{"too-large-steps", NUMBER(loss), 12, "--+", {.step = {1, 28, 3}}},
	{"too-large-steps", NUMBER(decades), 3, "-++", {.step = {1, 28, 3}}},
	{"too-large-steps", NUMBER(decades), -3, "++-", {.step = {1, 28, 3}}},
	{"too-large-steps", NUMBER(grad_norm), 1000, "--+", {.step = {1, 28, 3}}},
	{"too-large-steps", WHOLE(dead.layer), 0, "--+", {.step = {1, 28, 3}}},
	{"dead", WHOLE(dead.layer), 0, "--+", {0}},
	{"vanishing", NUMBER(decades), 3, "-++", {0}},
	{"exploding", NUMBER(decades), -3, "++-", {0}},
	{"exploding", NUMBER(grad_norm), 1000, "--+", {0}},
	{"exploding", NUMBER(grad_norm), 50, "--+", {.usual_norm = 0.5}},
	{"exploding", NUMBER(grad_norm), 1, "--+", {.usual_norm = 0.001}},
	{"exploding", NUMBER(usual_norm), 0, "--+", {.grad_norm = 2}},
	{"exploding", NUMBER(usual_norm), 2, "+--", {.grad_norm = 200}},

	{"cannot-learn", NUMBER(loss), 9, "--+", {.linear = true, .flat = true, .grad_norm = 0.1}},
	{"cannot-learn", NUMBER(loss), 12, "++-", {.linear = true, .flat = true, .grad_norm = 0.1}},
	{"cannot-learn", NUMBER(grad_norm), 0.3, "+--", {.linear = true, .flat = true, .loss = 9.5}},
	{"cannot-learn", EPOCHS(settled), 20, "-++", {.linear = true, .loss = 10, .grad_norm = 0.1}},
	{"not-learning", NUMBER(loss), 199, "-++", {.baseline_loss = 200}},
	{"not-learning", EPOCHS(settled), 20, "-++", {.loss = 10}},
	{"not-learning", EPOCHS(settled), 20, "-++", {.loss = 11}},
	{"overfitting", NUMBER(val_loss), 8, "--+", {.eval_loss = 4}},
	{"overfitting", NUMBER(val_loss), 1.5, "--+", {.eval_loss = 0.5}},
	{"overfitting", NUMBER(eval_loss), 4, "+--", {.val_loss = 8}},
	{"overfitting", NUMBER(eval_loss), 0.25, "+--", {.val_loss = 1.25}},
	{"weak", NUMBER(decades), 1, "-++", {0}},
	{"growing", NUMBER(decades), -1, "++-", {0}},

	{"no-learning", NUMBER(loss), 199, "-++", {.baseline_loss = 200, .decades = -4}},
	{"no-learning", NUMBER(loss), 201, "++-", {.baseline_loss = 200, .decades = -4}},
	{"no-learning", EPOCHS(settled), 20, "-++", {.loss = 10, .decades = -4}},
	{"worse-than-baseline", NUMBER(loss), 12, "--+", {.decades = 4}},
	{"worse-than-baseline", EPOCHS(settled), 5, "-++", {.loss = 13, .decades = 4}},
	{"validation-rises", EPOCHS(epoch), 30, "-++",
		{.best_val_epoch = 20, .best_val = 4, .val_loss = 6}},
	{"validation-rises", EPOCHS(best_val_epoch), 20, "++-", {.best_val = 4, .val_loss = 6}},
	{"validation-rises", NUMBER(val_loss), 11, "--+", {.best_val_epoch = 20, .best_val = 10}},
	{"validation-rises", NUMBER(val_loss), 3, "--+",
		{.best_val_epoch = 20, .best_val = 2, .baseline_loss = 50}},
	{"validation-rises", NUMBER(best_val), 2, "+--",
		{.best_val_epoch = 20, .val_loss = 3, .baseline_loss = 50}},
	{"running-statistics-lag", NUMBER(eval_loss), 6, "--+", {.loss = 4}},
	{"running-statistics-lag", NUMBER(eval_loss), 4, "--+", {.loss = 2, .baseline_loss = 20}},
	{"running-statistics-lag", NUMBER(loss), 2, "+--", {.eval_loss = 4, .baseline_loss = 20}},
	{"still-falling", NUMBER(loss_before), 0.5, "-++", {.loss = 0.25}},
	{"still-falling", NUMBER(loss), 0.25, "++-", {.loss_before = 0.5}},
	{"underflow", WHOLE(underflow.layer), 0, "--+", {0}},
	{"lost-steps", WHOLE(lost.layer), 0, "--+", {0}},
	{"lost-steps", WHOLE(dead.layer), 0, ".+-", {.lost = {1, 0}}},
	{"truncated", WHOLE(time.truncated), 0, ".-+", {0}},
	{"frozen", WHOLE(frozen.layer), 0, "--+", {0}},
	{"large-steps", WHOLE(large.layer), 0, "--+", {0}},
	{"large-steps", NUMBER(largest.ratio), 1, "--+", {.loss = 13, .decades = 4}},
	{"dying-units", WHOLE(dying.layer), 0, "--+", {0}},
	{"dying-units", WHOLE(dead.layer), 0, ".+-", {.dying = {1, 0.95}}},
};

static void usually(double *value, double usual)
{
	*value = *value != 0 ? *value : usual;
}

static struct evidence evidence_of(const struct bound *bound)
{
	struct evidence e = bound->beside;
	usually(&e.baseline_loss, 10);
	usually(&e.loss, 4);
	usually(&e.eval_loss, 4);
	usually(&e.val_loss, 4);
	usually(&e.start_loss, 10);
	usually(&e.best_loss, 8);
	usually(&e.best_val, 8);
	usually(&e.grad_norm, 0.5);
	e.epoch = e.settled = 30;
	e.hidden = 3;
	e.layers = 4;
	return e;
}

/* Sets the number of the bound: -1 just below it, 0 at it, 1 just above. */
static void set(struct evidence *e, const struct bound *bound, int side)
{
	char *field = (char *)e + bound->field;
	int64_t epochs = (int64_t)bound->at + side;
	int whole = (int)bound->at + side;
	double number = bound->at + 1e-9 * side;
	const void *from = &number;
	if (bound->size != sizeof(double))
		from = bound->size ? (const void *)&whole : (const void *)&epochs;
	memcpy(field, from, bound->size ? bound->size : sizeof(epochs));
}

static bool applies(const char *rule, const struct evidence *e)
{
	const struct verdict *verdict = verdict_find(rule);
	const struct remark *remark = remark_find(rule, strlen(rule));
	assert_true(verdict || remark);
	return verdict ? verdict->applies(e) : remark->applies(e);
}

static void each_rule_holds_on_the_side_of_its_bound_that_its_help_says(void **state)
{
	int wrong = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(bounds); i++)
		for (int side = -1; side <= 1; side++) {
			struct evidence e = evidence_of(&bounds[i]);
			set(&e, &bounds[i], side);
			char told = bounds[i].applies[side + 1];
			if (told == '.' || applies(bounds[i].rule, &e) == (told == '+'))
				continue;
			print_error("row %zu, %s at %g: %s there and just beside it, but not for %d\n", i,
				bounds[i].rule, bounds[i].at, bounds[i].applies, side);
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

/* Healthy is what is left; the bounds of no-progress are those of a flat loss: test_evidence. */
static void every_rule_with_a_bound_has_it_here(void **state)
{
	static const char *const without[] = {"healthy", "no-progress"};
	const char *name;
	(void)state;
	for (int i = 0; verdict_at(i) || remark_at(i); i++)
		for (int k = 0; k < 2; k++) {
			name = k && remark_at(i) ? remark_at(i)->name
				: verdict_at(i)      ? verdict_at(i)->name
									 : NULL;
			bool found = !name;
			for (size_t b = 0; b < COUNT(without) && name; b++)
				found |= strcmp(without[b], name) == 0;
			for (size_t b = 0; b < COUNT(bounds) && name; b++)
				found |= strcmp(bounds[b].rule, name) == 0;
			if (!found)
				fail_msg("%s needs a row in bounds[] for each of its bounds", name);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_holds_on_the_side_of_its_bound_that_its_help_says),
		cmocka_unit_test(every_rule_with_a_bound_has_it_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
