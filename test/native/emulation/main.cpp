#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "emulation/check.h"

int main() {
  at::set_num_threads(1);
  potstill::emulation::guard_memory();
  const at::NoGradGuard no_grad;
  return potstill::emulation::run_cases() == 0 ? 0 : 1;
}
