#include "ops/cpu/batch_norm.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "ops/batch_norm.h"
#include "ops/cpu/capability.h"
#include "ops/cpu/scratch.h"
#include "ops/cpu/tensors.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements that are worth a thread of their own.
constexpr int64_t grain = 32768;
// Rows are summed in parts of at least so many, and in at most so many parts.
constexpr int64_t least_part_rows = 256;
constexpr int64_t most_parts = 32;

const BatchNormKernels& kernels() {
  return POTSTILL_FOR_CPU(batch_norm);
}

// Dense in one of the layouts that the kernels take.
at::MemoryFormat format_of(const at::Tensor& t) {
  if (!t.is_contiguous())
    for (const auto format : {at::MemoryFormat::ChannelsLast, at::MemoryFormat::ChannelsLast3d})
      if (t.is_contiguous(format)) return format;
  return at::MemoryFormat::Contiguous;
}

float* changed_data_of(const std::optional<at::Tensor>& t) {
  return is_present(t) ? t->mutable_data_ptr<float>() : nullptr;
}

// One line of a matrix of constants.
float* line_of(const at::Tensor& constants, int64_t index) {
  return constants.mutable_data_ptr<float>() + index * constants.size(1);
}

BatchNormJob job_of(const at::Tensor& input, const at::Tensor& constants, bool training,
                    bool relu) {
  BatchNormJob job{};
  job.samples = input.size(0);
  job.channels = input.size(1);
  job.positions = input.numel() / (job.samples * job.channels);
  job.input = input.const_data_ptr<float>();
  job.training = training;
  job.relu = relu;
  job.mean = line_of(constants, 0);
  job.inverse_deviation = line_of(constants, 1);
  job.scale = line_of(constants, 2);
  job.shift = line_of(constants, 3);
  return job;
}

using OfPart = void (*)(const BatchNormJob& job, int64_t part, float* scratch);
using OfAll = void (*)(const BatchNormJob& job);
using OfRange = void (*)(const BatchNormJob& job, int64_t begin, int64_t end);

void run_planes(const BatchNormJob& job, OfRange of_channels) {
  const int64_t work = job.samples * job.positions;
  share(job.channels, units_of(grain, work),
        [&](int64_t begin, int64_t end) { of_channels(job, begin, end); });
}

void run_rows(BatchNormJob& job, const at::Tensor& like, OfPart sum, OfAll merge, OfRange of_rows) {
  const int64_t rows = job.samples * job.positions;
  job.part_rows = std::max(least_part_rows, at::divup(rows, most_parts));
  const int64_t parts = at::divup(rows, job.part_rows);
  const at::Tensor sums =
      at::empty({sum == nullptr ? 0 : parts, 2, job.channels}, like.options().dtype(at::kDouble));
  job.parts = sums.mutable_data_ptr<double>();
  const size_t scratch = 2 * job.channels * sizeof(float);
  if (sum != nullptr)
    share(parts, units_of(grain, job.part_rows * job.channels), [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; ++part)
        sum(job, part, static_cast<float*>(thread_scratch(scratch)));
    });
  merge(job);
  if (of_rows != nullptr)
    share(rows, units_of(grain, job.channels),
          [&](int64_t begin, int64_t end) { of_rows(job, begin, end); });
}

bool in_rows(const BatchNormJob& job, at::MemoryFormat format) {
  return job.positions == 1 || format != at::MemoryFormat::Contiguous;
}

}  // namespace

Normalized batch_norm_forward(const at::Tensor& input, const BatchNorm& layer,
                              const std::optional<at::Tensor>& other, bool relu) {
  const auto format = format_of(input);
  const at::Tensor dense = input.contiguous(format);
  std::optional<at::Tensor> added;
  if (is_present(other)) added = other->contiguous(format);
  const Normalized made = {at::empty(input.sizes(), input.options().memory_format(format)),
                           at::empty({4, input.size(1)}, input.options())};

  BatchNormJob job = job_of(dense, made.constants, layer.training, relu);
  job.weight = data_of(layer.weight);
  job.bias = data_of(layer.bias);
  job.running_mean = changed_data_of(layer.running_mean);
  job.running_var = changed_data_of(layer.running_var);
  job.momentum = layer.momentum;
  job.eps = layer.eps;
  job.other = data_of(added);
  job.output = made.output.mutable_data_ptr<float>();
  const auto& kernel = kernels();
  if (in_rows(job, format))
    run_rows(job, dense, layer.training ? kernel.moments_of_rows : nullptr, kernel.merge_moments,
             kernel.normalize_rows);
  else
    run_planes(job, kernel.forward_planes);
  return made;
}

std::array<at::Tensor, 4> batch_norm_backward(const at::Tensor& grad_output,
                                              const at::Tensor& input, const at::Tensor& constants,
                                              const std::optional<at::Tensor>& output, bool relu,
                                              bool training, std::array<bool, 4> wanted) {
  const auto format = format_of(input);
  const at::Tensor dense = input.contiguous(format);
  const at::Tensor arrived = grad_output.contiguous(format);
  std::optional<at::Tensor> behind;
  if (output.has_value()) behind = output->contiguous(format);
  const auto make = [&] { return at::empty(input.sizes(), input.options().memory_format(format)); };
  const at::Tensor made = at::empty({4, input.size(1)}, constants.options());
  std::array<at::Tensor, 4> result;

  BatchNormJob job = job_of(dense, constants, training, relu);
  job.grad_output = arrived.const_data_ptr<float>();
  job.output = const_cast<float*>(data_of(behind));  // only read
  if (wanted[0]) {
    result[0] = make();
    job.grad_input = result[0].mutable_data_ptr<float>();
  }
  if (wanted[3]) {
    result[3] = relu ? make() : arrived;
    if (relu) job.grad_other = result[3].mutable_data_ptr<float>();
  }
  job.grad_weight = line_of(made, 0);
  job.grad_bias = line_of(made, 1);
  job.grad_mean = line_of(made, 2);
  job.slope = line_of(made, 3);
  const auto& kernel = kernels();
  if (in_rows(job, format))
    run_rows(job, dense, kernel.sums_of_rows, kernel.merge_sums,
             wanted[0] ? kernel.gradient_of_rows : nullptr);
  else
    run_planes(job, kernel.backward_planes);
  if (wanted[1]) result[1] = made[0].clone();
  if (wanted[2]) result[2] = made[1].clone();
  return result;
}

}  // namespace potstill::ops
