#include "core/terms/feature_term.h"

#include <ATen/ATen.h>

#include "core/error.h"

namespace potstill {

FeatureTerm::FeatureTerm(const Options& spec, std::initializer_list<const char*> options)
    : TappedTerm(spec, options) {
  check_pairs(spec);
}

TermValue FeatureTerm::evaluate(Samples& samples, const TermFeatures& features) const {
  if (features.student.size() != features.teacher.size() || features.student.empty())
    throw Error(Code::Config,
                c10::str(name(), " compares pairs of features, and got ", features.student.size(),
                         " of the student and ", features.teacher.size(), " of the teacher"));
  at::Tensor total;
  double counted = 0;
  for (size_t i = 0; i < features.student.size(); ++i) {
    auto [student, teacher] = adapted(features, i);
    if (i == 0) counted = count(student, samples);
    if (takes_whole_samples()) {
      student = masked_samples(samples, student, name());
      teacher = masked_samples(samples, teacher, name());
    }
    const auto value = compare(student, teacher, samples, i);
    total = total.defined() ? total + value : value;
  }
  return {total, counted};
}

double FeatureTerm::count(const at::Tensor& student, const Samples& samples) const {
  return counted_samples(samples, student, name());
}

std::optional<at::Tensor> feature_mask(const Samples& samples, const at::Tensor& feature,
                                       const std::string& who) {
  if (!samples.mask) return std::nullopt;
  const auto& mask = *samples.mask;
  if (mask.dim() == 0 || mask.dim() > feature.dim() ||
      mask.sizes() != feature.sizes().slice(0, mask.dim()))
    throw Error(Code::Shape,
                c10::str("mask: ", who, " needs the leading dimensions of the feature ",
                         feature.sizes(), ", got ", mask.sizes()));
  return mask.to(feature.device(), at::kBool);
}

at::Tensor masked_samples(const Samples& samples, const at::Tensor& feature,
                          const std::string& who) {
  if (!samples.mask) return feature;
  const auto mask = feature_mask(samples, feature, who);
  if (mask->dim() != 1)
    throw Error(Code::Shape, c10::str("mask: ", who, " takes samples as a whole: it needs one of ",
                                      "shape [", feature.size(0), "], got ", mask->sizes()));
  return feature.index({*mask});
}

double counted_samples(const Samples& samples, const at::Tensor& feature, const std::string& who) {
  const auto mask = feature_mask(samples, feature, who);
  return mask ? static_cast<double>(mask->sum().item<int64_t>())
              : static_cast<double>(feature.size(0));
}

}  // namespace potstill
