#include "core/objective.h"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/error.h"

namespace potstill {
namespace {

struct KindInfo {
  TermKind kind;
  const char* name;
  std::vector<std::string> options;
};

const std::vector<KindInfo>& kinds() {
  static const std::vector<KindInfo> all = {
      {TermKind::Response, "response", {"alpha", "temperature", "labelSmoothing", "ignoreIndex"}},
      {TermKind::CrossEntropy, "crossEntropy", {"labelSmoothing", "ignoreIndex", "classWeights"}},
      {TermKind::BinaryCrossEntropy, "binaryCrossEntropy", {"positiveWeights"}},
      {TermKind::Mse, "mse", {}},
      {TermKind::SoftTargets, "softTargets", {"temperature"}},
      {TermKind::LogitMse, "logitMse", {}},
  };
  return all;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void check_range(const Options& spec, const char* key, double value, bool good,
                 const char* expected) {
  if (!good)
    throw Error(Code::Config, spec.where() + "." + key + ": expected " + expected + ", got " +
                                  c10::str(value));
}

using SoftTargetCe = at::Tensor(const at::Tensor&, const at::Tensor&,
                                const std::optional<at::Tensor>&, double, double, double, int64_t);

// The fused operator of native/ops, through the dispatcher: device and autograd are its business.
at::Tensor soft_target_ce(const at::Tensor& student, const at::Tensor& teacher,
                          const std::optional<at::Tensor>& labels, double alpha,
                          double temperature, double label_smoothing, int64_t ignore_index) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::soft_target_ce", "")
                             .typed<SoftTargetCe>();
  return op.call(student, teacher, labels, alpha, temperature, label_smoothing, ignore_index);
}

// A value of 0 with gradients of 0, for batches without a sample that counts.
at::Tensor nothing(const at::Tensor& student) { return (student * 0).nan_to_num(0, 0, 0).sum(); }

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

int64_t count_correct(const at::Tensor& logits, const at::Tensor& labels) {
  const auto below = logits.detach();
  if (!below.is_cpu() || !below.is_contiguous())
    return (below.argmax(1) == labels).sum().item<int64_t>();
  const int64_t rows = below.size(0), classes = below.size(1);
  std::atomic<int64_t> correct{0};
  AT_DISPATCH_FLOATING_TYPES_AND2(
      at::kHalf, at::kBFloat16, below.scalar_type(), "count_correct", [&] {
        const auto* data = below.const_data_ptr<scalar_t>();
        const auto* label = labels.const_data_ptr<int64_t>();
        const int64_t grain = std::max<int64_t>(1, 65536 / std::max<int64_t>(1, classes));
        at::parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
          int64_t found = 0;
          for (int64_t row = begin; row < end; ++row)
            // A label out of range is an ignored one.
            found += label[row] >= 0 && label[row] < classes &&
                     is_top(data + row * classes, classes, label[row]);
          correct.fetch_add(found, std::memory_order_relaxed);
        });
      });
  return correct.load();
}

at::Tensor by_rows(const at::Tensor& logits) {
  return logits.dim() == 2 ? logits : logits.reshape({-1, logits.dim() ? logits.size(-1) : 1});
}

}  // namespace

bool Term::needs_teacher() const {
  return (kind == TermKind::Response && alpha > 0) || kind == TermKind::SoftTargets ||
         kind == TermKind::LogitMse;
}

bool Term::needs_labels() const {
  return (kind == TermKind::Response && alpha < 1) || kind == TermKind::CrossEntropy ||
         kind == TermKind::BinaryCrossEntropy || kind == TermKind::Mse;
}

bool Term::has_class_labels() const {
  return kind == TermKind::Response || kind == TermKind::CrossEntropy;
}

std::string Term::denominator() const {
  if (!has_class_labels()) return "rows";
  std::string key = "labels except " + std::to_string(ignore_index);
  for (double weight : class_weights) key += " " + c10::str(weight);
  return key;
}

Term parse_term(const Options& spec) {
  const std::string name = spec.string("kind");
  const auto info = std::find_if(kinds().begin(), kinds().end(),
                                 [&](const KindInfo& each) { return each.name == name; });
  if (info == kinds().end()) {
    std::vector<std::string> names;
    for (const auto& each : kinds()) names.emplace_back(each.name);
    throw Error(Code::Config, spec.where() + ".kind: there is no loss \"" + name +
                                  "\"; the losses are " + joined(names));
  }
  for (const auto& key : spec.keys())
    if (key != "kind" && key != "weight" &&
        std::find(info->options.begin(), info->options.end(), key) == info->options.end())
      throw Error(Code::Config, spec.where() + ": " + name + " has no option \"" + key +
                                    "\"; its options are " +
                                    joined(info->options) + (info->options.empty() ? "" : ", ") +
                                    "weight");
  Term term;
  term.kind = info->kind;
  term.name = name;
  term.weight = spec.number("weight", 1);
  check_range(spec, "weight", term.weight, std::isfinite(term.weight), "a finite number");
  const bool response = term.kind == TermKind::Response;
  term.alpha = spec.number("alpha", response ? 0.9 : 1);
  check_range(spec, "alpha", term.alpha, term.alpha >= 0 && term.alpha <= 1, "0 to 1");
  term.temperature = spec.number("temperature", 4);
  check_range(spec, "temperature", term.temperature,
              std::isfinite(term.temperature) && term.temperature > 0, "a number above 0");
  term.label_smoothing = spec.number("labelSmoothing", 0);
  check_range(spec, "labelSmoothing", term.label_smoothing,
              term.label_smoothing >= 0 && term.label_smoothing <= 1, "0 to 1");
  term.ignore_index = spec.integer("ignoreIndex", -100);
  if (spec.has("classWeights")) term.class_weights = spec.numbers("classWeights");
  if (spec.has("positiveWeights")) term.positive_weights = spec.numbers("positiveWeights");
  for (double weight : term.class_weights)
    check_range(spec, "classWeights", weight, std::isfinite(weight) && weight >= 0,
                "numbers of 0 or more");
  for (double weight : term.positive_weights)
    check_range(spec, "positiveWeights", weight, std::isfinite(weight) && weight >= 0,
                "numbers of 0 or more");
  return term;
}

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
    parts.push_back(at::log_softmax(logits_[i].to(type) / temperature, -1) +
                    std::log(weights_[i]));
  }
  soft_.emplace_back(temperature, at::logsumexp(at::stack(parts), 0) * temperature);
  return soft_.back().second;
}

Samples::Samples(const at::Tensor& student, TeacherLogits teacher, Labels labels)
    : student_(student), teacher_(std::move(teacher)), labels_(std::move(labels)) {
  if (!at::isFloatingType(student.scalar_type()))
    throw Error(Code::Dtype, c10::str("the student's output has dtype ", student.scalar_type(),
                                      ", expected floating-point logits"));
  if (student.dim() == 0)
    throw Error(Code::Shape, "the student's output is a scalar, expected logits [B, C]");
  logits_ = by_rows(student);
  rows_ = student.dim() == 1 ? student.size(0) : logits_.size(0);
  if (rows_ == 0) throw Error(Code::Data, "the batch is empty");
  for (const auto& each : teacher_.each()) {
    if (each.sizes() == student.sizes()) continue;
    if (each.dim() == 0 || each.size(-1) != student.size(-1))
      throw Error(Code::Shape,
                  c10::str("the teacher has ", each.dim() ? each.size(-1) : 0,
                           " classes and the student ", student.size(-1), " (outputs of shape ",
                           each.sizes(), " and ", student.sizes(),
                           "); give both the same classes, or pick the logits with `output`"));
    throw Error(Code::Shape, c10::str("the teacher's output has shape ", each.sizes(),
                                      " and the student's ", student.sizes(),
                                      "; both must be logits of the same samples"));
  }
  if (student.dim() != 2) teacher_.flatten();
}

const Labels& Samples::class_labels(const Term& term) {
  for (const auto& known : class_labels_)
    if (known.ignore_index == term.ignore_index) return known.labels;
  if (student_.dim() < 2)
    throw Error(Code::Shape, c10::str(term.name, " needs logits [B, C], and the student returned ",
                                      student_.sizes()));
  const int64_t classes = logits_.size(1);
  ClassLabels checked{term.ignore_index, {}, rows_};
  checked.labels.weight = labels_.weight;
  const auto prepare = [&](const at::Tensor& given, const char* what) {
    if (!at::isIntegralType(given.scalar_type(), /*includeBool=*/false))
      throw Error(Code::Dtype, c10::str(what, ": ", term.name, " needs class indices as int64, got ",
                                        given.scalar_type()));
    const auto expected = student_.sizes().slice(0, student_.dim() - 1);
    if (given.sizes() != expected && !(given.dim() == 1 && given.numel() == rows_))
      throw Error(Code::Shape, c10::str(what, ": logits of shape ", student_.sizes(),
                                        " need labels of shape ", expected, ", got ",
                                        given.sizes()));
    return given.to(at::kLong).reshape({-1}).contiguous();
  };
  if (labels_.first) {
    auto first = prepare(*labels_.first, "labels");
    checked.counted = count_labels(first, classes, term.ignore_index);
    if (labels_.second) {
      auto second = prepare(*labels_.second, "mixedLabels");
      const int64_t counted = count_labels(second, classes, term.ignore_index);
      if (checked.counted != rows_ || counted != rows_) {
        // A sample counts only if both of its labels do.
        const auto ignored = (first == term.ignore_index).logical_or(second == term.ignore_index);
        first = first.masked_fill(ignored, term.ignore_index);
        second = second.masked_fill(ignored, term.ignore_index);
        checked.counted = rows_ - ignored.sum().item<int64_t>();
      }
      checked.labels.second = second.to(student_.device(), /*non_blocking=*/true);
    }
    checked.labels.first = first.to(student_.device(), /*non_blocking=*/true);
  }
  class_labels_.push_back(std::move(checked));
  return class_labels_.back().labels;
}

int64_t Samples::counted(const Term& term) {
  if (!term.has_class_labels() || !labels_.first) return rows_;
  class_labels(term);
  for (const auto& known : class_labels_)
    if (known.ignore_index == term.ignore_index) return known.counted;
  return rows_;
}

double Samples::correct(const Term& term) {
  const Labels& labels = class_labels(term);
  if (!labels.first) return std::nan("");
  double correct = static_cast<double>(count_correct(logits_, *labels.first));
  if (labels.second)
    correct = labels.weight * correct +
              (1 - labels.weight) * static_cast<double>(count_correct(logits_, *labels.second));
  return correct;
}

void Samples::require_teacher(const Term& term) const {
  if (teacher_.empty())
    throw Error(Code::Config, term.name + " compares with a teacher, and there is none");
}

at::Tensor Samples::targets(const Term& term, const at::Tensor& labels) const {
  const bool same = labels.sizes() == student_.sizes() ||
                    (labels.numel() == student_.numel() && labels.dim() > 0 &&
                     labels.size(0) == student_.size(0) &&
                     (student_.numel() == student_.size(0)));
  if (!same)
    throw Error(Code::Shape, c10::str("labels: ", term.name, " needs targets of the shape of the "
                                      "student's output, ", student_.sizes(), ", got ",
                                      labels.sizes()));
  const auto values = labels.to(student_.options()).reshape(student_.sizes());
  if (term.kind == TermKind::BinaryCrossEntropy && values.is_cpu()) {
    const auto [low, high] = at::aminmax(values);
    const double least = low.item<double>(), most = high.item<double>();
    if (least < 0 || most > 1) {
      const auto flat = values.reshape({-1});
      const auto index = flat.lt(0).logical_or(flat.gt(1)).nonzero()[0].item<int64_t>();
      throw Error(Code::Data,
                  c10::str("labels: the value at index ", index, " is ",
                           flat[index].item<double>(),
                           "; binaryCrossEntropy needs targets from 0 to 1"));
    }
  }
  return values;
}

// mse and binaryCrossEntropy against one set of targets.
at::Tensor Samples::label_term(const Term& term, const at::Tensor& labels) {
  const auto values = targets(term, labels);
  if (term.kind == TermKind::Mse) return at::mse_loss(student_, values);
  std::optional<at::Tensor> positive;
  if (!term.positive_weights.empty()) {
    if (static_cast<int64_t>(term.positive_weights.size()) != student_.size(-1))
      throw Error(Code::Shape, c10::str("binaryCrossEntropy: ", term.positive_weights.size(),
                                        " positiveWeights for ", student_.size(-1), " outputs"));
    positive = at::tensor(term.positive_weights, student_.options());
  }
  return at::binary_cross_entropy_with_logits(student_, values, {}, positive);
}

TermValue Samples::evaluate(const Term& term) {
  if (term.needs_labels() && !labels_.first)
    throw Error(Code::Data, term.name + " needs labels, and the batch has none; " +
                                (term.kind == TermKind::Response
                                     ? "without labels set alpha to 1 or use softTargets"
                                     : "add labels to the data"));
  if (term.needs_teacher()) require_teacher(term);
  const double mix = labels_.weight;
  switch (term.kind) {
    case TermKind::SoftTargets:
      if (student_.dim() < 2)
        throw Error(Code::Shape, c10::str("softTargets needs logits [B, C], and the student "
                                          "returned ", student_.sizes()));
      return {soft_target_ce(logits_, teacher_.soft(term.temperature), std::nullopt, 1,
                             term.temperature, 0, term.ignore_index),
              static_cast<double>(rows_)};
    case TermKind::LogitMse:
      // A difference and its square save nothing of the teacher, so that inference tensors do.
      return {(logits_ - teacher_.mean().to(logits_.scalar_type())).square().mean(),
              static_cast<double>(rows_)};
    case TermKind::Mse:
    case TermKind::BinaryCrossEntropy: {
      auto value = label_term(term, *labels_.first);
      if (labels_.second) value = value * mix + label_term(term, *labels_.second) * (1 - mix);
      return {value, static_cast<double>(rows_)};
    }
    case TermKind::Response:
    case TermKind::CrossEntropy: break;
  }

  const Labels& labels = class_labels(term);
  const auto count = static_cast<double>(counted(term));
  if (!term.class_weights.empty()) return weighted_cross_entropy(term, labels);
  const bool response = term.kind == TermKind::Response;
  const double alpha = response ? term.alpha : 0;
  const double temperature = response ? term.temperature : 1;
  const at::Tensor teacher = alpha > 0 ? teacher_.soft(temperature) : logits_.detach();
  const auto against = [&](const std::optional<at::Tensor>& these) {
    return soft_target_ce(logits_, teacher, these, alpha, temperature, term.label_smoothing,
                          term.ignore_index);
  };
  auto value = against(labels.first);
  // The soft part is the same in both and its weights sum to 1.
  if (labels.second && alpha < 1) value = value * mix + against(labels.second) * (1 - mix);
  return {value, count};
}

TermValue Samples::weighted_cross_entropy(const Term& term, const Labels& labels) {
  if (static_cast<int64_t>(term.class_weights.size()) != logits_.size(1))
    throw Error(Code::Shape, c10::str("crossEntropy: ", term.class_weights.size(),
                                      " classWeights for ", logits_.size(1), " classes"));
  const auto weights = at::tensor(term.class_weights, logits_.options());
  double count = 0;
  at::Tensor total;
  const auto add = [&](const at::Tensor& these, double share) {
    const auto kept = these.masked_select(these != term.ignore_index);
    count += share * weights.index_select(0, kept).sum(at::kDouble).item<double>();
    const auto sum = at::cross_entropy_loss(logits_, these, weights, at::Reduction::Sum,
                                            term.ignore_index, term.label_smoothing);
    total = total.defined() ? total + sum * share : (share == 1 ? sum : sum * share);
  };
  add(*labels.first, labels.second ? labels.weight : 1);
  if (labels.second) add(*labels.second, 1 - labels.weight);
  return {count > 0 ? total / count : nothing(logits_), count};
}

at::Tensor compute_term(const Options& spec, const at::Tensor& student,
                        const std::optional<at::Tensor>& teacher,
                        const std::optional<at::Tensor>& labels) {
  const Term term = parse_term(spec);
  TeacherLogits logits;
  if (teacher) logits = TeacherLogits({teacher->detach()}, {1}, true);
  return Samples(student, std::move(logits), Labels{labels, std::nullopt, 1}).evaluate(term).mean;
}

}  // namespace potstill
