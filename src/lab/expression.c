#include "lab/expression.h"

#include "lab/text.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *sign;
	enum comparison comparison;
} comparisons[] = {
	/* the longer signs first */
	{"<=", LESS_OR_EQUAL},
	{">=", GREATER_OR_EQUAL},
	{"!=", UNEQUAL},
	{"<", LESS},
	{">", GREATER},
	{"=", EQUAL},
};

static const char twin_prefix[] = "twin.";

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* ---- names ---- */

/* A whole number other than 0; *text is left behind it. */
static bool take_whole(const char **text, int *out)
{
	char *end;
	long value = strtol(*text, &end, 10);
	if (end == *text || value == 0 || value < -1 || value > 100000)
		return false;
	*text = skip_blanks(end);
	*out = (int)value;
	return true;
}

/* "(LAYER)" or "(LAYER,STEP)", if there is one. */
static bool take_place(const char **text, struct quantity_name *quantity)
{
	const char *at = *text;
	if (*at != '(')
		return true;
	at = skip_blanks(at + 1);
	if (!take_whole(&at, &quantity->layer))
		return false;
	if (*at == ',') {
		at = skip_blanks(at + 1);
		if (!take_whole(&at, &quantity->step))
			return false;
	}
	if (*at != ')')
		return false;
	*text = at + 1;
	return true;
}

static bool take_quantity(const char **text, struct quantity_name *quantity, struct error *error)
{
	const char *at = skip_blanks(*text);
	char name[32];
	*quantity = (struct quantity_name){.twin = strncmp(at, twin_prefix, 5) == 0};
	at += quantity->twin ? 5 : 0;
	size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
	snprintf(name, sizeof(name), "%.*s", (int)length, at);
	at += length;
	quantity->statistic = statistic_find(name);
	if (!quantity->statistic && strcmp(name, "epoch") != 0)
		return error_set(error, STATUS_USAGE,
			"found '%.40s', expected epoch, verdict or a statistic (wane list statistics)", *text);
	if (!take_place(&at, quantity))
		return error_set(
			error, STATUS_USAGE, "found '%.40s', expected NAME(LAYER) or NAME(LAYER,STEP)", *text);
	bool layered = quantity->statistic && quantity->statistic->per_layer;
	if (layered != (quantity->layer != 0))
		return error_set(error, STATUS_USAGE, "%s is a number of %s: found '%.40s'", name,
			layered ? "each layer, expected NAME(LAYER)" : "the whole network", *text);
	*text = skip_blanks(at);
	return true;
}

bool quantity_parse(const char *text, struct quantity_name *quantity, struct error *error)
{
	if (!take_quantity(&text, quantity, error))
		return false;
	return !*text || error_set(error, STATUS_USAGE, "found '%.40s' behind the name", text);
}

static int row_of(const struct record *record, const struct quantity_name *quantity)
{
	int layer = quantity->layer < 0 ? record->layers : quantity->layer;
	if (layer > record->layers || record->rows == 0)
		return -1;
	int last = record_last(record, layer), row = record_first(record, layer);
	if (quantity->step <= 0)
		return last;
	while (row < last && record->layer[row].step < quantity->step)
		row++;
	return row;
}

double quantity_value(const struct quantity_name *quantity, struct record_pair records)
{
	const struct record *record = quantity->twin ? records.twin : records.run;
	double nothing = (double)record_nothing();
	if (!record)
		return nothing;
	if (!quantity->statistic)
		return (double)record->epoch;
	if (!quantity->statistic->per_layer)
		return (double)record_value(record, quantity->statistic, 0);
	int row = row_of(record, quantity);
	return row < 0 ? nothing : (double)record_value(record, quantity->statistic, row);
}

/* ---- comparisons ---- */

static bool take_comparison(const char **text, enum comparison *out, struct error *error)
{
	for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++) {
		size_t length = strlen(comparisons[i].sign);
		if (strncmp(*text, comparisons[i].sign, length) != 0)
			continue;
		*out = comparisons[i].comparison;
		*text = skip_blanks(*text + length);
		return true;
	}
	return error_set(
		error, STATUS_USAGE, "found '%.40s', expected one of < <= > >= = != and a number", *text);
}

static bool take_verdict(const char *text, struct expression *out, struct error *error)
{
	if (!take_comparison(&text, &out->comparison, error))
		return false;
	if (out->comparison != EQUAL && out->comparison != UNEQUAL)
		return error_set(error, STATUS_USAGE, "a verdict is compared by = or !=");
	snprintf(out->word, sizeof(out->word), "%s", text);
	return out->word[0] ||
		error_set(error, STATUS_USAGE, "found nothing behind the sign, expected a verdict");
}

/* A number, a name, or NUMBER * NAME. */
static bool take_right(const char *text, struct expression *out, struct error *error)
{
	const char *whole = text;
	size_t length = strcspn(text, " \t*");
	out->has_name = isalpha((unsigned char)*text) && strncmp(text, "inf", 3) != 0;
	out->number = 1;
	if (!out->has_name) {
		if (!number_parse(text, length, &out->number))
			return error_set(
				error, STATUS_USAGE, "found '%.40s', expected a number or a name", text);
		text = skip_blanks(text + length);
		out->has_name = *text == '*';
		text += out->has_name;
	}
	if (out->has_name && !take_quantity(&text, &out->right, error))
		return false;
	return !*text ||
		error_set(error, STATUS_USAGE, "found '%.40s' at the end of '%s'", text, whole);
}

bool expression_parse(const char *text, struct expression *out, struct error *error)
{
	const char *at = skip_blanks(text);
	*out = (struct expression){.of_twin = strncmp(at, twin_prefix, 5) == 0};
	const char *name = at + (out->of_twin ? 5 : 0);
	if (strncmp(name, "verdict", 7) == 0 && !isalnum((unsigned char)name[7])) {
		out->verdict = true;
		return take_verdict(skip_blanks(name + 7), out, error);
	}
	return take_quantity(&at, &out->left, error) && take_comparison(&at, &out->comparison, error) &&
		take_right(at, out, error);
}

static bool compares(enum comparison comparison, double left, double right)
{
	switch (comparison) {
	case LESS:
		return left < right;
	case LESS_OR_EQUAL:
		return left <= right;
	case GREATER:
		return left > right;
	case GREATER_OR_EQUAL:
		return left >= right;
	case EQUAL:
		return left == right;
	case UNEQUAL:
		return left < right || left > right;
	}
	return false;
}

bool expression_holds(const struct expression *expression, struct record_pair records)
{
	if (expression->verdict) {
		const struct record *record = expression->of_twin ? records.twin : records.run;
		if (!record || !record->verdict)
			return false;
		bool same = strcmp(record->verdict, expression->word) == 0;
		return same == (expression->comparison == EQUAL);
	}
	double right = expression->number;
	if (expression->has_name)
		right *= quantity_value(&expression->right, records);
	return compares(expression->comparison, quantity_value(&expression->left, records), right);
}

void expression_describe(
	const struct expression *expression, struct record_pair records, char *out, size_t size)
{
	const struct quantity_name *left = &expression->left;
	const char *of = expression->of_twin ? twin_prefix : "";
	if (expression->verdict) {
		const struct record *record = expression->of_twin ? records.twin : records.run;
		snprintf(out, size, "%sverdict is %s", of,
			record && record->verdict ? record->verdict : "not known");
		return;
	}
	double value = quantity_value(left, records);
	const char *name = left->statistic ? left->statistic->name : "epoch";
	char place[32] = "", number[32] = "not recorded";
	if (left->layer && left->step)
		snprintf(place, sizeof(place), "(%d,%d)", left->layer, left->step);
	else if (left->layer)
		snprintf(place, sizeof(place), "(%d)", left->layer);
	if (!record_is_nothing((float)value))
		snprintf(number, sizeof(number), "%.4g", value);
	snprintf(out, size, "%s%s%s is %s", left->twin ? twin_prefix : "", name, place, number);
}
