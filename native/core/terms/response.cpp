// Terms that are potstill::soft_target_ce: response, softTargets and crossEntropy.

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <cmath>

#include "core/autocast.h"
#include "core/error.h"
#include "core/terms/registry.h"
#include "ops/soft_target_ce.h"

namespace potstill {
namespace {

void require_labels(const Samples& samples, const std::string& name, const char* advice) {
  if (!samples.labels().first)
    throw Error(Code::Data, name + " needs labels, and the batch has none; " + advice);
}

// Of labels that only tell which rows count.
constexpr int64_t left_out = -100;

class SoftTargets : public LossTerm {
 public:
  explicit SoftTargets(const Options& spec)
      : LossTerm(spec, {"temperature"}), temperature_(positive_option(spec, "temperature", 4)) {}

  bool takes_narrow() const override { return true; }
  std::string denominator() const override { return "rows of the mask"; }

  TermValue evaluate(Samples& samples, const TermFeatures&) const override {
    auto& teacher = samples.teacher(name());
    const auto& output = samples.output(name());
    if (output.dim() < 2)
      throw Error(Code::Shape, c10::str("softTargets needs logits [B, C], and the student "
                                        "returned ",
                                        output.sizes()));
    return {ops::soft_target_ce(samples.logits(name()), teacher.soft(temperature_),
                                samples.mask_labels(name(), left_out), 1, temperature_, 0,
                                left_out),
            static_cast<double>(samples.kept(name()))};
  }

 private:
  double temperature_;
};

// alpha 0 is the cross-entropy.
class Response : public LossTerm {
 public:
  explicit Response(const Options& spec)
      : Response(spec, {"alpha", "temperature", "labelSmoothing", "ignoreIndex"},
                 share_option(spec, "alpha", 0.9)) {
    temperature_ = positive_option(spec, "temperature", 4);
  }

  bool needs_teacher() const override { return alpha_ > 0; }
  bool needs_labels() const override { return alpha_ < 1; }
  bool takes_narrow() const override { return true; }
  std::optional<int64_t> ignore_index() const override { return ignore_index_; }
  std::string denominator() const override {
    return "labels except " + std::to_string(ignore_index_);
  }

  TermValue evaluate(Samples& samples, const TermFeatures&) const override {
    if (needs_labels())
      require_labels(samples, name(),
                     alpha_ > 0 ? "without labels set alpha to 1 or use softTargets"
                                : "add labels to the data");
    const auto& logits = samples.logits(name());
    const at::Tensor teacher =
        alpha_ > 0 ? samples.teacher(name()).soft(temperature_) : logits.detach();
    const Labels& labels = samples.class_labels(name(), ignore_index_);
    const auto against = [&](const std::optional<at::Tensor>& these) {
      return ops::soft_target_ce(logits, teacher, these, alpha_, temperature_, label_smoothing_,
                                 ignore_index_);
    };
    auto value = against(labels.first ? labels.first
                                      : samples.mask_labels(name(), ignore_index_));
    // The soft part is the same in both and its weights sum to 1.
    if (labels.second && alpha_ < 1)
      value = value * labels.weight + against(labels.second) * (1 - labels.weight);
    return {value, static_cast<double>(samples.counted(name(), ignore_index_))};
  }

 protected:
  Response(const Options& spec, const std::vector<const char*>& options, double alpha)
      : LossTerm(spec, options),
        alpha_(alpha),
        label_smoothing_(share_option(spec, "labelSmoothing", 0)),
        ignore_index_(spec.integer("ignoreIndex", -100)) {}

  double alpha_, temperature_ = 1, label_smoothing_;
  int64_t ignore_index_;
};

class CrossEntropy : public Response {
 public:
  explicit CrossEntropy(const Options& spec)
      : Response(spec, {"labelSmoothing", "ignoreIndex", "classWeights"}, 0) {
    if (spec.has("classWeights")) weights_ = spec.numbers("classWeights");
    for (double weight : weights_)
      check_option(spec, "classWeights", weight, std::isfinite(weight) && weight >= 0,
                   "numbers of 0 or more");
  }

  // With class weights it is composed of PyTorch's operators.
  bool takes_narrow() const override { return weights_.empty(); }

  std::string denominator() const override {
    std::string key = Response::denominator();
    for (double weight : weights_) key += " " + c10::str(weight);
    return key;
  }

  TermValue evaluate(Samples& samples, const TermFeatures& features) const override {
    if (weights_.empty()) return Response::evaluate(samples, features);
    require_labels(samples, name(), "add labels to the data");
    const Labels& labels = samples.class_labels(name(), ignore_index_);
    const auto logits = widened(samples.logits(name()));
    if (static_cast<int64_t>(weights_.size()) != logits.size(1))
      throw Error(Code::Shape, c10::str("crossEntropy: ", weights_.size(), " classWeights for ",
                                        logits.size(1), " classes"));
    const auto weights = at::tensor(weights_, logits.options());
    double count = 0;
    at::Tensor total;
    const auto add = [&](const at::Tensor& these, double share) {
      const auto kept = these.masked_select(these != ignore_index_);
      count += share * weights.index_select(0, kept).sum(at::kDouble).item<double>();
      const auto sum = at::cross_entropy_loss(logits, these, weights, at::Reduction::Sum,
                                              ignore_index_, label_smoothing_);
      total = total.defined() ? total + sum * share : (share == 1 ? sum : sum * share);
    };
    add(*labels.first, labels.second ? labels.weight : 1);
    if (labels.second) add(*labels.second, 1 - labels.weight);
    return {count > 0 ? total / count : nothing(logits), count};
  }

 private:
  std::vector<double> weights_;  // empty: none
};

}  // namespace

std::unique_ptr<LossTerm> make_response(const Options& spec) {
  return std::make_unique<Response>(spec);
}
std::unique_ptr<LossTerm> make_soft_targets(const Options& spec) {
  return std::make_unique<SoftTargets>(spec);
}
std::unique_ptr<LossTerm> make_cross_entropy(const Options& spec) {
  return std::make_unique<CrossEntropy>(spec);
}

}  // namespace potstill
