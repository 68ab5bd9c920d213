/* Reads the reference vectors: tensor files and plain tables (see reference/README.md).
 *
 *	struct tensor_file *file = tensor_file_read(path, why, sizeof(why));   NULL: `why` says so
 *	struct file_tensor *z = tensor_find(file, "z%d", layer);                   NULL: not in the file
 *
 * tensor_find() notes what was asked for, so that a test can tell what it never looked at.
 * Values stay double; what a file gives as exact in float is to be rounded to float when used.
 */
#ifndef TESTS_TENSOR_FILE_H
#define TESTS_TENSOR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct file_tensor {
	char name[80];
	int rows, columns;
	double error;  /* distance of two float32 runs from it; -1: not to be compared */
	double *value; /* [rows][columns] */
	bool asked;
};

struct tensor_setting {
	char key[32];
	char value[1 << 13]; /* the activations of the deepest network fit */
};

struct tensor_file {
	struct tensor_setting *setting;
	struct file_tensor *tensor;
	int settings, tensors;
};

struct tensor_file *tensor_file_read(const char *path, char *why, size_t size);
void tensor_file_free(struct tensor_file *file);

/* The value of a setting; `otherwise` if the file has none of that name. */
const char *tensor_setting(const struct tensor_file *file, const char *key, const char *otherwise);
struct file_tensor *tensor_find(struct tensor_file *file, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

enum { TABLE_FIELDS_MAX = 8, TABLE_LINE_MAX = 1 << 16 };

/* The next line of a plain table, cut into its fields in place: their number, 0 at the end. */
int table_row(FILE *table, char *line, char *field[TABLE_FIELDS_MAX]);

/* Zeroed memory; without any the program ends. */
void *take_memory(size_t count, size_t size);

#endif
