#pragma once

#include <c10/core/Device.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace potstill {

// The CUDA devices of this process, through libtorch's own interfaces: the same code for builds
// with and without CUDA. Without a device everything that needs one throws ERR_DEVICE, which lists
// those that there are; what has nothing to do then (emptying a cache) does nothing.

// Whether libtorch was built with CUDA.
bool cuda_is_built();
int cuda_device_count();

// "cpu", "cuda:0", …
std::vector<std::string> device_names();

// "cpu", "cuda" (the current one), "cuda:1". Throws ERR_DEVICE where there is no such device here.
c10::Device parse_device(const std::string& name);

// Of allocations on a device by libtorch, in bytes, and of the whole device.
struct DeviceMemory {
  int64_t allocated, peak_allocated;
  int64_t reserved, peak_reserved;
  int64_t free, total;
};
DeviceMemory device_memory(int index);
void reset_peak_memory(int index);
// Gives cached blocks of all devices back, and pinned ones of the host.
void empty_device_cache();
// Whether float32 products and convolutions on GPUs may round their operands to TF32.
struct Tf32 {
  bool products, convolutions;
};
Tf32 tf32();
void allow_tf32(Tf32 allowed);
// Waits for everything that was started on a device.
void synchronize_device(int index);

struct DeviceProperties {
  std::string name;
  int major, minor;  // compute capability
  int multiprocessors;
  int64_t total_memory;
  int64_t shared_memory;  // of a block, at most
  int64_t l2_cache;
};
DeviceProperties device_properties(int index);
// Whether libtorch throws where it would wait for a device, on all threads:
// torch.cuda.set_sync_debug_mode("error").
void refuse_waiting(bool refused);

// A new stream from libtorch's pool; a negative priority is a high one.
c10::Stream make_stream(int index, int priority);
// Makes a stream of CUDA current for this thread while it lives; absent: leaves all as it is.
class StreamScope {
 public:
  explicit StreamScope(std::optional<c10::Stream> stream);
  ~StreamScope();
  StreamScope(const StreamScope&) = delete;
  StreamScope& operator=(const StreamScope&) = delete;

 private:
  std::optional<c10::Stream> before_;
};

c10::Stream current_stream(int index);
// An event on a device; with `timing` it can tell the time to another.
std::unique_ptr<c10::Event> make_event(int index, bool timing);

}  // namespace potstill
