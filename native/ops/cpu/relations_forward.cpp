// The losses that relate samples on CPUs: inner products, the loss of these, and the gradient as a
// combination of the samples.

#include <torch/library.h>

#include <functional>

#include "ops/cpu/feature_tensors.h"
#include "ops/cpu/relations.h"
#include "ops/cpu/sample_products.h"
#include "ops/feature_loss.h"
#include "ops/loss_types.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/share.h"
#include "ops/similarity.h"

namespace potstill::ops {
namespace {

// From the inner products of student and teacher, as relations.h has it.
using Relation =
    std::function<double(const SquareMatrix&, const SquareMatrix&, SquareMatrix* gradient)>;

std::tuple<at::Tensor, at::Tensor> forward(const at::Tensor& student, const at::Tensor& teacher,
                                           bool want_gradient, bool from_mean,
                                           const Relation& relation) {
  const SampleRows s(student), t(teacher);
  const bool wide = loss_type_of(student, teacher) == at::kDouble;
  at::Tensor gradient;
  if (want_gradient) gradient = s.gradient(gradient_type_of(student));
  const int64_t samples = student.size(0);
  if (samples == 0) return {feature_loss_value(0, student, teacher), std::move(gradient)};

  // Differences of inner products need more digits than the products themselves.
  const bool precise = wide || from_mean;
  SquareMatrix coefficients(want_gradient ? samples : 0);
  const double value =
      relation(inner_products(s, precise, from_mean), inner_products(t, precise, from_mean),
               want_gradient ? &coefficients : nullptr);
  if (want_gradient) combine_samples(s, coefficients, wide, from_mean, gradient);
  return {feature_loss_value(value, student, teacher), std::move(gradient)};
}

std::tuple<at::Tensor, at::Tensor> similarity_cpu(const at::Tensor& student,
                                                  const at::Tensor& teacher, bool want_gradient) {
  check_features("similarity", student, teacher, 1);
  return forward(student, teacher, want_gradient, false, similarity_of);
}

std::tuple<at::Tensor, at::Tensor> pkt_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                           double eps, bool want_gradient) {
  check_features("pkt", student, teacher, 1);
  check_pkt_eps(eps);
  return forward(student, teacher, want_gradient, false,
                 [eps](const SquareMatrix& mine, const SquareMatrix& other,
                       SquareMatrix* gradient) { return pkt_of(mine, other, eps, gradient); });
}

double angles_of(const SquareMatrix& mine, const SquareMatrix& other, double weight,
                 SquareMatrix* gradient) {
  const SquareMatrix inverse = inverse_distances(mine), other_inverse = inverse_distances(other);
  const AngleJob job{&mine, &other, &inverse, &other_inverse};
  // The types only choose how features are read.
  const auto kernel = pair_kernels(ElementType::Float64, true).angles;
  AngleSums sums(mine.size);
  share(mine.size, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      sums.values[i] = kernel(job, i, sums.products[i], sums.sums[i], sums.along[i]);
  });
  return rkd_angles_of(sums, inverse, weight, gradient);
}

std::tuple<at::Tensor, at::Tensor> rkd_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                           double distance, double angle, bool want_gradient) {
  check_features("rkd", student, teacher, 1);
  check_rkd_weights(distance, angle);
  return forward(student, teacher, want_gradient, true,
                 [&](const SquareMatrix& mine, const SquareMatrix& other, SquareMatrix* gradient) {
                   if (mine.size < 2) return 0.0;
                   double value = 0;
                   if (distance != 0) value += rkd_distances_of(mine, other, distance, gradient);
                   if (angle != 0) value += angles_of(mine, other, angle, gradient);
                   return value;
                 });
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) {
  m.impl("_similarity_forward", &similarity_cpu);
  m.impl("_pkt_forward", &pkt_cpu);
  m.impl("_rkd_forward", &rkd_cpu);
}

}  // namespace potstill::ops
