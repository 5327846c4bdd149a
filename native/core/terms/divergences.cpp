// Terms that are operators of ops/divergences.h and ops/dist.h: reverseKl, jsd, skewKl,
// skewReverseKl, dkd, dist, logitStandardization and logitMse.

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "core/error.h"
#include "core/terms/registry.h"
#include "ops/dist.h"
#include "ops/divergences.h"

namespace potstill {
namespace {

// A divergence of the logits of student and teacher; samples that the mask leaves out do not count.
class DivergenceTerm : public LossTerm {
 public:
  bool takes_narrow() const override { return true; }
  std::string denominator() const override { return "rows of the mask"; }

  TermValue evaluate(Samples& samples, const TermFeatures&) const override {
    auto& teacher = samples.teacher(name());
    const auto& output = samples.output(name());
    if (output.dim() < 2)
      throw Error(Code::Shape, c10::str(name(), " needs logits [B, C], and the student returned ",
                                        output.sizes()));
    return against(samples, teacher, samples.row_mask(name()));
  }

 protected:
  using Mask = std::optional<at::Tensor>;
  using LossTerm::LossTerm;
  virtual TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const = 0;

  static double count(const Samples& samples, const Mask& mask) {
    return mask ? mask->sum().item<double>() : static_cast<double>(samples.rows());
  }
};

class ReverseKl : public DivergenceTerm {
 public:
  explicit ReverseKl(const Options& spec)
      : DivergenceTerm(spec, {"temperature"}),
        temperature_(positive_option(spec, "temperature", 1)) {}

 protected:
  TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const override {
    return {ops::reverse_kl(samples.logits(name()), teacher.soft(temperature_), temperature_, mask),
            count(samples, mask)};
  }

 private:
  double temperature_;
};

// jsd, skewKl and skewReverseKl: one share, a temperature, and T^2 as an option.
class MixtureTerm : public DivergenceTerm {
 public:
  using Operator = decltype(&ops::jsd);
  MixtureTerm(const Options& spec, const char* share, double fallback, Operator op)
      : DivergenceTerm(spec, {share, "temperature", "scale"}),
        share_(share_option(spec, share, fallback)),
        temperature_(positive_option(spec, "temperature", 1)),
        scale_(spec.boolean("scale", false)),
        op_(op) {}

 protected:
  TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const override {
    return {
        op_(samples.logits(name()), teacher.soft(temperature_), share_, temperature_, scale_, mask),
        count(samples, mask)};
  }

 private:
  double share_, temperature_;
  bool scale_;
  Operator op_;
};

class LogitStandardization : public DivergenceTerm {
 public:
  explicit LogitStandardization(const Options& spec)
      : DivergenceTerm(spec, {"temperature"}),
        temperature_(positive_option(spec, "temperature", 2)) {}

 protected:
  // What is standardized are logits: of several teachers their mean.
  TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const override {
    return {ops::logit_standardization(samples.logits(name()), teacher.mean(), temperature_, mask),
            count(samples, mask)};
  }

 private:
  double temperature_;
};

class LogitMse : public DivergenceTerm {
 public:
  explicit LogitMse(const Options& spec) : DivergenceTerm(spec, {}) {}

 protected:
  TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const override {
    return {ops::logit_mse(samples.logits(name()), teacher.mean(), mask), count(samples, mask)};
  }
};

class Dist : public DivergenceTerm {
 public:
  explicit Dist(const Options& spec)
      : DivergenceTerm(spec, {"beta", "gamma", "temperature", "scale"}),
        beta_(finite_option(spec, "beta", 1)),
        gamma_(finite_option(spec, "gamma", 1)),
        temperature_(positive_option(spec, "temperature", 1)),
        scale_(spec.boolean("scale", false)) {
    check_option(spec, "beta", beta_, beta_ >= 0, "a number of 0 or more");
    check_option(spec, "gamma", gamma_, gamma_ >= 0, "a number of 0 or more");
  }

 protected:
  TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const override {
    return {ops::dist(samples.logits(name()), teacher.soft(temperature_), beta_, gamma_,
                      temperature_, scale_, mask),
            count(samples, mask)};
  }

 private:
  double beta_, gamma_, temperature_;
  bool scale_;
};

// Samples without a label (-100) have no rest to speak of and are left out.
class Dkd : public DivergenceTerm {
 public:
  explicit Dkd(const Options& spec)
      : DivergenceTerm(spec, {"alpha", "beta", "temperature"}),
        alpha_(finite_option(spec, "alpha", 1)),
        beta_(finite_option(spec, "beta", 8)),
        temperature_(positive_option(spec, "temperature", 4)) {
    check_option(spec, "alpha", alpha_, alpha_ >= 0, "a number of 0 or more");
    check_option(spec, "beta", beta_, beta_ >= 0, "a number of 0 or more");
  }

  bool needs_labels() const override { return true; }
  std::string denominator() const override { return "rows of the mask with a label"; }

 protected:
  TermValue against(Samples& samples, TeacherLogits& teacher, const Mask& mask) const override {
    if (!samples.labels().first)
      throw Error(Code::Data,
                  name() + " needs labels, and the batch has none; add labels to the data");
    const Labels& labels = samples.class_labels(name(), ignored);
    Mask rows = mask;
    if (samples.counted(name(), ignored) != samples.rows()) {
      rows = labels.first->ne(ignored);
      if (mask) rows = rows->logical_and(*mask);
    }
    const auto of = [&](const at::Tensor& these) {
      return ops::dkd(samples.logits(name()), teacher.soft(temperature_), these, alpha_, beta_,
                      temperature_, rows);
    };
    auto value = of(*labels.first);
    if (labels.second) value = value * labels.weight + of(*labels.second) * (1 - labels.weight);
    return {value, count(samples, rows)};
  }

 private:
  static constexpr int64_t ignored = -100;
  double alpha_, beta_, temperature_;
};

}  // namespace

std::unique_ptr<LossTerm> make_reverse_kl(const Options& spec) {
  return std::make_unique<ReverseKl>(spec);
}
std::unique_ptr<LossTerm> make_jsd(const Options& spec) {
  return std::make_unique<MixtureTerm>(spec, "beta", 0.5, &ops::jsd);
}
std::unique_ptr<LossTerm> make_skew_kl(const Options& spec) {
  return std::make_unique<MixtureTerm>(spec, "skew", 0.1, &ops::skew_kl);
}
std::unique_ptr<LossTerm> make_skew_reverse_kl(const Options& spec) {
  return std::make_unique<MixtureTerm>(spec, "skew", 0.1, &ops::skew_reverse_kl);
}
std::unique_ptr<LossTerm> make_logit_standardization(const Options& spec) {
  return std::make_unique<LogitStandardization>(spec);
}
std::unique_ptr<LossTerm> make_logit_mse(const Options& spec) {
  return std::make_unique<LogitMse>(spec);
}
std::unique_ptr<LossTerm> make_dist(const Options& spec) { return std::make_unique<Dist>(spec); }
std::unique_ptr<LossTerm> make_dkd(const Options& spec) { return std::make_unique<Dkd>(spec); }

}  // namespace potstill
