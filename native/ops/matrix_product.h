#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "ops/activation.h"

namespace potstill::ops {

// activation(left · right + bias): a dense [m, n] of left [m, k], right [k, n] and
// bias [n], all float32 on the CPU and none of them empty. The matrices may be transposed views:
// where neither stride is 1, a copy is made. `packed_right` is what pack_right made of `right`, and
// is read in its place. The bits depend on the instruction set, and on nothing else.
at::Tensor matrix_product(const at::Tensor& left, const at::Tensor& right,
                          const std::optional<at::Tensor>& bias = std::nullopt,
                          Activation activation = Activation::None,
                          const at::Tensor& packed_right = {});

// A matrix [k, n] in the order in which matrix_product reads it; for many products with one matrix.
at::Tensor pack_right(const at::Tensor& right);

}  // namespace potstill::ops
