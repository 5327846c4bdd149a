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

}  // namespace potstill::ops
