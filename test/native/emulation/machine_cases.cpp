// The emulation itself: it has to notice kernels that are wrong.

#include <ATen/ops/empty.h>

#include <stdexcept>

#include "emulation/check.h"
#include "ops/cuda/launch.cuh"

namespace potstill::emulation {
namespace {

using ops::cuda::Group;
using ops::cuda::launch;
using ops::cuda::Sums;

struct Job {
  float* out;
};

// Every thread takes its neighbor's value, with or without waiting for it.
template <bool waits>
__global__ void neighbor_kernel(Job job) {
  POTSTILL_SHARED(shared);
  auto* values = reinterpret_cast<float*>(shared);
  values[threadIdx.x] = static_cast<float>(threadIdx.x);
  if (waits) __syncthreads();
  job.out[threadIdx.x] = values[(threadIdx.x + 1) % blockDim.x];
}

__global__ void deserting_kernel(Job job) {
  if (threadIdx.x == 3) return;
  __syncthreads();
  job.out[threadIdx.x] = 0;
}

__global__ void overflowing_kernel(Job job) {
  POTSTILL_SHARED(shared);
  shared[threadIdx.x + 1] = 0;
  job.out[threadIdx.x] = 0;
}

__global__ void outside_kernel(Job job) { job.out[threadIdx.x + 1] = 0; }

template <int lanes>
__global__ void sum_kernel(Job job) {
  POTSTILL_SHARED(shared);
  const Group<lanes> group;
  Sums<float, 1> sums;
  sums.of[0] = static_cast<float>(threadIdx.x + 1);
  reduce_sums(group, sums, shared);
  job.out[threadIdx.x] = sums.of[0];
}

at::Tensor run(void (*kernel)(Job), int threads, size_t shared) {
  at::Tensor out = at::empty({threads}, at::kFloat);
  launch(kernel, 1, threads, shared, Job{out.mutable_data_ptr<float>()});
  return out;
}

void expect_refused(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::exception&) {
    return;
  }
  fail("nobody noticed");
}

const bool added = [] {
  add_case("machine: a race gives another result in another order", [] {
    set_schedule(Schedule::Forward, 0);
    const at::Tensor right = run(&neighbor_kernel<true>, 64, 256);
    const at::Tensor wrong = run(&neighbor_kernel<false>, 64, 256);
    set_schedule(Schedule::Backward, 0);
    expect_same("with a barrier", run(&neighbor_kernel<true>, 64, 256), right);
    expect_refused([&] { expect_same("", run(&neighbor_kernel<false>, 64, 256), wrong); });
    set_schedule(Schedule::Forward, 0);
  });
  add_case("machine: what was not written is NaN", [] {
    const float first = run(&neighbor_kernel<false>, 64, 256).const_data_ptr<float>()[0];
    if (first == first) fail("it is not");
  });
  add_case("machine: a thread that leaves others at a barrier",
           [] { expect_refused([] { run(&deserting_kernel, 64, 0); }); });
  add_case("machine: shared memory that is too small",
           [] { expect_refused([] { run(&overflowing_kernel, 64, 64); }); });
  add_case("machine: writing beside a tensor", [] {
    run(&outside_kernel, 32, 0);
    expect_refused([] { check_memory(); });
  });
  add_case("machine: sums of lanes, warps and blocks", [] {
    const auto at = [](const at::Tensor& out, int i) { return out.const_data_ptr<float>()[i]; };
    const at::Tensor few = run(&sum_kernel<8>, 64, 0);
    if (at(few, 0) != 36 || at(few, 7) != 36 || at(few, 8) != 100) fail("8 lanes");
    const at::Tensor warp = run(&sum_kernel<32>, 64, 0);
    if (at(warp, 31) != 528 || at(warp, 32) != 1552) fail("a warp");
    const at::Tensor block = run(&sum_kernel<0>, 512, ops::cuda::kReductionBytes);
    if (at(block, 0) != 131328 || at(block, 511) != 131328) fail("a block");
  });
  return true;
}();

}  // namespace
}  // namespace potstill::emulation
