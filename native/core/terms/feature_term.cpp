#include "core/terms/feature_term.h"

#include <ATen/ATen.h>

#include "core/error.h"

namespace potstill {
namespace {

std::vector<const char*> with_shared(std::initializer_list<const char*> options) {
  std::vector<const char*> all(options);
  for (const char* key : {"student", "teacher", "teacherIndex", "connectors", "teacherConnectors"})
    all.push_back(key);
  return all;
}

std::vector<std::optional<ForwardPlan>> connectors_of(const Options& spec, const char* key,
                                                      const std::string& name, size_t pairs) {
  std::vector<std::optional<ForwardPlan>> result;
  if (!spec.has(key)) return result;
  const auto modules = spec.value(key);
  if (!modules.isList())
    throw Error(Code::Config, spec.where() + "." + key + ": expected an array of modules or null");
  for (const c10::IValue& each : modules.toListRef()) {
    const std::string who =
        "the connector of " + name + " (pair " + std::to_string(result.size() + 1) + ")";
    if (each.isNone())
      result.emplace_back();
    else if (each.isModule())
      result.emplace_back(ForwardPlan(each.toModule(), who));
    else
      throw Error(Code::Config, spec.where() + "." + key + ": expected modules or null");
  }
  if (pairs > 0 && result.size() != pairs)
    throw Error(Code::Config, spec.where() + "." + key + ": expected one, or null, for each tap");
  return result;
}

}  // namespace

FeatureTerm::FeatureTerm(const Options& spec, std::initializer_list<const char*> options)
    : LossTerm(spec, with_shared(options)) {
  if (spec.has("student")) student_ = spec.strings("student");
  if (spec.has("teacher")) teacher_ = spec.strings("teacher");
  teacher_index_ = spec.integer("teacherIndex", 0);
  if (student_.size() != teacher_.size())
    throw Error(Code::Config, c10::str(spec.where(), ": ", name(), " pairs ", student_.size(),
                                       " taps of the student with ", teacher_.size(),
                                       " of the teacher; give as many of both"));
  connectors_ = connectors_of(spec, "connectors", name(), student_.size());
  teacher_connectors_ = connectors_of(spec, "teacherConnectors", name(), student_.size());
}

std::vector<torch::jit::Module> FeatureTerm::modules() const {
  std::vector<torch::jit::Module> result;
  for (const auto& each : connectors_)
    if (each) result.push_back(each->module());
  return result;
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

std::pair<at::Tensor, at::Tensor> FeatureTerm::adapted(const TermFeatures& features,
                                                       size_t index) const {
  at::Tensor student = features.student[index];
  at::Tensor teacher = features.teacher[index];
  if (student.dim() == 0 || teacher.dim() == 0 || student.size(0) != teacher.size(0))
    throw Error(Code::Shape, shapes(student, teacher, index) +
                                 ": the batch sizes differ; tap values whose first dimension is "
                                 "the sample");
  if (index < connectors_.size() && connectors_[index])
    student = (*connectors_[index])({student}, {}).toTensor();
  if (index < teacher_connectors_.size() && teacher_connectors_[index]) {
    at::NoGradGuard no_grad;
    teacher = (*teacher_connectors_[index])({teacher}, {}).toTensor();
  }
  return {student, teacher};
}

double FeatureTerm::count(const at::Tensor& student, const Samples& samples) const {
  return counted_samples(samples, student, name());
}

std::string FeatureTerm::shapes(const at::Tensor& student, const at::Tensor& teacher,
                                size_t index) const {
  const auto path = [&](const std::vector<std::string>& paths) {
    return index < paths.size() ? " (" + paths[index] + ")" : std::string();
  };
  return c10::str(name(), ": student's feature ", student.sizes(), path(student_), ", teacher's ",
                  teacher.sizes(), path(teacher_));
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
