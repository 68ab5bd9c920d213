#include "variant.h"

#include "elementary_real.h"
#include <string.h>

/* f and f' at one point. Comparisons are written so that NaN falls through to a NaN result. */
struct point {
	real f, derivative;
};

#define R(x) ((real)(x))

typedef void array_function(const struct activation_parameters *parameters, size_t n,
	const real *restrict u, real *restrict f, real *restrict derivative);

static void apply_rest(array_function *apply, const struct activation_parameters *parameters,
	size_t n, const real *u, real *f, real *derivative)
{
	real lanes[NN_LANES] = {0}, value[NN_LANES], slope[NN_LANES];
	memcpy(lanes, u, n * sizeof(real));
	apply(parameters, NN_LANES, lanes, value, slope);
	memcpy(f, value, n * sizeof(real));
	if (derivative)
		memcpy(derivative, slope, n * sizeof(real));
}

/* Begins a point function: `POINT(name) { ... }` returns f and f' at u. Its array form, name_array,
 * comes with it: NN_LANES values at a time, a whole number of vectors, so that the loop is
 * vectorized without a remainder. The last values are padded with 0 and computed the same way. */
#if defined(__clang__) && !defined(NN_DOUBLE)
#define KEPT_LOOP
/* In double the math functions are not inlined: unrolling would only copy the calls. */
#elif defined(__clang__)
#define KEPT_LOOP _Pragma("clang loop unroll(disable)")
/* In float gcc would unroll the shortest functions to scalars before it vectorizes. */
#else
#define KEPT_LOOP _Pragma("GCC unroll 1")
#endif
#define POINT(point_function) \
	static inline struct point point_function(real u, struct activation_parameters p); \
	static void point_function##_array(const struct activation_parameters *parameters, size_t n, \
		const real *restrict u, real *restrict f, real *restrict derivative) \
	{ \
		const struct activation_parameters p = *parameters; \
		real unwanted[NN_LANES]; \
		size_t i = 0; \
		for (; i + NN_LANES <= n; i += NN_LANES) { \
			real *restrict slope = derivative ? derivative + i : unwanted; \
			KEPT_LOOP \
			for (size_t k = 0; k < NN_LANES; k++) { \
				struct point value = point_function(u[i + k], p); \
				f[i + k] = value.f; \
				slope[k] = value.derivative; \
			} \
		} \
		if (i < n) \
			apply_rest(point_function##_array, parameters, n - i, u + i, f + i, \
				derivative ? derivative + i : NULL); \
	} \
	static inline struct point point_function(real u, struct activation_parameters p)

/* e = e^-|u| serves sigma(u), its mirror 1 - sigma(u) and the derivative e / (1 + e)^2, all
 * without cancellation. */
struct logistic {
	real s, mirror, derivative;
};

static inline struct logistic logistic(real u)
{
	real e = real_exp_of_negative(-real_abs(u));
	real r = R(1) / (R(1) + e);
	real small = e * r;
	return (struct logistic){u < 0 ? small : r, u < 0 ? r : small, small * r};
}

POINT(identity)
{
	(void)p;
	return (struct point){u, 1};
}

POINT(sigmoid)
{
	(void)p;
	struct logistic l = logistic(u);
	return (struct point){l.s, l.derivative};
}

POINT(tanh_point)
{
	(void)p;
	/* f' = 1 / cosh^2 u = 4e / (1 + e)^2 with e = e^-2|u|: positive as long as a float can be */
	real e = real_exp_of_negative(R(-2) * real_abs(u));
	real r = R(1) / (R(1) + e);
	return (struct point){real_tanh(u), R(4) * e * r * r};
}

static inline struct point leaky(real u, real slope)
{
	return (struct point){u <= 0 ? slope * u : u, u > 0 ? R(1) : slope};
}

POINT(relu)
{
	(void)p;
	return (struct point){u <= 0 ? R(0) : u, u > 0 ? R(1) : R(0)};
}

POINT(leaky_relu)
{
	return leaky(u, p.leaky_slope);
}

POINT(prelu)
{
	return leaky(u, p.learned_slope);
}

static inline struct point elu_scaled(real u, real scale, real alpha)
{
	real low = u <= 0 ? u : R(0);
	return (struct point){scale * (u <= 0 ? alpha * real_expm1(low) : u),
		scale * (u > 0 ? R(1) : alpha * real_exp(low))};
}

POINT(elu)
{
	return elu_scaled(u, 1, p.elu_alpha);
}

POINT(selu)
{
	(void)p;
	return elu_scaled(u, R(1.0507009873554805), R(1.6732632423543772));
}

POINT(gelu)
{
	(void)p;
	real probability = R(0.5) * (R(1) + real_erf(u * R(0.70710678118654752)));
	real density = R(0.39894228040143268) * real_exp(R(-0.5) * u * u);
	/* u * probability is -inf * 0 far to the left, where both products are 0 from -40 on */
	real v = u < -40 ? R(-40) : u;
	return (struct point){v * probability, probability + v * density};
}

POINT(gelu_tanh)
{
	(void)p;
	const real k = R(0.79788456080286536);
	/* past 10 the tanh is 1 to the last bit; the limits keep u^3 finite and avoid 0 * infinity */
	real w = u < -10 ? R(-10) : u;
	real v = w > 10 ? R(10) : w;
	real t = real_tanh(k * (v + R(0.044715) * v * v * v));
	real slope = (R(1) - t) * (R(1) + t) * k * (R(1) + R(0.134145) * v * v);
	return (struct point){R(0.5) * w * (R(1) + t), R(0.5) * (R(1) + t) + R(0.5) * v * slope};
}

POINT(silu)
{
	(void)p;
	struct logistic l = logistic(u);
	/* avoids -inf * 0; below -200 f and f' are 0 in float anyway */
	real v = u < -200 ? R(-200) : u;
	return (struct point){v * l.s, l.s * (R(1) + v * l.mirror)};
}

POINT(softplus)
{
	(void)p;
	real e = real_exp_of_negative(-real_abs(u));
	real value = (u > 0 ? u : R(0)) + real_log1p(e);
	real s = u < 0 ? e / (R(1) + e) : R(1) / (R(1) + e);
	return (struct point){u > 20 ? u : value, u > 20 ? R(1) : s};
}

POINT(mish)
{
	(void)p;
	/* tanh(softplus(u)) = (w^2 + 2w) / (w^2 + 2w + 2) with w = e^u, without cancellation; past 20
	 * it is 1 */
	real v = u > 20 ? R(20) : u < -200 ? R(-200) : u;
	real w = real_exp(v);
	real n = w * (w + R(2));
	real t = n / (n + R(2));
	real rest = R(2) / (n + R(2));
	real s = w / (R(1) + w);
	real value = v * t;
	return (struct point){u > 20 ? u : value, t + v * rest * (R(1) + t) * s};
}

static inline real clamp(real u, real low, real high)
{
	return u <= low ? low : u >= high ? high : u;
}

POINT(softsign)
{
	(void)p;
	/* limited where 1 / u is still a normal float */
	real size = real_abs(u);
	real v = size > R(1e37) ? R(1e37) : size;
	real r = R(1) / (R(1) + v);
	return (struct point){real_copysign(v * r, u), r * r};
}

POINT(relu6)
{
	(void)p;
	return (struct point){clamp(u, 0, 6), ((u > 0) & (u < 6)) ? R(1) : R(0)};
}

POINT(hard_tanh)
{
	(void)p;
	return (struct point){clamp(u, -1, 1), ((u > -1) & (u < 1)) ? R(1) : R(0)};
}

POINT(hard_sigmoid)
{
	(void)p;
	const real sixth = R(1) / R(6);
	return (struct point){clamp(u * sixth + R(0.5), 0, 1), ((u > -3) & (u < 3)) ? sixth : R(0)};
}

POINT(sine)
{
	(void)p;
	return (struct point){real_sin(u), real_cos(u)};
}

#define KINKS(count, ...) .kinks = count, .kink = {__VA_ARGS__}

/* In the order in which the key `a` walks through them. */
/* clang-format off */
static const struct activation rows[] = {
	{.name = "sigmoid", .symbol = "σ", .max_slope = 0.25, .apply = sigmoid_array,
		.derivative = "{f}×(1−{f})",
		.help = "1 / (1 + e^-z): between 0 and 1, slope at most 0.25"},
	{.name = "relu", .symbol = "ReLU", .max_slope = 1, .apply = relu_array,
		KINKS(1, 0), .derivative = "1 for z > 0, else 0", .help = "max(0, z): slope 0 or 1"},
	{.name = "tanh", .symbol = "tanh", .max_slope = 1, .apply = tanh_point_array,
		.derivative = "1−{f}²",
		.help = "between -1 and 1, slope 1 at 0"},
	{.name = "leaky-relu", .symbol = "LReLU", .max_slope = 1,
		.apply = leaky_relu_array, KINKS(1, 0),
		.derivative = "1 for z > 0, else leaky-slope",
		.help = "z, or leaky-slope times z below 0 (Maas et al. 2013)"},
	{.name = "prelu", .symbol = "PReLU", .max_slope = 1, .learns_slope = true,
		.apply = prelu_array, KINKS(1, 0),
		.derivative = "1 for z > 0, else the slope",
		.help = "leaky ReLU whose slope each layer learns (He et al. 2015)"},
	{.name = "elu", .symbol = "ELU", .max_slope = 1, .alpha_scales = true,
		.apply = elu_array, KINKS(1, 0),
		.derivative = "1 for z > 0, else α×e^z",
		.help = "z, or alpha (e^z - 1) below 0 (Clevert et al. 2016)"},
	{.name = "selu", .symbol = "SELU", .max_slope = 1.7580993408473766,
		.apply = selu_array, KINKS(1, 0), .derivative = "1.05 for z > 0, else 1.76×e^z",
		.help = "self-normalizing ELU (Klambauer et al. 2017)"},
	{.name = "gelu", .symbol = "GELU", .max_slope = 1.128904, .apply = gelu_array,
		.derivative = "Φ(z) + z×φ(z)",
		.help = "z times the normal distribution function (Hendrycks and Gimpel 2016)"},
	{.name = "gelu-tanh", .symbol = "GELU~", .max_slope = 1.128993,
		.apply = gelu_tanh_array, .derivative = "(1+T)/2 + z/2×T′",
		.help = "GELU by its tanh approximation"},
	{.name = "silu", .symbol = "SiLU", .max_slope = 1.099839, .apply = silu_array,
		.derivative = "σ(z)×(1 + z×(1−σ(z)))",
		.help = "z times sigmoid(z), also called swish (Ramachandran et al. 2017)"},
	{.name = "softplus", .symbol = "softplus", .max_slope = 1,
		.apply = softplus_array, .derivative = "σ(z)",
		.help = "log(1 + e^z), a smooth ReLU"},
	{.name = "mish", .symbol = "mish", .max_slope = 1.088498, .apply = mish_array,
		.derivative = "m + z×(1−m²)×σ(z)",
		.help = "z tanh(softplus(z)) (Misra 2019)"},
	{.name = "softsign", .symbol = "softsign", .max_slope = 1,
		.apply = softsign_array, .derivative = "1/(1+|{z}|)²",
		.help = "z / (1 + |z|): like tanh with heavier tails"},
	{.name = "relu6", .symbol = "ReLU6", .max_slope = 1, .apply = relu6_array,
		KINKS(2, 0, 6), .derivative = "1 for 0 < z < 6, else 0",
		.help = "ReLU cut off at 6"},
	{.name = "hard-tanh", .symbol = "htanh", .max_slope = 1,
		.apply = hard_tanh_array, KINKS(2, -1, 1), .derivative = "1 for −1 < z < 1, else 0",
		.help = "z between -1 and 1, cut off there"},
	{.name = "hard-sigmoid", .symbol = "hσ", .max_slope = 1.0 / 6,
		.apply = hard_sigmoid_array, KINKS(2, -3, 3), .derivative = "1/6 for −3 < z < 3, else 0",
		.help = "z / 6 + 1/2, cut off at 0 and 1"},
	{.name = "sine", .symbol = "sin", .max_slope = 1, .apply = sine_array,
		.derivative = "cos({z})",
		.help = "sin z"},
	{.name = "identity", .symbol = "id", .max_slope = 1, .apply = identity_array,
		.derivative = "1 for every z",
		.help = "z itself: a linear network"},
};
/* clang-format on */

const struct activation_table VARIANT(activation_table) = TABLE(rows);
