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
  int64_t tiles;                    // of the batch
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

// Tiles of 2×2 and 4×4 outputs of stride 1, of 2×2 of stride 2, and of 4×4 of the gradient by the
// input of these.
enum class WinogradTiles { Two, Four, Strided, StridedGradient };

struct WinogradKernels {
  int64_t outputs;        // of a side of a tile
  int64_t positions;      // of a whole tile
  int64_t panel_rows;     // tiles that are multiplied at once
  int64_t strip_columns;  // outputs that are
  int64_t lanes;          // channels of a vector

  // Strips [first, last) of the packed weight, of which `to` is the whole.
  void (*pack)(const WinogradWeight& weight, int64_t first, int64_t last, float* to);
  // Floats of scratch for `tiles` at a time.
  int64_t (*scratch)(const WinogradJob& job, int64_t tiles);
  // Tiles [first, last) of the batch.
  void (*run)(const WinogradJob& job, int64_t first, int64_t last, float* scratch);

  // For few tiles, in two passes: tiles [first, last) to [positions][tiles][padded channels], with
  // a line of channels as scratch; and strips [first, last) of the outputs, by a weight that is not
  // packed.
  void (*transform_inputs)(const WinogradJob& job, int64_t first, int64_t last, float* to,
                           float* scratch);
  int64_t (*strip_scratch)(const WinogradJob& job);
  void (*run_strips)(const WinogradJob& job, const WinogradWeight& weight, const float* inputs,
                     int64_t first, int64_t last, float* scratch);

  // The gradient by the weight, which the gradient by an input has none of. Its transform,
  // [positions][channels][strips · strip_columns], is summed in parts.
  int64_t (*gradient_scratch)(const WinogradJob& job, int64_t tiles) = nullptr;
  void (*add_gradient)(const WinogradJob& job, int64_t first, int64_t last, float* sums,
                       float* scratch) = nullptr;
  // Vectors [first, last) of channels of the gradient `to`, whose shape and strides are those of
  // `weight`.
  void (*finish_gradient)(const WinogradWeight& weight, const float* sums, int64_t parts,
                          int64_t first, int64_t last, float* to) = nullptr;

  // For few tiles, after transform_inputs: the tiles of the gradient in the same way, and blocks
  // [first, last) of all `gradient_blocks` of the result, each summed over all tiles.
  void (*transform_gradients)(const WinogradJob& job, int64_t first, int64_t last, float* to,
                              float* scratch) = nullptr;
  int64_t (*gradient_blocks)(const WinogradJob& job) = nullptr;
  int64_t gradient_block_scratch = 0;  // floats
  void (*run_gradient_blocks)(const WinogradJob& job, const WinogradWeight& weight,
                              const float* inputs, const float* gradients, int64_t first,
                              int64_t last, float* to, float* scratch) = nullptr;
};

WinogradKernels winograd_default(WinogradTiles tiles);
WinogradKernels winograd_avx2(WinogradTiles tiles);
WinogradKernels winograd_avx512(WinogradTiles tiles);

}  // namespace potstill::ops
