#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <map>
#include <string>
#include <vector>

namespace potstill {

// A module's forward, compiled once for training steps: the graph is inlined, its matrix products
// are replaced (products_pass.h), and it is interpreted as it stands. libtorch's own executors
// specialise on the first shapes that they see and compile again later; without them the first
// batch costs what every batch costs, and results do not depend on what came before.
//
// The plan reads parameters, buffers and the training flags from the module itself.
class ForwardPlan {
 public:
  // `who` names the module in messages ("the student"). Error(Config) without a forward.
  ForwardPlan(torch::jit::Module module, std::string who);

  c10::IValue operator()(const std::vector<at::Tensor>& inputs,
                         const std::map<std::string, at::Tensor>& named_inputs) const;

  const torch::jit::Module& module() const { return module_; }
  const std::string& who() const { return who_; }
  int64_t fast_products() const { return fast_products_; }

 private:
  torch::jit::Module module_;
  std::string who_;
  torch::jit::Code code_;
  int64_t fast_products_ = 0;
};

}  // namespace potstill
