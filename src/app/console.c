#include "app/console.h"

#include "lab/text.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void write_plain(FILE *file, const char *text)
{
	uint32_t code;
	while ((code = text_next(&text)) != 0) {
		if (code < 0x80)
			fputc((int)code, file);
		else
			fputs(glyphs_plain(code), file);
	}
}

void console_write(FILE *file, const char *text)
{
	enum { BYTES = 4096 };
	char safe[BYTES];
	text_clean(safe, sizeof(safe), text);
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		fputs(safe, file);
	else
		write_plain(file, safe);
}

void console_say(const char *text)
{
	fputs("wane: ", stderr);
	console_write(stderr, text);
	fputc('\n', stderr);
}

int console_complain(const struct error *error)
{
	console_say(error->text);
	return error->status;
}

int console_finish_output(void)
{
	struct error error;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return STATUS_DONE;
	if (errno == EPIPE)
		return 128 + SIGPIPE;
	error_set(&error, STATUS_WORLD, "standard output: cannot be written: %s", strerror(errno));
	return console_complain(&error);
}
