#include "ops/winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
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

WinogradKernels kernels_of(int64_t tile) {
  return POTSTILL_FOR_CPU(winograd)(tile);
}

int64_t positions_of(int64_t tile) { return (tile + 2) * (tile + 2); }

// `floats` are those of one tile.
int64_t tiles_at_a_time(int64_t floats) { return std::max(least_tiles, most_transformed / floats); }

// Of images that lie channels-last.
WinogradJob job_of(const at::Tensor& images, at::IntArrayRef padding, int64_t tile,
                   int64_t outputs) {
  WinogradJob job{};
  job.channels = images.size(1);
  job.outputs = outputs;
  job.height = images.size(2);
  job.width = images.size(3);
  job.output_height = job.height + 2 * padding[0] - 2;
  job.output_width = job.width + 2 * padding[1] - 2;
  job.padding_top = padding[0];
  job.padding_left = padding[1];
  job.tile_rows = at::divup(job.output_height, tile);
  job.tile_columns = at::divup(job.output_width, tile);
  job.input = images.const_data_ptr<float>();
  return job;
}

// Of its data only the gradient by it has no use.
WinogradWeight weight_of(const at::Tensor& weight) {
  return {weight.size(0),   weight.size(1),   weight.const_data_ptr<float>(),
          weight.stride(0), weight.stride(1), weight.stride(2),
          weight.stride(3)};
}

}  // namespace

int64_t winograd_tile(int64_t height, int64_t width, int64_t channels, int64_t outputs) {
  // Multiplications, and what the transforms cost beside them; measured on AVX2.
  const auto cost = [&](int64_t tile) {
    const int64_t positions = positions_of(tile);
    return at::divup(height, tile) * at::divup(width, tile) * positions *
           (channels * outputs + 12 * (channels + outputs));
  };
  return cost(2) < cost(4) ? 2 : 4;
}

at::Tensor pack_winograd(const at::Tensor& weight, int64_t tile, bool transposed) {
  WinogradWeight job = weight_of(weight);
  if (transposed) {
    std::swap(job.outputs, job.channels);
    std::swap(job.output_stride, job.channel_stride);
    job.data += 2 * (job.row_stride + job.column_stride);
    job.row_stride = -job.row_stride;
    job.column_stride = -job.column_stride;
  }
  const auto kernels = kernels_of(tile);
  const int64_t strips = at::divup(job.outputs, kernels.strip_columns);
  const int64_t positions = positions_of(tile);
  at::Tensor packed = at::empty({strips, positions, job.channels, kernels.strip_columns},
                                weight.options().memory_format(at::MemoryFormat::Contiguous));
  auto* const to = packed.mutable_data_ptr<float>();
  const int64_t size = packed.numel() / strips;
  share(strips, units_of(pack_grain, size),
        [&](int64_t first, int64_t last) { kernels.pack(job, first, last, to); });
  return packed;
}

at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& packed,
                                const std::optional<at::Tensor>& bias,
                                const std::optional<at::Tensor>& other, bool relu,
                                at::IntArrayRef padding, int64_t tile, int64_t outputs) {
  constexpr auto last = at::MemoryFormat::ChannelsLast;
  const at::Tensor images = input.contiguous(last);
  WinogradJob job = job_of(images, padding, tile, outputs);
  at::Tensor output = at::empty({images.size(0), outputs, job.output_height, job.output_width},
                                images.options().memory_format(last));
  const Addends added = addends_of(bias, other, output);
  job.weight = packed.const_data_ptr<float>();
  job.bias = data_of(added.bias);
  job.other = data_of(added.other);
  job.relu = relu;
  job.output = output.mutable_data_ptr<float>();

  const auto kernels = kernels_of(tile);
  const int64_t positions = positions_of(tile);
  const int64_t tiles = images.size(0) * job.tile_rows * job.tile_columns;
  if (tiles == 0) return output;
  const int64_t tile_work = positions * job.channels * outputs;
  const int64_t panels = at::divup(tiles_at_a_time(positions * job.channels), kernels.panel_rows);
  const int64_t at_a_time =
      std::min(at::divup(tiles, at::get_num_threads()), panels * kernels.panel_rows);
  const int64_t groups = at::divup(tiles, at_a_time);
  const size_t bytes = kernels.scratch(job, at_a_time) * sizeof(float);
  share(groups, units_of(grain, at_a_time * tile_work), [&](int64_t first, int64_t end) {
    auto* const scratch = static_cast<float*>(thread_scratch(bytes));
    for (int64_t group = first; group < end; ++group)
      kernels.run(job, group * at_a_time, std::min(tiles, (group + 1) * at_a_time), scratch);
  });
  return output;
}

at::Tensor winograd_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                    const at::Tensor& weight, at::IntArrayRef padding,
                                    int64_t tile) {
  constexpr auto last = at::MemoryFormat::ChannelsLast;
  const at::Tensor images = input.contiguous(last), gradient = grad_output.contiguous(last);
  const int64_t outputs = weight.size(0);
  WinogradJob job = job_of(images, padding, tile, outputs);
  job.grad_output = gradient.const_data_ptr<float>();
  at::Tensor result = at::empty_like(weight);
  const WinogradWeight shape = weight_of(result);

  const auto kernels = kernels_of(tile);
  const int64_t positions = positions_of(tile);
  const int64_t columns = at::divup(outputs, kernels.strip_columns) * kernels.strip_columns;
  const int64_t size = positions * job.channels * columns;
  const int64_t tiles = images.size(0) * job.tile_rows * job.tile_columns;
  // The parts follow from the shape alone, so that the sums do.
  const int64_t parts =
      std::clamp(std::min(tiles / least_part, most_sums / size), int64_t{1}, most_parts);
  const at::Tensor sums = at::zeros({parts, size}, images.options().memory_format(std::nullopt));
  auto* const all = sums.mutable_data_ptr<float>();
  const int64_t at_a_time =
      std::min(at::divup(tiles, parts), tiles_at_a_time(positions * (job.channels + columns)));
  const size_t bytes = kernels.gradient_scratch(job, at_a_time) * sizeof(float);
  share(parts, units_of(grain, tiles * size / parts), [&](int64_t first, int64_t end) {
    auto* const scratch = static_cast<float*>(thread_scratch(bytes));
    for (int64_t part = first; part < end; ++part) {
      const int64_t stop = tiles * (part + 1) / parts;
      for (int64_t tile_of = tiles * part / parts; tile_of < stop; tile_of += at_a_time)
        kernels.add_gradient(job, tile_of, std::min(stop, tile_of + at_a_time), all + part * size,
                             scratch);
    }
  });
  auto* const to = result.mutable_data_ptr<float>();
  share(job.channels, units_of(pack_grain, parts * positions * columns),
        [&](int64_t first, int64_t end) {
          kernels.finish_gradient(shape, all, parts, first, end, to);
        });
  return result;
}

namespace {

constexpr const char* op = "winograd";

void check_tile(int64_t tile) {
  TORCH_CHECK(tile == 2 || tile == 4, "winograd: tiles have 2 or 4 outputs a side, not ", tile);
}

at::Tensor checked_pack(const at::Tensor& weight, int64_t tile, bool transposed) {
  check_tile(tile);
  check_float(op, "weight", weight, 4);
  TORCH_CHECK(weight.size(2) == 3 && weight.size(3) == 3 && weight.numel() > 0,
              "winograd: weights are 3×3, got ", weight.sizes());
  return pack_winograd(weight, tile, transposed);
}

at::Tensor checked_convolution(const at::Tensor& input, const at::Tensor& packed,
                               const std::optional<at::Tensor>& bias,
                               const std::optional<at::Tensor>& other, bool relu,
                               at::IntArrayRef padding, int64_t tile, int64_t outputs) {
  check_tile(tile);
  check_float(op, "input", input, 4);
  check_float(op, "packed", packed, 4);
  const int64_t columns = kernels_of(tile).strip_columns;
  TORCH_CHECK(
      outputs > 0 && packed.is_contiguous() &&
          packed.sizes() == at::IntArrayRef({at::divup(outputs, columns), (tile + 2) * (tile + 2),
                                             input.size(1), columns}),
      "winograd: a packed weight of ", packed.sizes(), " does not fit ", outputs, " outputs of ",
      input.sizes());
  TORCH_CHECK(padding.size() == 2 && padding[0] >= 0 && padding[1] >= 0 &&
                  input.size(2) + 2 * padding[0] >= 3 && input.size(3) + 2 * padding[1] >= 3,
              "winograd: padding ", padding, " does not fit ", input.sizes());
  check_bias(op, bias, outputs);
  if (is_present(other)) check_float(op, "other", *other, 4);
  return winograd_convolution(input, packed, bias, other, relu, padding, tile, outputs);
}

at::Tensor checked_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                   const at::Tensor& weight, at::IntArrayRef padding,
                                   int64_t tile) {
  check_tile(tile);
  check_float(op, "input", input, 4);
  check_float(op, "grad_output", grad_output, 4);
  check_float(op, "weight", weight, 4);
  TORCH_CHECK(weight.numel() > 0 && weight.size(1) == input.size(1) && weight.size(2) == 3 &&
                  weight.size(3) == 3,
              "winograd: a weight of ", weight.sizes(), " does not fit ", input.sizes());
  TORCH_CHECK(padding.size() == 2 && input.numel() > 0 &&
                  grad_output.sizes() == at::IntArrayRef({input.size(0), weight.size(0),
                                                          input.size(2) + 2 * padding[0] - 2,
                                                          input.size(3) + 2 * padding[1] - 2}),
              "winograd: a gradient of ", grad_output.sizes(), " does not fit ", input.sizes());
  return winograd_weight_gradient(grad_output, input, weight, padding, tile);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) {
  m.impl("_pack_winograd", &checked_pack);
  m.impl("_winograd_convolution", &checked_convolution);
  m.impl("_winograd_weight_gradient", &checked_weight_gradient);
}

}  // namespace potstill::ops
