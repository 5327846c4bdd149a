#pragma once

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace potstill {

// Gradient checkpointing (Chen et al., arXiv 1604.06174) of calls of submodules in a forward graph:
// such a call keeps its arguments for backward instead of what it computes on the way, and computes
// it again there. Random numbers are drawn again as they were, autocast is as it was, and running
// statistics stay as the first time left them, so that gradients are those of the plain call.
class CheckpointedCalls {
 public:
  // Makes code of a called method's graph, in the way of the forward around it.
  using Compile = std::function<torch::jit::Code(std::shared_ptr<torch::jit::Graph>)>;

  CheckpointedCalls() = default;
  // `paths` of submodules, without patterns. `who` names the module in messages.
  CheckpointedCalls(std::vector<std::string> paths, std::string who, Compile compile);

  // Puts a checkpointed call in the place of `call`, which reaches `callee` by `path`, and returns
  // its result; null where the path is not among those. Error(Config) where it takes tensors within
  // something else, or returns anything but a tensor or a tuple of them.
  torch::jit::Value* replace(torch::jit::Graph& graph, torch::jit::Node* call,
                             const std::string& path, c10::ivalue::Object* callee,
                             torch::jit::GraphFunction& method);

  bool empty() const { return paths_.empty(); }
  // The path that `path` lies within; empty where there is none.
  std::string around(const std::string& path) const;
  // Error(Config) for a path without a call, with the nearest of those that are called.
  void require_all(const std::vector<std::string>& called) const;

  // The graph finds its calls in those that are in use on its thread.
  class Use {
   public:
    explicit Use(const CheckpointedCalls& calls);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    const CheckpointedCalls* previous_;
  };

  struct Call {
    std::string path;
    torch::jit::Module module;
    torch::jit::Code code;
  };
  const std::shared_ptr<const Call>& at(int64_t index) const { return calls_.at(index); }

 private:
  std::vector<std::string> paths_;
  std::string who_;
  Compile compile_;
  std::vector<std::shared_ptr<const Call>> calls_;  // each place of a call
};

}  // namespace potstill
