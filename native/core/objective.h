#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"

namespace potstill {

enum class TermKind { Response, CrossEntropy, BinaryCrossEntropy, Mse, SoftTargets, LogitMse };

// A TermSpec of lib/native/binding.ts. Definitions: the documentation of lib/losses.
struct Term {
  TermKind kind;
  std::string name;  // as the API spells it
  double weight = 1;
  double alpha = 1;
  double temperature = 1;
  double label_smoothing = 0;
  int64_t ignore_index = -100;
  std::vector<double> class_weights;     // empty: none
  std::vector<double> positive_weights;  // empty: none

  bool needs_teacher() const;
  bool needs_labels() const;
  bool has_class_labels() const;
  // Terms with one key count the same samples in every batch.
  std::string denominator() const;
};

// Error(Config) for unknown kinds and options, and for values out of range.
Term parse_term(const Options& spec);

struct Labels {
  std::optional<at::Tensor> first;
  // Mixup: the second labels; `weight` is that of the first.
  std::optional<at::Tensor> second;
  double weight = 1;
};

// What several teachers say. One is used as it is; of more the mean is taken, of probabilities at
// the temperature of the term, or of logits. `logitMse` always compares with the mean of logits.
class TeacherLogits {
 public:
  TeacherLogits() = default;
  // Weights sum to 1.
  TeacherLogits(std::vector<at::Tensor> logits, std::vector<double> weights,
                bool mean_of_probabilities);

  bool empty() const { return logits_.empty(); }
  const std::vector<at::Tensor>& each() const { return logits_; }
  void flatten();  // to [rows, classes]
  // Logits v with softmax(v / temperature) the ensemble's probabilities at that temperature.
  const at::Tensor& soft(double temperature);
  const at::Tensor& mean();

 private:
  std::vector<at::Tensor> logits_;
  std::vector<double> weights_;
  bool mean_of_probabilities_ = true;
  std::vector<std::pair<double, at::Tensor>> soft_;
  at::Tensor mean_;
};

struct TermValue {
  at::Tensor mean;  // scalar, differentiable by the student
  double count;     // what the mean divides by: samples, or the sum of their class weights
};

// The samples of one batch as the terms see them: shapes, types and ranges are checked once, here
// or when a term first asks. Errors: Shape, Dtype, Data with the index and value of a bad label.
class Samples {
 public:
  // `student` is [B, C], or [B, T, C] for tokens (any number of leading dimensions).
  Samples(const at::Tensor& student, TeacherLogits teacher, Labels labels);

  TermValue evaluate(const Term& term);
  int64_t rows() const { return rows_; }
  // Rows that the term's ignore index does not leave out.
  int64_t counted(const Term& term);
  // Rows whose largest logit is that of their label; under mixup weighted by both.
  double correct(const Term& term);

 private:
  const Labels& class_labels(const Term& term);
  at::Tensor targets(const Term& term, const at::Tensor& labels) const;
  at::Tensor label_term(const Term& term, const at::Tensor& labels);
  TermValue weighted_cross_entropy(const Term& term, const Labels& labels);
  void require_teacher(const Term& term) const;

  at::Tensor student_;  // as it came
  at::Tensor logits_;   // [rows, classes]
  int64_t rows_;
  TeacherLogits teacher_;
  Labels labels_;
  // Checked int64 labels [rows] on the student's device for one ignore index.
  struct ClassLabels {
    int64_t ignore_index;
    Labels labels;
    int64_t counted;
  };
  std::vector<ClassLabels> class_labels_;
};

// Value of one term without its weight, differentiable by `student`; the teacher is a constant.
at::Tensor compute_term(const Options& term, const at::Tensor& student,
                        const std::optional<at::Tensor>& teacher,
                        const std::optional<at::Tensor>& labels);

}  // namespace potstill
