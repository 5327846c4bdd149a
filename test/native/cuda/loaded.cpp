// Loads the library of the kernels, where there need be no GPU, and prints the operators with the
// devices that they have a kernel for then: "_hint_mse_forward cpu cuda".

#include <ATen/core/dispatch/Dispatcher.h>
#include <dlfcn.h>

#include <iostream>

int main(int count, char** arguments) {
  if (count != 2 || dlopen(arguments[1], RTLD_LAZY) == nullptr) {
    std::cerr << (count == 2 ? dlerror() : "usage: loaded <library>") << "\n";
    return 1;
  }
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const auto& name : dispatcher.getAllOpNames()) {
    if (name.getNamespace() != "potstill") continue;
    const auto op = dispatcher.findOp(name);
    std::cout << name.name.substr(name.name.rfind(':') + 1);
    if (op->hasKernelForDispatchKey(c10::DispatchKey::CPU)) std::cout << " cpu";
    if (op->hasKernelForDispatchKey(c10::DispatchKey::CUDA)) std::cout << " cuda";
    std::cout << "\n";
  }
  return 0;
}
