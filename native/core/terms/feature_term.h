#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "core/terms/tapped_term.h"

namespace potstill {

// A term on hidden representations: one or more pairs of taps, student's and teacher's, each pair
// with an optional connector.
class FeatureTerm : public TappedTerm {
 public:
  std::string denominator() const override {
    return takes_whole_samples() ? "samples of the mask" : "mask";
  }

  // The sum over the pairs.
  TermValue evaluate(Samples& samples, const TermFeatures& features) const override;

 protected:
  FeatureTerm(const Options& spec, std::initializer_list<const char*> options);

  // Whether the loss takes samples as a whole: the batch's mask is then one of samples, [B], and
  // what it leaves out does not reach `compare`. Other losses look at the mask themselves.
  virtual bool takes_whole_samples() const { return true; }
  // The value of one pair, behind the connector. `index` is that of the pair.
  virtual at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher,
                             const Samples& samples, size_t index) const = 0;
  // How many of the batch a value is the mean over; default: what the mask counts, else samples.
  virtual double count(const at::Tensor& student, const Samples& samples) const;
};

// The mask of a feature [B, T, …] or [B, …]: as it is where it fits its leading dimensions, else
// Error(Shape).
std::optional<at::Tensor> feature_mask(const Samples& samples, const at::Tensor& feature,
                                       const std::string& who);

// For losses that take samples as a whole: those of a feature that a mask [B] keeps, all of them
// without a mask; Error(Shape) for a mask of another shape, such as one of tokens.
at::Tensor masked_samples(const Samples& samples, const at::Tensor& feature,
                          const std::string& who);
double counted_samples(const Samples& samples, const at::Tensor& feature, const std::string& who);

}  // namespace potstill
