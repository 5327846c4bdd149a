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

namespace potstill::ops::cuda {

// Threads that share a row: a few of a warp for few elements, else a warp or a block.
inline constexpr int kFewLanes = 8;

// A number of lanes, 0 for a block, as a type.
template <int lanes>
using Lanes = std::integral_constant<int, lanes>;

// Starts the kernel that `kernel_of` returns for the Lanes that suit rows of a length, with `most`
// threads a block at most.
template <typename Job, typename KernelOf>
void launch_rows(const Job& job, int64_t rows, int64_t length, KernelOf kernel_of,
                 int most = 512) {
  const auto blocks_of = [&](int lanes, int threads) {
    return (rows * lanes + threads - 1) / threads;
  };
  if (length <= 64) {
    launch(kernel_of(Lanes<kFewLanes>{}), blocks_of(kFewLanes, 128), 128, 0, job);
  } else if (length <= 1024) {
    launch(kernel_of(Lanes<kWarp>{}), blocks_of(kWarp, 128), 128, 0, job);
  } else {
    launch(kernel_of(Lanes<0>{}), rows, length <= 8192 ? 256 : most, kReductionBytes, job);
  }
}

}  // namespace potstill::ops::cuda
