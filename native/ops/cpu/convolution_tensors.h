#pragma once

// Checks and preparation of tensors that our own convolutions on the CPU have in common.

#include <ATen/core/Tensor.h>

#include <optional>

#include "ops/optional_tensor.h"

namespace potstill::ops {

inline void check_float(const char* op, const char* name, const at::Tensor& t) {
  TORCH_CHECK(t.is_cpu() && t.scalar_type() == at::kFloat, op, ": ", name,
              " is to be float32 on the CPU, got ", t.scalar_type(), " on ", t.device());
}

inline void check_float(const char* op, const char* name, const at::Tensor& t, int64_t dim) {
  check_float(op, name, t);
  TORCH_CHECK(t.dim() == dim, op, ": ", name, " is to be ", dim, "-d, got ", t.sizes());
}

inline void check_bias(const char* op, const std::optional<at::Tensor>& bias, int64_t outputs) {
  if (!is_present(bias)) return;
  check_float(op, "bias", *bias);
  TORCH_CHECK(bias->dim() == 1 && bias->size(0) == outputs, op,
              ": biases are to be of shape [", outputs, "], got ", bias->sizes());
}

// What is added to a convolution, as the kernels read it: dense, or absent.
struct Addends {
  std::optional<at::Tensor> bias;   // [outputs]
  std::optional<at::Tensor> other;  // of the output's shape, channels-last
};

inline Addends addends_of(const std::optional<at::Tensor>& bias,
                          const std::optional<at::Tensor>& other, const at::Tensor& output) {
  Addends dense;
  if (is_present(bias)) dense.bias = bias->contiguous();
  if (is_present(other))
    dense.other = other->expand(output.sizes()).contiguous(at::MemoryFormat::ChannelsLast);
  return dense;
}

}  // namespace potstill::ops
