#include "ops/logits.h"

#include <cmath>
#include <utility>

#include "ops/loss_types.h"
#include "ops/optional_tensor.h"

namespace potstill::ops {
namespace {

bool is_one_per_row(const at::Tensor& values, const at::Tensor& logits) {
  return values.sizes() == logits.sizes().slice(0, logits.dim() - 1) ||
         (values.dim() == 1 && values.size(0) * logits.size(-1) == logits.numel());
}

}  // namespace

at::Tensor as_rows(const at::Tensor& logits) {
  const at::Tensor rows = logits.dim() == 2 ? logits : logits.reshape({-1, logits.size(-1)});
  return rows.stride(-1) == 1 || rows.size(-1) == 1 ? rows : rows.contiguous();
}

void check_logit_pair(const char* name, const at::Tensor& student, const at::Tensor& teacher,
                      double temperature) {
  TORCH_CHECK_VALUE(temperature > 0 && std::isfinite(temperature), name,
                    ": temperature must be positive, got ", temperature);
  for (const auto& [side, logits] :
       {std::pair<const char*, const at::Tensor&>("student", student), {"teacher", teacher}})
    TORCH_CHECK_TYPE(is_loss_type(logits.scalar_type()), name, ": the ", side,
                     "'s logits must have dtype float32, float64, bfloat16 or float16, got ",
                     logits.scalar_type());
  TORCH_CHECK(student.dim() >= 1 && student.size(-1) >= 1, name,
              ": logits need the shape [*, classes] with at least one class, got ",
              student.sizes());
  TORCH_CHECK(teacher.dim() >= 1 && student.size(-1) == teacher.size(-1), name,
              ": the student has ", student.size(-1), " classes, the teacher ",
              teacher.dim() >= 1 ? teacher.size(-1) : 0, " (shapes ", student.sizes(), " and ",
              teacher.sizes(), "); pad or select classes so that they agree");
  TORCH_CHECK(student.sizes() == teacher.sizes(), name, ": student of shape ", student.sizes(),
              " and teacher of shape ", teacher.sizes(), " must agree");
  TORCH_CHECK(student.device() == teacher.device(), name, ": student on device ", student.device(),
              " and teacher on device ", teacher.device(), "; move one to the other's");
}

void check_row_mask(const char* name, const at::Tensor& student,
                    const std::optional<at::Tensor>& mask) {
  if (!is_present(mask)) return;
  TORCH_CHECK_TYPE(mask->scalar_type() == at::kBool, name, ": the mask must have dtype bool, got ",
                   mask->scalar_type());
  TORCH_CHECK(is_one_per_row(*mask, student), name, ": logits of shape ", student.sizes(),
              " need a mask of shape ", student.sizes().slice(0, student.dim() - 1), ", got ",
              mask->sizes());
  TORCH_CHECK(mask->device() == student.device(), name, ": mask on device ", mask->device(),
              " and logits on device ", student.device(), "; move one to the other's");
}

void check_row_labels(const char* name, const at::Tensor& student, const at::Tensor& labels) {
  TORCH_CHECK_TYPE(labels.scalar_type() == at::kLong, name, ": labels must have dtype int64, got ",
                   labels.scalar_type());
  TORCH_CHECK(is_one_per_row(labels, student), name, ": logits of shape ", student.sizes(),
              " need labels of shape ", student.sizes().slice(0, student.dim() - 1), ", got ",
              labels.sizes());
  TORCH_CHECK(labels.device() == student.device(), name, ": labels on device ", labels.device(),
              " and logits on device ", student.device(), "; move one to the other's");
}

}  // namespace potstill::ops
