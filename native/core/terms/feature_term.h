#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/forward_plan.h"
#include "core/terms/term.h"

namespace potstill {

// A term on hidden representations: one or more pairs of taps, student's and teacher's, each pair
// with an optional connector, a module `forward(Tensor) -> Tensor` that brings the student's value
// to the teacher's shape and is trained with the student. The teacher's value may pass through a
// module too, which pools it or picks from it and learns nothing.
class FeatureTerm : public LossTerm {
 public:
  std::vector<std::string> student_taps() const override { return student_; }
  std::vector<std::string> teacher_taps() const override { return teacher_; }
  int64_t teacher_index() const override { return teacher_index_; }
  std::vector<torch::jit::Module> modules() const override;

  std::string denominator() const override {
    return takes_whole_samples() ? "samples of the mask" : "mask";
  }

  // The sum over the pairs.
  TermValue evaluate(Samples& samples, const TermFeatures& features) const override;

 protected:
  bool has_connectors() const { return !connectors_.empty() || !teacher_connectors_.empty(); }

  // `options` beside weight, student, teacher, teacherIndex, connectors and teacherConnectors.
  FeatureTerm(const Options& spec, std::initializer_list<const char*> options);

  // Student's and teacher's values of one pair, each behind its connector.
  std::pair<at::Tensor, at::Tensor> adapted(const TermFeatures& features, size_t index) const;

  // Whether the loss takes samples as a whole: the batch's mask is then one of samples, [B], and
  // what it leaves out does not reach `compare`. Other losses look at the mask themselves.
  virtual bool takes_whole_samples() const { return true; }
  // The value of one pair, behind the connector. `index` is that of the pair.
  virtual at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher,
                             const Samples& samples, size_t index) const = 0;
  // How many of the batch a value is the mean over; default: what the mask counts, else samples.
  virtual double count(const at::Tensor& student, const Samples& samples) const;

  // "hint: student [2, 3] (conv1), teacher [2, 4] (layer1)", for messages about shapes.
  std::string shapes(const at::Tensor& student, const at::Tensor& teacher, size_t index) const;
  const std::vector<std::string>& student_paths() const { return student_; }

 private:
  std::vector<std::string> student_, teacher_;
  int64_t teacher_index_ = 0;
  std::vector<std::optional<ForwardPlan>> connectors_, teacher_connectors_;
};

// The mask of a feature [B, T, …] or [B, …]: as it is where it fits its leading dimensions, else
// Error(Shape).
std::optional<at::Tensor> feature_mask(const Samples& samples, const at::Tensor& feature,
                                       const std::string& who);

// For losses that take samples as a whole: those of a feature that a mask [B] keeps, all of them
// without a mask; Error(Shape) for a mask of another shape, such as one of tokens.
at::Tensor masked_samples(const Samples& samples, const at::Tensor& feature,
                          const std::string& who);
double counted_samples(const Samples& samples, const at::Tensor& feature, const std::string& who);

}  // namespace potstill
