/* Files that include this are compiled once per instruction set, with NN_VARIANT defined. Their
 * only public symbols are those declared here; all others are static. */
#ifndef NN_VARIANT_H
#define NN_VARIANT_H

#define VARIANT_JOIN(name, variant) name##_##variant
#define VARIANT_EXPAND(name, variant) VARIANT_JOIN(name, variant)
#define VARIANT(name) VARIANT_EXPAND(name, NN_VARIANT)

#include "nn/kernels.h"

extern const struct activation_table VARIANT(activation_table);
extern const struct normalization_table VARIANT(normalization_table);
extern const struct loss_table VARIANT(loss_table);
extern const struct optimizer_table VARIANT(optimizer_table);
extern const struct recurrent_cell_table VARIANT(recurrent_cell_table);
extern const struct moment_kernels VARIANT(moment_kernels);
extern const struct kernels VARIANT(kernels);
void VARIANT(product)(const struct product *product);
void VARIANT(product_transposed)(const struct product *product);
void VARIANT(product_by_lanes)(const struct product *product);
void VARIANT(correlate)(const struct correlation *correlation);
real VARIANT(fma_peak)(uint64_t rounds, uint64_t *multiply_adds);

#define TABLE(rows) \
	{ \
		rows, (int)(sizeof(rows) / sizeof(rows[0])) \
	}

#endif
