#include "ops/divergences.h"

#include <torch/library.h>

#include "ops/autograd/loss_function.h"

namespace potstill::ops {
namespace {

using Optional = std::optional<at::Tensor>;

at::Tensor value_only(const at::Tensor& student, const at::Tensor& teacher, const Optional& labels,
                      const Optional& mask, Divergence divergence, double first, double second,
                      double temperature, bool scale) {
  return std::get<0>(divergence_forward(student, teacher, labels, mask,
                                        static_cast<int64_t>(divergence), first, second,
                                        temperature, scale, false));
}

at::Tensor differentiable(const at::Tensor& student, const at::Tensor& teacher,
                          const Optional& labels, const Optional& mask, Divergence divergence,
                          double first, double second, double temperature, bool scale) {
  return by_student(student, [&](bool want) {
    return divergence_forward(student, teacher, labels, mask, static_cast<int64_t>(divergence),
                              first, second, temperature, scale, want);
  });
}

// The operators in terms of one function: below autograd no gradient is wanted.
template <auto compute>
struct Operators {
  static at::Tensor reverse_kl(const at::Tensor& student, const at::Tensor& teacher,
                               double temperature, const Optional& mask) {
    return compute(student, teacher, std::nullopt, mask, Divergence::ReverseKl, 0, 0, temperature,
                   true);
  }
  static at::Tensor jsd(const at::Tensor& student, const at::Tensor& teacher, double beta,
                        double temperature, bool scale, const Optional& mask) {
    return compute(student, teacher, std::nullopt, mask, Divergence::Jsd, beta, 0, temperature,
                   scale);
  }
  static at::Tensor skew_kl(const at::Tensor& student, const at::Tensor& teacher, double skew,
                            double temperature, bool scale, const Optional& mask) {
    return compute(student, teacher, std::nullopt, mask, Divergence::SkewKl, skew, 0, temperature,
                   scale);
  }
  static at::Tensor skew_reverse_kl(const at::Tensor& student, const at::Tensor& teacher,
                                    double skew, double temperature, bool scale,
                                    const Optional& mask) {
    return compute(student, teacher, std::nullopt, mask, Divergence::SkewReverseKl, skew, 0,
                   temperature, scale);
  }
  static at::Tensor dkd(const at::Tensor& student, const at::Tensor& teacher,
                        const at::Tensor& labels, double alpha, double beta, double temperature,
                        const Optional& mask) {
    return compute(student, teacher, labels, mask, Divergence::Dkd, alpha, beta, temperature, true);
  }
  static at::Tensor logit_standardization(const at::Tensor& student, const at::Tensor& teacher,
                                          double temperature, const Optional& mask) {
    return compute(student, teacher, std::nullopt, mask, Divergence::LogitStandardization, 0, 0,
                   temperature, true);
  }
  static at::Tensor logit_mse(const at::Tensor& student, const at::Tensor& teacher,
                              const Optional& mask) {
    return compute(student, teacher, std::nullopt, mask, Divergence::LogitMse, 0, 0, 1, false);
  }

  static void implement(torch::Library& m) {
    m.impl("reverse_kl", &reverse_kl);
    m.impl("jsd", &jsd);
    m.impl("skew_kl", &skew_kl);
    m.impl("skew_reverse_kl", &skew_reverse_kl);
    m.impl("dkd", &dkd);
    m.impl("logit_standardization", &logit_standardization);
    m.impl("logit_mse", &logit_mse);
  }
};

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) { Operators<value_only>::implement(m); }

TORCH_LIBRARY_IMPL(potstill, Autograd, m) { Operators<differentiable>::implement(m); }

}  // namespace potstill::ops
