#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/options.h"

namespace potstill {

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

// Tensors and counters under stable names, as a checkpoint keeps them.
struct State {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, double> counters;
};

// A learning rate: a number or, for updates that are recorded once and repeated with other rates, a
// float32 scalar on the parameters' device.
struct Rate {
  Rate(double number) : number(number) {}
  Rate(at::Tensor tensor) : tensor(std::move(tensor)) {}
  double number = 1;
  at::Tensor tensor;
};

// PyTorch's optimizers, rule for rule. Its names for the state: "momentum" (sgd, rmsprop),
// "exp_avg", "exp_avg_sq", "max_exp_avg_sq" (adam, adamw), "square_avg", "grad_avg" (rmsprop),
// each followed by a dot and the parameter's path; the counter "step.<parameter>".
class Optimizer {
 public:
  // OptimizerSpec and ParameterGroup[] of lib/native/step.ts; parameters in no group take the
  // optimizer's own options. Error(Config).
  static std::unique_ptr<Optimizer> create(const Options& spec, const std::vector<Options>& groups,
                                           const std::vector<NamedTensor>& parameters);
  virtual ~Optimizer() = default;

  // One update. `gradients` are parallel to the parameters; an undefined one leaves its parameter
  // alone, state included. They may be overwritten. Error(Config) for a parameter's first gradient
  // where the rate is a tensor: its state would be made anew each time.
  void update(const std::vector<at::Tensor>& gradients, const Rate& lr);

  void save(State& state) const;  // copies
  // Error(Checkpoint) where a tensor is missing or has another shape; nothing is changed then.
  void check(const State& state) const;
  void load(const State& state);

 protected:
  struct Slot {
    std::string name;
    at::Tensor parameter;
    double lr_scale = 1;
    double weight_decay = 0;
    // In the order of state_names(); undefined until the first gradient.
    std::array<at::Tensor, 3> state;
    at::Tensor steps;  // scalar float32 on the parameter's device
  };
  // Slots and gradients that one call of a kernel can take together.
  struct Bucket {
    std::vector<Slot*> slots;
    std::vector<at::Tensor> parameters, gradients, steps;
    std::array<std::vector<at::Tensor>, 3> state;
    double lr;
    at::Tensor rate;  // instead of `lr`, where it is defined
    double weight_decay;
    bool first;  // none of them had a gradient before
  };

  virtual std::vector<std::string> state_names() const = 0;
  virtual void apply(Bucket& bucket) = 0;
  // Calls `kernel` with the bucket's rate as it is, a number or a tensor.
  template <typename Kernel>
  static void with_rate(const Bucket& bucket, const Kernel& kernel) {
    if (bucket.rate.defined())
      kernel(bucket.rate);
    else
      kernel(bucket.lr);
  }

 private:
  std::vector<Slot> slots_;
};

// Scales the gradients so that their norm over all is at most `max_norm`, and returns the norm
// before as a scalar tensor: torch.nn.utils.clip_grad_norm_.
at::Tensor clip_norm(std::vector<at::Tensor>& gradients, double max_norm);
// torch.nn.utils.clip_grad_value_
void clip_value(std::vector<at::Tensor>& gradients, double limit);

}  // namespace potstill
