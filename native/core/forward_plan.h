#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <map>
#include <string>
#include <vector>

#include "core/checkpointed_calls.h"
#include "core/tap_graph.h"

namespace potstill {

// A module's forward, compiled once for training steps: the graph is inlined, its matrix products
// are replaced (products_pass.h), and it is interpreted as it stands. libtorch's own executors
// specialise on the first shapes that they see and compile again later; without them the first
// batch costs what every batch costs, and results do not depend on what came before.
//
// With taps the copy of the graph that is compiled passes the wanted values on (tap_graph.h); which
// belong to a call is known to that call alone, so that several may run at a time.
//
// The plan reads parameters, buffers and the training flags from the module itself.
class ForwardPlan {
 public:
  // Products are replaced where the plan may choose its own arithmetic, and left where its results
  // have to be those of the module to the bit.
  enum class Products { Fast, Plain };

  // `who` names the module in messages ("the student"). `taps` are paths as in tap_path.h, without
  // patterns (expand_taps). Error(Config) without a forward, Error(Tap) for what cannot be tapped.
  // `checkpointed` are patterns and paths of submodules whose calls are computed again in backward
  // (checkpointed_calls.h); Error(Config) for those that cannot be.
  ForwardPlan(torch::jit::Module module, std::string who, std::vector<std::string> taps = {},
              Products products = Products::Fast,
              const std::vector<std::string>& checkpointed = {});

  // `taps` receives one tensor for each path, in order (of `#*` the last call's), as it was when
  // the call returned and with its history where the forward is recorded. Error(Tap) for a path
  // that this forward does not call.
  c10::IValue operator()(const std::vector<at::Tensor>& inputs,
                         const std::map<std::string, at::Tensor>& named_inputs,
                         std::vector<at::Tensor>* taps = nullptr) const;

  // The same for inputs of any type; `taps` receives every call of `#*`, else one tensor a path.
  c10::IValue run(std::vector<c10::IValue> inputs, const std::map<std::string, c10::IValue>& named,
                  std::vector<std::vector<at::Tensor>>* taps) const;

  // A plan of its own with parameters, buffers and the evaluation mode folded into the graph and
  // the graph optimised for inference, taps kept. What it gives is close to what this one gives,
  // not equal to the bit; nothing reaches the parameters for backward. Error(Config) where the
  // module is in training mode.
  ForwardPlan frozen() const;

  const torch::jit::Module& module() const { return module_; }
  const std::string& who() const { return who_; }
  const std::vector<TapPath>& taps() const { return taps_.paths(); }
  // The path of a tap by the number that its values are recorded under.
  const std::string& tap_of(int64_t id) const { return taps_.path_of(id); }
  int64_t fast_products() const { return fast_products_; }

 private:
  ForwardPlan(torch::jit::Module module, std::string who, std::vector<TapPath> taps,
              Products products, const std::vector<std::string>& checkpointed);

  torch::jit::Module module_;
  std::string who_;
  CheckpointedCalls checkpointed_;
  TapGraph taps_;
  int64_t fast_products_ = 0;
  torch::jit::Code code_;
};

}  // namespace potstill
