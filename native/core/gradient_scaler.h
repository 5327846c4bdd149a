#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/optimizer.h"
#include "core/options.h"

namespace potstill {

// The factor that keeps gradients in the range of float16: torch.amp.GradScaler. The loss is
// multiplied by it, and gradients are divided by it before the optimizer sees them. Where one of
// them is not finite the update is left out and the factor shrinks; after so many updates without
// that it grows.
class GradientScaler {
 public:
  // ScalerSpec of lib/native/step.ts. Error(Config).
  explicit GradientScaler(const Options& spec);

  double scale() const { return scale_; }

  // Divides the gradients in place, all of one device, and adapts the factor. False where one of
  // them is not finite: the update is to be left out. Waits for the device. Error(Nonfinite) where
  // the factor has shrunk to nothing, which is not what makes them infinite then.
  bool unscale(const std::vector<at::Tensor>& gradients);

  void save(State& state) const;
  // Error(Checkpoint)
  void check(const State& state) const;
  void load(const State& state);

 private:
  double scale_, growth_, backoff_;
  int64_t interval_;
  int64_t finite_ = 0;  // updates since the factor changed
};

}  // namespace potstill
