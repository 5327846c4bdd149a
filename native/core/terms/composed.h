#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

#include "core/terms/feature_term.h"

namespace potstill {

// A loss on features that is composed of ATen's operators, with autograd's gradient. What autograd
// saves of the teacher may not come from inference mode.
class ComposedTerm : public FeatureTerm {
 public:
  bool takes_inference_tensors() const override { return false; }

 protected:
  using FeatureTerm::FeatureTerm;

  // Student's and teacher's features of one shape, else Error(Shape).
  void check_alike(const at::Tensor& student, const at::Tensor& teacher, size_t index) const;
};

// Both in the type that losses are computed in: float64 if either is, else float32.
std::pair<at::Tensor, at::Tensor> widened(const at::Tensor& student, const at::Tensor& teacher);

// What a sum is divided by for its mean: that of nothing is 0.
inline int64_t least_one(int64_t count) { return count < 1 ? 1 : count; }

// The mean of rows (any shape) over those that the mask keeps; the mask has the leading dimensions
// of the rows. 0 where there is none, or none is kept.
at::Tensor masked_mean(const at::Tensor& rows, const std::optional<at::Tensor>& mask);

}  // namespace potstill
