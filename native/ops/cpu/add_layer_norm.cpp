#include "ops/cpu/add_layer_norm.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>

#include "ops/add_layer_norm.h"
#include "ops/cpu/capability.h"
#include "ops/cpu/tensors.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements that are worth a thread of their own.
constexpr int64_t grain = 32768;

AddLayerNormKernel find_kernel() {
  return POTSTILL_FOR_CPU(add_layer_norm);
}

}  // namespace

at::Tensor add_layer_norm_forward(const at::Tensor& input, const at::Tensor& other,
                                  const std::optional<at::Tensor>& weight,
                                  const std::optional<at::Tensor>& bias, double eps) {
  at::Tensor output = at::empty_like(input);
  AddLayerNormJob job{};
  job.columns = input.size(-1);
  job.input = input.const_data_ptr<float>();
  job.other = other.const_data_ptr<float>();
  job.weight = data_of(weight);
  job.bias = data_of(bias);
  job.eps = static_cast<float>(eps);
  job.output = output.mutable_data_ptr<float>();
  const AddLayerNormKernel kernel = find_kernel();
  share(input.numel() / job.columns, units_of(grain, job.columns),
        [&](int64_t begin, int64_t end) { kernel(job, begin, end); });
  return output;
}

}  // namespace potstill::ops
