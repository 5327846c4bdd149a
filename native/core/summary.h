#pragma once

#include <torch/csrc/jit/api/module.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace potstill {

struct SummaryRow {
  std::string path;
  std::string class_name;
  // Of the first tensor that the module's call returned; absent where it was not called.
  std::optional<std::vector<int64_t>> output_shape;
  std::optional<at::ScalarType> output_dtype;
  int64_t parameters;  // with those of its children
};

// Runs `forward` once on the inputs, without gradients and on a copy of the graph, and notes what
// every submodule returned.
std::vector<SummaryRow> summarize(const torch::jit::Module& module,
                                  std::vector<c10::IValue> inputs);

struct TapRow {
  std::string path;  // as tap_path.h takes it, an element of a tuple with its number
  std::string class_name;
  // Of what the last call returned.
  std::vector<int64_t> shape;
  at::ScalarType dtype;
  int64_t calls;
};

// Every place whose output can be tapped in a forward on these inputs, in the order of the code;
// the module's own output has the path "".
std::vector<TapRow> tap_points(const torch::jit::Module& module, std::vector<c10::IValue> inputs,
                               const std::map<std::string, c10::IValue>& named = {});

}  // namespace potstill
