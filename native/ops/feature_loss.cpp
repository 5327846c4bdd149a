#include "ops/feature_loss.h"

#include <utility>

#include "ops/loss_types.h"

namespace potstill::ops {

void check_features(const char* name, const at::Tensor& student, const at::Tensor& teacher,
                    int64_t least) {
  for (const auto& [side, feature] :
       {std::pair<const char*, const at::Tensor&>("student", student), {"teacher", teacher}}) {
    TORCH_CHECK_TYPE(is_loss_type(feature.scalar_type()), name, ": the ", side,
                     "'s feature must have dtype float32, float64, bfloat16 or float16, got ",
                     feature.scalar_type());
    TORCH_CHECK(feature.dim() >= least, name, ": the ", side, "'s feature needs at least ", least,
                " dimensions, the first of them the batch, got ", feature.sizes());
  }
  TORCH_CHECK(least == 0 || student.size(0) == teacher.size(0), name, ": student of shape ",
              student.sizes(), " and teacher of shape ", teacher.sizes(),
              " have different batch sizes");
  TORCH_CHECK(student.device() == teacher.device(), name, ": student on device ", student.device(),
              " and teacher on device ", teacher.device(), "; move one to the other's");
}

void check_maps(const char* name, const at::Tensor& student, const at::Tensor& teacher) {
  check_features(name, student, teacher, 3);
  TORCH_CHECK(student.sizes().slice(2) == teacher.sizes().slice(2), name, ": student of shape ",
              student.sizes(), " and teacher of shape ", teacher.sizes(),
              " must agree behind the channels; pool the larger map to the smaller");
  TORCH_CHECK(student.size(1) > 0 && teacher.size(1) > 0, name,
              ": features need at least one channel, got ", student.sizes(), " and ",
              teacher.sizes());
}

}  // namespace potstill::ops
