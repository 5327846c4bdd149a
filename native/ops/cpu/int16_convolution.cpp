#include "ops/int16_convolution.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/add.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/relu.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <limits>

#include "ops/cpu/capability.h"
#include "ops/cpu/convolution_tensors.h"
#include "ops/cpu/int16_convolution.h"
#include "ops/cpu/tensors.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements to quantize, and products, that are worth a thread of their own.
constexpr int64_t quantize_grain = int64_t{1} << 15;
constexpr int64_t product_grain = int64_t{1} << 19;

struct Kernels {
  Int16QuantizeKernel quantize;
  Int16ConvolutionKernel convolve;
};

Kernels find_kernels() {
  return {POTSTILL_FOR_CPU(int16_quantize), POTSTILL_FOR_CPU(int16_convolution)};
}

struct Geometry {
  int64_t images, channels, height, width;
  at::IntArrayRef kernel, stride, padding;
};

// `input` lies as [images, height, width, channels]; writes `output` in the same way.
void convolve(const at::Tensor& input, const Geometry& g, const at::Tensor& packed,
              const at::Tensor& scales, const std::optional<at::Tensor>& bias,
              const std::optional<at::Tensor>& other, bool relu, const at::Tensor& output) {
  const int64_t outputs = scales.numel();
  const int64_t height = g.height + 2 * g.padding[0], width = g.width + 2 * g.padding[1];
  TORCH_CHECK(packed.scalar_type() == at::kShort && packed.dim() == 5 && packed.is_contiguous() &&
                  packed.size(0) == at::divup(outputs, int16_strip) &&
                  packed.size(1) == g.kernel[0] &&
                  packed.size(2) == at::divup(g.kernel[1] * g.channels, 2) &&
                  packed.size(3) == int16_strip && packed.size(4) == 2,
              "int16: the weight was not packed for ", g.channels, " channels and a kernel of ",
              g.kernel);
  check_float("int16", "scales", scales);
  check_bias("int16", bias, outputs);
  if (output.numel() == 0) return;
  const Addends added = addends_of(bias, other, output);

  const Kernels kernels = find_kernels();
  const at::Tensor steps = at::empty({g.images}, input.options());
  // The last pair of numbers may begin with the last one of them.
  const at::Tensor quantized =
      at::empty({g.images * height * width * g.channels + 1}, input.options().dtype(at::kShort));
  const Int16QuantizeJob to_quantize = {
      input.const_data_ptr<float>(),          g.height,     g.width,
      g.channels,                             g.padding[0], g.padding[1],
      quantized.mutable_data_ptr<int16_t>(), steps.mutable_data_ptr<float>()};
  const int64_t size = g.height * g.width * g.channels;
  share(g.images, units_of(quantize_grain, size),
        [&](int64_t first, int64_t last) { kernels.quantize(to_quantize, first, last); });

  Int16ConvolutionJob job{};
  job.input = quantized.const_data_ptr<int16_t>();
  job.height = height;
  job.width = width;
  job.channels = g.channels;
  job.output_height = (height - g.kernel[0]) / g.stride[0] + 1;
  job.output_width = (width - g.kernel[1]) / g.stride[1] + 1;
  job.outputs = outputs;
  job.kernel_height = g.kernel[0];
  job.stride_height = g.stride[0];
  job.stride_width = g.stride[1];
  job.run = 2 * packed.size(2);
  job.weight = packed.const_data_ptr<int16_t>();
  job.input_scales = steps.const_data_ptr<float>();
  job.weight_scales = scales.const_data_ptr<float>();
  job.bias = data_of(added.bias);
  job.other = data_of(added.other);
  job.relu = relu;
  job.output = output.mutable_data_ptr<float>();

  // Each thread reads the whole of what is not divided: the smaller one.
  const int64_t pixels = g.images * job.output_height * job.output_width;
  const int64_t strips = packed.size(0);
  const bool by_strips = outputs > pixels;
  const int64_t units = by_strips ? strips : pixels;
  const int64_t unit_work = job.kernel_height * job.run * pixels * outputs / units;
  share(units, units_of(product_grain, unit_work), [&](int64_t begin, int64_t end) {
    kernels.convolve(job, by_strips ? Int16Part{0, pixels, begin, end}
                                    : Int16Part{begin, end, 0, strips});
  });
}

}  // namespace

std::tuple<at::Tensor, at::Tensor> pack_int16_weight(const at::Tensor& weight) {
  check_float("pack_int16_weight", "weight", weight);
  TORCH_CHECK(weight.dim() == 4 && weight.numel() > 0,
              "pack_int16_weight: expected [outputs, channels, height, width], got ",
              weight.sizes());
  const int64_t outputs = weight.size(0), height = weight.size(2);
  const int64_t run = weight.size(1) * weight.size(3);
  const at::Tensor rows =
      weight.permute({0, 2, 3, 1}).reshape({outputs, height, run}).to(at::kDouble);
  const at::Tensor magnitudes = rows.abs();
  const at::Tensor sums = magnitudes.sum({1, 2}, /*keepdim=*/true);
  TORCH_CHECK_VALUE(sums.isfinite().all().item<bool>(), "pack_int16_weight: the weight has values "
                    "that are NaN or infinite");
  // The largest sum of magnitudes under which no sum of products leaves 32 bits, with rounding.
  const double largest_sum = static_cast<double>(std::numeric_limits<int32_t>::max()) /
                                 int16_most_input -
                             0.5 * static_cast<double>(height * run);
  TORCH_CHECK_VALUE(largest_sum > 0, "pack_int16_weight: more than 2 million weights an output");
  const at::Tensor factors = at::minimum(std::numeric_limits<int16_t>::max() /
                                             magnitudes.amax({1, 2}, /*keepdim=*/true),
                                         largest_sum / sums);
  // A row of zeros, whose factor is infinite, stays one.
  const at::Tensor steps = factors.reciprocal();
  const at::Tensor numbers = (rows * factors).nan_to_num(0.0).round().to(at::kShort);
  const int64_t strips = at::divup(outputs, int16_strip);
  const at::Tensor packed =
      at::constant_pad_nd(numbers, {0, run % 2, 0, 0, 0, strips * int16_strip - outputs})
          .view({strips, int16_strip, height, at::divup(run, 2), 2})
          .permute({0, 2, 3, 1, 4})
          .contiguous();
  return {packed, steps.view({outputs}).to(at::kFloat)};
}

at::Tensor int16_convolution(const at::Tensor& input, const at::Tensor& packed,
                             const at::Tensor& scales, const std::optional<at::Tensor>& bias,
                             const std::optional<at::Tensor>& other, at::IntArrayRef kernel,
                             at::IntArrayRef stride, at::IntArrayRef padding, bool relu) {
  check_float("int16_convolution", "input", input);
  TORCH_CHECK(input.dim() == 4 && input.size(1) > 0,
              "int16_convolution: expected [images, channels, height, width], got ",
              input.sizes());
  std::array<int64_t, 2> sizes{};
  for (size_t i = 0; i < 2; ++i) {
    const int64_t room = input.size(static_cast<int64_t>(i) + 2) + 2 * padding[i] - kernel[i];
    TORCH_CHECK(kernel[i] > 0 && stride[i] > 0 && padding[i] >= 0 && room >= 0,
                "int16_convolution: a kernel of ", kernel, " with stride ", stride,
                " and padding ", padding, " does not fit ", input.sizes());
    sizes[i] = room / stride[i] + 1;
  }
  const at::Tensor images = input.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor output =
      at::empty({input.size(0), scales.numel(), sizes[0], sizes[1]},
                input.options().memory_format(at::MemoryFormat::ChannelsLast));
  if (is_present(other) &&
      (other->sizes() != output.sizes() || other->scalar_type() != at::kFloat)) {
    const at::Tensor sum = at::add(
        int16_convolution(input, packed, scales, bias, {}, kernel, stride, padding, false), *other);
    return relu ? at::relu(sum) : sum;
  }
  convolve(images,
           {input.size(0), input.size(1), input.size(2), input.size(3), kernel, stride, padding},
           packed, scales, bias, other, relu, output);
  return output;
}

at::Tensor int16_linear(const at::Tensor& input, const at::Tensor& packed,
                        const at::Tensor& scales, const std::optional<at::Tensor>& bias,
                        bool relu) {
  check_float("int16_linear", "input", input);
  TORCH_CHECK(input.dim() >= 1 && input.size(-1) > 0, "int16_linear: expected [*, k], got ",
              input.sizes());
  auto sizes = input.sizes().vec();
  const int64_t k = sizes.back();
  sizes.back() = scales.numel();
  const at::Tensor output = at::empty(sizes, input.options());
  // Each row is an image of one pixel.
  constexpr std::array<int64_t, 2> one{1, 1}, none{0, 0};
  convolve(input.contiguous(), {input.numel() / k, k, 1, 1, one, one, none}, packed, scales, bias,
           {}, relu, output);
  return output;
}

TORCH_LIBRARY_IMPL(potstill, CPU, m) {
  m.impl("_pack_int16_weight", &pack_int16_weight);
  m.impl("_int16_convolution", &int16_convolution);
  m.impl("_int16_linear", &int16_linear);
}

}  // namespace potstill::ops
