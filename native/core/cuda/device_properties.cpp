#include <c10/cuda/CUDAException.h>
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

}  // namespace potstill
