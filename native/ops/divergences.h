#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <tuple>

#include "ops/divergence_row.h"

namespace potstill::ops {

// Divergences of rows of logits, each with its gradient from one pass. With student logits z,
// teacher logits v, p = softmax(v / T) and q = softmax(z / T), all sums over classes, means over
// rows:
//
//   reverse_kl             T^2 * KL(q || p)                                       arXiv 2306.08543
//   jsd                    beta * KL(p || M) + (1 - beta) * KL(q || M), M = beta * p +
//                          (1 - beta) * q; beta 0 is KL(p || q), 1 is KL(q || p)  arXiv 2306.13649
//   skew_kl                KL(p || skew * p + (1 - skew) * q)                     arXiv 2402.03898
//   skew_reverse_kl        KL(q || (1 - skew) * p + skew * q)                     arXiv 2402.03898
//   dkd                    T^2 * [alpha * KL of (label, rest) + beta * KL of the classes of the
//                          rest among themselves]                                 arXiv 2203.08679
//   logit_standardization  T^2 * KL(p || q) of standardized rows: less their mean, by their
//                          deviation (n - 1) + 1e-7                               arXiv 2403.01427
//   logit_mse              (z - v)^2, mean over classes too             arXiv 1503.02531,
//   section 2.1
//
//   student      logits z, [*, C], C >= 1: float32, float64, bfloat16 or float16
//   teacher      logits v of the same shape and device, of any of these types; a constant: it never
//                gets a gradient
//   labels       int64, the shape of the logits without C, or [rows]
//   mask         bool of such a shape; rows with false are left out of sum and mean
//   temperature  T > 0
//   scale        multiplies jsd and the skewed divergences by T^2
//   beta, skew   of jsd and the skewed divergences 0 to 1; alpha and beta of dkd at least 0
//
// Returns a scalar: float64 if either side is float64, else float32. Half types are computed in
// float32. The gradient has the type of the student. An empty batch, and one of which nothing
// counts, gives 0 and a gradient of zeros. Equal logits give exactly 0. The same inputs give the
// same bits for any number of threads. There is no second derivative.
//
// Classes masked with -infinity: what both sides mask is as good as absent (for logit_mse equal).
// jsd and the skewed divergences stay finite for 0 < beta, skew < 1. KL(q || p) is infinite where
// the teacher masks a class that the student does not; its gradient is then that of the student
// restricted to the teacher's classes. KL(p || q) likewise where the student masks alone, with the
// gradient of each class as it is. A row of nothing but -infinity is NaN.
//
// One class: 0, since there is nothing to choose. dkd takes the rest from the rest alone, so that
// p_y = 1 is finite. logit_standardization does not divide by the deviation of fewer than two
// classes or of equal ones: such rows are 0 and have no gradient through their deviation.
at::Tensor reverse_kl(const at::Tensor& student, const at::Tensor& teacher, double temperature = 1,
                      const std::optional<at::Tensor>& mask = std::nullopt);
at::Tensor jsd(const at::Tensor& student, const at::Tensor& teacher, double beta = 0.5,
               double temperature = 1, bool scale = false,
               const std::optional<at::Tensor>& mask = std::nullopt);
at::Tensor skew_kl(const at::Tensor& student, const at::Tensor& teacher, double skew = 0.1,
                   double temperature = 1, bool scale = false,
                   const std::optional<at::Tensor>& mask = std::nullopt);
at::Tensor skew_reverse_kl(const at::Tensor& student, const at::Tensor& teacher, double skew = 0.1,
                           double temperature = 1, bool scale = false,
                           const std::optional<at::Tensor>& mask = std::nullopt);
at::Tensor dkd(const at::Tensor& student, const at::Tensor& teacher, const at::Tensor& labels,
               double alpha = 1, double beta = 8, double temperature = 4,
               const std::optional<at::Tensor>& mask = std::nullopt);
at::Tensor logit_standardization(const at::Tensor& student, const at::Tensor& teacher,
                                 double temperature = 2,
                                 const std::optional<at::Tensor>& mask = std::nullopt);
at::Tensor logit_mse(const at::Tensor& student, const at::Tensor& teacher,
                     const std::optional<at::Tensor>& mask = std::nullopt);

// Which of them `_divergence_forward` computes.
enum class Divergence : int64_t {
  ReverseKl,
  Jsd,
  SkewKl,
  SkewReverseKl,
  Dkd,
  LogitStandardization,
  LogitMse,
};
const char* name_of(Divergence divergence);

// What that is of a row; at the ends of their range the mixtures are divergences of their own.
RowDivergence row_divergence(Divergence divergence, double first);

// The loss and, if wanted, its gradient by the student's logits (else an undefined tensor).
// `first` is jsd's beta, the skew or dkd's alpha, `second` dkd's beta. The gradient is contiguous,
// in the type of the student; for float16 in float32.
std::tuple<at::Tensor, at::Tensor> divergence_forward(
    const at::Tensor& student, const at::Tensor& teacher, const std::optional<at::Tensor>& labels,
    const std::optional<at::Tensor>& mask, int64_t divergence, double first, double second,
    double temperature, bool scale, bool want_gradient);

// Shapes, types and options as every backend checks them.
void check_divergence(const at::Tensor& student, const at::Tensor& teacher,
                      const std::optional<at::Tensor>& labels,
                      const std::optional<at::Tensor>& mask, int64_t divergence, double first,
                      double second, double temperature);

}  // namespace potstill::ops
