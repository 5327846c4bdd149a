#include <ATen/ATen.h>

#include "core/error.h"
#include "core/terms/feature_term.h"
#include "core/terms/registry.h"
#include "ops/hint_mse.h"

namespace potstill {
namespace {

// FitNets' hints (arXiv 1412.6550) and hidden states of transformers: the mean squared difference.
class Hint : public FeatureTerm {
 public:
  explicit Hint(const Options& spec) : FeatureTerm(spec, {}) {}

  bool takes_narrow() const override { return !has_connectors(); }

 protected:
  bool takes_whole_samples() const override { return false; }

  at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher, const Samples& samples,
                     size_t index) const override {
    if (student.sizes() != teacher.sizes())
      throw Error(Code::Shape,
                  shapes(student, teacher, index) + "; it compares features of one shape");
    return ops::hint_mse(student, teacher, feature_mask(samples, student, name()));
  }
};

}  // namespace

std::unique_ptr<LossTerm> make_hint(const Options& spec) { return std::make_unique<Hint>(spec); }

}  // namespace potstill
