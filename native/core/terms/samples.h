#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/sum.h"

namespace potstill {

struct Labels {
  std::optional<at::Tensor> first;
  // Mixup: the second labels; `weight` is that of the first.
  std::optional<at::Tensor> second;
  double weight = 1;
  // Whether it is known that they are classes, all of them: nobody looks at them then.
  bool checked = false;
};

// What several teachers say. One is used as it is; of more the mean is taken, of probabilities at
// the temperature of the term, or of logits. `logitMse` and `logitStandardization`
// always take the mean of logits.
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

// The samples of one batch as the terms see them: shapes, types and ranges are checked once, here
// or when a term first asks. Errors: Shape, Dtype, Data with the index and value of a bad label.
// `who` is the name of the asking term, for messages.
class Samples {
 public:
  // `student` is [B, C], or [B, T, C] for tokens (any number of leading dimensions). Undefined
  // where only features are compared; whoever asks for logits is refused then.
  Samples(const at::Tensor& student, TeacherLogits teacher, Labels labels);

  // Labels and mask may be on the CPU where the models are elsewhere: they are checked and counted
  // there then, which waits for nothing.

  // bool, the leading dimensions of features or logits: samples or tokens that count.
  std::optional<at::Tensor> mask;
  // int64 [B]: the samples' numbers in the data set.
  std::optional<at::Tensor> ids;

  // The student's logits as [rows, classes]; as they came; and those of the teachers, which need
  // the same classes.
  const at::Tensor& logits(const std::string& who) const;
  const at::Tensor& output(const std::string& who) const;
  TeacherLogits& teacher(const std::string& who);
  const TeacherLogits& teachers() const { return teacher_; }

  int64_t rows() const { return rows_; }
  const Labels& labels() const { return labels_; }
  // Checked int64 labels [rows] on the student's device; those that are ignored stay in, and what
  // the mask leaves out is ignored, too.
  const Labels& class_labels(const std::string& who, int64_t ignore_index);
  // Rows that neither the ignore index nor the mask leaves out; without labels, nor the mask.
  int64_t counted(const std::string& who, int64_t ignore_index);
  // Rows whose largest logit is that of their label; under mixup weighted by both.
  Sum correct(int64_t ignore_index);
  // The mask as bool [rows] on the student's device, where there is one. One of tokens leaves out
  // none of the rows where there is a row for each sample.
  std::optional<at::Tensor> row_mask(const std::string& who) const;
  // For operators that know labels but no mask: 0 where it keeps a row, else `ignore_index`.
  std::optional<at::Tensor> mask_labels(const std::string& who, int64_t ignore_index) const;
  // Rows that the mask keeps.
  int64_t kept(const std::string& who) const;

 private:
  at::Tensor student_;  // as it came
  at::Tensor logits_;   // [rows, classes]
  int64_t rows_ = 0;
  TeacherLogits teacher_;
  bool checked_teacher_ = false;
  Labels labels_;
  struct ClassLabels {
    int64_t ignore_index;
    Labels labels;
    int64_t counted;
  };
  std::vector<ClassLabels> class_labels_;
};

// A value of 0 with gradients of 0, for batches without a sample that counts.
at::Tensor nothing(const at::Tensor& student);

}  // namespace potstill
