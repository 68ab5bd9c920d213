/* The learning rate, which may be auto: the usual one of the optimizer. See settings.h. */
#include "lab/settings.h"

#include "lab/text.h"
#include "nn/optim.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

static double usual_rate(const char *optimizer)
{
	const struct optimizer *row = optimizer_find(optimizer);
	assert(row);
	return row->rate;
}

double config_rate(const struct config *config)
{
	return config->lr > 0 ? config->lr : usual_rate(config->optimizer);
}

/* auto is 0, which is no rate. */
static bool parse(const struct setting *setting, void *field, const char *text, struct error *error)
{
	double value;
	if (text[0] && strncmp("auto", text, strlen(text)) == 0) {
		*(double *)field = 0;
		return true;
	}
	if (!number_parse(text, strlen(text), &value))
		return error_set(error, STATUS_USAGE, "%s: found '%.60s', expected a number or auto",
			setting->name, text);
	return setting_type_REAL.parse(setting, field, text, error);
}

static void format(const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX])
{
	if (*(const double *)field > 0)
		setting_type_REAL.format(setting, field, out);
	else
		snprintf(out, SETTING_VALUE_MAX, "auto");
}

/* From the number in force on; which one auto stands for, the rest of the config says. */
static bool step(const struct setting *setting, void *field, int direction)
{
	const void *config = (const char *)field - setting->offset;
	*(double *)field = config_rate(config);
	return setting_type_REAL.step(setting, field, direction);
}

const struct setting_type setting_type_RATE = {"number or auto", parse, format, step};
