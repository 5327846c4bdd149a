#include "ops/cpu/linear_kernel.h"

namespace potstill::ops {

void relu_backward_default(const ReluBackwardJob& job, int64_t begin, int64_t end,
                           float* scratch) {
  POTSTILL_SIMD::relu_backward(job, begin, end, scratch);
}

}  // namespace potstill::ops
