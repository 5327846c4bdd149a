#pragma once

#include <torch/csrc/jit/api/module.h>

#include <memory>
#include <string>
#include <vector>

#include "core/options.h"

namespace potstill {

// Turns a ModuleSpec (lib/native/module.ts) into a TorchScript module.
//
// Children are built before their parent, in order, and the parent's own parameters and buffers
// after them; initializers draw from the default CPU generator in that order. `source` holds one
// or more `def name(self, …)`; names resolve as script_resolver.h says, `self.child(x)` calls
// forward of a child, `getattr(self, "0")` reaches children whose names are no identifiers, and
// a child whose own children are named 0, 1, … can be indexed and iterated over.
//
// Throws Error: Config with the path, the line of the source and what the compiler said; Shape or
// Dtype where a tensor's spec does not hold together.
torch::jit::Module build_module(const Options& spec);

// Functions without a module, `def name(x: Tensor) -> Tensor`, which may call each other. They
// live as long as their unit.
struct ScriptFunctions {
  std::shared_ptr<torch::jit::CompilationUnit> unit;
  std::vector<torch::jit::Function*> functions;  // in the order of the source
};
// `who` names the source in messages. Error(Config) with the line and what the compiler said.
ScriptFunctions compile_functions(const std::string& source, const std::string& who);

}  // namespace potstill
