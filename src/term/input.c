#include "term/input.h"

bool input_waiting(const struct term_input *input)
{
	return input->silent || input->at < input->end;
}

double input_patience(const struct term_input *input, double now)
{
	double patience = term_keys_patience(&input->keys);
	double left = input->heard + patience - now;
	if (patience < 0)
		return patience;
	return left > 0 ? left : 0;
}

void input_read(struct term_input *input, struct tty *tty)
{
	double patience = term_keys_patience(&input->keys);
	if (input->at < input->end)
		return;
	input->at = 0;
	input->end = tty_read(tty, input->bytes, sizeof(input->bytes));
	if (input->end > 0)
		input->heard = term_now();
	else
		input->silent = patience >= 0 && term_now() - input->heard >= patience;
}

struct term_event input_next(struct term_input *input, bool *answered)
{
	struct term_event event = {.kind = TERM_NOTHING};
	if (input->at < input->end)
		input->at += term_keys_decode(
			&input->keys, input->bytes + input->at, input->end - input->at, &event);
	else if (input->silent)
		event = term_keys_timeout(&input->keys);
	input->silent = false;
	*answered = input->keys.answered;
	input->keys.answered = false;
	return event;
}
