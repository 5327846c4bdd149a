#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/forward_plan.h"
#include "core/options.h"
#include "core/output.h"
#include "core/step.h"
#include "ops/products.h"

namespace potstill {

// What one forward gave: logits, and tapped values in the order of the taps.
struct ModelValues {
  at::Tensor logits;
  std::vector<at::Tensor> taps;
};

// A teacher or the student, as the step runs it: inputs are brought to the model's device, type and
// memory format, the first is normalized if the model wants it so, and the logits are picked from
// what it returns.
class StepModel {
 public:
  // The keys name the parts of `spec`, `resize` one [height, width] or null; `taps` are the paths
  // of hidden values to hand out, `checkpointed` submodules that are computed again in backward;
  // `who` stands for the model in messages. Error(Config, Tap).
  StepModel(const Options& spec, const char* module_key, const char* output_key,
            const char* normalize_key, const char* resize_key, std::vector<std::string> taps,
            const std::string& who, const std::vector<std::string>& checkpointed = {});

  const torch::jit::Module& module() const { return plan_.module(); }

  const std::vector<std::string>& taps() const { return tap_paths_; }
  const std::string& who() const { return plan_.who(); }

  // Of a model that is not trained, with its weights packed. Weights that were changed in between
  // are packed again.
  ModelValues run_frozen(const StepBatch& batch);
  ModelValues run(const StepBatch& batch);

  // The path of the tap that the model computes first among those with NaN or infinity in them, by
  // another forward; empty where there is none.
  std::string first_bad_tap(const StepBatch& batch);

 private:
  struct Arguments {
    std::vector<at::Tensor> inputs;
    std::map<std::string, at::Tensor> named;
  };
  Arguments arguments_of(const StepBatch& batch) const;
  // Device and floating-point type of the first parameter that has one.
  at::TensorOptions placement() const;
  // Whether weights of convolutions lie channels-last; images are brought to that then.
  bool channels_last() const;
  at::Tensor& only_floating(std::map<std::string, at::Tensor>& named) const;
  at::Tensor normalized(const at::Tensor& input) const;
  at::Tensor resized(const at::Tensor& input) const;

  std::vector<std::string> tap_paths_;
  ForwardPlan plan_;
  OutputSelector selector_;
  std::string where_;
  std::vector<at::Tensor> parameters_;
  std::vector<double> mean_, deviation_;
  mutable at::Tensor constants_;  // both of them, as the inputs are
  std::vector<int64_t> size_;  // height and width of the first input; empty: as it comes
  std::unique_ptr<ops::PackedWeights> packed_;
  uint64_t packed_version_ = 0;
};

}  // namespace potstill
