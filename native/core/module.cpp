#include "core/module.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/export.h>
#include <torch/csrc/jit/serialization/import.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <streambuf>
#include <unordered_map>

#include "core/archive.h"
#include "core/error.h"
#include "core/file.h"

namespace potstill {
namespace {

// The file stays where it is: only its pages that are looked at are read, and libtorch copies
// the tensors out.
class Mapping {
 public:
  explicit Mapping(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
      throw Error(Code::ModelLoad, "cannot open " + path + ": " + file_error(errno));
    if (S_ISDIR(status.st_mode))
      throw Error(Code::ModelLoad, path + " is a folder, not a TorchScript file");
    size_ = static_cast<size_t>(status.st_size);
    if (size_ == 0) return;
    data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data_ == MAP_FAILED)
      throw Error(Code::ModelLoad, "cannot read " + path + ": " + file_error(errno));
  }
  ~Mapping() {
    if (data_ != nullptr && data_ != MAP_FAILED) ::munmap(data_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::string_view view() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

// A seekable stream over memory that is not copied.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view view) {
    char* start = const_cast<char*>(view.data());
    setg(start, start, start + view.size());
  }

 protected:
  pos_type seekoff(off_type offset, std::ios_base::seekdir way, std::ios_base::openmode) override {
    const off_type size = egptr() - eback();
    off_type base = way == std::ios_base::beg   ? 0
                    : way == std::ios_base::end ? size
                                                : gptr() - eback();
    const off_type target = base + offset;
    if (target < 0 || target > size) return pos_type(off_type(-1));
    setg(eback(), eback() + target, egptr());
    return target;
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode mode) override {
    return seekoff(off_type(position), std::ios_base::beg, mode);
  }
};

torch::jit::Module load_checked(std::string_view bytes, const std::string& name,
                                const Placement& placement) {
  check_archive(bytes, name);
  ViewBuffer buffer(bytes);
  std::istream stream(&buffer);
  try {
    torch::jit::Module module =
        torch::jit::load(stream, placement.device.value_or(at::Device(at::kCPU)));
    place_module(module, placement);
    return module;
  } catch (const c10::Error& e) {
    throw Error(Code::ModelLoad, "libtorch cannot load " + name + ": " + e.what_without_backtrace(),
                e.what());
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    throw Error(Code::ModelLoad, "libtorch cannot load " + name + ": " + e.what());
  }
}

bool is_module(const c10::TypePtr& type) {
  auto cls = type->cast<c10::ClassType>();
  return cls && cls->is_module();
}

}  // namespace

torch::jit::Module load_module(const std::string& path, const Placement& placement) {
  Mapping file(path);
  return load_checked(file.view(), path, placement);
}

torch::jit::Module load_module(std::string_view bytes, const Placement& placement) {
  return load_checked(bytes, "the buffer", placement);
}

void place_module(torch::jit::Module& module, const Placement& placement) {
  if (!placement.device && !placement.dtype && !placement.memory_format) return;
  at::NoGradGuard no_grad;
  auto place = [&](at::Tensor tensor) {
    auto options = tensor.options();
    if (placement.device) options = options.device(*placement.device);
    if (placement.dtype && tensor.is_floating_point()) options = options.dtype(*placement.dtype);
    if (placement.memory_format && tensor.dim() == 4)
      options = options.memory_format(*placement.memory_format);
    at::Tensor moved = tensor.to(options);
    if (!moved.is_same(tensor)) tensor.set_data(moved);
  };
  for (const at::Tensor& parameter : module.parameters()) place(parameter);
  for (const at::Tensor& buffer : module.buffers()) place(buffer);
}

// As it is written: on the CPU, so that the file loads anywhere.
static torch::jit::Module on_the_cpu(const torch::jit::Module& module) {
  const auto elsewhere = [](const auto& tensors) {
    for (const at::Tensor& each : tensors)
      if (!each.is_cpu()) return true;
    return false;
  };
  if (!elsewhere(module.parameters()) && !elsewhere(module.buffers())) return module;
  at::NoGradGuard no_grad;
  torch::jit::Module copy = module.deepcopy(at::Device(at::kCPU));
  std::map<std::string, bool> wanted;
  for (const auto& each : module.named_parameters())
    wanted[each.name] = each.value.requires_grad();
  for (const auto& each : copy.named_parameters()) each.value.set_requires_grad(wanted[each.name]);
  return copy;
}

torch::jit::Module frozen_module(const torch::jit::Module& module) {
  if (module.is_training())
    throw Error(Code::Config, "freeze: the module is in training mode; call eval() first");
  return torch::jit::freeze(module.clone());
}

void save_module(const torch::jit::Module& module, const std::string& path) {
  // Named as lib/files/index.ts names them, which clears away what killed processes left.
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
  Descriptor file(create_file(temporary, path));
  try {
    std::exception_ptr failure;
    try {
      torch::jit::ExportModule(on_the_cpu(module), [&](const void* data, size_t size) -> size_t {
        try {
          write_all(file.get(), data, size, path);
          return size;
        } catch (...) {
          failure = std::current_exception();
          return 0;  // the writer of the archive then gives up
        }
      });
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
    if (failure) std::rethrow_exception(failure);
    sync_and_close(file, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0)
      throw Error(Code::Io, "cannot write " + path + ": " + file_error(errno));
    sync_folder_of(path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

std::string save_module(const torch::jit::Module& module) {
  std::string bytes;
  torch::jit::ExportModule(on_the_cpu(module), [&](const void* data, size_t size) -> size_t {
    bytes.append(static_cast<const char*>(data), size);
    return size;
  });
  return bytes;
}

c10::IValue run_module(torch::jit::Module& module, std::vector<c10::IValue> inputs,
                       const std::map<std::string, c10::IValue>& named, Recording recording) {
  std::optional<c10::InferenceMode> inference;
  if (recording == Recording::Inference) inference.emplace(true);
  at::AutoGradMode grad(recording == Recording::Grad);
  torch::jit::Kwargs kwargs(named.begin(), named.end());
  return module.get_method("forward")(std::move(inputs), kwargs);
}

std::string class_name(const torch::jit::Module& module) {
  // Tracing keeps the Python class in `original_name`; the type's own name may be mangled.
  return module.type()->name() ? module.type()->name()->name() : "Module";
}

std::vector<ModuleInfo> describe_modules(const torch::jit::Module& module) {
  std::vector<ModuleInfo> result;
  for (const auto& item : module.named_modules()) {
    int64_t own = 0;
    for (const auto& parameter : item.value.named_parameters(/*recurse=*/false))
      own += parameter.value.numel();
    const bool training = item.value.hasattr("training") && item.value.is_training();
    result.push_back({item.name, class_name(item.value), training, own});
  }
  return result;
}

torch::jit::Module module_at(const torch::jit::Module& module, const std::string& path) {
  torch::jit::Module current = module;
  std::stringstream parts(path);
  for (std::string part; std::getline(parts, part, '.');) {
    if (!current.hasattr(part) || !is_module(current.attr(part).type()))
      throw Error(Code::Config, "there is no module at \"" + path + "\"");
    current = current.attr(part).toModule();
  }
  return current;
}

void copy_state(torch::jit::Module& module,
                const std::vector<std::pair<std::string, at::Tensor>>& entries) {
  std::map<std::string, at::Tensor> known;
  for (const auto& item : module.named_parameters()) known.emplace(item.name, item.value);
  for (const auto& item : module.named_buffers()) known.emplace(item.name, item.value);
  at::NoGradGuard no_grad;
  // Everything is checked before anything is copied, so that a refusal changes nothing.
  for (const auto& [name, value] : entries) {
    auto found = known.find(name);
    if (found == known.end()) throw Error(Code::Config, "the module has no \"" + name + "\"");
    if (found->second.sizes() != value.sizes())
      throw Error(Code::Shape, "\"" + name + "\" has shape " + c10::str(found->second.sizes()) +
                                   " and the value has " + c10::str(value.sizes()));
  }
  for (const auto& [name, value] : entries) known.at(name).copy_(value);
}

std::vector<BakedFlag> baked_flags(const torch::jit::Module& module) {
  std::vector<BakedFlag> result;
  auto constant = [](const torch::jit::Value* value) { return torch::jit::toIValue(value); };
  for (const auto& item : module.named_modules()) {
    auto method = item.value.find_method("forward");
    if (!method) continue;
    std::vector<torch::jit::Block*> blocks{method->graph()->block()};
    bool training_seen = false;
    bool device_seen = false;
    while (!blocks.empty()) {
      torch::jit::Block* block = blocks.back();
      blocks.pop_back();
      for (torch::jit::Node* node : block->nodes()) {
        for (torch::jit::Block* inner : node->blocks()) blocks.push_back(inner);
        if (const auto* schema = node->maybeSchema()) {
          for (const char* flag : {"training", "train"}) {
            const auto index = schema->argumentIndexWithName(flag);
            if (!index || training_seen) continue;
            if (auto value = constant(node->input(*index)); value && value->isBool()) {
              result.push_back({item.name, "training", value->toBool() ? "true" : "false"});
              training_seen = true;
            }
          }
        }
        for (const torch::jit::Value* input : node->inputs()) {
          if (device_seen || input->type()->kind() != c10::TypeKind::DeviceObjType) continue;
          if (auto value = constant(input); value && value->isDevice()) {
            result.push_back({item.name, "device", value->toDevice().str()});
            device_seen = true;
          }
        }
      }
    }
  }
  return result;
}

namespace {

using ObjectPtr = c10::intrusive_ptr<c10::ivalue::Object>;

ObjectPtr view_object(const ObjectPtr& object,
                      std::unordered_map<c10::ivalue::Object*, ObjectPtr>& made) {
  auto& view = made[object.get()];
  if (view) return view;
  view = object->copy();
  const auto result = view;  // the map moves
  for (size_t slot = 0; slot < object->slots().size(); ++slot)
    if (object->getSlot(slot).isModule())
      result->setSlot(slot, view_object(object->getSlot(slot).toObject(), made));
  return result;
}

}  // namespace

torch::jit::Module view_module(const torch::jit::Module& module) {
  std::unordered_map<c10::ivalue::Object*, ObjectPtr> made;
  return torch::jit::Module(view_object(module._ivalue(), made));
}

}  // namespace potstill
