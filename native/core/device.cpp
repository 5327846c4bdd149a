#include "core/device.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "core/error.h"

namespace potstill {
namespace {

using c10::impl::VirtualGuardImpl;

std::string listed() {
  std::string text;
  for (const std::string& name : device_names()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

[[noreturn]] void refuse(const std::string& name) {
  std::string why = "there is no device \"" + name + "\" here; the devices are: " + listed();
  if (!cuda_is_built()) why += " (this libtorch was built without CUDA)";
  throw Error(Code::Device, why);
}

// The device, where it exists.
c10::Device cuda_device(int index) {
  if (index < 0 || index >= cuda_device_count()) refuse("cuda:" + std::to_string(index));
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

at::CachingDeviceAllocator::DeviceStats stats_of(int index) {
  // The allocator knows a device once something has been there.
  at::globalContext().lazyInitDevice(c10::kCUDA);
  return at::accelerator::getDeviceStats(cuda_device(index).index());
}

}  // namespace

bool cuda_is_built() { return at::detail::getCUDAHooks().hasCUDART(); }

int cuda_device_count() { return at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }

std::vector<std::string> device_names() {
  std::vector<std::string> names = {"cpu"};
  for (int i = 0; i < cuda_device_count(); ++i) names.push_back("cuda:" + std::to_string(i));
  return names;
}

c10::Device parse_device(const std::string& name) {
  std::optional<c10::Device> device;
  try {
    device.emplace(name);
  } catch (const c10::Error&) {
    refuse(name);
  }
  if (device->is_cpu() || device->is_meta()) return *device;
  if (!device->is_cuda()) refuse(name);
  if (cuda_device_count() == 0 || device->index() >= cuda_device_count()) refuse(name);
  return *device;
}

DeviceMemory device_memory(int index) {
  const auto device = cuda_device(index);
  const auto stats = stats_of(index);
  constexpr auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  const auto [free, total] = at::accelerator::getMemoryInfo(device.index());
  return {stats.allocated_bytes[all].current, stats.allocated_bytes[all].peak,
          stats.reserved_bytes[all].current,  stats.reserved_bytes[all].peak,
          static_cast<int64_t>(free),         static_cast<int64_t>(total)};
}

void reset_peak_memory(int index) {
  (void)stats_of(index);
  at::accelerator::resetPeakStats(cuda_device(index).index());
}

void empty_device_cache() {
  if (cuda_device_count() == 0) return;
  at::globalContext().lazyInitDevice(c10::kCUDA);
  at::accelerator::emptyCache();
  at::accelerator::emptyHostCache();
}

Tf32 tf32() {
  const auto& context = at::globalContext();
  return {context.allowTF32CuBLAS(), context.allowTF32CuDNN(at::Float32Op::CONV)};
}

void allow_tf32(Tf32 allowed) {
  at::globalContext().setAllowTF32CuBLAS(allowed.products);
  at::globalContext().setAllowTF32CuDNN(allowed.convolutions);
}

void synchronize_device(int index) {
  at::accelerator::synchronizeDevice(cuda_device(index).index());
}

c10::Stream make_stream(int index, int priority) {
  const auto device = cuda_device(index);
  at::globalContext().lazyInitDevice(c10::kCUDA);
  return VirtualGuardImpl(c10::kCUDA).getNewStream(device, priority);
}

c10::Stream current_stream(int index) {
  const auto device = cuda_device(index);
  return VirtualGuardImpl(c10::kCUDA).getStream(device);
}

StreamScope::StreamScope(std::optional<c10::Stream> stream) {
  if (stream) before_ = VirtualGuardImpl(c10::kCUDA).exchangeStream(*stream);
}

StreamScope::~StreamScope() {
  if (before_) VirtualGuardImpl(c10::kCUDA).exchangeStream(*before_);
}

std::unique_ptr<c10::Event> make_event(int index, bool timing) {
  (void)cuda_device(index);
  return std::make_unique<c10::Event>(
      c10::kCUDA, timing ? c10::EventFlag::BACKEND_DEFAULT : c10::EventFlag::PYTORCH_DEFAULT);
}

}  // namespace potstill
