#pragma once

#include <functional>
#include <memory>

namespace potstill {

// Work of a GPU that is recorded once and repeated as a whole, with the same memory: a CUDA graph.
// An interface, so that what goes by it is tested without a GPU.
class DeviceGraph {
 public:
  virtual ~DeviceGraph() = default;

  // Calls `work` on a stream of its own, after what was submitted to the current one and before
  // what will be: what is made once has to be made there before anything is recorded.
  virtual void prepare(const std::function<void()>& work) = 0;
  // Calls `work` with its kernels recorded instead of run. What `work` throws, and c10::Error where
  // it does what cannot be recorded, such as waiting for the device; another may be recorded then.
  virtual void record(const std::function<void()>& work) = 0;
  // Submits what was recorded to the current stream.
  virtual void replay() = 0;
};

// Error(Device) where there is no such device, and in builds without kernels.
std::unique_ptr<DeviceGraph> make_device_graph(int device);

}  // namespace potstill
