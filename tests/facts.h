/* Facts about the rows of a table, each stated by the including test or by another one that it
 * names. */
#ifndef TESTS_FACTS_H
#define TESTS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "named_tests.h"

struct facts {
	const char *kind;              /* of the rows: "action" */
	const char *file, *says;       /* where a new fact belongs, and what it has to say */
	const char *(*row)(int index); /* the rows' names; NULL past the end */
	size_t count;
	const char *(*about)(size_t fact);     /* the name of the row that it is about */
	const char *(*elsewhere)(size_t fact); /* "PROGRAM: TEST" that states it; NULL: it is here */
	bool (*holds)(size_t fact, const void *context); /* prints what is wrong */
	const void *context;
};

static inline bool is_row(const struct facts *facts, const char *name)
{
	const char *row;
	for (int i = 0; (row = facts->row(i)); i++)
		if (strcmp(row, name) == 0)
			return true;
	return false;
}

static inline bool has_fact(const struct facts *facts, const char *row)
{
	for (size_t f = 0; f < facts->count; f++)
		if (strcmp(facts->about(f), row) == 0)
			return true;
	return false;
}

/* Every row has a fact, every fact is about a row, and all of them hold. */
static inline void assert_facts(const struct facts *facts)
{
	const char *row;
	int wrong = 0;
	for (int i = 0; (row = facts->row(i)); i++)
		if (!has_fact(facts, row))
			fail_msg("%s %s has no fact: add a row to facts[] in %s that says %s", facts->kind, row,
				facts->file, facts->says);
	for (size_t f = 0; f < facts->count; f++) {
		if (!is_row(facts, facts->about(f)))
			fail_msg("facts[] has %s, which is no %s", facts->about(f), facts->kind);
		if (facts->elsewhere(f))
			assert_test_exists(facts->elsewhere(f), facts->about(f));
		else
			wrong += !facts->holds(f, facts->context);
	}
	if (wrong)
		fail_msg("%d facts do not hold (above)", wrong);
}

#endif
