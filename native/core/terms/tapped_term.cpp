#include "core/terms/tapped_term.h"

#include <ATen/ATen.h>

#include "core/error.h"

namespace potstill {
namespace {

std::vector<const char*> with_shared(std::initializer_list<const char*> options) {
  std::vector<const char*> all(options);
  for (const char* key :
       {"name", "student", "teacher", "teacherIndex", "connectors", "teacherConnectors"})
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

TappedTerm::TappedTerm(const Options& spec, std::initializer_list<const char*> options)
    : LossTerm(spec, with_shared(options)), shown_(spec.string("name", name())) {
  if (spec.has("student")) student_ = spec.strings("student");
  if (spec.has("teacher")) teacher_ = spec.strings("teacher");
  teacher_index_ = spec.integer("teacherIndex", 0);
  connectors_ = connectors_of(spec, "connectors", shown_, student_.size());
  teacher_connectors_ = connectors_of(spec, "teacherConnectors", shown_, student_.size());
  if (has_connectors()) check_pairs(spec);
}

void TappedTerm::check_pairs(const Options& spec) const {
  if (student_.size() != teacher_.size())
    throw Error(Code::Config, c10::str(spec.where(), ": ", shown_, " pairs ", student_.size(),
                                       " taps of the student with ", teacher_.size(),
                                       " of the teacher; give as many of both"));
}

std::vector<torch::jit::Module> TappedTerm::modules() const {
  std::vector<torch::jit::Module> result;
  for (const auto& each : connectors_)
    if (each) result.push_back(each->module());
  return result;
}

TermFeatures TappedTerm::behind_connectors(const TermFeatures& features) const {
  if (!has_connectors()) return features;
  TermFeatures result;
  for (size_t i = 0; i < features.student.size(); ++i) {
    auto [student, teacher] = adapted(features, i);
    result.student.push_back(std::move(student));
    result.teacher.push_back(std::move(teacher));
  }
  return result;
}

std::pair<at::Tensor, at::Tensor> TappedTerm::adapted(const TermFeatures& features,
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

std::string TappedTerm::shapes(const at::Tensor& student, const at::Tensor& teacher,
                               size_t index) const {
  const auto path = [&](const std::vector<std::string>& paths) {
    return index < paths.size() ? " (" + paths[index] + ")" : std::string();
  };
  return c10::str(shown_, ": student's feature ", student.sizes(), path(student_), ", teacher's ",
                  teacher.sizes(), path(teacher_));
}

}  // namespace potstill
