#include "core/packed_convolutions.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <algorithm>
#include <optional>

#include "core/convolution_graph.h"
#include "ops/pointwise_convolution.h"
#include "ops/winograd.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

const auto pointwise = c10::Symbol::fromQualString("mkldnn::_convolution_pointwise");
const auto pointwise_in_place = c10::Symbol::fromQualString("mkldnn::_convolution_pointwise_");
const auto winograd = c10::Symbol::fromQualString("potstill::_winograd_convolution");
const auto own_pointwise = c10::Symbol::fromQualString("potstill::_pointwise_convolution");

// Sizes of what each convolution reads, in their order, from a run; nothing of those in branches.
std::vector<std::optional<std::vector<int64_t>>> sizes_of_inputs(
    const torch::jit::Module& module, const std::vector<at::Tensor>& inputs) {
  const auto copy = module.get_method("forward").graph()->copy();
  const auto nodes = convolutions_of(copy->block());
  const auto seen = [&](Node* node) { return node->owningBlock() == copy->block(); };
  const size_t outputs = copy->outputs().size();
  for (Node* node : nodes)
    if (seen(node)) copy->registerOutput(node->input(0));
  torch::jit::Stack stack{module._ivalue()};
  stack.insert(stack.end(), inputs.begin(), inputs.end());
  module.get_method("forward").function().getSchema().checkAndNormalizeInputs(stack);
  torch::jit::InterpreterState(torch::jit::Code(copy, "sizes")).run(stack);
  std::vector<std::optional<std::vector<int64_t>>> result;
  size_t next = outputs;
  for (Node* node : nodes)
    result.push_back(seen(node) ? std::optional(stack.at(next++).toTensor().sizes().vec())
                                : std::nullopt);
  return result;
}

at::Tensor packed(const Convolution& own, const std::optional<std::vector<int64_t>>& sizes) {
  at::OptionalIntArrayRef known;
  if (sizes) known = *sizes;
  return at::mkldnn_reorder_conv2d_weight(own.weight.contiguous().to_mkldnn(), own.padding,
                                          own.stride, own.dilation, own.groups, known);
}

bool all(const std::vector<int64_t>& list, int64_t value) {
  return std::ranges::all_of(list, [&](int64_t each) { return each == value; });
}

// Winograd's algorithm takes a vector of channels at a time; of images, which have 1 or 3, oneDNN is
// faster.
constexpr int64_t kFewChannels = 4;

// By what a convolution is computed where it is wanted `by`.
ConvolutionsBy way_of(const Convolution& own, ConvolutionsBy by) {
  if (by == ConvolutionsBy::OneDnn || own.weight.scalar_type() != at::kFloat || own.groups != 1 ||
      own.stride.size() != 2 || own.padding.size() != 2)
    return ConvolutionsBy::OneDnn;
  const auto size = own.weight.sizes().slice(2);
  const bool winograd = size.equals({3, 3}) && all(own.dilation, 1) &&
                        (all(own.stride, 1) || all(own.stride, 2)) &&
                        own.weight.size(1) >= kFewChannels;
  if (winograd) return ConvolutionsBy::Winograd;
  if (by == ConvolutionsBy::Own && size.equals({1, 1}) && all(own.stride, 1) && all(own.padding, 0))
    return ConvolutionsBy::Own;
  return ConvolutionsBy::OneDnn;
}

Value* no_value(Graph& graph) { return graph.insertConstant(c10::IValue()); }

Value* no_scalars(Graph& graph) {
  const auto scalar = c10::OptionalType::create(c10::NumberType::get());
  return graph.insertNode(graph.createList(scalar, {}))->output();
}

class Rewriter {
 public:
  Rewriter(Graph& graph, ConvolutionsBy by) : graph_(graph), by_(by) {}

  void rewrite(Node* node, const std::optional<std::vector<int64_t>>& sizes) {
    const Convolution own = *convolution_of(node);
    const Followers followers = followers_of(node);
    Value* other = followers.other;
    torch::jit::WithInsertPoint here(followers.sum ? followers.sum : node);
    const bool relu = followers.activation != nullptr;
    const auto way = way_of(own, by_);
    Node* made = way == ConvolutionsBy::Winograd ? insert_winograd(node, own, sizes, other, relu)
                 : way == ConvolutionsBy::Own    ? insert_product(node, own, other, relu)
                                                 : insert_pointwise(node, own, sizes, other, relu);
    made->output()->setType(c10::TensorType::get());
    replace(node, followers, made->output());
    if (other && way == ConvolutionsBy::OneDnn) sums_.push_back(made);
  }

  // A sum goes into the memory of what it adds to where nothing else reads that afterwards.
  void reuse_memory() {
    for (Node* sum : sums_) {
      Value* other = sum->input(1);
      if (!may_overwrite(sum, other)) continue;
      torch::jit::WithInsertPoint here(sum);
      std::vector<Value*> arguments(sum->inputs().begin(), sum->inputs().end());
      std::swap(arguments[0], arguments[1]);
      Node* made = graph_.insertNode(graph_.create(pointwise_in_place, arguments));
      made->output()->setType(sum->output()->type());
      sum->output()->replaceAllUsesWith(made->output());
      sum->destroy();
    }
  }

 private:
  using Sizes = std::optional<std::vector<int64_t>>;

  Node* insert_pointwise(Node* node, const Convolution& own, const Sizes& sizes, Value* other,
                         bool relu) {
    Node* weight = graph_.insertNode(graph_.create(c10::prim::ConstantMKLDNNTensor));
    weight->t_(c10::attr::value, packed(own, sizes));
    std::vector<Value*> arguments{node->input(0)};
    if (other) arguments.push_back(other);
    arguments.insert(arguments.end(),
                     {weight->output(), node->input(2), graph_.insertConstant(own.padding),
                      graph_.insertConstant(own.stride), graph_.insertConstant(own.dilation),
                      graph_.insertConstant(own.groups)});
    Value* none = no_value(graph_);
    Value* scalars = no_scalars(graph_);
    Value* activation = relu ? graph_.insertConstant("relu") : none;
    if (other)
      arguments.insert(arguments.end(),
                       {graph_.insertConstant("add"), none, activation, scalars, none});
    else
      arguments.insert(arguments.end(), {relu ? activation : graph_.insertConstant("none"), scalars,
                                         graph_.insertConstant("")});
    return graph_.insertNode(graph_.create(pointwise, arguments));
  }

  Node* insert_winograd(Node* node, const Convolution& own, const Sizes& sizes, Value* other,
                        bool relu) {
    const int64_t outputs = own.weight.size(0), channels = own.weight.size(1);
    const int64_t stride = own.stride[0];
    const auto along = [&](size_t dim) {
      return ops::winograd_size(sizes->at(dim + 2), own.padding[dim], stride);
    };
    // Of an image that is not known, the tile that saves most.
    const int64_t tile = sizes ? ops::winograd_tile(along(0), along(1), channels, outputs, stride)
                         : stride == 2 ? 2
                                       : 4;
    const at::Tensor weight = ops::pack_winograd(own.weight, tile, stride);
    return graph_.insertNode(
        graph_.create(winograd, {node->input(0), graph_.insertConstant(weight), node->input(2),
                                 other ? other : no_value(graph_), graph_.insertConstant(relu),
                                 graph_.insertConstant(own.padding), graph_.insertConstant(tile),
                                 graph_.insertConstant(outputs), graph_.insertConstant(stride)}));
  }

  Node* insert_product(Node* node, const Convolution& own, Value* other, bool relu) {
    return graph_.insertNode(graph_.create(
        own_pointwise, {node->input(0), graph_.insertConstant(ops::pack_pointwise(own.weight)),
                        node->input(2), other ? other : no_value(graph_),
                        graph_.insertConstant(relu), graph_.insertConstant(own.weight.size(0))}));
  }

  static bool is_own(const Node* node) {
    const auto kind = node->kind();
    return kind == pointwise || kind == pointwise_in_place || kind == winograd ||
           kind == own_pointwise;
  }

  // Only where all is in sight: made by an operator that returns memory of its own, read by
  // convolutions alone, which keep nothing of it, and by none after or besides this one.
  static bool may_overwrite(Node* sum, Value* other) {
    const Node* maker = other->node();
    const bool fresh = is_own(maker) || named(maker, {"aten::max_pool2d", "aten::relu"});
    if (!fresh || maker->owningBlock() != sum->owningBlock() || sum->input(0) == other)
      return false;
    return std::all_of(other->uses().begin(), other->uses().end(), [&](const auto& use) {
      return use.user == sum ||
             (is_own(use.user) && use.user->owningBlock() == sum->owningBlock() &&
              use.user->isBefore(sum) && use.offset == 0);
    });
  }

  Graph& graph_;
  ConvolutionsBy by_;
  std::vector<Node*> sums_;
};

}  // namespace

bool suits_winograd(const Convolution& convolution) {
  return way_of(convolution, ConvolutionsBy::Winograd) == ConvolutionsBy::Winograd &&
         all(convolution.stride, 1);
}

int64_t pack_convolutions(const torch::jit::Module& module, const std::vector<at::Tensor>& inputs,
                          ConvolutionsBy by) {
  const auto sizes = sizes_of_inputs(module, inputs);
  Graph& graph = *module.get_method("forward").graph();
  const auto nodes = convolutions_of(graph.block());
  Rewriter rewriter(graph, by);
  if (std::ranges::none_of(nodes,
                           [&](Node* node) { return way_of(*convolution_of(node), by) == by; }))
    return 0;
  for (size_t i = 0; i < nodes.size(); ++i) rewriter.rewrite(nodes[i], sizes[i]);
  rewriter.reuse_memory();
  torch::jit::EliminateDeadCode(graph.block());
  return static_cast<int64_t>(nodes.size());
}

}  // namespace potstill
