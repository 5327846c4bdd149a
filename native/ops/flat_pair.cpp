#include "ops/flat_pair.h"

#include <ATen/ops/empty_like.h>

namespace potstill::ops {
namespace {

// Whether the elements under one entry of a mask of so many dimensions lie together, in the order
// of the mask.
bool leads(const at::Tensor& feature, int64_t dimensions) {
  int64_t expected = 1;
  for (int64_t d = dimensions; d < feature.dim(); ++d) expected *= feature.size(d);
  for (int64_t d = dimensions - 1; d >= 0; --d) {
    if (feature.size(d) != 1 && feature.stride(d) != expected) return false;
    expected *= feature.size(d);
  }
  return true;
}

bool same_order(const at::Tensor& a, const at::Tensor& b) {
  for (int64_t d = 0; d < a.dim(); ++d)
    if (a.size(d) != 1 && a.stride(d) != b.stride(d)) return false;
  return true;
}

}  // namespace

FlatPair::FlatPair(const at::Tensor& given_student, const at::Tensor& given_teacher,
                   std::optional<int64_t> mask_dimensions)
    : student(given_student), teacher(given_teacher) {
  if (!student.is_non_overlapping_and_dense() ||
      (mask_dimensions && !leads(student, *mask_dimensions)))
    student = mask_dimensions ? student.contiguous()
                              : student.contiguous(student.suggest_memory_format());
  if (!same_order(student, teacher))
    teacher = at::empty_like(student, teacher.options()).copy_(teacher);
}

bool FlatPair::has_order_of(const at::Tensor& other) const { return same_order(student, other); }

}  // namespace potstill::ops
