#pragma once

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <functional>
#include <string>
#include <vector>

namespace potstill {

// The forward of a module, seen where it is called in a graph. Every call is seen twice: entering,
// with the arguments, and leaving, with what was returned. Code may be inserted before `before`.
struct ModuleCall {
  std::string path;  // along which it was reached; "" for the graph's own module
  const c10::ivalue::Object* module;
  bool entering;
  std::vector<torch::jit::Value*> values;  // arguments without self, or the one result
  torch::jit::Node* before;
};

// Puts something else in the place of a call of a module's forward, which was reached along
// `path`, and returns the result of that; or null, and the call is inlined.
using ReplaceCall = std::function<torch::jit::Value*(
    torch::jit::Node* call, const std::string& path, c10::ivalue::Object* module,
    torch::jit::GraphFunction& method)>;

// Visits the calls of a forward graph of `module` in the order of the code, and inlines them on
// the way, in branches and loops and behind other methods too. Not followed: modules that are
// typed as interfaces, what is forked, and what is replaced.
void visit_module_calls(torch::jit::Graph& graph, const torch::jit::Module& module,
                        const std::function<void(const ModuleCall&)>& visit,
                        const ReplaceCall& replace = nullptr);

// The paths of the modules that the forward of `module` calls, in the order of their first call.
std::vector<std::string> called_modules(const torch::jit::Module& module);

}  // namespace potstill
