#pragma once

// Between winograd.cpp and its kernels, which are compiled once per instruction set; plain C++ (see
// simd.h).

#include <cstdint>

namespace potstill::ops {

// Dense images [batch, height, width, channels], and outputs the same way.
struct WinogradJob {
  int64_t channels, outputs;
  int64_t height, width;
  int64_t output_height, output_width;
  int64_t padding_top, padding_left;
  int64_t tile_rows, tile_columns;  // tiles of an image
  const float* input;
  const float* weight;  // [strips][positions][channels][strip_columns]
  const float* bias;    // [outputs], or null
  const float* other;   // of the output's shape, or null
  bool relu;
  float* output;
  // For the gradient by the weight, in place of what stands since `weight`.
  const float* grad_output;
};

// Weights of any strides, in elements; negative ones read a filter backwards.
struct WinogradWeight {
  int64_t outputs, channels;
  const float* data;
  int64_t output_stride, channel_stride, row_stride, column_stride;
};

struct WinogradKernels {
  int64_t panel_rows;     // tiles that are multiplied at once
  int64_t strip_columns;  // outputs that are
  // Strips [first, last) of the packed weight, of which `to` is the whole.
  void (*pack)(const WinogradWeight& weight, int64_t first, int64_t last, float* to);
  // Floats of scratch for `tiles` at a time.
  int64_t (*scratch)(const WinogradJob& job, int64_t tiles);
  // Tiles [first, last) of the batch.
  void (*run)(const WinogradJob& job, int64_t first, int64_t last, float* scratch);

  // The gradient by the weight. Its transform, [positions][channels][strips · strip_columns], is
  // summed in parts.
  int64_t (*gradient_scratch)(const WinogradJob& job, int64_t tiles);
  void (*add_gradient)(const WinogradJob& job, int64_t first, int64_t last, float* sums,
                       float* scratch);
  // Channels [first, last) of the gradient `to`, whose shape and strides are those of `weight`.
  void (*finish_gradient)(const WinogradWeight& weight, const float* sums, int64_t parts,
                          int64_t first, int64_t last, float* to);
};

// `tile`: 2 or 4.
WinogradKernels winograd_default(int64_t tile);
WinogradKernels winograd_avx2(int64_t tile);
WinogradKernels winograd_avx512(int64_t tile);

}  // namespace potstill::ops
