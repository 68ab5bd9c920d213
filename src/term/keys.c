#include "term/keys.h"
#include "ui/key.h"

enum { BYTE_BEL = 7, BYTE_CAN = 24, BYTE_ESCAPE = 27, PARAMETER_MAX = 9999 };

/* A key sent as ESC [ parameter final; letters may also come as ESC O final. */
static const struct {
	int parameter;
	unsigned char final;
	int key;
} sequence[] = {
	{1, 'A', KEYCODE_UP},
	{1, 'B', KEYCODE_DOWN},
	{1, 'C', KEYCODE_RIGHT},
	{1, 'D', KEYCODE_LEFT},
	{1, 'F', KEYCODE_END},
	{1, 'H', KEYCODE_HOME},
	{1, 'P', KEYCODE_F(1)},
	{1, 'Q', KEYCODE_F(2)},
	{1, 'R', KEYCODE_F(3)},
	{1, 'S', KEYCODE_F(4)},
	{1, 'Z', KEYCODE_BACK_TAB},
	{1, '~', KEYCODE_HOME},
	{2, '~', KEYCODE_INSERT},
	{3, '~', KEYCODE_DELETE},
	{4, '~', KEYCODE_END},
	{5, '~', KEYCODE_PAGE_UP},
	{6, '~', KEYCODE_PAGE_DOWN},
	{7, '~', KEYCODE_HOME},
	{8, '~', KEYCODE_END},
	{11, '~', KEYCODE_F(1)},
	{12, '~', KEYCODE_F(2)},
	{13, '~', KEYCODE_F(3)},
	{14, '~', KEYCODE_F(4)},
	{15, '~', KEYCODE_F(5)},
	{17, '~', KEYCODE_F(6)},
	{18, '~', KEYCODE_F(7)},
	{19, '~', KEYCODE_F(8)},
	{20, '~', KEYCODE_F(9)},
	{21, '~', KEYCODE_F(10)},
	{23, '~', KEYCODE_F(11)},
	{24, '~', KEYCODE_F(12)},
};

/* Seconds until a state times out. ESC is short, because it is also a key; in the other states the
 * sequence was cut off and must have no effect. */
static const double patience[] = {
	[KEYS_GROUND] = -1,
	[KEYS_UTF8] = 1,
	[KEYS_ESCAPE] = 0.025,
	[KEYS_ESCAPED] = 0.3,
	[KEYS_CSI] = 0.5,
	[KEYS_CSI_CONSOLE] = 0.5,
	[KEYS_MOUSE] = 0.5,
	[KEYS_SS3] = 0.5,
	[KEYS_SS3_LATE] = 0.3,
	[KEYS_STRING] = 0.5,
	[KEYS_STRING_ESCAPE] = 0.5,
	[KEYS_PASTE] = 2,
};

static const char paste_end[] = "\033[201~";

static struct term_event key_event(int key)
{
	struct term_event event = {.kind = key == KEYCODE_NONE ? TERM_NOTHING : TERM_KEY};
	event.key = key;
	return event;
}

/* Other buttons, releases and movements are no events. x and y from 1. */
static struct term_event mouse_event(int button, int x, int y)
{
	enum { MODIFIERS = 4 | 8 | 16, WHEEL_UP = 64, WHEEL_DOWN };
	struct term_event event = {.kind = TERM_MOUSE, .mouse = {.x = x - 1, .y = y - 1}};
	button &= ~MODIFIERS;
	if (x < 1 || y < 1 || (button != 0 && button != WHEEL_UP && button != WHEEL_DOWN))
		return key_event(KEYCODE_NONE);
	event.mouse.kind = button == WHEEL_UP ? MOUSE_WHEEL_UP
		: button == WHEEL_DOWN            ? MOUSE_WHEEL_DOWN
										  : MOUSE_PRESS;
	return event;
}

static int sequence_key(int parameter, unsigned char final)
{
	for (size_t i = 0; i < sizeof(sequence) / sizeof(*sequence); i++)
		if (sequence[i].final == final && sequence[i].parameter == parameter)
			return sequence[i].key;
	return KEYCODE_NONE;
}

/* Drops bytes that a paste cannot contain; a NUL would end the text. */
static void paste_keep(struct term_keys *keys, unsigned char byte)
{
	if (byte != 0 && keys->paste_length < TERM_PASTE_MAX)
		keys->paste[keys->paste_length++] = (char)byte;
}

static struct term_event paste_finish(struct term_keys *keys)
{
	struct term_event event = {.kind = TERM_PASTE, .text = keys->paste};
	keys->paste[keys->paste_length] = '\0';
	keys->state = KEYS_GROUND;
	return event;
}

static struct term_event paste_byte(struct term_keys *keys, unsigned char byte)
{
	if (byte == (unsigned char)paste_end[keys->end_length]) {
		keys->end_length++;
		if (paste_end[keys->end_length] == '\0')
			return paste_finish(keys);
		return key_event(KEYCODE_NONE);
	}
	for (size_t i = 0; i < keys->end_length; i++)
		paste_keep(keys, (unsigned char)paste_end[i]);
	keys->end_length = byte == BYTE_ESCAPE;
	if (byte != BYTE_ESCAPE)
		paste_keep(keys, byte);
	return key_event(KEYCODE_NONE);
}

static void paste_start(struct term_keys *keys)
{
	keys->state = KEYS_PASTE;
	keys->paste_length = keys->end_length = 0;
}

static void control_start(struct term_keys *keys)
{
	keys->state = KEYS_CSI;
	keys->parameter[0] = keys->parameter[1] = keys->parameter[2] = keys->parameter_at = 0;
	keys->foreign = keys->mouse = false;
}

static struct term_event control_finish(struct term_keys *keys, unsigned char final)
{
	int parameter = keys->parameter[0];
	keys->state = KEYS_GROUND;
	if (keys->foreign)
		return key_event(KEYCODE_NONE);
	if (keys->mouse)
		return final == 'M' && keys->parameter_at == 2
			? mouse_event(parameter, keys->parameter[1], keys->parameter[2])
			: key_event(KEYCODE_NONE);
	if (final == 'M' && keys->parameter_at == 0 && parameter == 0) {
		keys->state = KEYS_MOUSE;
		return key_event(KEYCODE_NONE);
	}
	if (final == '~' && parameter == 200) {
		paste_start(keys);
		return key_event(KEYCODE_NONE);
	}
	keys->answered |= final == 'n' && parameter == 0;
	if (final != '~' && parameter == 0)
		parameter = 1;
	return key_event(sequence_key(parameter, final));
}

static struct term_event control_byte(struct term_keys *keys, unsigned char byte)
{
	int *parameter = &keys->parameter[keys->parameter_at];
	if (byte >= '0' && byte <= '9') {
		*parameter = *parameter * 10 + byte - '0';
		if (*parameter > PARAMETER_MAX)
			*parameter = PARAMETER_MAX;
	} else if (byte == ';') {
		if (keys->parameter_at == (keys->mouse ? 2 : 1))
			keys->foreign = true;
		else
			keys->parameter_at++;
	} else if (byte == '<' && !keys->foreign && !keys->mouse && keys->parameter_at == 0 &&
		keys->parameter[0] == 0) {
		keys->mouse = true;
	} else if (byte == '[' && !keys->foreign && !keys->mouse && keys->parameter[0] == 0) {
		keys->state = KEYS_CSI_CONSOLE;
	} else if (byte < '@') {
		keys->foreign = true;
	} else {
		return control_finish(keys, byte);
	}
	return key_event(KEYCODE_NONE);
}

/* Each byte is a number plus 32. */
static struct term_event mouse_byte(struct term_keys *keys, unsigned char byte)
{
	keys->parameter[keys->parameter_at++] = byte - ' ';
	if (keys->parameter_at < 3)
		return key_event(KEYCODE_NONE);
	keys->state = KEYS_GROUND;
	return mouse_event(keys->parameter[0], keys->parameter[1], keys->parameter[2]);
}

/* In application mode the keypad sends its characters plus 0x40. */
static struct term_event single_shift_byte(struct term_keys *keys, unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return key_event(KEYCODE_NONE); /* a modifier, in the form of old xterms */
	keys->state = KEYS_GROUND;
	if (byte == 'M' || (byte >= 'j' && byte <= 'y'))
		return key_event(byte - 0x40);
	if (byte == 'X')
		return key_event('=');
	return key_event(sequence_key(1, byte));
}

static struct term_event utf8_start(struct term_keys *keys, unsigned char byte)
{
	keys->missing = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
	if (byte < 0xC2 || byte > 0xF4)
		return key_event(KEYCODE_NONE);
	keys->code = byte & (0x3Fu >> keys->missing);
	keys->least = keys->missing == 3 ? 0x10000 : keys->missing == 2 ? 0x800 : 0xA0;
	keys->state = KEYS_UTF8;
	return key_event(KEYCODE_NONE);
}

static struct term_event utf8_byte(struct term_keys *keys, unsigned char byte)
{
	uint32_t code = keys->code << 6 | (byte & 0x3F);
	keys->code = code;
	if (--keys->missing > 0)
		return key_event(KEYCODE_NONE);
	keys->state = KEYS_GROUND;
	if (code < keys->least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
		return key_event(KEYCODE_NONE);
	return key_event((int)code);
}

static struct term_event ground_byte(struct term_keys *keys, unsigned char byte)
{
	keys->state = KEYS_GROUND;
	if (byte == BYTE_ESCAPE) {
		keys->state = KEYS_ESCAPE;
		return key_event(KEYCODE_NONE);
	}
	if (byte >= 0x80)
		return utf8_start(keys, byte);
	if (byte == '\n')
		return key_event(KEYCODE_ENTER);
	return key_event(byte == '\b' ? KEYCODE_BACKSPACE : byte);
}

/* After ESC. False: the byte does not belong to a sequence and has not been consumed. */
static bool escape_byte(struct term_keys *keys, unsigned char byte)
{
	if (byte == '[')
		control_start(keys);
	else if (byte == 'O')
		keys->state = keys->state == KEYS_ESCAPED ? KEYS_SS3_LATE : KEYS_SS3;
	else if (keys->state != KEYS_ESCAPED &&
		(byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_'))
		keys->state = KEYS_STRING;
	else
		return false;
	return true;
}

/* An ESC ends the string; unless `\` follows, it already starts the next sequence. */
static struct term_event string_byte(struct term_keys *keys, unsigned char byte)
{
	if (keys->state == KEYS_STRING_ESCAPE && byte != '\\' && escape_byte(keys, byte))
		return key_event(KEYCODE_NONE);
	if (byte == BYTE_ESCAPE)
		keys->state = KEYS_STRING_ESCAPE;
	else if (byte == BYTE_BEL || byte == BYTE_CAN || keys->state == KEYS_STRING_ESCAPE)
		keys->state = KEYS_GROUND;
	return key_event(KEYCODE_NONE);
}

/* True if `byte` cannot continue the open sequence or character: a control character in a sequence,
 * or a new character. Decoding then starts again at this byte. */
static bool breaks_off(const struct term_keys *keys, unsigned char byte)
{
	switch (keys->state) {
	case KEYS_UTF8:
		return (byte & 0xC0) != 0x80;
	case KEYS_CSI:
	case KEYS_CSI_CONSOLE:
	case KEYS_SS3:
	case KEYS_SS3_LATE:
		return byte < ' ' || byte >= 0x7F;
	case KEYS_MOUSE:
		return byte < ' ';
	case KEYS_STRING:
	case KEYS_STRING_ESCAPE:
		return byte == KEYCODE_CONTROL('c');
	default:
		return false;
	}
}

static struct term_event console_byte(struct term_keys *keys, unsigned char byte)
{
	keys->state = KEYS_GROUND;
	return key_event(byte >= 'A' && byte <= 'E' ? KEYCODE_F(byte - 'A' + 1) : KEYCODE_NONE);
}

/* Sets *eaten to false if the byte must be decoded again. */
static struct term_event key_byte(struct term_keys *keys, unsigned char byte, bool *eaten)
{
	enum term_keys_state state = keys->state;
	*eaten = true;
	switch (state) {
	case KEYS_UTF8:
		return utf8_byte(keys, byte);
	case KEYS_ESCAPE:
	case KEYS_ESCAPED:
		if (escape_byte(keys, byte))
			return key_event(KEYCODE_NONE);
		*eaten = false;
		keys->state = KEYS_GROUND;
		return key_event(state == KEYS_ESCAPE ? KEYCODE_ESCAPE : KEYCODE_NONE);
	case KEYS_CSI:
		return control_byte(keys, byte);
	case KEYS_CSI_CONSOLE:
		return console_byte(keys, byte);
	case KEYS_MOUSE:
		return mouse_byte(keys, byte);
	case KEYS_SS3:
	case KEYS_SS3_LATE:
		return single_shift_byte(keys, byte);
	case KEYS_STRING:
	case KEYS_STRING_ESCAPE:
		return string_byte(keys, byte);
	case KEYS_PASTE:
		return paste_byte(keys, byte);
	case KEYS_GROUND:
		break;
	}
	return ground_byte(keys, byte);
}

size_t term_keys_decode(
	struct term_keys *keys, const unsigned char *bytes, size_t count, struct term_event *event)
{
	size_t at = 0;
	*event = key_event(KEYCODE_NONE);
	while (at < count && event->kind == TERM_NOTHING) {
		bool eaten;
		if (breaks_off(keys, bytes[at]))
			keys->state = KEYS_GROUND;
		*event = key_byte(keys, bytes[at], &eaten);
		at += eaten;
	}
	return at;
}

double term_keys_patience(const struct term_keys *keys)
{
	return patience[keys->state];
}

struct term_event term_keys_timeout(struct term_keys *keys)
{
	enum term_keys_state state = keys->state;
	if (state == KEYS_PASTE)
		return paste_finish(keys);
	keys->state = state == KEYS_ESCAPE ? KEYS_ESCAPED : KEYS_GROUND;
	if (state == KEYS_ESCAPE)
		return key_event(KEYCODE_ESCAPE);
	return key_event(state == KEYS_SS3_LATE ? 'O' : KEYCODE_NONE);
}
