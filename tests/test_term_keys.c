/* Keys from bytes: every family of terminals, in one go, in pieces, cut short and hostile. */
#include "term/keys.h"
#include "ui/key.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { KEYS_MAX = 8 };

struct example {
	const char *bytes;
	int key[KEYS_MAX]; /* up to the first 0 */
};

static const struct example whole[] = {
	{"q", {'q'}},
	{"\t\r\n", {KEYCODE_TAB, KEYCODE_ENTER, KEYCODE_ENTER}},
	{"\x03\x1a\x0c", {3, 26, 12}},
	{"\b\x7f", {KEYCODE_BACKSPACE, KEYCODE_BACKSPACE}},
	{"\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80", {0xE9, 0x6F22, 0x1F600}},
	{"\033[A\033[B\033[C\033[D", {KEYCODE_UP, KEYCODE_DOWN, KEYCODE_RIGHT, KEYCODE_LEFT}},
	{"\033OA\033OB\033OC\033OD", {KEYCODE_UP, KEYCODE_DOWN, KEYCODE_RIGHT, KEYCODE_LEFT}},
	{"\033[H\033OF\033[1~\033[4~", {KEYCODE_HOME, KEYCODE_END, KEYCODE_HOME, KEYCODE_END}},
	{"\033[7~\033[8~", {KEYCODE_HOME, KEYCODE_END}},
	{"\033[5~\033[6~", {KEYCODE_PAGE_UP, KEYCODE_PAGE_DOWN}},
	{"\033[2~\033[3~\033[Z", {KEYCODE_INSERT, KEYCODE_DELETE, KEYCODE_BACK_TAB}},
	{"\033OP\033[12~\033[[C\033[14~", {KEYCODE_F(1), KEYCODE_F(2), KEYCODE_F(3), KEYCODE_F(4)}},
	{"\033[15~\033[17~\033[24~", {KEYCODE_F(5), KEYCODE_F(6), KEYCODE_F(12)}},
	{"\033[1;5A\033[3;2~", {KEYCODE_UP, KEYCODE_DELETE}},
	{"\033Ok\033Om\033Ou\033OM\033OX", {'+', '-', '5', KEYCODE_ENTER, '='}},
	{"\033\033[A", {KEYCODE_ESCAPE, KEYCODE_UP}},
	{"\033q", {KEYCODE_ESCAPE, 'q'}},
	{"\033[\003\033]0;\003", {3, 3}},
	/* No keys: the mouse, reports, answers, numbers out of range, broken characters. */
	{"\033[<0;5;5Mx", {'x'}},
	{"\033[<0;5;5mx", {'x'}},
	{"\033[<;;;;Mx\033[<99999999999;5;5Mx\033[<0;5Mx", {'x', 'x', 'x'}},
	{"\033[<1;<2;3Mx\033[<0[5;5Mx\033[<Mx", {'x', '5', ';', '5', 'M', 'x', 'x'}},
	{"\033[M !!x\033[M qqx", {'x', 'x'}},
	{"\033[24;80Rx", {'x'}},
	{"\033[?62;1;4cx", {'x'}},
	{"\033[?5~x", {'x'}},
	{"\033[999999999999999999999~\033[4294967301~x", {'x'}},
	{"\033[201~x", {'x'}},
	{"\033]11;rgb:0/0/0\033\\x", {'x'}},
	{"\033]52;c;cXE=\007x", {'x'}},
	{"\033P1$r0m\033\\x", {'x'}},
	{"\033]unended\033[A", {KEYCODE_UP}},
	{"\xff\xfe\xc3x", {'x'}},
	{"\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\xf4\x90\x80\x80\xc2\x9bx", {'x'}},
};

enum { WHOLE = sizeof(whole) / sizeof(*whole) };

/* Feeds bytes, waiting longer than any patience after each if `slow`; keys go to out. */
static int feed(struct term_keys *keys, const char *bytes, bool slow, int out[KEYS_MAX])
{
	size_t left = strlen(bytes);
	int count = 0;
	while (left > 0) {
		struct term_event event;
		size_t eaten =
			term_keys_decode(keys, (const unsigned char *)bytes, slow ? 1 : left, &event);
		bytes += eaten;
		left -= eaten;
		if (slow && event.kind == TERM_NOTHING && keys->state == KEYS_ESCAPE)
			event = term_keys_timeout(keys);
		if (event.kind == TERM_KEY && count < KEYS_MAX)
			out[count++] = event.key;
	}
	return count;
}

static void keys_of_all_terminals_are_known(void **state)
{
	(void)state;
	for (int i = 0; i < WHOLE; i++) {
		struct term_keys keys = {0};
		int out[KEYS_MAX] = {0};
		feed(&keys, whole[i].bytes, false, out);
		assert_memory_equal(out, whole[i].key, sizeof(out));
		assert_int_equal(keys.state, KEYS_GROUND);
	}
}

/* A slow line tears a sequence after its ESC: Esc is all that may come of it before its key. */
static void torn_sequences_act_as_whole_ones(void **state)
{
	(void)state;
	for (int i = 0; i < WHOLE; i++) {
		struct term_keys keys = {0};
		int out[KEYS_MAX] = {0};
		int count, seen = 0;
		if (strchr(whole[i].bytes, ']') != NULL || strchr(whole[i].bytes, '$') != NULL)
			continue; /* strings: answers to questions never asked */
		count = feed(&keys, whole[i].bytes, true, out);
		for (int k = 0; k < count; k++)
			if (seen < KEYS_MAX && out[k] == whole[i].key[seen])
				seen++;
			else
				assert_int_equal(out[k], KEYCODE_ESCAPE);
		assert_true(count == KEYS_MAX || whole[i].key[seen] == 0);
	}
}

static void escape_alone_is_a_key_after_a_pause(void **state)
{
	struct term_keys keys = {0};
	struct term_event event;
	(void)state;
	assert_true(term_keys_patience(&keys) < 0);
	term_keys_decode(&keys, (const unsigned char *)"\033", 1, &event);
	assert_int_equal(event.kind, TERM_NOTHING);
	assert_true(term_keys_patience(&keys) > 0 && term_keys_patience(&keys) <= 0.05);
	event = term_keys_timeout(&keys);
	assert_int_equal(event.kind, TERM_KEY);
	assert_int_equal(event.key, KEYCODE_ESCAPE);
	event = term_keys_timeout(&keys);
	assert_int_equal(event.kind, TERM_NOTHING);
	assert_true(term_keys_patience(&keys) < 0);
}

static void an_o_typed_after_escape_is_not_lost(void **state)
{
	struct term_keys keys = {0};
	int out[KEYS_MAX] = {0};
	struct term_event event;
	(void)state;
	feed(&keys, "\033O", true, out);
	event = term_keys_timeout(&keys);
	assert_int_equal(out[0], KEYCODE_ESCAPE);
	assert_int_equal(event.key, 'O');
}

/* Whatever state input leaves behind, waiting long enough always ends it. */
static void every_open_sequence_ends_by_itself(void **state)
{
	static const char *const cut[] = {
		"\033",
		"\033[",
		"\033[1;",
		"\033[<0;12",
		"\033[M !",
		"\033[[",
		"\033O",
		"\033]0;",
		"\033]0;\033",
		"\xe6\xbc",
		"\033[200~abc",
		"\033[200~abc\033[201",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++) {
		struct term_keys keys = {0};
		int out[KEYS_MAX];
		assert_int_equal(feed(&keys, cut[i], false, out), 0);
		for (int pauses = 0; pauses < 2; pauses++)
			term_keys_timeout(&keys);
		assert_int_equal(keys.state, KEYS_GROUND);
		assert_int_equal(feed(&keys, "x", false, out), 1);
		assert_int_equal(out[0], 'x');
	}
}

struct press {
	const char *bytes;
	int count;
	struct mouse mouse; /* the first event */
};

static const struct press presses[] = {
	{"\033[<0;1;1M", 1, {MOUSE_PRESS, 0, 0}},
	{"\033[<0;250;80M\033[<0;250;80m", 1, {MOUSE_PRESS, 249, 79}},
	{"\033[<16;3;4M", 1, {MOUSE_PRESS, 2, 3}}, /* with Ctrl */
	{"\033[<64;3;4M\033[<64;3;4M", 2, {MOUSE_WHEEL_UP, 2, 3}},
	{"\033[<65;3;4M", 1, {MOUSE_WHEEL_DOWN, 2, 3}},
	{"\033[M !\"", 1, {MOUSE_PRESS, 0, 1}},
	{"\033[M`$#", 1, {MOUSE_WHEEL_UP, 3, 2}},
	{"\033[M \xff\xff", 1, {MOUSE_PRESS, 222, 222}},
	/* other buttons, releases, movements, places that do not exist */
	{"\033[<2;3;4M\033[<0;3;4m\033[<35;3;4M\033[<66;3;4M\033[<128;3;4M", 0, {0}},
	{"\033[<0;0;4M\033[<0;3;0M\033[<0;3M\033[<0;3;4;5M\033[<0;3;4~\033[<0;3;4A", 0, {0}},
	{"\033[<-1;3;4M\033[0;3;4M\033[?0;3;4M", 0, {0}},
};

/* A slow line may cut a report anywhere; only after its ESC a pause means something. */
static void the_mouse_is_reported_whole_or_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(presses) / sizeof(presses[0]); i++)
		for (size_t piece = 1; piece <= 64; piece *= 4) {
			const struct press *press = &presses[i];
			struct term_keys keys = {0};
			const char *at = press->bytes;
			int count = 0;
			while (*at) {
				struct term_event event;
				size_t left = strlen(at), length = left < piece ? left : piece;
				at += term_keys_decode(&keys, (const unsigned char *)at, length, &event);
				assert_int_not_equal(event.kind, TERM_KEY);
				if (event.kind == TERM_MOUSE && count++ == 0)
					assert_memory_equal(&event.mouse, &press->mouse, sizeof(event.mouse));
			}
			assert_int_equal(count, press->count);
			assert_int_equal(keys.state, KEYS_GROUND);
		}
}

static struct term_event feed_paste(struct term_keys *keys, const char *bytes)
{
	size_t left = strlen(bytes);
	struct term_event event = {.kind = TERM_NOTHING};
	while (left > 0 && event.kind == TERM_NOTHING) {
		size_t eaten = term_keys_decode(keys, (const unsigned char *)bytes, left, &event);
		bytes += eaten;
		left -= eaten;
	}
	assert_int_equal(left, 0);
	return event;
}

static void a_paste_is_one_event_and_no_key(void **state)
{
	static const char *const text[] = {
		"",
		"q\r\x03\x1a",
		"a\033b",
		"\033[201",
		"\033\033[20",
		"\033[200~",
		"\xc3\xa9",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		struct term_keys keys = {0};
		char bytes[64] = "\033[200~";
		struct term_event event;
		strcat(strcat(bytes, text[i]), "\033[201~");
		event = feed_paste(&keys, bytes);
		assert_int_equal(event.kind, TERM_PASTE);
		assert_string_equal(event.text, text[i]);
	}
}

static void a_long_paste_is_cut(void **state)
{
	static struct term_keys keys;
	static char bytes[3 * TERM_PASTE_MAX];
	struct term_event event;
	(void)state;
	memset(bytes, 'a', sizeof(bytes) - 1);
	memcpy(bytes, "\033[200~", 6);
	memcpy(bytes + sizeof(bytes) - 7, "\033[201~", 6);
	event = feed_paste(&keys, bytes);
	assert_int_equal(event.kind, TERM_PASTE);
	assert_int_equal(strlen(event.text), TERM_PASTE_MAX);
}

/* Random bytes, with a taste for sequences: all eaten, nothing but known keys comes out. */
static void random_bytes_give_only_possible_keys(void **state)
{
	static const char taste[] = "\033\033\033[[O;;12009~AMR?<]\\\x9b\xc3\xe6";
	struct term_keys keys = {0};
	uint32_t random = 1;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		unsigned char byte;
		struct term_event event;
		size_t eaten;
		random = random * 1664525 + 1013904223;
		byte = (unsigned char)(random >> 24);
		if (random & 0x800000)
			byte = (unsigned char)taste[byte % (sizeof(taste) - 1)];
		eaten = term_keys_decode(&keys, &byte, 1, &event);
		assert_true(eaten == 1 || event.kind == TERM_KEY || keys.state == KEYS_GROUND);
		if (event.kind == TERM_MOUSE)
			assert_true(event.mouse.x >= 0 && event.mouse.y >= 0);
		if (event.kind != TERM_KEY)
			continue;
		assert_in_range(event.key, 1, KEYCODE_F(12));
		assert_false(event.key >= 0x80 && event.key < 0xA0);
		assert_false(event.key >= 0xD800 && event.key < 0xE000);
	}
}

static void answer_is_no_key(void **state)
{
	struct term_keys keys = {0};
	struct term_event event;
	(void)state;
	assert_int_equal(term_keys_decode(&keys, (const unsigned char *)"\033[0n", 4, &event), 4);
	assert_int_equal(event.kind, TERM_NOTHING);
	assert_true(keys.answered);
	keys.answered = false;
	assert_int_equal(term_keys_decode(&keys, (const unsigned char *)"\033[3n", 4, &event), 4);
	assert_int_equal(event.kind, TERM_NOTHING);
	assert_false(keys.answered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_all_terminals_are_known),
		cmocka_unit_test(torn_sequences_act_as_whole_ones),
		cmocka_unit_test(escape_alone_is_a_key_after_a_pause),
		cmocka_unit_test(an_o_typed_after_escape_is_not_lost),
		cmocka_unit_test(every_open_sequence_ends_by_itself),
		cmocka_unit_test(the_mouse_is_reported_whole_or_in_pieces),
		cmocka_unit_test(a_paste_is_one_event_and_no_key),
		cmocka_unit_test(a_long_paste_is_cut),
		cmocka_unit_test(random_bytes_give_only_possible_keys),
		cmocka_unit_test(answer_is_no_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
