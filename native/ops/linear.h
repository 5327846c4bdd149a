#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>
#include <tuple>

namespace potstill::ops {

class PackedWeights;

// A linear layer, and the activation behind it in the same pass:
//
//   input       [*, k]
//   weight      [n, k]
//   bias        [n] or absent
//   activation  "none" or "relu"
//
// Returns [*, n] = activation(input · weightᵀ + bias), as torch.nn.functional.linear and relu
// would. float32 on CPUs goes through products.h; every other dtype and device through at::linear.
// Gradients by all three; only those that are wanted are computed. With relu the mask comes from
// the saved output. Autocast is honored.
at::Tensor linear(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, std::string_view activation);

// ── Pieces, for the kernels of this operator ────────────────────────────────────────────────────

// The activation by its name: true for relu.
bool is_relu(std::string_view activation);

// Whether products.h can take these (float32 on a CPU, shapes that fit).
bool has_fast_linear(const at::Tensor& input, const at::Tensor& weight,
                     const std::optional<at::Tensor>& bias);

// Through products.h (see there for `packed` and `frozen`), for what has_fast_linear takes; below
// autograd.
at::Tensor linear_forward(const at::Tensor& input, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, bool relu,
                          const at::Tensor& packed = {}, PackedWeights* frozen = nullptr);

// Through at::linear and at::relu, for everything else.
at::Tensor plain_linear(const at::Tensor& input, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, bool relu);

// One pass over the gradient [rows, n] that comes from behind: masked by `output` > 0 if that is
// given, and its sums over rows if they are wanted (else undefined). Without a mask the gradient
// itself comes back.
std::tuple<at::Tensor, at::Tensor> relu_backward(const at::Tensor& grad_output,
                                                 const std::optional<at::Tensor>& output,
                                                 bool want_sums);

}  // namespace potstill::ops
