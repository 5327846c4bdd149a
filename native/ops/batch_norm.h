#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <optional>

namespace potstill::ops {

// Batch normalization, and what follows it in a network in the same pass:
//
//   input         [N, C, *]
//   weight, bias  [C] or absent (1 and 0)
//   running_mean, running_var  [C]; absent only if training
//   training      by the batch's own moments, of which the running ones take `momentum` (the
//                 variance unbiased); else by the running ones
//   other         of the input's shape, or absent
//
// Returns relu(batch_norm(input) + other), in the input's layout, as torch.nn.functional.batch_norm,
// an addition and relu would. Float32 on CPUs has a kernel; all else goes through at::batch_norm.
// Gradients by input, weight, bias and other.
//
// Ioffe, Szegedy, "Batch Normalization" (arXiv 1502.03167).
at::Tensor batch_norm(const at::Tensor& input, const std::optional<at::Tensor>& weight,
                      const std::optional<at::Tensor>& bias,
                      const std::optional<at::Tensor>& running_mean,
                      const std::optional<at::Tensor>& running_var, bool training, double momentum,
                      double eps, const std::optional<at::Tensor>& other, bool relu);

// ── Pieces, for the kernels of this operator ────────────────────────────────────────────────────

struct BatchNorm {
  std::optional<at::Tensor> weight, bias, running_mean, running_var;
  bool training;
  double momentum, eps;
};

// Whether the kernel takes these.
bool has_fast_batch_norm(const at::Tensor& input, const BatchNorm& layer,
                         const std::optional<at::Tensor>& other);

// Below autograd, for what has_fast_batch_norm takes.
struct Normalized {
  at::Tensor output;
  // [4, C]: mean, 1/√(variance + eps), and scale and shift of (input − mean) · scale + shift.
  at::Tensor constants;
};
Normalized batch_norm_forward(const at::Tensor& input, const BatchNorm& layer,
                              const std::optional<at::Tensor>& other, bool relu);

// By input, weight, bias and other, as far as they are wanted. `output` is what forward gave where
// something was added before the ReLU; where `relu` is set without it, the input tells as well.
std::array<at::Tensor, 4> batch_norm_backward(const at::Tensor& grad_output,
                                              const at::Tensor& input, const at::Tensor& constants,
                                              const std::optional<at::Tensor>& output, bool relu,
                                              bool training, std::array<bool, 4> wanted);

// Through at::batch_norm, for everything else.
at::Tensor plain_batch_norm(const at::Tensor& input, const BatchNorm& layer,
                            const std::optional<at::Tensor>& other, bool relu);

}  // namespace potstill::ops
