#include "core/channels_last.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <algorithm>
#include <map>

#include "core/attribute_path.h"
#include "core/error.h"

namespace potstill {
namespace {

using torch::jit::Node;
using torch::jit::Value;

constexpr int64_t kVector = 16;  // float32 of AVX-512

// What cannot be told may be one.
bool may_stride(const Value* stride) {
  const auto beyond_one = [](const c10::IValue& value) { return value.toInt() > 1; };
  if (const auto all = torch::jit::toIValue(stride)) {
    const auto list = all->toListRef();
    return std::any_of(list.begin(), list.end(), beyond_one);
  }
  const auto parts = stride->node()->inputs();
  return std::any_of(parts.begin(), parts.end(), [&](const Value* part) {
    const auto value = torch::jit::toIValue(part);
    return !value || !value->isInt() || beyond_one(*value);
  });
}

}  // namespace

void check_channels_last(const torch::jit::Module& module, const std::string& who) {
  std::map<std::string, at::Tensor> narrow;  // weights of one pixel
  bool laid_out = false;
  for (const auto& [name, weight] : module.named_parameters()) {
    if (weight.dim() != 4 || !weight.is_cpu()) continue;
    laid_out |= weight.suggest_memory_format() == at::MemoryFormat::ChannelsLast;
    if (weight.size(2) == 1 && weight.size(3) == 1 && weight.size(1) < kVector)
      narrow.emplace(name, weight);
  }
  if (!laid_out || narrow.empty()) return;
  const auto graph = module.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  for (const char* kind : {"aten::conv2d", "aten::_convolution"})
    for (Node* node : torch::jit::findAllNodes(*graph, c10::Symbol::fromQualString(kind), true)) {
      const auto found = narrow.find(attribute_path(node->input(1)));
      if (found == narrow.end() || !may_stride(node->input(3))) continue;
      throw Error(Code::Config,
                  c10::str("channelsLast: ", who, "'s ", found->first, " ", found->second.sizes(),
                           " belongs to a convolution of one pixel with a stride over fewer than ",
                           kVector, " channels, whose gradient libtorch's oneDNN cannot compute "
                           "channels-last (oneDNN issue 6035); leave channelsLast out"));
    }
}

}  // namespace potstill
