/* The distinct labels of a column: numbers by value ("1" and "1.0" are one), names by bytes. */
#ifndef LAB_LABELS_H
#define LAB_LABELS_H

#include "lab/dataset.h"

#include <stdbool.h>

enum { LABEL_MAX = 255 };

struct label {
	bool named;
	double value;
	char text[LABEL_MAX + 1]; /* as first seen */
};

struct labels {
	int count;
	int sorted[DATASET_CLASSES_MAX]; /* their numbers, in the order they are searched in */
	struct label label[DATASET_CLASSES_MAX];
};

/* The number of a label, 0 being the first one seen; -1 if it would be one too many. */
int labels_number(struct labels *labels, const struct label *label);

/* rank[number] becomes the class: numbers in their order, or all as names if any is one. */
void labels_rank(const struct labels *labels, int rank[DATASET_CLASSES_MAX]);

#endif
