#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>

#include <map>
#include <string>
#include <vector>

#include "core/module.h"
#include "node/call.h"

namespace potstill::node {

// What JavaScript passes to a forward: its arguments 1 to 3 are the positional values, the named
// ones, and the options.
struct ForwardInputs {
  std::vector<c10::IValue> positional;
  std::map<std::string, c10::IValue> named;
  Recording recording;
};

// Converted by the schema of the module's forward. Error(Config) where they do not fit it.
ForwardInputs forward_inputs(Call& call, const torch::jit::Module& module);

}  // namespace potstill::node
