#pragma once

#include <cstdint>
#include <vector>

namespace potstill {

// torch.optim.SGD's rule for one update.
struct SgdRule {
  float lr;
  float momentum;
  float dampening;
  float weight_decay;
  bool nesterov;
  bool maximize;
  bool first;  // the momentum has no value yet and becomes the gradient
};

// One parameter in float32, with its gradient and momentum (null if the rule has none) in the same
// order of elements.
struct SgdSpan {
  float* parameter;
  const float* gradient;
  float* momentum;
  int64_t count;
};

// Updates all of them in one parallel region: every element is read and written once, so that the
// update costs its memory traffic and one barrier.
void sgd_update(const std::vector<SgdSpan>& spans, const SgdRule& rule);

}  // namespace potstill
