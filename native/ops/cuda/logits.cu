#include "ops/cuda/logits.h"

namespace potstill::ops::cuda {
namespace {

// The number of rows that a mask leaves in, or whose label is not ignored. One block.
struct CountJob {
  const int64_t* labels;
  const bool* mask;
  int64_t rows;
  int64_t ignore_index;
  double* counted;
};

__global__ void __launch_bounds__(512) count_kernel(CountJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  Sums<double, 1> sums;
  for (int64_t i = group.rank; i < job.rows; i += group.size) {
    const bool counts = job.mask != nullptr ? job.mask[i] : job.labels[i] != job.ignore_index;
    sums.of[0] += counts ? 1 : 0;
  }
  reduce_sums(group, sums, shared);
  if (group.rank == 0) *job.counted = sums.of[0];
}

// The mean of the rows' values over those that count, 0 if none does. One block; the order of the
// sum depends on nothing but the number of rows.
struct MeanJob {
  const double* values;
  int64_t rows;
  const double* counted;  // or null: all
  void* loss;
  bool wide;  // float64
};

__global__ void __launch_bounds__(512) mean_kernel(MeanJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  Sums<double, 1> sums;
  for (int64_t i = group.rank; i < job.rows; i += group.size) sums.of[0] += job.values[i];
  reduce_sums(group, sums, shared);
  if (group.rank != 0) return;
  const double counted = job.counted == nullptr ? static_cast<double>(job.rows) : *job.counted;
  const double mean = counted == 0 ? 0 : sums.of[0] / counted;
  if (job.wide)
    *static_cast<double*>(job.loss) = mean;
  else
    *static_cast<float*>(job.loss) = static_cast<float>(mean);
}

}  // namespace

LogitCall::LogitCall(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient)
    : student_(student) {
  loss_type_ = loss_type_of(student, teacher);
  const bool same = student.scalar_type() == teacher.scalar_type();
  type = same ? student.scalar_type() : loss_type_ == at::kDouble ? at::kDouble : at::kFloat;
  z_ = as_rows(student.to(type));
  v_ = as_rows(teacher.to(type));
  values_ = at::empty({z_.size(0)}, student.options().dtype(at::kDouble));
  gradient_type = gradient_type_of(type);
  if (want_gradient) {
    const auto wanted = gradient_type_of(student);
    gradient_ = at::empty(student.sizes(), student.options().dtype(wanted));
    written_ = wanted == gradient_type
                   ? gradient_
                   : at::empty(student.sizes(), student.options().dtype(gradient_type));
  }
  job.student = z_.const_data_ptr();
  job.teacher = v_.const_data_ptr();
  job.rows = z_.size(0);
  job.classes = z_.size(1);
  job.student_stride = z_.stride(0);
  job.teacher_stride = v_.stride(0);
  job.gradient = want_gradient ? written_.mutable_data_ptr() : nullptr;
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
  if (mask.has_value() && mask->defined()) {
    mask_ = mask->contiguous();
    job.mask = mask_.const_data_ptr<bool>();
  }
  if (job.mask == nullptr && !ignores) return;
  counted_ = at::empty({}, values_.options());
  job.counted = counted_.const_data_ptr<double>();
  job.divisor = 1;
  launch(&count_kernel, 1, 512, kReductionBytes,
         CountJob{job.labels, job.mask, job.rows, ignore_index,
                  counted_.mutable_data_ptr<double>()});
}

std::tuple<at::Tensor, at::Tensor> LogitCall::finish() {
  at::Tensor loss = at::empty({}, student_.options().dtype(loss_type_));
  launch(&mean_kernel, 1, 512, kReductionBytes,
         MeanJob{job.values, job.rows, job.counted, loss.mutable_data_ptr(),
                 loss_type_ == at::kDouble});
  return {std::move(loss), gradient()};
}

at::Tensor LogitCall::gradient() {
  if (gradient_.defined() && !written_.is_same(gradient_)) gradient_.copy_(written_);
  return gradient_;
}

}  // namespace potstill::ops::cuda
