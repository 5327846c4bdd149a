// Without the CUDA runtime: a build that has no kernels. native/core/cuda/runtime.cpp takes this
// file's place where there are some.

#include "core/device.h"
#include "core/error.h"

namespace potstill {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw Error(Code::Device, std::string("this build of potstill has no CUDA kernels and cannot ") +
                                what + "; `npm run build:cuda` makes one that has");
}

}  // namespace

DeviceProperties device_properties(int index) {
  (void)parse_device("cuda:" + std::to_string(index));
  refuse("ask for the properties of a device");
}

void refuse_waiting(bool /*refused*/) { refuse("tell when something waits for a device"); }

}  // namespace potstill
