// Without the CUDA runtime: a build that has no kernels. Where there are some, the files of
// native/core/cuda take this one's place.

#include "core/device.h"
#include "core/device_graph.h"
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

std::unique_ptr<DeviceGraph> make_device_graph(int device) {
  (void)current_stream(device);
  refuse("record steps");
}

}  // namespace potstill
