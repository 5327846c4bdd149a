// Losses on features that compare element by element or vector by vector.

#include "core/terms/composed.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "core/terms/registry.h"

namespace potstill {

void ComposedTerm::check_alike(const at::Tensor& student, const at::Tensor& teacher,
                               size_t index) const {
  if (student.sizes() != teacher.sizes())
    throw Error(Code::Shape,
                shapes(student, teacher, index) + "; it compares features of one shape");
}

std::pair<at::Tensor, at::Tensor> widened(const at::Tensor& student, const at::Tensor& teacher) {
  const bool wide = student.scalar_type() == at::kDouble || teacher.scalar_type() == at::kDouble;
  const auto type = wide ? at::kDouble : at::kFloat;
  return {student.to(type), teacher.to(type)};
}

at::Tensor masked_mean(const at::Tensor& rows, const std::optional<at::Tensor>& mask) {
  if (!mask) return rows.numel() > 0 ? rows.mean() : rows.sum();
  auto keep = *mask;
  while (keep.dim() < rows.dim()) keep = keep.unsqueeze(-1);
  keep = keep.expand_as(rows);
  // `where` also drops what is not finite among the rows that are left out.
  const auto kept = at::where(keep, rows, at::zeros({}, rows.options()));
  return kept.sum() / keep.sum().clamp_min(1);
}

namespace {

// 1 − cos, mean over samples or positions.
class Cosine : public ComposedTerm {
 public:
  explicit Cosine(const Options& spec) : ComposedTerm(spec, {}) {}

 protected:
  bool takes_whole_samples() const override { return false; }

  at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher, const Samples& samples,
                     size_t index) const override {
    check_alike(student, teacher, index);
    if (student.dim() < 2)
      throw Error(Code::Shape, shapes(student, teacher, index) +
                                   "; it compares vectors [B, D], tokens [B, T, D] or maps "
                                   "[B, C, H, W]");
    auto [s, t] = widened(vectors(student), vectors(teacher));
    constexpr double kEps = 1e-8;
    const auto norm = [](const at::Tensor& x) {
      return at::linalg_vector_norm(x, 2, at::IntArrayRef{-1}, false, std::nullopt);
    };
    const auto norm_s = norm(s), norm_t = norm(t);
    const auto ratio = (s * t).sum(-1) / (norm_s.clamp_min(kEps) * norm_t.clamp_min(kEps));
    // What is zero has no direction: its gradient would be 1/ε.
    const auto cosine = at::where(norm_s > kEps, ratio, at::zeros({}, ratio.options()));
    return masked_mean(1 - cosine, feature_mask(samples, s.select(-1, 0), name()));
  }

  double count(const at::Tensor& student, const Samples& samples) const override {
    return counted_samples(samples, vectors(student).select(-1, 0), name());
  }

 private:
  // Features last: the channels of maps.
  static at::Tensor vectors(const at::Tensor& feature) {
    return feature.dim() == 4 ? feature.permute({0, 2, 3, 1}) : feature;
  }
};

// Activation boundaries (arXiv 1811.03233): which neurons are active, not how much.
class ActivationBoundary : public ComposedTerm {
 public:
  explicit ActivationBoundary(const Options& spec)
      : ComposedTerm(spec, {"margin"}), margin_(positive_option(spec, "margin", 1)) {}

 protected:
  at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher, const Samples&,
                     size_t index) const override {
    check_alike(student, teacher, index);
    auto [s, t] = widened(student, teacher);
    // Both squares have their zero where they are cut off.
    const auto active = t > 0;
    const auto miss = at::where(active, margin_ - s, s + margin_).clamp_min(0);
    return miss.square().sum() / least_one(s.size(0));
  }

 private:
  double margin_;
};

// Overhaul of feature distillation (arXiv 1904.01866): the teacher's values before its ReLU, cut
// off below at a margin for each channel.
class Overhaul : public ComposedTerm {
 public:
  explicit Overhaul(const Options& spec) : ComposedTerm(spec, {"margins"}) {
    if (!spec.has("margins"))
      throw Error(Code::Config,
                  spec.where() +
                      ": ofd needs margins, for each pair one number per channel of the "
                      "teacher's: the mean of what lies below zero there");
    const auto all = spec.value("margins");
    if (!all.isList()) refuse(spec);
    for (const c10::IValue& each : all.toListRef()) {
      if (!each.isList()) refuse(spec);
      std::vector<double> margins;
      for (const c10::IValue& value : each.toListRef()) {
        if (!value.isScalar()) refuse(spec);
        const double margin = value.toScalar().toDouble();
        if (!std::isfinite(margin) || margin > 0) refuse(spec);
        margins.push_back(margin);
      }
      margins_.push_back(at::tensor(margins, at::kDouble));
    }
  }

  TermValue evaluate(Samples& samples, const TermFeatures& features) const override {
    if (features.teacher.size() != margins_.size())
      throw Error(Code::Config, c10::str(name(), ": margins: expected an array for each of ",
                                         features.teacher.size(), " pairs, got ", margins_.size()));
    return ComposedTerm::evaluate(samples, features);
  }

 protected:
  at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher, const Samples&,
                     size_t index) const override {
    check_alike(student, teacher, index);
    auto margin = margins_[index];
    if (teacher.dim() < 2 || teacher.size(1) != margin.numel())
      throw Error(Code::Shape, c10::str(shapes(student, teacher, index), "; margins[", index,
                                        "] has ", margin.numel(), " numbers, one per channel"));
    std::vector<int64_t> shape(teacher.dim(), 1);
    shape[1] = -1;
    auto [s, t] = widened(student, teacher);
    const auto target = at::maximum(t, margin.to(t.options()).reshape(shape));
    const auto counts = (s > target).logical_or(target > 0);
    const auto squares = (s - target).square() * counts.to(s.scalar_type());
    // Halved with each stage before the last.
    return squares.sum() / least_one(s.size(0)) / std::exp2(margins_.size() - 1 - index);
  }

 private:
  [[noreturn]] static void refuse(const Options& spec) {
    throw Error(Code::Config, spec.where() +
                                  ".margins: expected an array for each pair, of numbers of at "
                                  "most 0, one per channel");
  }

  std::vector<at::Tensor> margins_;
};

}  // namespace

std::unique_ptr<LossTerm> make_cosine(const Options& spec) {
  return std::make_unique<Cosine>(spec);
}
std::unique_ptr<LossTerm> make_ab(const Options& spec) {
  return std::make_unique<ActivationBoundary>(spec);
}
std::unique_ptr<LossTerm> make_ofd(const Options& spec) { return std::make_unique<Overhaul>(spec); }

}  // namespace potstill
