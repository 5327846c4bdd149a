#pragma once

// Starting kernels on the current stream; under test/native/emulation on the host.

#include <ATen/core/Tensor.h>

#include "ops/cuda/device.cuh"

#if !defined(POTSTILL_EMULATE_CUDA)
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

namespace potstill::ops::cuda {

// Kernels run, and memory is allocated, on the device of this tensor while it lives.
class OnDeviceOf {
 public:
  explicit OnDeviceOf(const at::Tensor& tensor) : guard_(tensor.device()) {}

 private:
  c10::cuda::CUDAGuard guard_;
};

template <typename Job>
void launch(void (*kernel)(Job), int64_t blocks, int threads, size_t shared, const Job& job) {
  if (blocks == 0) return;
  kernel<<<static_cast<unsigned>(blocks), static_cast<unsigned>(threads), shared,
           c10::cuda::getCurrentCUDAStream().stream()>>>(job);
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace potstill::ops::cuda
#endif
