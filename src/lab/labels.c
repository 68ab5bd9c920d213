#include "labels.h"

#include <string.h>

static int label_compare(const struct label *a, const struct label *b)
{
	if (a->named != b->named)
		return a->named ? 1 : -1;
	if (a->named)
		return strcmp(a->text, b->text);
	return (a->value > b->value) - (a->value < b->value);
}

int labels_number(struct labels *labels, const struct label *label)
{
	int low = 0, high = labels->count;
	while (low < high) {
		int middle = low + (high - low) / 2;
		int order = label_compare(&labels->label[labels->sorted[middle]], label);
		if (order == 0)
			return labels->sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (labels->count == DATASET_CLASSES_MAX)
		return -1;
	memmove(&labels->sorted[low + 1], &labels->sorted[low],
		(size_t)(labels->count - low) * sizeof(labels->sorted[0]));
	labels->sorted[low] = labels->count;
	labels->label[labels->count] = *label;
	return labels->count++;
}

void labels_rank(const struct labels *labels, int rank[DATASET_CLASSES_MAX])
{
	/* Names come after numbers, so the last one tells whether there is any. */
	bool names = labels->count > 0 && labels->label[labels->sorted[labels->count - 1]].named;
	for (int i = 0; i < labels->count; i++)
		rank[labels->sorted[i]] = i;
	for (int i = 0; names && i < labels->count; i++) {
		rank[i] = 0;
		for (int other = 0; other < labels->count; other++)
			rank[i] += strcmp(labels->label[other].text, labels->label[i].text) < 0;
	}
}
