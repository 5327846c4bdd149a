#pragma once

#include <ATen/core/Tensor.h>

namespace potstill::ops {

// The types of the losses of student and teacher, on logits and on features.

// What either side may have: float32, float64, bfloat16 or float16.
bool is_loss_type(at::ScalarType type);

// Of the loss: float64 if either side is float64, else float32.
at::ScalarType loss_type_of(at::ScalarType student, at::ScalarType teacher);
inline at::ScalarType loss_type_of(const at::Tensor& student, const at::Tensor& teacher) {
  return loss_type_of(student.scalar_type(), teacher.scalar_type());
}

// Of the gradient that a forward returns: that of the student. For float16 float32: small gradients
// of a mean would be lost among the subnormals before a loss scale could save them.
at::ScalarType gradient_type_of(at::ScalarType student);
inline at::ScalarType gradient_type_of(const at::Tensor& student) {
  return gradient_type_of(student.scalar_type());
}

}  // namespace potstill::ops
