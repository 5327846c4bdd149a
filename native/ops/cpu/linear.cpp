#include "ops/cpu/linear.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/linear.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements that are worth a thread of their own.
constexpr int64_t grain = 32768;
// Columns go to threads in pieces of this size, a few cache lines.
constexpr int64_t strip = 64;
// Of few columns rows do, in parts of so many elements at least, and so many parts at most.
constexpr int64_t few_strips = 4;
constexpr int64_t part_elements = int64_t{1} << 16;
constexpr int64_t most_parts = 16;

const LinearKernels& kernels() { return POTSTILL_FOR_CPU(linear); }

}  // namespace

void activate(Activation activation, const at::Tensor& from, const at::Tensor& to) {
  const float* read = from.const_data_ptr<float>();
  float* written = to.mutable_data_ptr<float>();
  share(from.numel(), grain, [&](int64_t begin, int64_t end) {
    kernels().activate(activation, read + begin, written + begin, end - begin);
  });
}

std::tuple<at::Tensor, at::Tensor> activation_backward(const at::Tensor& grad_output,
                                                       Activation activation,
                                                       const at::Tensor& kept, bool want_sums) {
  const bool active = activation != Activation::None;
  const int64_t rows = grad_output.size(0);
  const int64_t columns = grad_output.size(1);
  at::Tensor gradient = active ? at::empty_like(grad_output) : grad_output;
  at::Tensor sums = want_sums ? at::empty({columns}, grad_output.options()) : at::Tensor();
  if (!active && !want_sums) return {gradient, sums};
  ActivationBackwardJob job{};
  job.rows = rows;
  job.columns = columns;
  job.activation = activation;
  job.grad_output = grad_output.const_data_ptr<float>();
  if (active) {
    job.kept = kept.const_data_ptr<float>();
    job.gradient = gradient.mutable_data_ptr<float>();
  }
  // The parts follow from the shape alone, so that the sums do.
  const int64_t strips = at::divup(columns, strip);
  const int64_t parts = strips >= few_strips ? 1
                                             : std::clamp<int64_t>(rows * columns / part_elements,
                                                                   1, std::min(most_parts, rows));
  const at::Tensor part_sums =
      want_sums && parts > 1 ? at::empty({parts, columns}, grad_output.options()) : sums;
  float* const all = want_sums ? part_sums.mutable_data_ptr<float>() : nullptr;
  share(parts * strips, units_of(grain, rows / parts * strip), [&](int64_t first, int64_t last) {
    thread_local std::vector<float> scratch;
    if (static_cast<int64_t>(scratch.size()) < columns) scratch.resize(columns);
    // Strips of a part that follow each other are done at once.
    for (int64_t unit = first; unit < last;) {
      const int64_t part = unit / strips;
      const int64_t stop = std::min(last, (part + 1) * strips);
      const int64_t begin = unit % strips * strip;
      const int64_t end = std::min(columns, begin + (stop - unit) * strip);
      ActivationBackwardJob own = job;
      const int64_t row = rows * part / parts;
      own.rows = rows * (part + 1) / parts - row;
      own.grad_output += row * columns;
      if (active) {
        own.kept += row * columns;
        own.gradient += row * columns;
      }
      if (want_sums) own.column_sums = all + part * columns;
      kernels().backward(own, begin, end, scratch.data());
      unit = stop;
    }
  });
  if (want_sums && parts > 1) sums = part_sums.sum(0);
  return {std::move(gradient), std::move(sums)};
}

}  // namespace potstill::ops
