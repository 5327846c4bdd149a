// Without the CUDA runtime: a build that has no kernels. native/core/cuda/device_properties.cpp
// takes this file's place where there are some.

#include "core/device.h"
#include "core/error.h"

namespace potstill {

DeviceProperties device_properties(int index) {
  (void)parse_device("cuda:" + std::to_string(index));
  throw Error(Code::Device,
              "this build of potstill has no CUDA kernels and cannot ask for the properties of a "
              "device; `npm run build:cuda` makes one that has");
}

}  // namespace potstill
