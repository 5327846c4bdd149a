#include "ops/cpu/matrix_product_kernel.h"

namespace potstill::ops {

const MatrixProductKernels matrix_product_default = POTSTILL_SIMD::matrix_product_kernels;

}  // namespace potstill::ops
