#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

#include "core/checkpointed_calls.h"
#include "core/tap_path.h"
#include "ops/tap.h"

namespace potstill {

// A copy of a module's forward in which the wanted values pass through `potstill::tap`. Calls of
// submodules are inlined on the way; the module and its own graphs stay as they are, so that it
// saves as ever and runs as ever.
//
// A tap gives the value as it was when the call returned. Where something may overwrite it in
// place later, the graph takes a copy at the tap (recorded for backward like any operator), and
// only there.
class TapGraph {
 public:
  // Of a module that carries taps, its forward as it is. Error(Tap) for a path that is not there
  // (with the nearest names), that forward never calls, that holds no tensor, that is behind an
  // interface, and for a forward that forks. Calls that are checkpointed stay calls; Error(Config)
  // for those that are not there, Error(Tap) for taps within them.
  TapGraph(const torch::jit::Module& module, std::vector<TapPath> paths, const std::string& who,
           CheckpointedCalls* checkpointed = nullptr);

  // With a tap on every tensor that a call returns, for a look at the whole of a module. Where a
  // tap cannot be, there is none; nothing is refused.
  static TapGraph everywhere(const torch::jit::Module& module);

  const std::shared_ptr<torch::jit::Graph>& graph() const { return graph_; }
  const std::vector<TapPath>& paths() const { return paths_; }
  // Error(Tap) where the graph forks: taps behind a wait would see nothing.
  void refuse_forks() const;

  // What a run of the graph left in the collector, path by path: every call of `#*`, else one.
  // Error(Tap) for a path that was not called in this run.
  std::vector<std::vector<at::Tensor>> gather(ops::TapCollector& collector) const;

  // The path of the taps with this number; of paths that differ in `#n` only the first.
  const std::string& path_of(int64_t id) const;

  // A copy of the module, with weights of its own, whose forward is this graph: for passes that
  // rewrite forwards.
  torch::jit::Module applied_to(const torch::jit::Module& module) const;
  // Notes the taps in a module that such passes left of it, so that they are found there although
  // the submodules at their paths are gone.
  void carried_by(torch::jit::Module& module) const;

  // The module with everything but its inputs folded into its forward, optimised for inference,
  // which carries the taps. The weights are constants in it. Error(Config) in training mode.
  torch::jit::Module frozen(const torch::jit::Module& module) const;

 private:
  TapGraph() = default;

  bool find_carried(const torch::jit::Module& module);

  std::shared_ptr<torch::jit::Graph> graph_;
  std::vector<TapPath> paths_;
  std::vector<int64_t> ids_;  // of each path; paths that differ in `#n` only share one
  std::string who_;
};

// Patterns replaced by the paths that they cover, of modules that forward calls; other paths as
// they are; nothing twice. Error(Tap) for a pattern that covers nothing.
std::vector<TapPath> expand_taps(const torch::jit::Module& module,
                                 const std::vector<std::string>& texts, const std::string& who);

}  // namespace potstill
