#include "ops/cpu/add_layer_norm.h"

#if defined(__x86_64__)
#include "ops/cpu/add_layer_norm_kernel.h"

namespace potstill::ops {

void add_layer_norm_avx2(const AddLayerNormJob& job, int64_t begin, int64_t end) {
  POTSTILL_SIMD::add_layer_norm(job, begin, end);
}

}  // namespace potstill::ops
#endif
