// Terms of targets that are no classes: mse and binaryCrossEntropy.

#include <ATen/ATen.h>

#include <cmath>

#include "core/autocast.h"
#include "core/error.h"
#include "core/terms/composed.h"
#include "core/terms/registry.h"

namespace potstill {
namespace {

// A term against targets of the shape of the student's output.
class TargetTerm : public LossTerm {
 public:
  bool needs_teacher() const override { return false; }
  bool needs_labels() const override { return true; }
  std::string denominator() const override { return "rows of the mask"; }

  TermValue evaluate(Samples& samples, const TermFeatures&) const override {
    const auto& labels = samples.labels();
    if (!labels.first)
      throw Error(Code::Data,
                  name() + " needs labels, and the batch has none; add labels to the data");
    const auto student = widened(samples.output(name()));
    const auto mask = samples.row_mask(name());
    const auto mean = [&](const at::Tensor& labels) {
      const auto these = targets(student, labels);
      if (!mask) return against(student, these, at::Reduction::Mean);
      const auto each = against(student, these, at::Reduction::None);
      return masked_mean(each.reshape({samples.rows(), -1}), mask);
    };
    auto value = mean(*labels.first);
    if (labels.second)
      value = value * labels.weight + mean(*labels.second) * (1 - labels.weight);
    return {value, static_cast<double>(samples.kept(name()))};
  }

 protected:
  using LossTerm::LossTerm;
  virtual at::Tensor against(const at::Tensor& student, const at::Tensor& targets,
                             at::Reduction::Reduction reduction) const = 0;

 private:
  at::Tensor targets(const at::Tensor& student, const at::Tensor& labels) const {
    const bool same = labels.sizes() == student.sizes() ||
                      (labels.numel() == student.numel() && labels.dim() > 0 &&
                       labels.size(0) == student.size(0) && student.numel() == student.size(0));
    if (!same)
      throw Error(Code::Shape, c10::str("labels: ", name(),
                                        " needs targets of the shape of the "
                                        "student's output, ",
                                        student.sizes(), ", got ", labels.sizes()));
    return labels.to(student.options(), /*non_blocking=*/true).reshape(student.sizes());
  }
};

class Mse : public TargetTerm {
 public:
  explicit Mse(const Options& spec) : TargetTerm(spec, {}) {}

 protected:
  at::Tensor against(const at::Tensor& student, const at::Tensor& targets,
                     at::Reduction::Reduction reduction) const override {
    return at::mse_loss(student, targets, reduction);
  }
};

class BinaryCrossEntropy : public TargetTerm {
 public:
  explicit BinaryCrossEntropy(const Options& spec) : TargetTerm(spec, {"positiveWeights"}) {
    if (spec.has("positiveWeights")) weights_ = spec.numbers("positiveWeights");
    for (double weight : weights_)
      check_option(spec, "positiveWeights", weight, std::isfinite(weight) && weight >= 0,
                   "numbers of 0 or more");
  }

 protected:
  at::Tensor against(const at::Tensor& student, const at::Tensor& targets,
                     at::Reduction::Reduction reduction) const override {
    if (targets.is_cpu()) check_range(targets);
    std::optional<at::Tensor> positive;
    if (!weights_.empty()) {
      if (static_cast<int64_t>(weights_.size()) != student.size(-1))
        throw Error(Code::Shape, c10::str("binaryCrossEntropy: ", weights_.size(),
                                          " positiveWeights for ", student.size(-1), " outputs"));
      positive = at::tensor(weights_, student.options());
    }
    return at::binary_cross_entropy_with_logits(student, targets, {}, positive, reduction);
  }

 private:
  static void check_range(const at::Tensor& targets) {
    const auto [low, high] = at::aminmax(targets);
    if (low.item<double>() >= 0 && high.item<double>() <= 1) return;
    const auto flat = targets.reshape({-1});
    const auto bad = flat.lt(0).logical_or(flat.gt(1)).nonzero();
    if (bad.numel() == 0) return;  // NaN, which the loss shows
    const auto index = bad[0].item<int64_t>();
    throw Error(Code::Data,
                c10::str("labels: the value at index ", index, " is ", flat[index].item<double>(),
                         "; binaryCrossEntropy needs targets from 0 to 1"));
  }

  std::vector<double> weights_;  // empty: none
};

}  // namespace

std::unique_ptr<LossTerm> make_mse(const Options& spec) { return std::make_unique<Mse>(spec); }
std::unique_ptr<LossTerm> make_binary_cross_entropy(const Options& spec) {
  return std::make_unique<BinaryCrossEntropy>(spec);
}

}  // namespace potstill
