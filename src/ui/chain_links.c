#include "chain_links.h"

struct links links_of(const struct picture *picture)
{
	struct links links = {.record = picture->frame.record, .layer = 1};
	const struct record *record = links.record;
	const struct layer_record *selected = &record->layer[row_selected(picture, record->rows) - 1];
	for (int row = 0; row < record->rows && has_steps(record); row++)
		if (record->layer[row].step > 0) {
			links.layer = selected->step > 0 ? selected->layer : record->layer[row].layer;
			break;
		}
	links.steps = record_last(record, links.layer) - record_first(record, links.layer) + 1;
	links.count = links.steps + record->layers - links.layer;
	return links;
}

int links_row(const struct links *links, int link)
{
	if (link <= links->steps)
		return record_first(links->record, links->layer) + link - 1;
	return record_last(links->record, links->layer + link - links->steps);
}

const struct layer_record *links_at(const struct links *links, int link)
{
	return &links->record->layer[links_row(links, link)];
}

int links_selected(const struct links *links, const struct picture *picture)
{
	int row = row_selected(picture, links->record->rows) - 1, link = 1;
	while (link < links->count && links_row(links, link) != row)
		link++;
	return link;
}

struct factors links_factors(const struct links *links, int link)
{
	const struct layer_record *row = links_at(links, link), *next = links_at(links, link + 1);
	double slope = (double)record_slope(links->record, links_row(links, link));
	struct factors factors = {slope, (double)row->gain, (double)record_nothing()};
	if (is_known(factors.slope) && is_known(factors.weights))
		factors.step = factors.slope * factors.weights;
	else if (is_known((double)row->delta_rms) && next->delta_rms > 0)
		factors.step = (double)row->delta_rms / (double)next->delta_rms;
	return factors;
}

double links_left(const struct links *links, int link, double left)
{
	const struct factors factors = links_factors(links, link);
	double output = (double)links_at(links, links->count)->delta_rms;
	if (is_known(factors.step) && is_known(left))
		return left * factors.step;
	return output > 0 ? (double)links_at(links, link)->delta_rms / output
					  : (double)record_nothing();
}

bool links_recorded(const struct links *links)
{
	for (int link = 1; link < links->count; link++)
		if (is_known(links_factors(links, link).step))
			return true;
	return false;
}
