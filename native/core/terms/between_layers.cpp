// Losses that compare what features of one model have to do with each other.

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "core/terms/composed.h"
#include "core/terms/registry.h"

namespace potstill {
namespace {

// Flow of the solution procedure (CVPR 2017, "A Gift from Knowledge Distillation").
class Flow : public ComposedTerm {
 public:
  explicit Flow(const Options& spec) : ComposedTerm(spec, {}) {}

  TermValue evaluate(Samples& samples, const TermFeatures& features) const override {
    if (features.student.size() < 2 || features.student.size() != features.teacher.size())
      throw Error(Code::Config,
                  c10::str(name(), " goes from layer to layer: it needs as many layers of the ",
                           "student as of the teacher, two or more, and got ",
                           features.student.size(), " and ", features.teacher.size()));
    at::Tensor total;
    const auto maps = [&](size_t index) {
      const auto [s, t] = adapted(features, index);
      check_maps(s, t, index);
      return std::pair(masked_samples(samples, s, name()), masked_samples(samples, t, name()));
    };
    auto [before_s, before_t] = maps(0);
    for (size_t i = 1; i < features.student.size(); ++i) {
      const auto [s, t] = maps(i);
      const auto [gram_s, gram_t] = widened(flow(before_s, s), flow(before_t, t));
      const auto value = (gram_s - gram_t).square().sum() / least_one(gram_s.numel());
      total = total.defined() ? total + value : value;
      before_s = s;
      before_t = t;
    }
    return {total, counted_samples(samples, features.student[0], name())};
  }

 protected:
  at::Tensor compare(const at::Tensor&, const at::Tensor&, const Samples&, size_t) const override {
    throw Error(Code::Config, "fsp compares layers two at a time");
  }

 private:
  void check_maps(const at::Tensor& student, const at::Tensor& teacher, size_t index) const {
    if (student.dim() != 4 || teacher.dim() != 4 || student.size(1) != teacher.size(1))
      throw Error(Code::Shape, shapes(student, teacher, index) +
                                   "; it compares maps [B, C, H, W] with equal channels");
  }

  // [B, C1, C2]: F1·F2ᵀ / (H·W), the larger map averaged down to the smaller.
  static at::Tensor flow(const at::Tensor& first, const at::Tensor& second) {
    auto [a, b] = widened(first, second);
    const std::vector<int64_t> size = {std::min(a.size(2), b.size(2)),
                                       std::min(a.size(3), b.size(3))};
    if (a.sizes().slice(2) != at::IntArrayRef(size)) a = at::adaptive_avg_pool2d(a, size);
    if (b.sizes().slice(2) != at::IntArrayRef(size)) b = at::adaptive_avg_pool2d(b, size);
    return at::matmul(a.flatten(2), b.flatten(2).transpose(1, 2)) / (size[0] * size[1]);
  }
};

// MiniLM (arXiv 2002.10957): attention of the last layer, and how values relate to each other.
class MiniLm : public ComposedTerm {
 public:
  explicit MiniLm(const Options& spec)
      : ComposedTerm(spec, {"heads", "attention", "values"}),
        heads_(spec.integer("heads", 12)),
        attention_(finite_option(spec, "attention", 1)),
        values_(finite_option(spec, "values", 1)) {
    check_option(spec, "heads", static_cast<double>(heads_), heads_ >= 1, "at least 1");
  }

  TermValue evaluate(Samples& samples, const TermFeatures& features) const override {
    if (features.student.size() != 3 || features.teacher.size() != 3)
      throw Error(Code::Config,
                  c10::str(name(), " compares queries, keys and values, in this order; got ",
                           features.student.size(), " features of the student and ",
                           features.teacher.size(), " of the teacher"));
    std::vector<at::Tensor> s(3), t(3);
    for (size_t i = 0; i < 3; ++i) {
      const auto [student, teacher] = adapted(features, i);
      std::tie(s[i], t[i]) = widened(student, teacher);
      if (s[i].dim() != 3 || t[i].dim() != 3 || s[i].size(1) != t[i].size(1) ||
          s[i].size(1) != s[0].size(1))
        throw Error(Code::Shape, shapes(student, teacher, i) +
                                     "; it compares [B, T, D] with one number of tokens T");
      for (const auto* each : {&s[i], &t[i]})
        if (each->size(2) % heads_ != 0)
          throw Error(Code::Shape, c10::str(shapes(student, teacher, i), "; ", each->size(2),
                                            " does not divide by ", heads_, " heads"));
    }
    for (size_t i = 0; i < 3; ++i) {
      s[i] = split(s[i]);
      t[i] = split(t[i]);
    }
    std::optional<at::Tensor> mask;
    double counted = static_cast<double>(s[0].size(0));
    if (samples.mask) {
      mask = samples.mask->to(s[0].device(), at::kBool);
      if (mask->dim() != 2 || mask->size(0) != s[0].size(0) || mask->size(1) != s[0].size(2))
        throw Error(Code::Shape,
                    c10::str("mask: ", name(), " needs one of [B, T] = [", s[0].size(0), ", ",
                             s[0].size(2), "], got ", mask->sizes()));
      counted = static_cast<double>(mask->sum().item<int64_t>());
    }
    const auto value =
        attention_ * divergence(relation(s[0], s[1], mask), relation(t[0], t[1], mask), mask) +
        values_ * divergence(relation(s[2], s[2], mask), relation(t[2], t[2], mask), mask);
    return {value, counted};
  }

 protected:
  bool takes_whole_samples() const override { return false; }

  at::Tensor compare(const at::Tensor&, const at::Tensor&, const Samples&, size_t) const override {
    throw Error(Code::Config, "miniLm compares queries, keys and values together");
  }

 private:
  // [B, heads, T, d]
  at::Tensor split(const at::Tensor& x) const {
    return x.reshape({x.size(0), x.size(1), heads_, x.size(2) / heads_}).transpose(1, 2);
  }

  // log softmax(a·bᵀ/√d) over the tokens that the mask keeps. The others are not −∞: 0·(∞ − ∞)
  // would not be 0.
  static at::Tensor relation(const at::Tensor& a, const at::Tensor& b,
                             const std::optional<at::Tensor>& mask) {
    auto scores = at::matmul(a, b.transpose(2, 3)) / std::sqrt(static_cast<double>(a.size(3)));
    if (mask) scores = scores.masked_fill(mask->logical_not().unsqueeze(1).unsqueeze(2), -1e30);
    return at::log_softmax(scores, -1);
  }

  // KL(teacher‖student), mean over samples, heads and tokens.
  static at::Tensor divergence(const at::Tensor& student, const at::Tensor& teacher,
                               const std::optional<at::Tensor>& mask) {
    const auto rows = (teacher.exp() * (teacher - student)).sum(-1).transpose(1, 2);
    return masked_mean(rows, mask);
  }

  int64_t heads_;
  double attention_, values_;
};

}  // namespace

std::unique_ptr<LossTerm> make_fsp(const Options& spec) { return std::make_unique<Flow>(spec); }
std::unique_ptr<LossTerm> make_mini_lm(const Options& spec) {
  return std::make_unique<MiniLm>(spec);
}

}  // namespace potstill
