#include "app/prompt.h"

#include "lab/text.h"
#include "ui/key.h"
#include <string.h>

static bool is_inside(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static int step_left(const struct prompt *prompt, int at)
{
	if (at > 0)
		at--;
	while (at > 0 && is_inside(prompt->text[at]))
		at--;
	return at;
}

static int step_right(const struct prompt *prompt, int at)
{
	if (at < prompt->length)
		at++;
	while (at < prompt->length && is_inside(prompt->text[at]))
		at++;
	return at;
}

static int word_left(const struct prompt *prompt)
{
	int at = prompt->cursor;
	while (at > 0 && prompt->text[at - 1] == ' ')
		at--;
	while (at > 0 && prompt->text[at - 1] != ' ')
		at--;
	return at;
}

static void erase(struct prompt *prompt, int from, int to)
{
	memmove(prompt->text + from, prompt->text + to, (size_t)(prompt->length - to) + 1);
	prompt->length -= to - from;
	prompt->cursor = from;
}

static void insert_code(struct prompt *prompt, uint32_t code)
{
	char bytes[5];
	int size = text_encode(bytes, code);
	if (prompt->length + size >= PROMPT_MAX)
		return;
	char *at = prompt->text + prompt->cursor;
	memmove(at + size, at, (size_t)(prompt->length - prompt->cursor) + 1);
	memcpy(at, bytes, (size_t)size);
	prompt->length += size;
	prompt->cursor += size;
}

void prompt_set(struct prompt *prompt, const char *text)
{
	size_t length = strlen(text);
	if (length >= PROMPT_MAX)
		length = PROMPT_MAX - 1;
	memmove(prompt->text, text, length);
	prompt->text[length] = '\0';
	prompt->length = prompt->cursor = (int)length;
}

void prompt_open(struct prompt *prompt, const char *text)
{
	prompt_set(prompt, text);
	prompt->open = true;
	prompt->note[0] = '\0';
	prompt->recalled = 0;
}

void prompt_insert(struct prompt *prompt, const char *text)
{
	for (uint32_t code = text_next(&text); code != 0; code = text_next(&text)) {
		/* text_next() returns a mark for a line end; the paste stops there. */
		if (code == TEXT_MARK)
			break;
		insert_code(prompt, code);
	}
}

/* Shows a line of the history, `back` from the newest; 0: the new line. */
static void recall(struct prompt *prompt, int back)
{
	if (back < 0 || back > prompt->past_count)
		return;
	if (prompt->recalled == 0)
		memcpy(prompt->draft, prompt->text, sizeof(prompt->draft));
	prompt->recalled = back;
	prompt_set(prompt, back == 0 ? prompt->draft : prompt->past[prompt->past_count - back]);
}

void prompt_done(struct prompt *prompt)
{
	int count = prompt->past_count;
	prompt->open = false;
	if (prompt->length == 0 || (count > 0 && !strcmp(prompt->past[count - 1], prompt->text)))
		return;
	if (count == PROMPT_HISTORY) {
		memmove(prompt->past[0], prompt->past[1], sizeof(prompt->past) - PROMPT_MAX);
		count--;
	}
	memcpy(prompt->past[count], prompt->text, PROMPT_MAX);
	prompt->past_count = count + 1;
}

static void key_left(struct prompt *prompt)
{
	prompt->cursor = step_left(prompt, prompt->cursor);
}

static void key_right(struct prompt *prompt)
{
	prompt->cursor = step_right(prompt, prompt->cursor);
}

static void key_home(struct prompt *prompt)
{
	prompt->cursor = 0;
}

static void key_end(struct prompt *prompt)
{
	prompt->cursor = prompt->length;
}

static void key_backspace(struct prompt *prompt)
{
	erase(prompt, step_left(prompt, prompt->cursor), prompt->cursor);
}

static void key_delete(struct prompt *prompt)
{
	int at = prompt->cursor;
	erase(prompt, at, step_right(prompt, at));
}

static void key_erase_word(struct prompt *prompt)
{
	erase(prompt, word_left(prompt), prompt->cursor);
}

static void key_erase_line(struct prompt *prompt)
{
	erase(prompt, 0, prompt->cursor);
}

static void key_older(struct prompt *prompt)
{
	recall(prompt, prompt->recalled + 1);
}

static void key_newer(struct prompt *prompt)
{
	recall(prompt, prompt->recalled - 1);
}

static const struct {
	int key;
	void (*edit)(struct prompt *prompt);
} edits[] = {
	{KEYCODE_LEFT, key_left},
	{KEYCODE_RIGHT, key_right},
	{KEYCODE_HOME, key_home},
	{KEYCODE_END, key_end},
	{KEYCODE_BACKSPACE, key_backspace},
	{KEYCODE_CONTROL('h'), key_backspace},
	{KEYCODE_DELETE, key_delete},
	{KEYCODE_CONTROL('w'), key_erase_word},
	{KEYCODE_CONTROL('u'), key_erase_line},
	{KEYCODE_UP, key_older},
	{KEYCODE_CONTROL('p'), key_older},
	{KEYCODE_DOWN, key_newer},
	{KEYCODE_CONTROL('n'), key_newer},
};

enum prompt_event prompt_key(struct prompt *prompt, int key)
{
	prompt->note[0] = '\0';
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		if (edits[i].key == key) {
			/* Backspace on an empty line closes the prompt, as in vi. */
			if (edits[i].edit == key_backspace && prompt->length == 0)
				key = KEYCODE_ESCAPE;
			else
				return edits[i].edit(prompt), PROMPT_EDITED;
		}
	}
	if (key == KEYCODE_ESCAPE) {
		prompt->open = false;
		return PROMPT_CLOSED;
	}
	if (key == KEYCODE_ENTER || key == '\n')
		return PROMPT_ENTER;
	if (key == KEYCODE_TAB)
		return PROMPT_COMPLETE;
	if (key < ' ' || key >= KEYCODE_UP || key == KEYCODE_BACKSPACE)
		return PROMPT_NOTHING;
	insert_code(prompt, (uint32_t)key);
	return PROMPT_EDITED;
}
