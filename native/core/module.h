#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace potstill {

struct Placement {
  std::optional<at::Device> device;
  // Cast of floating-point parameters and buffers; counters stay what they are.
  std::optional<at::ScalarType> dtype;
  // Of parameters and buffers with four dimensions.
  std::optional<at::MemoryFormat> memory_format;
};

// Error(ModelLoad) where the file is missing, damaged or no TorchScript.
torch::jit::Module load_module(const std::string& path, const Placement& placement);
torch::jit::Module load_module(std::string_view bytes, const Placement& placement);

// In place, keeping the identity of the tensors, so that an optimizer's references stay good.
void place_module(torch::jit::Module& module, const Placement& placement);

// A copy whose weights are constants of its code, batch norms folded; Error(Config) in training
// mode.
torch::jit::Module frozen_module(const torch::jit::Module& module);

// Temporary file beside the target, fsync, rename, fsync of the folder. Error(Io).
void save_module(const torch::jit::Module& module, const std::string& path);
std::string save_module(const torch::jit::Module& module);

enum class Recording { Grad, NoGrad, Inference };

// Inputs are matched to the schema of `forward`; Error(Config) where they do not fit.
c10::IValue run_module(torch::jit::Module& module, std::vector<c10::IValue> inputs,
                       const std::map<std::string, c10::IValue>& named, Recording recording);

// The same tensors in a module of its own: what trains one trains the other, and each has its own
// training flags.
torch::jit::Module view_module(const torch::jit::Module& module);

struct ModuleInfo {
  std::string path;
  std::string class_name;
  bool training;
  int64_t own_parameters;
};
// The module itself first, under the empty path, then its children depth-first.
std::vector<ModuleInfo> describe_modules(const torch::jit::Module& module);
std::string class_name(const torch::jit::Module& module);
torch::jit::Module module_at(const torch::jit::Module& module, const std::string& path);

// Copies values into parameters and buffers of the same names and shapes. Error(Config, Shape).
void copy_state(torch::jit::Module& module,
                const std::vector<std::pair<std::string, at::Tensor>>& entries);

struct BakedFlag {
  std::string path;
  std::string flag;  // "training" or "device"
  std::string value;
};
// Constants where a scripted module would read `self.training`, and device constants: what
// tracing leaves behind.
std::vector<BakedFlag> baked_flags(const torch::jit::Module& module);

}  // namespace potstill
