#include "nn/init.h"
#include "nn/elementary.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Each rule gives a width (bound or standard deviation) from fan_in and fan_out. */
#define RULE(rule, expression) \
	static double rule(const struct initializer_parameters *p, int fan_in, int fan_out) \
	{ \
		(void)fan_in, (void)fan_out; \
		return p->gain * (expression); \
	}

RULE(glorot_std, sqrt(2.0 / (fan_in + fan_out)))
RULE(glorot_bound, sqrt(6.0 / (fan_in + fan_out)))
RULE(he_std, sqrt(2.0 / fan_in))
RULE(he_bound, sqrt(6.0 / fan_in))
RULE(lecun_std, sqrt(1.0 / fan_in))
RULE(lecun_bound, sqrt(3.0 / fan_in))
RULE(normal_std, p->std)
RULE(uniform_std, fabs(p->high - p->low) / sqrt(12.0))
RULE(uniform_bound, max_f64(fabs(p->low), fabs(p->high)))
RULE(two_five_std, 3 / sqrt(12.0))
RULE(two_five_bound, 5)
RULE(no_std, 0)
RULE(no_bound, 0)

RULE(pytorch_std, sqrt(1.0 / (3.0 * fan_in)))
RULE(pytorch_bound, sqrt(1.0 / fan_in))
RULE(constant_bound, fabs(p->value))
/* orthonormal vectors of length max(fan): entries of mean square 1 / max(fan) */
RULE(orthogonal_std, sqrt(1.0 / (fan_in > fan_out ? fan_in : fan_out)))

/* A normal cut off at two standard deviations has this one; Keras divides by it so that the
 * result is as wide as the rule says. */
#define TRUNCATED_DEVIATION 0.87962566103423978
RULE(glorot_truncated_bound, 2 * sqrt(2.0 / (fan_in + fan_out)) / TRUNCATED_DEVIATION)
RULE(he_truncated_bound, 2 * sqrt(2.0 / fan_in) / TRUNCATED_DEVIATION)
RULE(lecun_truncated_bound, 2 * sqrt(1.0 / fan_in) / TRUNCATED_DEVIATION)

static double truncated_normal(struct rng *rng)
{
	double x;
	do
		x = rng_normal(rng);
	while (fabs(x) > 2);
	return x / TRUNCATED_DEVIATION;
}

#define DRAW(draw, expression) \
	static double draw(const struct initializer_parameters *p, struct rng *rng, int fan_in, \
		int fan_out, int row, int column) \
	{ \
		(void)p, (void)rng, (void)fan_in, (void)fan_out, (void)row, (void)column; \
		return expression; \
	}

DRAW(draw_glorot_uniform, rng_between(rng, -1, 1) * glorot_bound(p, fan_in, fan_out))
DRAW(draw_glorot_normal, rng_normal(rng) * glorot_std(p, fan_in, fan_out))
DRAW(draw_glorot_truncated, truncated_normal(rng) * glorot_std(p, fan_in, fan_out))
DRAW(draw_he_uniform, rng_between(rng, -1, 1) * he_bound(p, fan_in, fan_out))
DRAW(draw_he_normal, rng_normal(rng) * he_std(p, fan_in, fan_out))
DRAW(draw_he_truncated, truncated_normal(rng) * he_std(p, fan_in, fan_out))
DRAW(draw_lecun_uniform, rng_between(rng, -1, 1) * lecun_bound(p, fan_in, fan_out))
DRAW(draw_lecun_normal, rng_normal(rng) * lecun_std(p, fan_in, fan_out))
DRAW(draw_lecun_truncated, truncated_normal(rng) * lecun_std(p, fan_in, fan_out))
/* the two bounds are settings of their own, so either may be the lower one */
DRAW(draw_uniform, p->gain *rng_between(rng, min_f64(p->low, p->high), max_f64(p->low, p->high)))
DRAW(draw_two_five, p->gain *rng_between(rng, 2, 5))
DRAW(draw_normal, p->gain * p->std * rng_normal(rng))
DRAW(draw_pytorch, rng_between(rng, -1, 1) * pytorch_bound(p, fan_in, fan_out))
DRAW(draw_constant, p->gain * p->value)
DRAW(draw_unscaled, rng_normal(rng))
DRAW(draw_identity, row == column ? p->gain : 0)
DRAW(draw_zero, 0)

static double identity_std(const struct initializer_parameters *p, int fan_in, int fan_out)
{
	double ones = min_f64(fan_in, fan_out) / ((double)fan_in * fan_out);
	return p->gain * sqrt(ones * (1 - ones));
}

/* clang-format off */
static const struct initializer rows[] = {
	{.name = "glorot-uniform",
		.help = "uniform, variance 2 / (fan in + fan out) (Glorot and Bengio 2010)",
		.draw = draw_glorot_uniform, .std = glorot_std, .bound = glorot_bound},
	{.name = "glorot-normal",
		.help = "normal, variance 2 / (fan in + fan out)",
		.draw = draw_glorot_normal, .std = glorot_std, .bound = no_bound},
	{.name = "he-uniform",
		.help = "uniform, variance 2 / fan in, made for ReLU (He et al. 2015)",
		.draw = draw_he_uniform, .std = he_std, .bound = he_bound},
	{.name = "he-normal",
		.help = "normal, variance 2 / fan in",
		.draw = draw_he_normal, .std = he_std, .bound = no_bound},
	{.name = "lecun-uniform",
		.help = "uniform, variance 1 / fan in (LeCun et al. 1998)",
		.draw = draw_lecun_uniform, .std = lecun_std, .bound = lecun_bound},
	{.name = "lecun-normal",
		.help = "normal, variance 1 / fan in",
		.draw = draw_lecun_normal, .std = lecun_std, .bound = no_bound},
	{.name = "pytorch",
		.help = "PyTorch's default: weights and biases uniform within 1 / sqrt(fan in)",
		.draw = draw_pytorch, .std = pytorch_std, .bound = pytorch_bound,
		.draws_bias = true},
	{.name = "orthogonal",
		.help = "orthonormal columns, or rows where there are fewer (Saxe et al. 2014)",
		.draw = draw_unscaled, .std = orthogonal_std, .bound = no_bound,
		.orthogonal = true},
	{.name = "lsuv",
		.help = "orthogonal, then scaled until each layer's z has variance 1 (Mishkin, Matas 2016)",
		.draw = draw_unscaled, .std = orthogonal_std, .bound = no_bound,
		.orthogonal = true, .unit_variance = true},
	{.name = "normal",
		.help = "normal with standard deviation init-sd",
		.draw = draw_normal, .std = normal_std, .bound = no_bound},
	{.name = "uniform",
		.help = "uniform between init-low and init-high",
		.draw = draw_uniform, .std = uniform_std, .bound = uniform_bound},
	{.name = "uniform-2-5",
		.help = "uniform between 2 and 5: all positive, every sigmoid saturates",
		.draw = draw_two_five, .std = two_five_std, .bound = two_five_bound},
	{.name = "identity",
		.help = "1 on the diagonal, else 0",
		.draw = draw_identity, .std = identity_std, .bound = no_bound},
	{.name = "constant",
		.help = "init-value everywhere: every unit of a layer stays the same",
		.draw = draw_constant, .std = no_std, .bound = constant_bound},
	{.name = "zeros",
		.help = "all 0: every unit of a layer stays the same",
		.draw = draw_zero, .std = no_std, .bound = no_bound},
	{.name = "glorot-normal-truncated",
		.help = "glorot-normal cut at two deviations, as Keras draws it",
		.draw = draw_glorot_truncated, .std = glorot_std, .bound = glorot_truncated_bound},
	{.name = "he-normal-truncated",
		.help = "he-normal cut at two deviations, as Keras draws it",
		.draw = draw_he_truncated, .std = he_std, .bound = he_truncated_bound},
	{.name = "lecun-normal-truncated",
		.help = "lecun-normal cut at two deviations, as Keras draws it",
		.draw = draw_lecun_truncated, .std = lecun_std, .bound = lecun_truncated_bound},
};
/* clang-format on */

const struct initializer *initializer_at(int index)
{
	return index >= 0 && index < (int)(sizeof(rows) / sizeof(rows[0])) ? &rows[index] : NULL;
}

const struct initializer *initializer_find(const char *name)
{
	const struct initializer *row;
	for (int i = 0; (row = initializer_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

int initializer_fan_in(const struct initializer *initializer, int fan_in, int state_units)
{
	return initializer->draws_bias && state_units ? state_units : fan_in;
}
