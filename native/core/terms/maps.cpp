#include <ATen/ops/adaptive_avg_pool2d.h>

#include <algorithm>

#include "core/error.h"
#include "core/terms/feature_term.h"
#include "core/terms/registry.h"
#include "ops/attention_transfer.h"
#include "ops/nst.h"

namespace potstill {
namespace {

// Losses on feature maps [B, C, H, W] of one height and width. The larger side's are averaged down
// to the smaller's, as the published codes do.
class MapTerm : public FeatureTerm {
 protected:
  using FeatureTerm::FeatureTerm;

  virtual at::Tensor of_maps(const at::Tensor& student, const at::Tensor& teacher) const = 0;

  at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher, const Samples&,
                     size_t index) const override {
    if (student.dim() < 3 || student.dim() != teacher.dim())
      throw Error(Code::Shape, shapes(student, teacher, index) +
                                   "; it compares maps [B, C, H, W], or [B, C, …] of both");
    at::Tensor s = student, t = teacher;
    if (s.sizes().slice(2) != t.sizes().slice(2)) {
      if (s.dim() != 4)
        throw Error(Code::Shape, shapes(student, teacher, index) +
                                     "; only maps [B, C, H, W] are averaged down to one size");
      const int64_t height = std::min(s.size(2), t.size(2)), width = std::min(s.size(3), t.size(3));
      for (at::Tensor* side : {&s, &t})
        if (side->size(2) != height || side->size(3) != width)
          *side = at::adaptive_avg_pool2d(*side, {height, width});
    }
    return of_maps(s, t);
  }
};

// Attention transfer (arXiv 1612.03928).
class Attention : public MapTerm {
 public:
  explicit Attention(const Options& spec)
      : MapTerm(spec, {"paper"}), paper_(spec.boolean("paper", false)) {}

 protected:
  at::Tensor of_maps(const at::Tensor& student, const at::Tensor& teacher) const override {
    return ops::attention_transfer(student, teacher, paper_);
  }

 private:
  bool paper_;
};

// Neuron selectivity transfer (arXiv 1707.01219).
class Nst : public MapTerm {
 public:
  explicit Nst(const Options& spec) : MapTerm(spec, {}) {}

 protected:
  at::Tensor of_maps(const at::Tensor& student, const at::Tensor& teacher) const override {
    return ops::nst(student, teacher);
  }
};

}  // namespace

std::unique_ptr<LossTerm> make_attention(const Options& spec) {
  return std::make_unique<Attention>(spec);
}

std::unique_ptr<LossTerm> make_nst(const Options& spec) { return std::make_unique<Nst>(spec); }

}  // namespace potstill
