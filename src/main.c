/* wane: the command line, and the screen if it asks for it. */
#include "app/cli.h"
#include "app/plain.h"
#include "lab/error.h"
#include "nn/float_mode.h"
#include "show.h"
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

/* Opens closed standard descriptors, so that no file gets number 0, 1 or 2 and is taken for the
 * user's terminal: stdin for writing, the others for reading, so that using them still fails. */
static bool fill_standard_descriptors(void)
{
	for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor++)
		if (fcntl(descriptor, F_GETFD) < 0 &&
			open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	struct app_options options = {0};
	int status = STATUS_DONE;
	if (!fill_standard_descriptors())
		return STATUS_WORLD;
	floating_point_setup();
	setlocale(LC_CTYPE,
		""); /* the character set of the terminal; all else does not depend on the locale */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!cli_run(argc, argv, &options, &status))
		return status;
	return options.plain ? plain_run(&options) : show(&options);
}
