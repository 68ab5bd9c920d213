#include "cell.h"

#include "lab/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* As spreadsheets, R, NumPy, Weka and SQL write a value that is not there. */
static bool is_missing(const char *text)
{
	static const char *const spellings[] = {"", "?", "na", "nan", "n/a", "null"};
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (strcasecmp(text, spellings[i]) == 0)
			return true;
	return false;
}

/* Moves on over the first of the words that stands there; false if none does. */
static bool skip_word(const char **at, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strncmp(*at, *words, strlen(*words)) == 0) {
			*at += strlen(*words);
			return true;
		}
	return false;
}

static void skip_blanks(const char **at)
{
	static const char *const blanks[] = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF", NULL};
	while (skip_word(at, blanks))
		continue;
}

/* $, euro, pound, yen, rupee, and the codes that stand beside numbers most often. */
static bool skip_currency(const char **at)
{
	static const char *const signs[] = {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xB9",
		"USD", "EUR", "GBP", "JPY", "CHF", "CNY", "INR", NULL};
	return skip_word(at, signs);
}

/* Digits in groups, with what stands between two of them; blanks of several kinds are one. */
struct body {
	int groups;
	int digits[16];             /* of each group */
	char between[16];           /* before each group */
	char plain[CELL_PLAIN - 1]; /* the digits, with a point before the last group */
	size_t used;
};

static char skip_separator(const char **at)
{
	static const char *const blanks[] = {" ", "\xC2\xA0", "\xE2\x80\xAF", NULL};
	if (**at != '\0' && strchr(",.'_", **at) != NULL)
		return *(*at)++;
	return skip_word(at, blanks) ? ' ' : '\0';
}

static bool read_body(const char **at, struct body *body)
{
	enum { GROUPS_MAX = 16 };
	char between = '\0';
	do {
		const char *start = *at;
		while (**at >= '0' && **at <= '9')
			(*at)++;
		size_t digits = (size_t)(*at - start);
		bool leads = body->groups == 0 && (**at == '.' || **at == ',');
		if ((digits == 0 && !leads) || body->groups == GROUPS_MAX ||
			body->used + digits + 2 > sizeof(body->plain))
			return false;
		memcpy(body->plain + body->used, start, digits);
		body->used += digits;
		body->between[body->groups] = between;
		body->digits[body->groups++] = (int)digits;
		start = *at;
		between = skip_separator(at);
		/* one blank is a separator before a digit only */
		if (between == ' ' && !(**at >= '0' && **at <= '9')) {
			*at = start;
			between = '\0';
		}
	} while (between != '\0');
	return true;
}

/* Groups of three behind one separator, or a comma in the point's place. */
static const char *body_flaw(struct body *body)
{
	int last = body->groups - 1;
	char first = last > 0 ? body->between[1] : '\0', final = body->between[last];
	bool fraction = last > 0 && (final == '.' || final == ',') && (last == 1 || final != first);
	bool grouped = last > (fraction && last > 1) && body->digits[0] >= 1 && body->digits[0] <= 3;
	for (int i = 1; i <= last - (fraction && last > 1); i++)
		grouped &= body->digits[i] == 3 && body->between[i] == first;
	if (last == 1 && (first == '.' || (first == ',' && body->plain[0] == '0')))
		grouped = false;
	if (fraction && !(last == 1 && grouped)) {
		size_t digits = (size_t)body->digits[last];
		memmove(body->plain + body->used - digits + 1, body->plain + body->used - digits, digits);
		body->plain[body->used++ - digits] = '.';
	}
	body->plain[body->used] = '\0';
	if (last == 0 || (last == 1 && first == '.'))
		return "";
	return grouped ? "thousands separators" : last == 1 && first == ',' ? "a decimal comma" : NULL;
}

const char *cell_flaw(const char *text, char plain[CELL_PLAIN])
{
	struct body body = {.groups = 0};
	const char *at = text;
	char sign[2] = "";
	skip_blanks(&at);
	if (*at == '-' || *at == '+')
		sign[0] = *at++;
	bool currency = skip_currency(&at);
	skip_blanks(&at);
	if (!read_body(&at, &body))
		return NULL;
	const char *flaw = body_flaw(&body);
	skip_blanks(&at);
	currency |= skip_currency(&at);
	bool percent = *at == '%';
	at += percent;
	skip_blanks(&at);
	if (flaw == NULL || *at != '\0')
		return NULL;
	snprintf(plain, CELL_PLAIN, "%s%s", sign[0] == '-' ? "-" : "", body.plain);
	return currency ? "a currency sign" : percent ? "a percent sign" : *flaw ? flaw : NULL;
}

/* Infinity, or digits that number_parse() does not take because they are too many. */
static bool is_too_large(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	if (strcasecmp(at, "inf") == 0 || strcasecmp(at, "infinity") == 0)
		return true;
	size_t mantissa = strspn(at, "0123456789.");
	if (mantissa == 0 || mantissa > 308)
		return mantissa > 0 && at[mantissa] == '\0';
	/* the exponent is all that can be too large: is it one? */
	double value;
	if (at[mantissa] != 'e' && at[mantissa] != 'E')
		return false;
	const char *exponent = at + mantissa + 1;
	exponent += *exponent == '-' || *exponent == '+';
	return number_parse(at, mantissa, &value) && *exponent != '\0' &&
		exponent[strspn(exponent, "0123456789")] == '\0';
}

enum cell_kind cell_read(const char *text, double *value)
{
	char plain[CELL_PLAIN];
	if (number_parse(text, strlen(text), value))
		return CELL_NUMBER;
	if (is_missing(text))
		return CELL_MISSING;
	return is_too_large(text) || cell_flaw(text, plain) != NULL ? CELL_FLAWED : CELL_WORD;
}
