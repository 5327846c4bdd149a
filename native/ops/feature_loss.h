#pragma once

#include <ATen/core/Tensor.h>

namespace potstill::ops {

// What the losses on features have in common.

// Types, device and batch size (the first dimension, of `least` dimensions) of a pair; `name` is
// the operator's. Throws c10::Error.
void check_features(const char* name, const at::Tensor& student, const at::Tensor& teacher,
                    int64_t least);

// The same for maps [B, C, …], whose channels may differ in number.
void check_maps(const char* name, const at::Tensor& student, const at::Tensor& teacher);

// float64 if either side is, else float32.
at::ScalarType feature_loss_type(const at::Tensor& student, const at::Tensor& teacher);

// The type of the student. For float16 float32: small gradients of a mean would be lost among the
// subnormals before a loss scale could save them.
at::ScalarType feature_gradient_type(const at::Tensor& student);

}  // namespace potstill::ops
