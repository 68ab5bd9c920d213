#include "lab/text.h"

#include "text_ranges.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

static bool ranges_hold(const struct range *ranges, int count, uint32_t code)
{
	int low = 0, high = count;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (ranges[middle].last < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ranges[low].first <= code;
}

/* How a lead byte goes on: how many bytes follow, the bits it brings itself, and where the
 * first of those that follow must lie, which rules out overlong forms, surrogates and all
 * beyond U+10FFFF. */
struct lead {
	unsigned char first, last;
	unsigned char following, bits, low, high;
};

/* clang-format off */
static const struct lead leads[] = {
	{0xC2, 0xDF, 1, 0x1F, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0x0F, 0xA0, 0xBF},
	{0xE1, 0xEC, 2, 0x0F, 0x80, 0xBF}, {0xED, 0xED, 2, 0x0F, 0x80, 0x9F},
	{0xEE, 0xEF, 2, 0x0F, 0x80, 0xBF}, {0xF0, 0xF0, 3, 0x07, 0x90, 0xBF},
	{0xF1, 0xF3, 3, 0x07, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x07, 0x80, 0x8F},
};
/* clang-format on */

static const struct lead *lead_find(unsigned char byte)
{
	for (int i = 0; i < LENGTH(leads); i++)
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	return NULL;
}

/* One code point of at least two bytes; a broken one is a single mark, and what broke it is
 * looked at anew, so that no byte of the text after it is swallowed (not the final NUL
 * either). */
static uint32_t sequence_next(const char **cursor)
{
	unsigned char byte = (unsigned char)*(*cursor)++;
	const struct lead *lead = lead_find(byte);
	if (lead == NULL)
		return TEXT_MARK;
	uint32_t code = byte & lead->bits;
	unsigned char low = lead->low, high = lead->high;
	for (int i = 0; i < lead->following; i++) {
		byte = (unsigned char)**cursor;
		if (byte < low || byte > high)
			return TEXT_MARK;
		code = code << 6 | (byte & 0x3F);
		(*cursor)++;
		low = 0x80;
		high = 0xBF;
	}
	return code;
}

uint32_t text_next(const char **cursor)
{
	unsigned char byte = (unsigned char)**cursor;
	if (byte == '\0')
		return 0;
	if (byte >= 0x20 && byte < 0x7F) {
		(*cursor)++;
		return byte;
	}
	uint32_t code = byte;
	if (byte < 0x80)
		(*cursor)++;
	else
		code = sequence_next(cursor);
	return ranges_hold(hidden_ranges, LENGTH(hidden_ranges), code) ? TEXT_MARK : code;
}

int text_width(uint32_t code)
{
	return ranges_hold(wide_ranges, LENGTH(wide_ranges), code) ? 2 : 1;
}

int text_encode(char out[5], uint32_t code)
{
	static const unsigned char mark[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		code = TEXT_MARK;
	int length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (int i = length - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3F));
		code >>= 6;
	}
	out[0] = (char)(mark[length] | code);
	out[length] = '\0';
	return length;
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t text_head(const char *text, size_t most)
{
	size_t length = strnlen(text, most);
	while (length > 0 && continues(text[length]))
		length--;
	return length;
}

const char *text_tail(const char *text, size_t length)
{
	size_t all = strlen(text);
	if (all > length)
		text += all - length;
	while (all > length && continues(*text))
		text++;
	return text;
}

void text_shorten(char *out, size_t size, const char *path)
{
	static const char gap[] = "...";
	size_t length = strlen(path), room = size - sizeof(gap);
	if (length < size) {
		memcpy(out, path, length + 1);
		return;
	}
	/* a third of the beginning, never a part of a character */
	size_t head = text_head(path, room / 3), tail = length - (room - room / 3);
	while (continues(path[tail]))
		tail++;
	snprintf(out, size, "%.*s%s%s", (int)head, path, gap, path + tail);
}

void text_clean(char *out, size_t size, const char *in)
{
	size_t used = 0;
	uint32_t code;
	while ((code = text_next(&in)) != 0) {
		char bytes[5];
		size_t length = (size_t)text_encode(bytes, code);
		if (length >= size - used)
			break;
		memcpy(out + used, bytes, length);
		used += length;
	}
	out[used] = '\0';
}

/* The border between two doubles has at most 767 significant digits: of what comes after so
 * many, only whether it is all zeros can decide a rounding. */
enum { DIGITS_KEPT = 800, EXPONENT_MAX = 100000000 };

/* A decimal as an integer and a power of ten: without a decimal point strtod() means the same
 * in every locale. */
struct decimal {
	char digits[DIGITS_KEPT + 24];
	int count;
	long exponent;
};

static void decimal_push(struct decimal *decimal, char digit, bool fraction)
{
	if (decimal->count == 0 && digit == '0') {
		decimal->exponent -= fraction;
		return;
	}
	if (decimal->count < DIGITS_KEPT) {
		decimal->digits[decimal->count++] = digit;
		decimal->exponent -= fraction;
		return;
	}
	char *last = &decimal->digits[DIGITS_KEPT - 1];
	if (digit != '0' && *last == '0')
		*last = '1';
	decimal->exponent += !fraction;
}

static double decimal_value(struct decimal *decimal)
{
	if (decimal->count == 0)
		return 0;
	snprintf(decimal->digits + decimal->count, 24, "e%ld", decimal->exponent);
	double value = strtod(decimal->digits, NULL);
	/* Arithmetic that flushes subnormals must not see another number than one that does not. */
	return value < DBL_MIN ? 0 : value;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static const char *skip_sign(const char *at, const char *end, bool *negative)
{
	*negative = at < end && *at == '-';
	return at < end && (*at == '-' || *at == '+') ? at + 1 : at;
}

/* Digits, a point among them or not; NULL if there is no digit. */
static const char *scan_digits(const char *at, const char *end, struct decimal *decimal)
{
	bool fraction = false, any = false;
	for (; at < end && (is_digit(*at) || (*at == '.' && !fraction)); at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		any = true;
		decimal_push(decimal, *at, fraction);
	}
	return any ? at : NULL;
}

static const char *scan_exponent(const char *at, const char *end, struct decimal *decimal)
{
	if (at == end || (*at != 'e' && *at != 'E'))
		return at;
	bool negative;
	at = skip_sign(at + 1, end, &negative);
	if (at == end || !is_digit(*at))
		return NULL;
	long exponent = 0;
	for (; at < end && is_digit(*at); at++)
		if (exponent < EXPONENT_MAX)
			exponent = exponent * 10 + (*at - '0');
	decimal->exponent += negative ? -exponent : exponent;
	return at;
}

bool number_parse(const char *text, size_t length, double *value)
{
	struct decimal decimal = {.count = 0};
	const char *end = text + length;
	bool negative;
	const char *at = scan_digits(skip_sign(text, end, &negative), end, &decimal);
	if (at != NULL)
		at = scan_exponent(at, end, &decimal);
	if (at != end)
		return false;
	double magnitude = decimal_value(&decimal);
	if (isinf(magnitude))
		return false;
	*value = negative ? -magnitude : magnitude;
	return true;
}

/* Rounds to `count` digits: the digits alone, less the zeros at their end, and the power of
 * ten of the last one. Whatever a locale puts between them is stepped over. */
static void decimal_round(struct decimal *decimal, float magnitude, int count)
{
	char text[48];
	snprintf(text, sizeof(text), "%.*e", count - 1, (double)magnitude);
	const char *at = text;
	decimal->count = 0;
	for (; *at != 'e'; at++)
		if (is_digit(*at))
			decimal->digits[decimal->count++] = *at;
	decimal->exponent = strtol(at + 1, NULL, 10) - (decimal->count - 1);
	while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0') {
		decimal->count--;
		decimal->exponent++;
	}
}

/* As printf's %g lays a number out that has been rounded to `precision` digits. */
static void decimal_write(char *out, const struct decimal *decimal, int precision)
{
	int count = decimal->count;
	long power = decimal->exponent + count - 1; /* of the first digit */
	if (power < -4 || power >= precision) {
		*out++ = decimal->digits[0];
		if (count > 1)
			out += sprintf(out, ".%.*s", count - 1, decimal->digits + 1);
		sprintf(out, "e%c%02ld", power < 0 ? '-' : '+', labs(power));
		return;
	}
	for (long place = power < 0 ? 0 : power; place >= 0 || place > power - count; place--) {
		if (place == -1)
			*out++ = '.';
		long index = power - place;
		*out++ = index >= 0 && index < count ? decimal->digits[index] : '0';
	}
	*out = '\0';
}

double number_to_print(double value)
{
	return isnan(value) ? fabs(value) : value;
}

void number_format(char out[32], float value)
{
	if (isnan(value)) {
		strcpy(out, "nan");
		return;
	}
	if (signbit(value))
		*out++ = '-';
	float magnitude = fabsf(value);
	if (isinf(magnitude)) {
		strcpy(out, "inf");
		return;
	}
	/* A normal float that has a decimal of fewer than 6 digits shows it when rounded to 6;
	 * nine digits always do. */
	struct decimal decimal;
	int digits = magnitude < FLT_MIN ? 1 : 6;
	for (;; digits++) {
		decimal_round(&decimal, magnitude, digits);
		if (digits == 9 || (float)decimal_value(&decimal) == magnitude)
			break;
	}
	decimal_write(out, &decimal, digits);
}

void text_write_field(FILE *file, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, file);
		return;
	}
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}
