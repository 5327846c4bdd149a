// What only the CUDA runtime tells. native/core/no_runtime.cpp stands in for it elsewhere.

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime.h>

#include "core/device.h"

namespace potstill {

DeviceProperties device_properties(int index) {
  (void)parse_device("cuda:" + std::to_string(index));
  cudaDeviceProp properties{};
  C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, index));
  return {properties.name,
          properties.major,
          properties.minor,
          properties.multiProcessorCount,
          static_cast<int64_t>(properties.totalGlobalMem),
          static_cast<int64_t>(properties.sharedMemPerBlockOptin),
          static_cast<int64_t>(properties.l2CacheSize)};
}

void refuse_waiting(bool refused) {
  using c10::cuda::SyncDebugMode;
  c10::cuda::warning_state().set_sync_debug_mode(refused ? SyncDebugMode::L_ERROR
                                                         : SyncDebugMode::L_DISABLED);
}

}  // namespace potstill
