#include "ops/hint_mse.h"

#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/feature_tensors.h"
#include "ops/feature_loss.h"
#include "ops/flat_pair.h"
#include "ops/loss_types.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements of one part: a multiple of every vector, and worth a thread of its own.
constexpr int64_t part_elements = 32768;

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               const std::optional<at::Tensor>& mask,
                                               bool want_gradient) {
  check_hint_mse(student, teacher, mask);
  at::Tensor gradient;
  if (want_gradient)
    gradient = at::empty_like(student, student.options().dtype(gradient_type_of(student)));

  const bool masked = is_present(mask);
  at::Tensor flat_mask;
  SquaredDifferenceJob job{};
  job.inner = student.numel();
  int64_t counted = student.numel();
  if (masked && counted > 0) {
    flat_mask = mask->contiguous();
    job.mask = flat_mask.const_data_ptr<bool>();
    job.inner = student.numel() / flat_mask.numel();
    counted = job.inner * std::count(job.mask, job.mask + flat_mask.numel(), true);
  }

  double total = 0;
  if (student.numel() > 0) {
    // float64 on one side only: the other follows.
    const bool wide = loss_type_of(student, teacher) == at::kDouble;
    const FlatPair pair(wide ? student.to(at::kDouble) : student,
                        wide ? teacher.to(at::kDouble) : teacher,
                        masked ? std::optional(mask->dim()) : std::nullopt);
    const at::Tensor &s = pair.student, &t = pair.teacher;
    at::Tensor written = gradient;
    if (want_gradient && (wide || !pair.has_order_of(gradient)))
      written = at::empty_like(s, s.options().dtype(gradient_type_of(s)));

    job.student = s.const_data_ptr();
    job.teacher = t.const_data_ptr();
    job.scale = counted == 0 ? 0 : 2 / static_cast<double>(counted);
    if (want_gradient) {
      job.gradient = written.mutable_data_ptr();
      job.stream = static_cast<int64_t>(written.nbytes()) >= kStreamedBytes &&
                   reinterpret_cast<uintptr_t>(job.gradient) % 64 == 0 &&
                   (!masked || job.inner * written.element_size() % 64 == 0);
    }
    const auto kernel = feature_kernels(s, t).squared_difference;
    const int64_t elements = s.numel();
    std::vector<double> parts((elements + part_elements - 1) / part_elements);
    share(static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; ++part)
        parts[part] =
            kernel(job, part * part_elements, std::min(elements, (part + 1) * part_elements));
    });
    total = total_of(parts);
    if (want_gradient && !written.is_same(gradient)) gradient.copy_(written);
  }
  const double mean = counted == 0 ? 0 : total / static_cast<double>(counted);
  return {feature_loss_value(mean, student, teacher), std::move(gradient)};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_hint_mse_forward", &forward_cpu); }

}  // namespace potstill::ops
