/* Key codes: Unicode code points, control characters as their own codes (^L is 12), and the named
 * keys below. */
#ifndef UI_KEY_H
#define UI_KEY_H

enum key {
	KEYCODE_NONE = 0,
	KEYCODE_TAB = 9,
	KEYCODE_ENTER = 13,
	KEYCODE_ESCAPE = 27,
	KEYCODE_BACKSPACE = 127,
	KEYCODE_UP = 0x110000,
	KEYCODE_DOWN,
	KEYCODE_LEFT,
	KEYCODE_RIGHT,
	KEYCODE_PAGE_UP,
	KEYCODE_PAGE_DOWN,
	KEYCODE_HOME,
	KEYCODE_END,
	KEYCODE_INSERT,
	KEYCODE_DELETE,
	KEYCODE_BACK_TAB,
	KEYCODE_PASTE,         /* a bracketed paste that nothing takes; see app_paste() */
	KEYCODE_F0 = 0x110100, /* F1 is KEYCODE_F0 + 1 ... F12 */
};

#define KEYCODE_CONTROL(letter) ((letter)&0x1f)
#define KEYCODE_F(n) (KEYCODE_F0 + (n))

/* Name for help and hints: "a", "Space", "^R", "F5", "Tab". Never fails. */
void key_name(char out[16], int key);

#endif
