#include "ops/nst.h"

#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/feature_tensors.h"
#include "ops/cpu/nst.h"
#include "ops/cpu/scratch.h"
#include "ops/feature_loss.h"
#include "ops/loss_types.h"
#include "ops/sample_maps.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

NstKernels nst_kernels(const at::Tensor& feature) {
  const ElementType type = element_type(feature);
  return POTSTILL_FOR_CPU(nst_kernels)(type);
}

double compare(const SampleMaps& s, const SampleMaps& t, at::Tensor* gradient) {
  const int64_t batch = s.feature.size(0);
  const NstJob job = {s.channels, t.channels, s.positions,
                      4 / static_cast<double>(batch * s.channels)};
  const NstKernels mine = nst_kernels(s.feature), theirs = nst_kernels(t.feature);
  std::vector<double> values(batch);
  auto* const start =
      gradient == nullptr ? nullptr : static_cast<char*>(gradient->mutable_data_ptr());
  const int64_t bytes =
      gradient == nullptr ? 0 : s.channels * s.positions * gradient->element_size();
  share(batch, 1, [&](int64_t begin, int64_t end) {
    void* const scratch = thread_scratch(nst_scratch_bytes(job));
    for (int64_t i = begin; i < end; ++i) {
      theirs.read(job, t.at(i), true, scratch);
      mine.read(job, s.at(i), false, scratch);
      values[i] = mine.compare(job, scratch);
      if (start != nullptr) mine.write(job, s.channels_last, start + i * bytes, scratch);
    }
  });
  return total_of(values) / static_cast<double>(batch);
}

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               bool want_gradient) {
  check_maps("nst", student, teacher);
  const bool wide = loss_type_of(student, teacher) == at::kDouble;
  const SampleMaps s(wide ? student.to(at::kDouble) : student);
  const SampleMaps t(wide ? teacher.to(at::kDouble) : teacher);
  at::Tensor gradient;
  if (want_gradient) gradient = s.gradient(gradient_type_of(student));
  if (student.numel() == 0) return {feature_loss_value(0, student, teacher), std::move(gradient)};
  at::Tensor written = gradient;
  if (want_gradient && wide && gradient.scalar_type() != at::kDouble)
    written = at::empty_like(gradient, s.feature.options());
  const double value = compare(s, t, want_gradient ? &written : nullptr);
  if (want_gradient && !written.is_same(gradient)) gradient.copy_(written);
  return {feature_loss_value(value, student, teacher), std::move(gradient)};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_nst_forward", &forward_cpu); }

}  // namespace potstill::ops
