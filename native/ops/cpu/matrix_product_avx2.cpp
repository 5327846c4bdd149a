#include "ops/cpu/matrix_product.h"

#if defined(__x86_64__)
#include "ops/cpu/matrix_product_kernel.h"

namespace potstill::ops {

void matrix_product_avx2(const MatrixProductJob& job, const MatrixProductPart& part,
                         float* scratch) {
  POTSTILL_SIMD::matrix_product(job, part, scratch);
}

}  // namespace potstill::ops
#endif
