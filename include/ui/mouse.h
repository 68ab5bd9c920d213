/* What the mouse does, as the terminal reports it: presses of its first button, and its wheel. */
#ifndef UI_MOUSE_H
#define UI_MOUSE_H

enum mouse_kind { MOUSE_PRESS, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct mouse {
	enum mouse_kind kind;
	int x, y; /* the cell, from 0; it may lie outside the screen */
};

#endif
