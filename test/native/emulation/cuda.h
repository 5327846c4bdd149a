#pragma once

// CUDA's execution model on one thread of the host, enough of it for native/ops/cuda: a grid of
// blocks one after the other, the threads of a block as fibers, shared memory, barriers and
// exchanges within warps. Fibers change only at barriers and exchanges, in an order that the test
// chooses, so a result that depends on the order of threads between barriers is found out.
//
// Not shown by it: anything that hangs on time or on hardware. Races within a stretch between two
// barriers that happen to be harmless in every order tried; memory ordering; alignment faults of
// vector loads; limits on registers and shared memory; the rounding of device functions; streams
// and asynchronous errors; speed.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>

#define __host__
#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(threads)

namespace potstill::emulation {

struct Index {
  unsigned x = 0, y = 0, z = 0;
};

// Of the fiber that runs.
const Index& thread_index();
const Index& block_index();
const Index& block_size();
const Index& grid_size();

void block_barrier();
void warp_barrier();
// Every lane gives four bytes and gets those of lane `rank ^ lane`.
unsigned exchange(unsigned value, int lane);
unsigned char* shared_memory();

// In which order the fibers of a block run between barriers.
enum class Schedule { Forward, Backward, Random };
void set_schedule(Schedule schedule, uint64_t seed);

// Runs a grid. Throws std::runtime_error if a thread ends, or waits somewhere else, while others
// wait for it, and if shared memory beyond `shared_bytes` was written.
void run_grid(unsigned blocks, unsigned threads, size_t shared_bytes,
              const std::function<void()>& kernel);

// Kernels started since the last call, so that a test knows that it tested one.
size_t take_launches();

}  // namespace potstill::emulation

#define threadIdx (potstill::emulation::thread_index())
#define blockIdx (potstill::emulation::block_index())
#define blockDim (potstill::emulation::block_size())
#define gridDim (potstill::emulation::grid_size())

inline void __syncthreads() { potstill::emulation::block_barrier(); }
inline void __syncwarp() { potstill::emulation::warp_barrier(); }
inline unsigned __shfl_xor_sync(unsigned /*mask*/, unsigned value, int lane) {
  return potstill::emulation::exchange(value, lane);
}

#define POTSTILL_SHARED(name) unsigned char* name = potstill::emulation::shared_memory()

namespace at {
class Tensor;
}

namespace potstill::ops::cuda {

class OnDeviceOf {
 public:
  explicit OnDeviceOf(const at::Tensor&) {}
};

template <typename Job>
void launch(void (*kernel)(Job), int64_t blocks, int threads, size_t shared, const Job& job) {
  if (blocks == 0) return;
  emulation::run_grid(static_cast<unsigned>(blocks), static_cast<unsigned>(threads), shared,
                      [&] { kernel(job); });
}

}  // namespace potstill::ops::cuda
