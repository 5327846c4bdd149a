#include "ops/cpu/matrix_product.h"

#if defined(__x86_64__)
#include "ops/cpu/matrix_product_kernel.h"

namespace potstill::ops {

const MatrixProductKernels matrix_product_avx512 = POTSTILL_SIMD::matrix_product_kernels;

}  // namespace potstill::ops
#endif
