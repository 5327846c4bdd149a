#pragma once

// Between int16_convolution.cpp and its kernels, which are compiled once per instruction set; plain
// C++ (see simd.h).

#include <cstdint>

namespace potstill::ops {

// Columns of a weight that lie side by side.
constexpr int64_t int16_strip = 16;
// Largest magnitude of an input in 16 bits; the weights get what the sums leave.
constexpr int int16_most_input = 2047;

// Images as numbers of 16 bits, channels last, with zeros around.
struct Int16QuantizeJob {
  const float* input;                // [images, height, width, channels]
  int64_t height, width, channels;
  int64_t padding_height, padding_width;
  int16_t* output;  // [images, height + 2·padding_height, width + 2·padding_width, channels]
  float* scales;    // [images]: what 1 stands for; NaN where a value is infinite or NaN
};

using Int16QuantizeKernel = void (*)(const Int16QuantizeJob& job, int64_t first_image,
                                     int64_t last_image);

// output = convolution of input and weight + bias + other, then max(0, ·) if `relu`.
struct Int16ConvolutionJob {
  const int16_t* input;  // [images, height, width, channels], padded, readable one element beyond
  int64_t height, width, channels;
  int64_t output_height, output_width, outputs;
  int64_t kernel_height, stride_height, stride_width;
  int64_t run;                 // kernel_width · channels, rounded up to an even number
  const int16_t* weight;       // [strips, kernel_height · run / 2, int16_strip, 2]
  const float* input_scales;   // [images]
  const float* weight_scales;  // [outputs]
  const float* bias;           // [outputs], or null
  const float* other;          // as the output, or null
  bool relu;
  float* output;  // [images, output_height, output_width, outputs]
};

// The pixels of the output, over all images, that a call is to compute, and which strips of them.
struct Int16Part {
  int64_t first_pixel, last_pixel;
  int64_t first_strip, last_strip;
};

using Int16ConvolutionKernel = void (*)(const Int16ConvolutionJob& job, const Int16Part& part);

void int16_quantize_default(const Int16QuantizeJob& job, int64_t first_image, int64_t last_image);
void int16_quantize_avx2(const Int16QuantizeJob& job, int64_t first_image, int64_t last_image);
void int16_quantize_avx512(const Int16QuantizeJob& job, int64_t first_image, int64_t last_image);

void int16_convolution_default(const Int16ConvolutionJob& job, const Int16Part& part);
void int16_convolution_avx2(const Int16ConvolutionJob& job, const Int16Part& part);
void int16_convolution_avx512(const Int16ConvolutionJob& job, const Int16Part& part);

}  // namespace potstill::ops
