#pragma once

#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace potstill {

// Tells which values of a graph something overwrites in place after a given point. The graph has
// to be inlined, and must not change while this looks at it.
//
// In doubt the answer is yes. libtorch's alias analysis takes every schema at its word; what it
// misses (operators that may hand on their input although their schema does not say so, values
// that loops carry, attributes that are read twice) is added here.
class Overwrites {
 public:
  explicit Overwrites(const std::shared_ptr<torch::jit::Graph>& graph);

  // Whether the value, or anything that shares its memory, may be written to once control has
  // reached `point`, a node or the return node of a block, and before the graph ends.
  bool after(torch::jit::Value* value, torch::jit::Node* point) const;

 private:
  using Values = std::vector<torch::jit::Value*>;

  void look(torch::jit::Block* block);
  void follow_attribute(torch::jit::Node* node);
  bool touches(torch::jit::Value* value, const Values& set) const;
  Values sharing(torch::jit::Value* value) const;
  bool outlives_iteration(torch::jit::Node* loop, const Values& set) const;

  std::vector<torch::jit::Node*> writers_;
  // Values of one group may share memory where libtorch's analysis sees none shared.
  std::vector<Values> groups_;
  std::unordered_map<torch::jit::Value*, std::string> attribute_paths_;
  std::unordered_map<std::string, Values> attributes_;
  bool sets_attributes_ = false;
  std::unique_ptr<torch::jit::AliasDb> aliases_;
};

}  // namespace potstill
