#include "ops/loss_types.h"

namespace potstill::ops {

bool is_loss_type(at::ScalarType type) {
  return type == at::kFloat || type == at::kDouble || type == at::kBFloat16 || type == at::kHalf;
}

at::ScalarType loss_type_of(at::ScalarType student, at::ScalarType teacher) {
  return student == at::kDouble || teacher == at::kDouble ? at::kDouble : at::kFloat;
}

at::ScalarType gradient_type_of(at::ScalarType student) {
  return student == at::kHalf ? at::kFloat : student;
}

}  // namespace potstill::ops
