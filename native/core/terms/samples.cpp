#include "core/terms/samples.h"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/error.h"
#include "ops/share.h"

namespace potstill {
namespace {

[[noreturn]] void bad_label(int64_t index, int64_t value, int64_t classes, int64_t ignore_index) {
  throw Error(Code::Data, "labels: the value at index " + std::to_string(index) + " is " +
                              std::to_string(value) + ", but the student has " +
                              std::to_string(classes) + " classes, 0 to " +
                              std::to_string(classes - 1) + " (" + std::to_string(ignore_index) +
                              " is ignored); correct the label or give the student more classes");
}

// Range check and count of the labels that are not ignored.
int64_t count_labels(const at::Tensor& labels, int64_t classes, int64_t ignore_index) {
  const at::Tensor host = labels.is_cpu() ? labels : labels.cpu();
  const auto* values = host.const_data_ptr<int64_t>();
  int64_t counted = 0;
  for (int64_t i = 0, n = host.numel(); i < n; ++i) {
    const int64_t value = values[i];
    if (value == ignore_index) continue;
    if (value < 0 || value >= classes) bad_label(i, value, classes, ignore_index);
    ++counted;
  }
  return counted;
}

template <typename T>
bool is_top(const T* row, int64_t classes, int64_t label) {
  // As argmax has it: the first of equal logits, and a NaN never counts.
  const T top = row[label];
  bool ahead = top == top;
  for (int64_t i = 0; i < label; ++i) ahead &= row[i] < top;
  for (int64_t i = label + 1; i < classes; ++i) ahead &= row[i] <= top;
  return ahead;
}

void add_correct(Sum& sum, const at::Tensor& logits, const at::Tensor& labels, double weight) {
  const auto below = logits.detach();
  if (!below.is_cpu() || !below.is_contiguous()) {
    sum.add((below.argmax(1) == labels).sum(), weight);
    return;
  }
  const int64_t rows = below.size(0), classes = below.size(1);
  std::atomic<int64_t> correct{0};
  AT_DISPATCH_FLOATING_TYPES_AND2(
      at::kHalf, at::kBFloat16, below.scalar_type(), "count_correct", [&] {
        const auto* data = below.const_data_ptr<scalar_t>();
        const auto* label = labels.const_data_ptr<int64_t>();
        ops::share(rows, ops::units_of(65536, classes), [&](int64_t begin, int64_t end) {
          int64_t found = 0;
          for (int64_t row = begin; row < end; ++row)
            // A label out of range is an ignored one.
            found += label[row] >= 0 && label[row] < classes &&
                     is_top(data + row * classes, classes, label[row]);
          correct.fetch_add(found, std::memory_order_relaxed);
        });
      });
  sum.add(weight * static_cast<double>(correct.load()));
}

at::Tensor by_rows(const at::Tensor& logits) {
  return logits.dim() == 2 ? logits : logits.reshape({-1, logits.dim() ? logits.size(-1) : 1});
}

}  // namespace

at::Tensor nothing(const at::Tensor& student) { return (student * 0).nan_to_num(0, 0, 0).sum(); }

TeacherLogits::TeacherLogits(std::vector<at::Tensor> logits, std::vector<double> weights,
                             bool mean_of_probabilities)
    : logits_(std::move(logits)),
      weights_(std::move(weights)),
      mean_of_probabilities_(mean_of_probabilities) {}

void TeacherLogits::flatten() {
  for (auto& each : logits_) each = by_rows(each);
}

const at::Tensor& TeacherLogits::mean() {
  if (logits_.size() == 1) return logits_[0];
  if (!mean_.defined()) {
    mean_ = logits_[0] * weights_[0];
    for (size_t i = 1; i < logits_.size(); ++i) mean_ = mean_ + logits_[i] * weights_[i];
  }
  return mean_;
}

const at::Tensor& TeacherLogits::soft(double temperature) {
  if (logits_.size() == 1 || !mean_of_probabilities_) return mean();
  for (const auto& [known, logits] : soft_)
    if (known == temperature) return logits;
  // T·log Σ wᵢ·softmax(vᵢ/T): its softmax at T is the mean of the probabilities.
  std::vector<at::Tensor> parts;
  for (size_t i = 0; i < logits_.size(); ++i) {
    const auto type = logits_[i].scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    parts.push_back(at::log_softmax(logits_[i].to(type) / temperature, -1) + std::log(weights_[i]));
  }
  soft_.emplace_back(temperature, at::logsumexp(at::stack(parts), 0) * temperature);
  return soft_.back().second;
}

Samples::Samples(const at::Tensor& student, TeacherLogits teacher, Labels labels)
    : student_(student), teacher_(std::move(teacher)), labels_(std::move(labels)) {
  if (student.defined() && student.dim() > 0) {
    if (student.numel() > 0) logits_ = by_rows(student);
    rows_ = logits_.defined() && student.dim() > 1 ? logits_.size(0) : student.size(0);
  } else if (labels_.first && labels_.first->dim() > 0) {
    rows_ = labels_.first->size(0);
  }
}

const at::Tensor& Samples::output(const std::string& who) const {
  if (!student_.defined())
    throw Error(Code::Config, who + " is about logits, and there are only features");
  if (!at::isFloatingType(student_.scalar_type()))
    throw Error(Code::Dtype, c10::str("the student's output has dtype ", student_.scalar_type(),
                                      ", expected floating-point logits"));
  if (student_.dim() == 0)
    throw Error(Code::Shape, "the student's output is a scalar, expected logits [B, C]");
  if (rows_ == 0 || student_.numel() == 0) throw Error(Code::Data, "the batch is empty");
  return student_;
}

const at::Tensor& Samples::logits(const std::string& who) const {
  output(who);
  return logits_;
}

TeacherLogits& Samples::teacher(const std::string& who) {
  if (teacher_.empty())
    throw Error(Code::Config, who + " compares with a teacher, and there is none");
  const auto& student = output(who);
  if (checked_teacher_) return teacher_;
  for (const auto& each : teacher_.each()) {
    if (each.sizes() == student.sizes()) continue;
    if (each.dim() == 0 || each.size(-1) != student.size(-1))
      throw Error(
          Code::Shape,
          c10::str("the teacher has ", each.dim() ? each.size(-1) : 0, " classes and the student ",
                   student.size(-1), " (outputs of shape ", each.sizes(), " and ", student.sizes(),
                   "); give both the same classes, or pick the logits with `output`"));
    throw Error(Code::Shape,
                c10::str("the teacher's output has shape ", each.sizes(), " and the student's ",
                         student.sizes(), "; both must be logits of the same samples"));
  }
  if (student.dim() != 2) teacher_.flatten();
  checked_teacher_ = true;
  return teacher_;
}

const Labels& Samples::class_labels(const std::string& who, int64_t ignore_index) {
  for (const auto& known : class_labels_)
    if (known.ignore_index == ignore_index) return known.labels;
  output(who);
  if (student_.dim() < 2)
    throw Error(Code::Shape,
                c10::str(who, " needs logits [B, C], and the student returned ", student_.sizes()));
  const int64_t classes = logits_.size(1);
  ClassLabels checked{ignore_index, {}, kept(who)};
  checked.labels.weight = labels_.weight;
  const auto prepare = [&](const at::Tensor& given, const char* what) {
    if (!at::isIntegralType(given.scalar_type(), /*includeBool=*/false))
      throw Error(Code::Dtype, c10::str(what, ": ", who, " needs class indices as int64, got ",
                                        given.scalar_type()));
    const auto expected = student_.sizes().slice(0, student_.dim() - 1);
    if (given.sizes() != expected && !(given.dim() == 1 && given.numel() == rows_))
      throw Error(Code::Shape,
                  c10::str(what, ": logits of shape ", student_.sizes(), " need labels of shape ",
                           expected, ", got ", given.sizes()));
    auto labels = given.to(at::kLong).reshape({-1}).contiguous();
    const auto rows = row_mask(who);
    return rows ? labels.masked_fill(rows->to(labels.device()).logical_not(), ignore_index)
                : labels;
  };
  if (labels_.first) {
    auto first = prepare(*labels_.first, "labels");
    checked.counted = labels_.checked ? rows_ : count_labels(first, classes, ignore_index);
    if (labels_.second) {
      auto second = prepare(*labels_.second, "mixedLabels");
      const int64_t counted = count_labels(second, classes, ignore_index);
      if (checked.counted != rows_ || counted != rows_) {
        // A sample counts only if both of its labels do.
        const auto ignored = (first == ignore_index).logical_or(second == ignore_index);
        first = first.masked_fill(ignored, ignore_index);
        second = second.masked_fill(ignored, ignore_index);
        checked.counted = rows_ - ignored.sum().item<int64_t>();
      }
      checked.labels.second = second.to(student_.device(), /*non_blocking=*/true);
    }
    checked.labels.first = first.to(student_.device(), /*non_blocking=*/true);
  }
  class_labels_.push_back(std::move(checked));
  return class_labels_.back().labels;
}

int64_t Samples::counted(const std::string& who, int64_t ignore_index) {
  class_labels(who, ignore_index);
  for (const auto& known : class_labels_)
    if (known.ignore_index == ignore_index) return known.counted;
  return rows_;
}

Sum Samples::correct(int64_t ignore_index) {
  const Labels& labels = class_labels("accuracy", ignore_index);
  Sum sum;
  if (labels.first) add_correct(sum, logits_, *labels.first, labels.second ? labels.weight : 1);
  if (labels.second) add_correct(sum, logits_, *labels.second, 1 - labels.weight);
  return sum;
}

std::optional<at::Tensor> Samples::row_mask(const std::string& who) const {
  if (!mask) return std::nullopt;
  const auto expected = output(who).sizes().slice(0, student_.dim() - 1);
  if (mask->sizes().size() > expected.size() && mask->sizes().slice(0, expected.size()) == expected)
    return std::nullopt;
  if (mask->sizes() != expected && !(mask->dim() == 1 && mask->numel() == rows_))
    throw Error(Code::Shape,
                c10::str("mask: ", who, " needs one of shape ", expected, " for logits of shape ",
                         student_.sizes(), ", got ", mask->sizes()));
  return mask->to(student_.device(), at::kBool, /*non_blocking=*/true).reshape({-1});
}

std::optional<at::Tensor> Samples::mask_labels(const std::string& who, int64_t ignore_index) const {
  const auto rows = row_mask(who);
  if (!rows) return std::nullopt;
  return at::zeros({rows_}, rows->options().dtype(at::kLong))
      .masked_fill_(rows->logical_not(), ignore_index);
}

int64_t Samples::kept(const std::string& who) const {
  const auto rows = row_mask(who);
  if (!rows) return rows_;
  return (mask->is_cpu() ? mask->to(at::kBool) : *rows).sum().item<int64_t>();
}

}  // namespace potstill
