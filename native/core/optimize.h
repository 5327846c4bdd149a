#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <string>
#include <vector>

namespace potstill {

// One way to run a teacher, measured on a sample of its real inputs.
struct Candidate {
  std::string name;
  // Of one forward; NaN where it was not run to the end.
  double milliseconds;
  // max |difference| over max |value| of the output or tap that is furthest off, and the share of
  // rows with the same largest output.
  double difference;
  double agreement;
  // Why it was not taken into account; empty: it was.
  std::string refused;
};

struct OptimizeOptions {
  std::vector<std::string> taps;  // paths as in tap_path.h, without patterns
  double tolerance;
  double agreement;      // least share of rows with the same largest output
  // What candidates may compute in beside float32: "bfloat16", "int16".
  std::vector<std::string> types;
  int64_t milliseconds;  // about what measuring one candidate may take
  double least;          // a forward that takes less, in milliseconds, is left as it is
};

struct OptimizedModule {
  // For inference only: weights are constants of its code, it carries the taps (tap_graph.h), and
  // it cannot be saved. The module itself where nothing was faster.
  torch::jit::Module module;
  size_t chosen;
  std::vector<Candidate> candidates;  // the first is the module as it is
};

// The fastest of: the module as it is; frozen, with batch norms folded; that converted to oneDNN's
// layouts; with images and weights channels-last; so and with packed convolutions that take in what
// follows them, also with Winograd's for those of 3×3, and with our own products for those of one
// pixel too (packed_convolutions.h); these in bfloat16; and with linear layers and convolutions in
// integers of 16 bits (int16_layers.h), also with Winograd's for convolutions of 3×3. Only those are
// chosen whose outputs and taps on `inputs` stay within the tolerance of the module's own. `choice`
// names one that was chosen before, which is taken without measuring others if it is still within
// the tolerance.
//
// The module is neither changed nor kept in training mode: Error(Config) if it is in that mode, for
// what it computes then is not what a teacher says.
OptimizedModule optimize_module(const torch::jit::Module& module,
                                const std::vector<at::Tensor>& inputs,
                                const OptimizeOptions& options, const std::string& choice);

// A number that differs where code, parameters or buffers do (FNV-1a, as 16 hexadecimal digits).
std::string fingerprint(const torch::jit::Module& module);

}  // namespace potstill
