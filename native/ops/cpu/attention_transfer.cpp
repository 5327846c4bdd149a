#include "ops/attention_transfer.h"

#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/feature_tensors.h"
#include "ops/feature_loss.h"
#include "ops/loss_types.h"
#include "ops/sample_maps.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Elements of a sample's pair that are worth a thread of their own.
constexpr int64_t grain = 16384;

// What one thread works with.
struct Maps {
  int64_t padded;
  std::vector<double> student, teacher, scratch;
  explicit Maps(int64_t positions)
      : padded((positions + 7) / 8 * 8),
        student(padded),
        teacher(padded),
        scratch(map_scratch(positions)) {}
};

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               bool paper, bool want_gradient) {
  check_maps("attention_transfer", student, teacher);
  const bool wide = loss_type_of(student, teacher) == at::kDouble;
  const SampleMaps s(wide ? student.to(at::kDouble) : student);
  const SampleMaps t(wide ? teacher.to(at::kDouble) : teacher);
  at::Tensor gradient;
  if (want_gradient) gradient = s.gradient(gradient_type_of(student));
  if (student.numel() == 0) return {feature_loss_value(0, student, teacher), std::move(gradient)};

  at::Tensor written = gradient;
  if (want_gradient && wide && gradient.scalar_type() != at::kDouble)
    written = at::empty_like(gradient, s.feature.options());
  auto* const start = want_gradient ? static_cast<char*>(written.mutable_data_ptr()) : nullptr;
  const int64_t sample_bytes =
      want_gradient ? s.channels * s.positions * written.element_size() : 0;
  const auto kernels = feature_kernels(s.feature, t.feature);
  const auto teacher_map = feature_kernels(t.feature, s.feature).square_map;
  // What is read pushes as much out of the caches as what is written.
  const bool streamed =
      static_cast<int64_t>(s.feature.nbytes() + t.feature.nbytes()) >= kStreamedBytes;
  const int64_t batch = student.size(0);
  MapPair pair{};
  pair.options = map_options(student, teacher, paper);
  std::vector<double> values(batch);
  const int64_t elements = (s.channels + t.channels) * s.positions;
  share(batch, units_of(grain, elements), [&](int64_t begin, int64_t end) {
    Maps maps(s.positions);
    MapPair mine = pair;
    mine.student = maps.student.data();
    mine.teacher = maps.teacher.data();
    mine.padded = maps.padded;
    void* scratch = maps.scratch.data();
    for (int64_t i = begin; i < end; ++i) {
      teacher_map(t.at(i), mine.teacher, scratch);
      kernels.square_map(s.at(i), mine.student, scratch);
      // Behind the positions the factors of the last sample are 0 as well.
      values[i] = kernels.compare_maps(mine);
      if (want_gradient)
        kernels.scale_by_map(s.at(i), mine.teacher, start + i * sample_bytes, scratch, streamed);
    }
  });
  if (want_gradient && !written.is_same(gradient)) gradient.copy_(written);
  return {feature_loss_value(total_of(values) / map_divisor(student, paper), student, teacher),
          std::move(gradient)};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_attention_transfer_forward", &forward_cpu); }

}  // namespace potstill::ops
