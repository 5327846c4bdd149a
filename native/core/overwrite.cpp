#include "core/overwrite.h"

#include <algorithm>
#include <unordered_set>

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Operators that may return their argument, or a view of it, under a schema that promises a new
// tensor: dropout in evaluation mode, conversions to what the tensor already is, views by way of
// lists.
bool may_hand_on(const Node* node) {
  static const std::unordered_set<std::string> names = {
      "aten::dropout",      "aten::feature_dropout",  "aten::alpha_dropout",
      "aten::type_as",      "aten::sum_to_size",      "aten::feature_alpha_dropout",
      "aten::einsum",       "aten::meshgrid",         "aten::broadcast_tensors",
      "aten::atleast_1d",   "aten::atleast_2d",       "aten::atleast_3d",
      "aten::matrix_power", "aten::linalg_multi_dot", "aten::flatten_dense_tensors",
  };
  return names.count(node->kind().toQualString()) > 0;
}

// Whether values of this type have memory that another one can share.
bool shareable(const Value* value) {
  switch (value->type()->kind()) {
    case c10::TypeKind::IntType:
    case c10::TypeKind::FloatType:
    case c10::TypeKind::BoolType:
    case c10::TypeKind::NumberType:
    case c10::TypeKind::StringType:
    case c10::TypeKind::NoneType:
    case c10::TypeKind::DeviceObjType:
      return false;
    default:
      return true;
  }
}

// The node that holds `node` (or is it) directly in `block`; null where it lies elsewhere.
Node* ancestor_in(Node* node, const Block* block) {
  while (node != nullptr && node->owningBlock() != block) node = node->owningBlock()->owningNode();
  return node;
}

}  // namespace

Overwrites::Overwrites(const std::shared_ptr<Graph>& graph) {
  attribute_paths_[graph->inputs().at(0)] = "self";
  look(graph->block());
  // Attributes count as values of their own: a counter that batch norm advances would otherwise
  // be a write to everything that ever sat in a list. Sound as long as nothing sets attributes.
  aliases_ = std::make_unique<torch::jit::AliasDb>(graph, /*isFrozen=*/!sets_attributes_);
  for (auto& [path, values] : attributes_)
    if (values.size() > 1) groups_.push_back(std::move(values));
  writers_.erase(std::remove_if(writers_.begin(), writers_.end(),
                                [&](Node* node) { return !aliases_->isMutable(node); }),
                 writers_.end());
}

void Overwrites::look(Block* block) {
  for (Node* node : block->nodes()) {
    for (Block* inner : node->blocks()) look(inner);
    if (node->blocks().empty()) writers_.push_back(node);
    if (node->kind() == c10::prim::SetAttr) sets_attributes_ = true;
    if (node->kind() == c10::prim::GetAttr) follow_attribute(node);
    if (node->kind() == c10::prim::Loop) {
      Block* body = node->blocks().at(0);
      for (size_t i = 0; i < node->outputs().size(); ++i)
        groups_.push_back({node->input(i + 2), body->inputs().at(i + 1), body->outputs().at(i + 1),
                           node->output(i)});
    } else if (may_hand_on(node)) {
      Values group(node->inputs().begin(), node->inputs().end());
      group.insert(group.end(), node->outputs().begin(), node->outputs().end());
      groups_.push_back(std::move(group));
    }
  }
}

void Overwrites::follow_attribute(Node* node) {
  const auto owner = attribute_paths_.find(node->input());
  if (owner == attribute_paths_.end()) return;
  const std::string path = owner->second + "." + node->s(c10::attr::name);
  attribute_paths_[node->output()] = path;
  const auto type = node->output()->type()->cast<c10::ClassType>();
  if (!type || !type->is_module()) attributes_[path].push_back(node->output());
}

bool Overwrites::touches(Value* value, const Values& set) const {
  return shareable(value) && aliases_->mayContainAlias(value, set);
}

Overwrites::Values Overwrites::sharing(Value* value) const {
  Values set{value};
  std::vector<bool> joined(groups_.size(), false);
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < groups_.size(); ++i) {
      if (joined[i]) continue;
      const Values& group = groups_[i];
      if (std::none_of(group.begin(), group.end(), [&](Value* v) { return touches(v, set); }))
        continue;
      for (Value* each : group)
        if (shareable(each)) set.push_back(each);
      joined[i] = grew = true;
    }
  }
  return set;
}

// Whether what the set shares can be reached in a later iteration than the one that made it: the
// loop carries it on, or it is part of something from outside.
bool Overwrites::outlives_iteration(Node* loop, const Values& set) const {
  Block* body = loop->blocks().at(0);
  for (Value* carried : body->inputs())
    if (touches(carried, set)) return true;
  std::vector<Block*> blocks{body};
  while (!blocks.empty()) {
    Block* block = blocks.back();
    blocks.pop_back();
    for (Node* node : block->nodes()) {
      for (Block* inner : node->blocks()) blocks.push_back(inner);
      for (Value* input : node->inputs())
        if (ancestor_in(input->node(), body) == nullptr && touches(input, set)) return true;
    }
  }
  return false;
}

bool Overwrites::after(Value* value, Node* point) const {
  const Values set = sharing(value);
  const torch::jit::ValueSet written(set.begin(), set.end());
  std::vector<Node*> suspects;
  for (Node* writer : writers_)
    if (aliases_->writesToAlias(writer, written)) suspects.push_back(writer);
  if (suspects.empty()) return false;
  // From the point's block outwards: what comes later there, and what a loop comes back to.
  for (Node* from = point; from != nullptr;) {
    Block* block = from->owningBlock();
    for (Node* writer : suspects) {
      const Node* there = ancestor_in(writer, block);
      if (there == nullptr) continue;
      if (there->isAfter(from) || (there == from && from == point)) return true;
    }
    Node* owner = block->owningNode();
    if (owner != nullptr && owner->kind() == c10::prim::Loop && outlives_iteration(owner, set) &&
        std::any_of(suspects.begin(), suspects.end(),
                    [&](Node* writer) { return ancestor_in(writer, block) != nullptr; }))
      return true;
    from = owner;
  }
  return false;
}

}  // namespace potstill
