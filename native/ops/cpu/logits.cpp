#include "ops/cpu/logits.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "ops/logits.h"
#include "ops/loss_types.h"

namespace potstill::ops {

LogitPair::LogitPair(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient) {
  const auto loss_type = loss_type_of(student, teacher);
  const auto gradient_type = gradient_type_of(student);
  wide = loss_type == at::kDouble;
  loss_options_ = student.options().dtype(loss_type);
  this->student = as_rows(wide ? student.to(at::kDouble) : student);
  this->teacher = as_rows(wide ? teacher.to(at::kDouble) : teacher);
  if (!want_gradient) return;
  gradient_ = at::empty(student.sizes(), student.options().dtype(gradient_type));
  written = wide && gradient_type != at::kDouble ? at::empty(student.sizes(), loss_options_)
                                                 : gradient_;
}

LogitSide LogitPair::side(const at::Tensor& rows) {
  return {element_type(rows), rows.const_data_ptr(), rows.stride(0)};
}

std::tuple<at::Tensor, at::Tensor> LogitPair::finish(double loss) {
  if (gradient_.defined() && !written.is_same(gradient_)) gradient_.copy_(written);
  return {scalar_loss(loss, loss_options_), std::move(gradient_)};
}

int64_t count_masked_rows(const bool* mask, int64_t rows) {
  return mask == nullptr ? rows : std::count(mask, mask + rows, true);
}

double mean_of_rows(const std::vector<double>& values, int64_t counted) {
  return counted == 0 ? 0 : total_of(values) / static_cast<double>(counted);
}

}  // namespace potstill::ops
