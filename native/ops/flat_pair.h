#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// Two features of one shape, dense and in one order of elements, so that an index means the same in
// both: as they lie where they do so already, else copied.
struct FlatPair {
  at::Tensor student, teacher;

  // With a mask of so many leading dimensions, what lies under one entry of it lies together, in
  // the order of the mask.
  FlatPair(const at::Tensor& student, const at::Tensor& teacher,
           std::optional<int64_t> mask_dimensions);

  // Whether a tensor of this shape has that order too.
  bool has_order_of(const at::Tensor& other) const;
};

}  // namespace potstill::ops
