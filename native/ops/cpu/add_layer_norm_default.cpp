#include "ops/cpu/add_layer_norm_kernel.h"

namespace potstill::ops {

void add_layer_norm_default(const AddLayerNormJob& job, int64_t begin, int64_t end) {
  POTSTILL_SIMD::add_layer_norm(job, begin, end);
}

}  // namespace potstill::ops
