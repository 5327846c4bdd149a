#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>
#include <tuple>

#include "ops/activation.h"

namespace potstill::ops {

class PackedWeights;

// A linear layer, and the activation behind it in the same pass:
//
//   input       [*, k]
//   weight      [n, k]
//   bias        [n] or absent
//   activation  "none", "relu", "gelu" or "gelu_tanh"
//
// Returns [*, n] = activation(input · weightᵀ + bias), as torch.nn.functional.linear, relu and gelu
// (approximate "none" or "tanh"; to 1e-6) would. float32 on CPUs goes through products.h; every
// other dtype and device through at::linear. Gradients by all three; only those that are wanted are
// computed. With relu the mask comes from the saved output, with gelu what it was given is saved.
// Autocast is honored.
at::Tensor linear(const at::Tensor& input, const at::Tensor& weight,
                  const std::optional<at::Tensor>& bias, std::string_view activation);

// ── Pieces, for the kernels of this operator ────────────────────────────────────────────────────

// The activation by its name.
Activation activation_of(std::string_view name);

// Whether products.h can take these (float32 on a CPU, shapes that fit).
bool has_fast_linear(const at::Tensor& input, const at::Tensor& weight,
                     const std::optional<at::Tensor>& bias);

// Through products.h (see there for `packed` and `frozen`), for what has_fast_linear takes; below
// autograd.
at::Tensor linear_forward(const at::Tensor& input, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, Activation activation,
                          const at::Tensor& packed = {}, PackedWeights* frozen = nullptr);

// Through at::linear, at::relu and at::gelu, for everything else.
at::Tensor plain_linear(const at::Tensor& input, const at::Tensor& weight,
                        const std::optional<at::Tensor>& bias, Activation activation);

// at::gelu's name for a form of it.
std::string_view gelu_approximation(Activation activation);

// The activation of contiguous float32 tensors on the CPU; `from` may be `to`.
void activate(Activation activation, const at::Tensor& from, const at::Tensor& to);

// One pass over the gradient [rows, n] that comes from behind: times the derivative of the
// activation, by what was `kept` for it (of relu its output, of gelu its input), and its sums over
// rows if they are wanted (else undefined). Without an activation the gradient itself comes back.
std::tuple<at::Tensor, at::Tensor> activation_backward(const at::Tensor& grad_output,
                                                       Activation activation,
                                                       const at::Tensor& kept, bool want_sums);

}  // namespace potstill::ops
