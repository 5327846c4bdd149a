#pragma once

// Kernels for the types of a call.

#include <ATen/core/Tensor.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include "ops/loss_types.h"

namespace potstill::ops::cuda {

// The type that both sides are read in: that of both, or where they differ the wider of the two
// (float32 for bfloat16 and float16).
inline at::ScalarType common_type(const at::Tensor& student, const at::Tensor& teacher) {
  return student.scalar_type() == teacher.scalar_type() ? student.scalar_type()
                                                        : loss_type_of(student, teacher);
}

// Calls run(Element{}, Gradient{}) for sides of a type, and the gradient that a forward writes then.
template <typename Run>
void dispatch(at::ScalarType type, Run run) {
  switch (type) {
    case at::kDouble:
      return run(double{}, double{});
    case at::kBFloat16:
      return run(c10::BFloat16{}, c10::BFloat16{});
    case at::kHalf:
      return run(c10::Half{}, float{});
    default:
      return run(float{}, float{});
  }
}

// A gradient as the operator returns it, in the type that the student's wants, and where the kernel
// writes it: the same tensor, or one that is copied. Undefined if none is wanted.
struct GradientTarget {
  at::Tensor returned, written;

  // What kernels write to, or null.
  void* data() const { return written.defined() ? written.mutable_data_ptr() : nullptr; }

  at::Tensor finish() const {
    if (returned.defined() && !written.is_same(returned)) returned.copy_(written);
    return returned;
  }
};

}  // namespace potstill::ops::cuda
