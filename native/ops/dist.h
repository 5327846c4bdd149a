#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <tuple>

namespace potstill::ops {

// DIST (Huang et al., NeurIPS 2022): correlations instead of a divergence. With p = softmax(v / T)
// of the teacher and q = softmax(z / T) of the student, both [rows, classes], and rho Pearson's
// correlation:
//
//   loss = beta * (1 - mean over rows rho(p, q)) + gamma * (1 - mean over columns rho(p, q))
//
//   student, teacher  as in divergences.h, the teacher a constant
//   beta, gamma       at least 0
//   temperature       T > 0
//   scale             multiplies by T^2
//   mask              bool, one per row: rows with false are left out of rows and columns
//
// A norm of deviations below 1e-8 counts as 1e-8; where both sides are below there is nothing to
// compare and the correlation counts as 1: one class, one row, equal probabilities. Equal logits
// give exactly 0. Takes memory for a few rows beside the gradient.
//
// Types, empty batches and threads as in divergences.h. Masked classes have probability 0 and are
// compared like others.
at::Tensor dist(const at::Tensor& student, const at::Tensor& teacher, double beta = 1,
                double gamma = 1, double temperature = 1, bool scale = false,
                const std::optional<at::Tensor>& mask = std::nullopt);

std::tuple<at::Tensor, at::Tensor> dist_forward(const at::Tensor& student,
                                                const at::Tensor& teacher, double beta,
                                                double gamma, double temperature, bool scale,
                                                const std::optional<at::Tensor>& mask,
                                                bool want_gradient);

void check_dist(const at::Tensor& student, const at::Tensor& teacher, double beta, double gamma,
                double temperature, const std::optional<at::Tensor>& mask);

}  // namespace potstill::ops
