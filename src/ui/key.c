/* Names of keys. See key.h. */
#include "ui/key.h"
#include "lab/text.h"
#include <stdio.h>
#include <string.h>

static const struct {
	int key;
	const char *name;
} named_keys[] = {
	{KEYCODE_NONE, "none"},
	{KEYCODE_TAB, "Tab"},
	{KEYCODE_ENTER, "Enter"},
	{KEYCODE_ESCAPE, "Esc"},
	{' ', "Space"},
	{KEYCODE_BACKSPACE, "Backspace"},
	{KEYCODE_UP, "Up"},
	{KEYCODE_DOWN, "Down"},
	{KEYCODE_LEFT, "Left"},
	{KEYCODE_RIGHT, "Right"},
	{KEYCODE_PAGE_UP, "PgUp"},
	{KEYCODE_PAGE_DOWN, "PgDn"},
	{KEYCODE_HOME, "Home"},
	{KEYCODE_END, "End"},
	{KEYCODE_INSERT, "Ins"},
	{KEYCODE_DELETE, "Del"},
	{KEYCODE_BACK_TAB, "BackTab"},
	{KEYCODE_PASTE, "Paste"},
};

void key_name(char out[16], int key)
{
	for (size_t i = 0; i < sizeof(named_keys) / sizeof(named_keys[0]); i++)
		if (named_keys[i].key == key) {
			snprintf(out, 16, "%s", named_keys[i].name);
			return;
		}
	if (key > KEYCODE_F0 && key <= KEYCODE_F0 + 63)
		snprintf(out, 16, "F%d", key - KEYCODE_F0);
	else if (key > 0 && key < 32)
		snprintf(out, 16, "^%c", key + '@');
	else if (key > 32 && key < 127)
		snprintf(out, 16, "%c", key);
	else if (key > 0xA0 && key <= 0x10FFFF && (key < 0xD800 || key > 0xDFFF))
		text_encode(out, (uint32_t)key);
	else
		snprintf(out, 16, "key %d", key);
}
