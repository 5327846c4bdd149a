#include "ops/cpu/int16_convolution_kernel.h"

namespace potstill::ops {

void int16_quantize_default(const Int16QuantizeJob& job, int64_t first_image, int64_t last_image) {
  POTSTILL_SIMD::int16_quantize(job, first_image, last_image);
}

void int16_convolution_default(const Int16ConvolutionJob& job, const Int16Part& part) {
  POTSTILL_SIMD::int16_convolution(job, part);
}

}  // namespace potstill::ops
