#include "ops/threads.h"

#include <ATen/Parallel.h>

namespace potstill::ops {

void take_over_threads() { at::internal::lazy_init_num_threads(); }

}  // namespace potstill::ops
