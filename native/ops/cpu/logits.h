#pragma once

// What the CPU operators on logits share.

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/cpu/soft_target_ce.h"

namespace potstill::ops {

// Elements of one side that are worth a thread of their own.
inline constexpr int64_t kLogitGrain = 16384;

LogitType logit_type(const at::Tensor& logits);

// [*, C] as [rows, C] with contiguous rows; a copy only where the strides leave no other way.
at::Tensor as_rows(const at::Tensor& logits);

// Kept per thread: small rows would otherwise pay for an allocation, long ones for page faults.
// Aligned to 64 bytes.
void* thread_scratch(size_t bytes);

// The rows that a contiguous mask does not leave out; all without one.
int64_t count_masked_rows(const bool* mask, int64_t rows);

// A scalar of the options' type.
at::Tensor scalar_loss(double value, const at::TensorOptions& options);

}  // namespace potstill::ops
