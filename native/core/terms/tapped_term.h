#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/forward_plan.h"
#include "core/terms/term.h"

namespace potstill {

// A term that looks inside the models, at taps of the student and of one of the teachers. Where they
// come in pairs, each may have a connector: a module `forward(Tensor) -> Tensor` that brings the
// student's value to the teacher's shape and is trained with the student. The teacher's value may
// pass through a module too, which pools it or picks from it and learns nothing.
class TappedTerm : public LossTerm {
 public:
  std::vector<std::string> student_taps() const override { return student_; }
  std::vector<std::string> teacher_taps() const override { return teacher_; }
  int64_t teacher_index() const override { return teacher_index_; }
  std::vector<torch::jit::Module> modules() const override;
  TermFeatures behind_connectors(const TermFeatures& features) const override;

 protected:
  // `options` beside weight, name, student, teacher, teacherIndex, connectors and teacherConnectors.
  TappedTerm(const Options& spec, std::initializer_list<const char*> options);

  bool has_connectors() const { return !connectors_.empty() || !teacher_connectors_.empty(); }
  // The name that users gave the term, or that of its kind.
  const std::string& shown() const { return shown_; }
  // Error(Config) unless there are as many taps of the student as of the teacher.
  void check_pairs(const Options& spec) const;

  // Student's and teacher's values of one pair, each behind its connector.
  std::pair<at::Tensor, at::Tensor> adapted(const TermFeatures& features, size_t index) const;

  // "hint: student [2, 3] (conv1), teacher [2, 4] (layer1)", for messages about shapes.
  std::string shapes(const at::Tensor& student, const at::Tensor& teacher, size_t index) const;

 private:
  std::string shown_;
  std::vector<std::string> student_, teacher_;
  int64_t teacher_index_ = 0;
  std::vector<std::optional<ForwardPlan>> connectors_, teacher_connectors_;
};

}  // namespace potstill
