#include "ops/winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <algorithm>
#include <utility>

#include "ops/cpu/capability.h"
#include "ops/cpu/convolution_tensors.h"
#include "ops/cpu/scratch.h"
#include "ops/cpu/tensors.h"
#include "ops/cpu/winograd.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Multiplications that are worth a thread of their own.
constexpr int64_t grain = int64_t{1} << 17;
// Floats of packed weights that are.
constexpr int64_t pack_grain = int64_t{1} << 14;
// Floats of transformed inputs at a time, which the second cache is to hold, and the fewest tiles:
// all weights are read for each group of them.
constexpr int64_t most_transformed = int64_t{1} << 16;
constexpr int64_t least_tiles = 24;
// The gradient by the weight is summed in parts: tiles of a part at least, floats of all parts and
// parts at most.
constexpr int64_t least_part = 64;
constexpr int64_t most_sums = int64_t{1} << 20;
constexpr int64_t most_parts = 16;
// Or by blocks of the weight, if the transformed tiles are at most so many times its size.
constexpr int64_t few_tiles = 4;

// `floats` are those of one tile.
int64_t tiles_at_a_time(int64_t floats) { return std::max(least_tiles, most_transformed / floats); }

// A convolution in tiles, of the images that it reads.
struct Tiling {
  WinogradKernels kernels;
  int64_t outputs, height, width;
  int64_t padding_top, padding_left;
};

WinogradKernels kernels_of(WinogradTiles tiles) { return POTSTILL_FOR_CPU(winograd)(tiles); }

WinogradKernels kernels_of(int64_t tile, int64_t stride) {
  return kernels_of(stride == 2 ? WinogradTiles::Strided
                    : tile == 2 ? WinogradTiles::Two
                                : WinogradTiles::Four);
}

Tiling tiling_of(const at::Tensor& input, int64_t outputs, at::IntArrayRef padding, int64_t tile,
                 int64_t stride) {
  return {kernels_of(tile, stride),
          outputs,
          winograd_size(input.size(2), padding[0], stride),
          winograd_size(input.size(3), padding[1], stride),
          padding[0],
          padding[1]};
}

// Of the gradient by an input of `size`, with `channels`.
Tiling gradient_tiling(int64_t channels, at::IntArrayRef size, at::IntArrayRef padding,
                       int64_t tile, int64_t stride) {
  if (stride == 2)
    return {kernels_of(WinogradTiles::StridedGradient), channels, size[0], size[1], 0, 0};
  return {kernels_of(tile, 1), channels, size[0], size[1], 2 - padding[0], 2 - padding[1]};
}

// Of images that lie channels-last.
WinogradJob job_of(const at::Tensor& images, const Tiling& tiling) {
  WinogradJob job{};
  job.channels = images.size(1);
  job.outputs = tiling.outputs;
  job.height = images.size(2);
  job.width = images.size(3);
  job.output_height = tiling.height;
  job.output_width = tiling.width;
  job.padding_top = tiling.padding_top;
  job.padding_left = tiling.padding_left;
  job.tile_rows = at::divup(tiling.height, tiling.kernels.outputs);
  job.tile_columns = at::divup(tiling.width, tiling.kernels.outputs);
  job.tiles = images.size(0) * job.tile_rows * job.tile_columns;
  job.input = images.const_data_ptr<float>();
  return job;
}

// A weight as it lies, or that of the convolution's gradient by its input. Of the data only the
// gradient by the weight has no use.
WinogradWeight weight_of(const at::Tensor& weight, bool transposed = false) {
  WinogradWeight made = {weight.size(0),   weight.size(1),   weight.const_data_ptr<float>(),
                         weight.stride(0), weight.stride(1), weight.stride(2),
                         weight.stride(3)};
  if (transposed) {
    std::swap(made.outputs, made.channels);
    std::swap(made.output_stride, made.channel_stride);
    made.data += 2 * (made.row_stride + made.column_stride);
    made.row_stride = -made.row_stride;
    made.column_stride = -made.column_stride;
  }
  return made;
}

// What a convolution reads and writes, kept as long as its job.
struct Convolution {
  at::Tensor images, output;
  Addends added;
  WinogradJob job;
};

Convolution convolution_of(const at::Tensor& input, const Tiling& tiling,
                           const std::optional<at::Tensor>& bias,
                           const std::optional<at::Tensor>& other, bool relu) {
  constexpr auto last = at::MemoryFormat::ChannelsLast;
  Convolution made;
  made.images = input.contiguous(last);
  WinogradJob& job = made.job = job_of(made.images, tiling);
  made.output = at::empty({made.images.size(0), tiling.outputs, tiling.height, tiling.width},
                          made.images.options().memory_format(last));
  made.added = addends_of(bias, other, made.output);
  job.bias = data_of(made.added.bias);
  job.other = data_of(made.added.other);
  job.relu = relu;
  job.output = made.output.mutable_data_ptr<float>();
  return made;
}

// Memory for so many floats.
at::Tensor floats_like(const at::Tensor& images, int64_t count) {
  return at::empty({count}, images.options().memory_format(std::nullopt));
}

// All strips of a weight, [strips, positions, channels, columns of a strip].
at::Tensor packed_by(const WinogradKernels& kernels, const at::Tensor& weight, bool transposed) {
  const WinogradWeight filters = weight_of(weight, transposed);
  const int64_t strips = at::divup(filters.outputs, kernels.strip_columns);
  at::Tensor packed =
      at::empty({strips, kernels.positions, filters.channels, kernels.strip_columns},
                weight.options().memory_format(at::MemoryFormat::Contiguous));
  auto* const to = packed.mutable_data_ptr<float>();
  share(strips, units_of(pack_grain, packed.numel() / strips),
        [&](int64_t first, int64_t last) { kernels.pack(filters, first, last, to); });
  return packed;
}

void run_packed(Convolution& convolution, const WinogradKernels& kernels,
                const at::Tensor& packed) {
  WinogradJob& job = convolution.job;
  if (job.tiles == 0) return;
  job.weight = packed.const_data_ptr<float>();
  const int64_t tile_floats = kernels.positions * job.channels;
  const int64_t panels = at::divup(tiles_at_a_time(tile_floats), kernels.panel_rows);
  const int64_t at_a_time =
      std::min(at::divup(job.tiles, at::get_num_threads()), panels * kernels.panel_rows);
  const int64_t groups = at::divup(job.tiles, at_a_time);
  const size_t bytes = kernels.scratch(job, at_a_time) * sizeof(float);
  share(groups, units_of(grain, at_a_time * tile_floats * job.outputs),
        [&](int64_t first, int64_t end) {
          auto* const scratch = static_cast<float*>(thread_scratch(bytes));
          for (int64_t group = first; group < end; ++group)
            kernels.run(job, group * at_a_time, std::min(job.tiles, (group + 1) * at_a_time),
                        scratch);
        });
}

using Transform = void(const WinogradJob& job, int64_t first, int64_t last, float* to,
                       float* scratch);

// All tiles, of the images or of the gradient, as [positions][tiles][line].
at::Tensor transformed(const at::Tensor& images, const WinogradJob& job,
                       const WinogradKernels& kernels, int64_t line, Transform* transform) {
  at::Tensor made = floats_like(images, kernels.positions * job.tiles * line);
  auto* const to = made.mutable_data_ptr<float>();
  share(job.tiles, units_of(pack_grain, kernels.positions * line), [&](int64_t first, int64_t end) {
    transform(job, first, end, to, static_cast<float*>(thread_scratch(line * sizeof(float))));
  });
  return made;
}

at::Tensor transformed_inputs(const at::Tensor& images, const WinogradJob& job,
                              const WinogradKernels& kernels) {
  const int64_t line = at::divup(job.channels, kernels.lanes) * kernels.lanes;
  return transformed(images, job, kernels, line, kernels.transform_inputs);
}

// By strips of a weight that is transformed on the way.
void run_strips(Convolution& convolution, const WinogradKernels& kernels,
                const WinogradWeight& weight) {
  const WinogradJob& job = convolution.job;
  const at::Tensor inputs = transformed_inputs(convolution.images, job, kernels);
  const size_t bytes = kernels.strip_scratch(job) * sizeof(float);
  share(at::divup(job.outputs, kernels.strip_columns),
        units_of(grain, kernels.positions * job.tiles * job.channels * kernels.strip_columns),
        [&](int64_t first, int64_t end) {
          kernels.run_strips(job, weight, inputs.const_data_ptr<float>(), first, end,
                             static_cast<float*>(thread_scratch(bytes)));
        });
}

at::Tensor convolved(const at::Tensor& input, const Tiling& tiling, const at::Tensor& weight,
                     bool transposed, const std::optional<at::Tensor>& bias, bool relu) {
  Convolution convolution = convolution_of(input, tiling, bias, std::nullopt, relu);
  // Then a weight in the cache is worth more than tiles there.
  if (2 * convolution.job.tiles <= tiling.outputs)
    run_strips(convolution, tiling.kernels, weight_of(weight, transposed));
  else
    run_packed(convolution, tiling.kernels, packed_by(tiling.kernels, weight, transposed));
  return convolution.output;
}

// By sums over some of the tiles each, which stand in memory as a whole.
void gradient_by_parts(const WinogradKernels& kernels, const WinogradJob& job,
                       const WinogradWeight& weight, int64_t columns, const at::Tensor& images,
                       float* to) {
  const int64_t size = kernels.positions * job.channels * columns;
  // The parts follow from the shape alone, so that the sums do.
  const int64_t parts =
      std::clamp(std::min(job.tiles / least_part, most_sums / size), int64_t{1}, most_parts);
  const at::Tensor sums = floats_like(images, parts * size).zero_();
  auto* const all = sums.mutable_data_ptr<float>();
  const int64_t at_a_time = std::min(at::divup(job.tiles, parts),
                                     tiles_at_a_time(kernels.positions * (job.channels + columns)));
  const size_t bytes = kernels.gradient_scratch(job, at_a_time) * sizeof(float);
  share(parts, units_of(grain, job.tiles * size / parts), [&](int64_t first, int64_t end) {
    auto* const scratch = static_cast<float*>(thread_scratch(bytes));
    for (int64_t part = first; part < end; ++part) {
      const int64_t stop = job.tiles * (part + 1) / parts;
      for (int64_t tile = job.tiles * part / parts; tile < stop; tile += at_a_time)
        kernels.add_gradient(job, tile, std::min(stop, tile + at_a_time), all + part * size,
                             scratch);
    }
  });
  share(at::divup(job.channels, kernels.lanes),
        units_of(pack_grain, parts * kernels.positions * columns * kernels.lanes),
        [&](int64_t first, int64_t end) {
          kernels.finish_gradient(weight, all, parts, first, end, to);
        });
}

// By blocks of the weight, each summed over all tiles while it is in the cache.
void gradient_by_blocks(const WinogradKernels& kernels, const WinogradJob& job,
                        const WinogradWeight& weight, int64_t columns, const at::Tensor& images,
                        float* to) {
  const at::Tensor inputs = transformed_inputs(images, job, kernels);
  const at::Tensor gradients =
      transformed(images, job, kernels, columns, kernels.transform_gradients);
  const int64_t blocks = kernels.gradient_blocks(job);
  const size_t bytes = kernels.gradient_block_scratch * sizeof(float);
  share(blocks, units_of(grain, kernels.positions * job.tiles * job.channels * columns / blocks),
        [&](int64_t first, int64_t end) {
          kernels.run_gradient_blocks(job, weight, inputs.const_data_ptr<float>(),
                                      gradients.const_data_ptr<float>(), first, end, to,
                                      static_cast<float*>(thread_scratch(bytes)));
        });
}

}  // namespace

int64_t winograd_size(int64_t size, int64_t padding, int64_t stride) {
  return (size + 2 * padding - 3) / stride + 1;
}

int64_t winograd_tile(int64_t height, int64_t width, int64_t channels, int64_t outputs,
                      int64_t stride) {
  if (stride == 2) return 2;
  // Multiplications, and what the transforms cost beside them; measured on AVX2.
  const auto cost = [&](int64_t tile) {
    const int64_t positions = (tile + 2) * (tile + 2);
    return at::divup(height, tile) * at::divup(width, tile) * positions *
           (channels * outputs + 12 * (channels + outputs));
  };
  return cost(2) < cost(4) ? 2 : 4;
}

at::Tensor pack_winograd(const at::Tensor& weight, int64_t tile, int64_t stride) {
  return packed_by(kernels_of(tile, stride), weight, /*transposed=*/false);
}

at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& packed,
                                const std::optional<at::Tensor>& bias,
                                const std::optional<at::Tensor>& other, bool relu,
                                at::IntArrayRef padding, int64_t tile, int64_t outputs,
                                int64_t stride) {
  const Tiling tiling = tiling_of(input, outputs, padding, tile, stride);
  Convolution convolution = convolution_of(input, tiling, bias, other, relu);
  run_packed(convolution, tiling.kernels, packed);
  return convolution.output;
}

at::Tensor winograd_conv2d(const at::Tensor& input, const at::Tensor& weight,
                           const std::optional<at::Tensor>& bias, bool relu,
                           at::IntArrayRef padding, int64_t tile, int64_t stride) {
  return convolved(input, tiling_of(input, weight.size(0), padding, tile, stride), weight,
                   /*transposed=*/false, bias, relu);
}

at::Tensor winograd_input_gradient(const at::Tensor& grad_output, const at::Tensor& weight,
                                   at::IntArrayRef size, at::IntArrayRef padding, int64_t tile,
                                   int64_t stride) {
  return convolved(grad_output, gradient_tiling(weight.size(1), size, padding, tile, stride),
                   weight, /*transposed=*/true, std::nullopt, /*relu=*/false);
}

at::Tensor winograd_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                    const at::Tensor& weight, at::IntArrayRef padding, int64_t tile,
                                    int64_t stride) {
  constexpr auto last = at::MemoryFormat::ChannelsLast;
  const at::Tensor images = input.contiguous(last), gradient = grad_output.contiguous(last);
  const int64_t outputs = weight.size(0);
  const Tiling tiling = tiling_of(images, outputs, padding, tile, stride);
  WinogradJob job = job_of(images, tiling);
  job.grad_output = gradient.const_data_ptr<float>();
  at::Tensor result = at::empty_like(weight);
  const int64_t strip = tiling.kernels.strip_columns;
  const bool few = job.tiles * (job.channels + outputs) <= few_tiles * job.channels * outputs;
  (few ? gradient_by_blocks : gradient_by_parts)(tiling.kernels, job, weight_of(result),
                                                 at::divup(outputs, strip) * strip, images,
                                                 result.mutable_data_ptr<float>());
  return result;
}

namespace {

constexpr const char* op = "winograd";

void check_tile(int64_t tile, int64_t stride) {
  TORCH_CHECK(stride == 1 || stride == 2, "winograd: strides are 1 or 2, not ", stride);
  TORCH_CHECK(tile == 2 || (tile == 4 && stride == 1),
              "winograd: tiles have 2 or 4 outputs a side, with stride 2 they have 2, not ", tile);
}

void check_weight(const at::Tensor& weight) {
  check_float(op, "weight", weight, 4);
  TORCH_CHECK(weight.size(2) == 3 && weight.size(3) == 3 && weight.numel() > 0,
              "winograd: weights are 3×3, got ", weight.sizes());
}

// Of an input of `height` × `width`.
void check_padding(at::IntArrayRef padding, int64_t height, int64_t width) {
  TORCH_CHECK(padding.size() == 2 && padding[0] >= 0 && padding[1] >= 0 &&
                  height + 2 * padding[0] >= 3 && width + 2 * padding[1] >= 3,
              "winograd: padding ", padding, " does not fit an image of ", height, "×", width);
}

void check_channels(const at::Tensor& weight, int64_t channels) {
  TORCH_CHECK(weight.size(1) == channels, "winograd: a weight of ", weight.sizes(),
              " does not fit ", channels, " channels");
}

// That a gradient belongs to a convolution of [batch, *, height, width].
void check_gradient(const at::Tensor& grad_output, const at::Tensor& weight, int64_t batch,
                    int64_t height, int64_t width, at::IntArrayRef padding, int64_t stride) {
  check_float(op, "grad_output", grad_output, 4);
  TORCH_CHECK(
      grad_output.numel() > 0 &&
          grad_output.sizes() ==
              at::IntArrayRef({batch, weight.size(0), winograd_size(height, padding[0], stride),
                               winograd_size(width, padding[1], stride)}),
      "winograd: a gradient of ", grad_output.sizes(), " does not fit ", batch, " images of ",
      height, "×", width);
}

at::Tensor checked_pack(const at::Tensor& weight, int64_t tile, int64_t stride) {
  check_tile(tile, stride);
  check_weight(weight);
  return pack_winograd(weight, tile, stride);
}

at::Tensor checked_convolution(const at::Tensor& input, const at::Tensor& packed,
                               const std::optional<at::Tensor>& bias,
                               const std::optional<at::Tensor>& other, bool relu,
                               at::IntArrayRef padding, int64_t tile, int64_t outputs,
                               int64_t stride) {
  check_tile(tile, stride);
  check_float(op, "input", input, 4);
  check_float(op, "packed", packed, 4);
  const auto kernels = kernels_of(tile, stride);
  const int64_t columns = kernels.strip_columns;
  TORCH_CHECK(outputs > 0 && packed.is_contiguous() &&
                  packed.sizes() == at::IntArrayRef({at::divup(outputs, columns), kernels.positions,
                                                     input.size(1), columns}),
              "winograd: a packed weight of ", packed.sizes(), " does not fit ", outputs,
              " outputs of ", input.sizes());
  check_padding(padding, input.size(2), input.size(3));
  check_bias(op, bias, outputs);
  if (is_present(other)) check_float(op, "other", *other, 4);
  return winograd_convolution(input, packed, bias, other, relu, padding, tile, outputs, stride);
}

at::Tensor checked_conv2d(const at::Tensor& input, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, bool relu, at::IntArrayRef padding,
                          int64_t tile, int64_t stride) {
  check_tile(tile, stride);
  check_float(op, "input", input, 4);
  check_weight(weight);
  check_channels(weight, input.size(1));
  check_padding(padding, input.size(2), input.size(3));
  check_bias(op, bias, weight.size(0));
  return winograd_conv2d(input, weight, bias, relu, padding, tile, stride);
}

at::Tensor checked_input_gradient(const at::Tensor& grad_output, const at::Tensor& weight,
                                  at::IntArrayRef size, at::IntArrayRef padding, int64_t tile,
                                  int64_t stride) {
  check_tile(tile, stride);
  check_weight(weight);
  TORCH_CHECK(size.size() == 2, "winograd: the input's size is of two numbers, got ", size);
  check_padding(padding, size[0], size[1]);
  TORCH_CHECK(stride == 1 ? padding[0] <= 2 && padding[1] <= 2 : padding[0] == 1 && padding[1] == 1,
              "winograd: padding ", padding, " has no gradient by the input here");
  check_gradient(grad_output, weight, grad_output.size(0), size[0], size[1], padding, stride);
  return winograd_input_gradient(grad_output, weight, size, padding, tile, stride);
}

at::Tensor checked_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                   const at::Tensor& weight, at::IntArrayRef padding, int64_t tile,
                                   int64_t stride) {
  check_tile(tile, stride);
  check_float(op, "input", input, 4);
  check_weight(weight);
  check_channels(weight, input.size(1));
  check_padding(padding, input.size(2), input.size(3));
  check_gradient(grad_output, weight, input.size(0), input.size(2), input.size(3), padding, stride);
  return winograd_weight_gradient(grad_output, input, weight, padding, tile, stride);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) {
  m.impl("_pack_winograd", &checked_pack);
  m.impl("_winograd_convolution", &checked_convolution);
  m.impl("_winograd_conv2d", &checked_conv2d);
  m.impl("_winograd_input_gradient", &checked_input_gradient);
  m.impl("_winograd_weight_gradient", &checked_weight_gradient);
}

}  // namespace potstill::ops
