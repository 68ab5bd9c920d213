/* The elementary functions in the type of the network. */
#ifndef NN_ELEMENTARY_REAL_H
#define NN_ELEMENTARY_REAL_H

#include "nn/elementary.h"
#include <math.h>

#ifdef NN_DOUBLE
#define real_exp exp_f64
#define real_exp_of_negative exp_f64
#define real_expm1 expm1_f64
#define real_log1p log1p_f64
#define real_tanh tanh_f64
#define real_erf erf_f64
#define real_sin sin_f64
#define real_cos cos_f64
#define real_sqrt sqrt
#define real_abs fabs
#define real_copysign copysign
#else
#include "elementary_f32.h"
#define real_exp exp_f32
#define real_exp_of_negative exp_of_negative_f32
#define real_expm1 expm1_f32
#define real_log1p log1p_f32
#define real_tanh tanh_f32
#define real_erf erf_f32
#define real_sin sin_f32
#define real_cos cos_f32
#define real_sqrt sqrt_f32
#define real_abs fabsf
#define real_copysign copysignf
#endif

#endif
