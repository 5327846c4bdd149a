#include "ops/pointwise_convolution.h"

#include <ATen/ops/empty.h>
#include <torch/library.h>

#include "ops/cpu/convolution_tensors.h"
#include "ops/cpu/matrix_product.h"
#include "ops/cpu/tensors.h"
#include "ops/matrix_product.h"

namespace potstill::ops {

at::Tensor pack_pointwise(const at::Tensor& weight) {
  return pack_right(weight.reshape({weight.size(0), weight.size(1)}).t());
}

at::Tensor pointwise_convolution(const at::Tensor& input, const at::Tensor& packed,
                                 const std::optional<at::Tensor>& bias,
                                 const std::optional<at::Tensor>& other, bool relu,
                                 int64_t outputs) {
  constexpr auto last = at::MemoryFormat::ChannelsLast;
  const at::Tensor images = input.contiguous(last);
  at::Tensor output = at::empty({images.size(0), outputs, images.size(2), images.size(3)},
                                images.options().memory_format(last));
  if (output.numel() == 0) return output;
  const Addends added = addends_of(bias, other, output);
  MatrixProductJob job{};
  job.m = output.numel() / outputs;
  job.n = outputs;
  job.k = images.size(1);
  job.left = {images.const_data_ptr<float>(), job.k, 1};
  job.packed_right = packed.const_data_ptr<float>();
  job.bias = data_of(added.bias);
  job.other = data_of(added.other);
  job.activation = relu ? Activation::Relu : Activation::None;
  job.output = output.mutable_data_ptr<float>();
  job.output_stride = job.n;
  run_matrix_product(job);
  return output;
}

namespace {

constexpr const char* op = "pointwise_convolution";

at::Tensor checked_pack(const at::Tensor& weight) {
  check_float(op, "weight", weight, 4);
  TORCH_CHECK(weight.size(2) == 1 && weight.size(3) == 1 && weight.numel() > 0,
              "pointwise_convolution: weights are 1×1, got ", weight.sizes());
  return pack_pointwise(weight);
}

at::Tensor checked_convolution(const at::Tensor& input, const at::Tensor& packed,
                               const std::optional<at::Tensor>& bias,
                               const std::optional<at::Tensor>& other, bool relu, int64_t outputs) {
  check_float(op, "input", input, 4);
  check_float(op, "packed", packed, 1);
  TORCH_CHECK(outputs > 0 && packed.is_contiguous() &&
                  packed.numel() == packed_right_floats(input.size(1), outputs),
              "pointwise_convolution: a packed weight of ", packed.sizes(), " does not fit ",
              outputs, " outputs of ", input.sizes());
  check_bias(op, bias, outputs);
  if (is_present(other)) check_float(op, "other", *other);
  return pointwise_convolution(input, packed, bias, other, relu, outputs);
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) {
  m.impl("_pack_pointwise", &checked_pack);
  m.impl("_pointwise_convolution", &checked_convolution);
}

}  // namespace potstill::ops
