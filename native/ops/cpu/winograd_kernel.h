#pragma once

// Compiled by cpu/winograd_{default,avx2,avx512}.cpp.

#include "ops/cpu/winograd_gradient.h"
#include "ops/cpu/winograd_passes.h"

namespace potstill::ops::POTSTILL_SIMD {

template <typename Tiles>
constexpr WinogradKernels convolution_kernels = {
    .outputs = Tiles::outputs,
    .positions = Tiles::positions* Tiles::positions,
    .panel_rows = winograd_rows,
    .strip_columns = winograd_strip,
    .lanes = winograd_lanes,
    .pack = pack_winograd<Tiles>,
    .scratch = winograd_scratch<Tiles>,
    .run = run_winograd<Tiles>,
    .transform_inputs = transform_all_inputs<Tiles>,
    .strip_scratch = winograd_strip_scratch<Tiles>,
    .run_strips = run_winograd_strips<Tiles>,
};

template <typename Tiles>
constexpr WinogradKernels with_gradient(WinogradKernels kernels) {
  kernels.gradient_scratch = winograd_gradient_scratch<Tiles>;
  kernels.add_gradient = add_winograd_gradient<Tiles>;
  kernels.finish_gradient = finish_winograd_gradient<Tiles>;
  kernels.transform_gradients = transform_all_gradients<Tiles>;
  kernels.gradient_blocks = winograd_gradient_blocks;
  kernels.gradient_block_scratch = Tiles::positions * Tiles::positions * sums_position;
  kernels.run_gradient_blocks = run_winograd_gradient_blocks<Tiles>;
  return kernels;
}

inline WinogradKernels winograd_kernels(WinogradTiles tiles) {
  switch (tiles) {
    case WinogradTiles::Two:
      return with_gradient<Tiles2>(convolution_kernels<Tiles2>);
    case WinogradTiles::Four:
      return with_gradient<Tiles4>(convolution_kernels<Tiles4>);
    case WinogradTiles::Strided:
      return with_gradient<StridedTiles>(convolution_kernels<StridedTiles>);
    case WinogradTiles::StridedGradient:
      break;
  }
  return convolution_kernels<StridedGradientTiles>;
}

}  // namespace potstill::ops::POTSTILL_SIMD
