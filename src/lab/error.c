#include "lab/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *error, int status, const char *format, ...)
{
	if (error == NULL)
		return false;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	error->status = status;
	return false;
}
