// Recorded work, as libtorch's CUDA graphs have it. native/core/no_runtime.cpp stands in for it in
// builds without kernels.

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <exception>
#include <utility>

#include "core/device.h"
#include "core/device_graph.h"

namespace potstill {
namespace {

class CudaGraph : public DeviceGraph {
 public:
  explicit CudaGraph(c10::DeviceIndex device)
      : stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device)) {}

  void prepare(const std::function<void()>& work) override { aside(work); }

  void record(const std::function<void()>& work) override {
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    aside([&] {
      // Other threads may allocate and ask for events meanwhile: batches are on their way.
      graph->capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
      try {
        work();
      } catch (...) {
        abandon(*graph);
        throw;
      }
      graph->capture_end();
    });
    graph_ = std::move(graph);
  }

  void replay() override { graph_->replay(); }

 private:
  void aside(const std::function<void()>& work) {
    const auto around = c10::cuda::getCurrentCUDAStream(stream_.device_index());
    wait(stream_, around);
    std::exception_ptr failure;
    try {
      const c10::cuda::CUDAStreamGuard guard(stream_);
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    wait(around, stream_);
    if (failure) std::rethrow_exception(failure);
  }

  // `late` goes on after what `early` has been given so far.
  static void wait(c10::Stream late, c10::Stream early) {
    const auto event = make_event(early.device_index(), /*timing=*/false);
    event->record(early);
    event->block(late);
  }

  // The stream has to be told, or it goes on recording. That what it has is of no use is known.
  static void abandon(at::cuda::CUDAGraph& graph) {
    try {
      graph.capture_end();
    } catch (const c10::Error&) {
    }
  }

  c10::cuda::CUDAStream stream_;
  std::unique_ptr<at::cuda::CUDAGraph> graph_;
};

}  // namespace

std::unique_ptr<DeviceGraph> make_device_graph(int device) {
  (void)current_stream(device);  // Error(Device)
  return std::make_unique<CudaGraph>(static_cast<c10::DeviceIndex>(device));
}

}  // namespace potstill
