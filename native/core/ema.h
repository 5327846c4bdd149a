#pragma once

#include <vector>

#include "core/optimizer.h"

namespace potstill {

// Exponential moving average of weights: the first update copies them, every later one takes
// decay * average + (1 - decay) * weight, as torch.optim.swa_utils' EMA does. Buffers (running
// statistics, counters) are copied as they are.
class WeightAverage {
 public:
  WeightAverage(double decay, std::vector<NamedTensor> parameters,
                std::vector<NamedTensor> buffers);

  // An update in two parts, as it may be recorded once and repeated: what is done to tensors, and
  // that it was done.
  void move();
  void count() { ++updates_; }
  // Exchanges the model's values and the average's.
  void swap();
  bool swapped() const { return swapped_; }

  void save(State& state) const;  // copies, as "ema.<name>"
  // Error(Checkpoint)
  void check(const State& state) const;
  void load(const State& state);

 private:
  double decay_;
  std::vector<NamedTensor> parameters_, buffers_;
  std::vector<at::Tensor> parameter_averages_, buffer_copies_;
  int64_t updates_ = 0;
  bool swapped_ = false;
};

}  // namespace potstill
