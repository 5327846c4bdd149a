#include "ops/cuda/logits.h"

#include <ATen/ops/empty.h>

#include "ops/cuda/means.h"
#include "ops/optional_tensor.h"

namespace potstill::ops::cuda {

LogitCall::LogitCall(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient)
    : type(common_type(student, teacher)), loss_type_(loss_type_of(student, teacher)) {
  z_ = as_rows(student.to(type));
  v_ = as_rows(teacher.to(type));
  values_ = at::empty({z_.size(0)}, student.options().dtype(at::kDouble));
  if (want_gradient) {
    const auto of_type = [&](at::ScalarType wanted) {
      return at::empty(student.sizes(), student.options().dtype(wanted));
    };
    const auto wanted = gradient_type_of(student), written = gradient_type_of(type);
    gradient_.returned = of_type(wanted);
    gradient_.written = wanted == written ? gradient_.returned : of_type(written);
  }
  job.student = z_.const_data_ptr();
  job.teacher = v_.const_data_ptr();
  job.rows = z_.size(0);
  job.classes = z_.size(1);
  job.student_stride = z_.stride(0);
  job.teacher_stride = v_.stride(0);
  job.gradient = gradient_.data();
  job.values = values_.mutable_data_ptr<double>();
  job.divisor = static_cast<double>(job.rows);
  job.temperature = 1;
  job.scale = 1;
}

void LogitCall::set_labels(const at::Tensor& labels) {
  labels_ = labels.contiguous();
  job.labels = labels_.const_data_ptr<int64_t>();
}

void LogitCall::count(const std::optional<at::Tensor>& mask, bool ignores, int64_t ignore_index) {
  job.ignores = ignores;
  job.ignore_index = ignore_index;
  if (is_present(mask)) {
    mask_ = mask->contiguous();
    job.mask = mask_.const_data_ptr<bool>();
  }
  if (job.mask == nullptr && !ignores) return;
  counted_ = count_entries(job.mask, job.labels, job.rows, ignore_index, values_.options());
  job.counted = counted_.const_data_ptr<double>();
  job.divisor = 1;
}

std::tuple<at::Tensor, at::Tensor> LogitCall::finish() {
  const double rows = job.counted == nullptr ? static_cast<double>(job.rows) : 1;
  at::Tensor loss = mean_of(values_, counted_, rows, loss_type_);
  return {std::move(loss), gradient()};
}

}  // namespace potstill::ops::cuda
