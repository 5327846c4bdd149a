#pragma once

// What the losses on logits of student and teacher share, whatever the device.

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// [*, C] as [rows, C] with contiguous rows; a copy only where the strides leave no other way.
at::Tensor as_rows(const at::Tensor& logits);

// Types, shapes, devices and the temperature; `name` is the operator's. Throws c10::Error, as do the
// others.
void check_logit_pair(const char* name, const at::Tensor& student, const at::Tensor& teacher,
                      double temperature);
// One bool, or one int64, for each row.
void check_row_mask(const char* name, const at::Tensor& student,
                    const std::optional<at::Tensor>& mask);
void check_row_labels(const char* name, const at::Tensor& student, const at::Tensor& labels);

}  // namespace potstill::ops
