// The losses that relate samples: inner products, the loss of these, and the gradient as a
// combination of the samples. The products are libtorch's.

#include "ops/cuda/relations.cuh"

#include <ATen/ops/empty.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <vector>

#include "ops/cuda/dispatch.h"
#include "ops/cuda/launch.cuh"
#include "ops/cuda/means.h"
#include "ops/feature_loss.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/sample_rows.h"
#include "ops/similarity.h"

namespace potstill::ops::cuda {
namespace {

// A kernel on the rows of the products.
template <typename KernelOf>
void launch_samples(const RelationJob& job, KernelOf kernel_of) {
  launch_rows(job, job.samples, job.samples, kernel_of);
}

// What every one of these losses does before and after its kernels.
class Relation {
 public:
  // `from_mean`: of the samples less their mean, in float64.
  Relation(const at::Tensor& student, const at::Tensor& teacher, bool want_gradient, bool from_mean)
      : student_(student),
        loss_type_(loss_type_of(student, teacher)),
        type_(from_mean || loss_type_ == at::kDouble ? at::kDouble : at::kFloat),
        doubles_(student.options().dtype(at::kDouble)) {
    if (want_gradient) gradient_ = student_.gradient(gradient_type_of(student));
    if (student.size(0) == 0) return;
    rows_ = rows_of(student_, from_mean);
    mine_ = at::mm(rows_, rows_.t()).to(at::kDouble);
    const at::Tensor others = rows_of(SampleRows(teacher), from_mean);
    other_ = at::mm(others, others.t()).to(at::kDouble);
    if (want_gradient) coefficients_ = at::zeros(mine_.sizes(), doubles_);
    job.student = mine_.const_data_ptr<double>();
    job.teacher = other_.const_data_ptr<double>();
    job.samples = student.size(0);
    if (want_gradient) job.coefficients = coefficients_.mutable_data_ptr<double>();
  }

  // Zeroed values, whose sum is the loss.
  void make_values(int64_t count) {
    values_ = at::zeros({count}, doubles_);
    job.values = values_.mutable_data_ptr<double>();
  }
  // Room for so many doubles, for as long as this lives.
  double* room(int64_t count) {
    rooms_.push_back(at::empty({count}, doubles_));
    return rooms_.back().mutable_data_ptr<double>();
  }
  template <typename State>
  void make_states(int64_t count) {
    static_assert(sizeof(State) % sizeof(double) == 0);
    job.states = room(count * static_cast<int64_t>(sizeof(State) / sizeof(double)));
  }

  std::tuple<at::Tensor, at::Tensor> finish() {
    if (!values_.defined()) make_values(0);
    if (gradient_.defined() && gradient_.numel() > 0) {
      // A view of the gradient as [samples, features].
      at::Tensor matrix =
          gradient_.as_strided({student_.samples(), student_.features()}, {student_.features(), 1});
      const at::Tensor coefficients = coefficients_.to(type_);
      if (matrix.scalar_type() == type_)
        at::mm_out(matrix, coefficients, rows_);
      else
        matrix.copy_(at::mm(coefficients, rows_));
    }
    return {mean_of(values_, {}, 1, loss_type_), gradient_};
  }

  RelationJob job{};

 private:
  at::Tensor rows_of(const SampleRows& samples, bool from_mean) const {
    const at::Tensor rows = samples.matrix().to(type_);
    return from_mean ? at::sub(rows, at::mean(rows, {0}, true)) : rows;
  }

  SampleRows student_;
  at::ScalarType loss_type_, type_;
  at::TensorOptions doubles_;
  at::Tensor rows_, mine_, other_, coefficients_, gradient_, values_;
  std::vector<at::Tensor> rooms_;
};

std::tuple<at::Tensor, at::Tensor> similarity_cuda(const at::Tensor& student,
                                                   const at::Tensor& teacher, bool want_gradient) {
  check_features("similarity", student, teacher, 1);
  const OnDeviceOf device(student);
  Relation relation(student, teacher, want_gradient, false);
  RelationJob& job = relation.job;
  if (job.samples == 0) return relation.finish();
  relation.make_values(job.samples);
  relation.make_states<SimilarityState>(job.samples);
  launch_samples(job, [](auto lanes) { return &similarity_rows_kernel<lanes>; });
  if (want_gradient)
    launch_samples(job, [](auto lanes) { return &similarity_gradient_kernel<lanes>; });
  return relation.finish();
}

std::tuple<at::Tensor, at::Tensor> pkt_cuda(const at::Tensor& student, const at::Tensor& teacher,
                                            double eps, bool want_gradient) {
  check_features("pkt", student, teacher, 1);
  check_pkt_eps(eps);
  const OnDeviceOf device(student);
  Relation relation(student, teacher, want_gradient, false);
  RelationJob& job = relation.job;
  if (job.samples == 0) return relation.finish();
  job.eps = eps;
  relation.make_values(job.samples);
  relation.make_states<PktState>(job.samples);
  launch(&pkt_norms_kernel<>, (job.samples + 255) / 256, 256, 0, job);
  launch_samples(job, [](auto lanes) { return &pkt_rows_kernel<lanes>; });
  if (want_gradient)
    launch_samples(job, [](auto lanes) { return &pkt_gradient_kernel<lanes>; });
  return relation.finish();
}

void add_distances(Relation& relation, double weight) {
  RelationJob job = relation.job;
  job.weight = weight;
  launch_samples(job, [](auto lanes) { return &rkd_distances_kernel<lanes>; });
  launch(&rkd_means_kernel<false>, 1, 512, kReductionBytes, job);
  launch_samples(job, [](auto lanes) { return &rkd_slopes_kernel<lanes>; });
  if (job.coefficients == nullptr) return;
  launch(&rkd_means_kernel<true>, 1, 512, kReductionBytes, job);
  launch_samples(job, [](auto lanes) { return &rkd_distances_gradient_kernel<lanes>; });
}

int64_t angle_blocks(int64_t samples) {
  return samples * ((samples + kAngleThreads - 1) / kAngleThreads);
}

void add_angles(Relation& relation, double weight) {
  RelationJob job = relation.job;
  job.weight = weight;
  job.values += job.samples;
  for (double** each :
       {&job.student_inverse, &job.teacher_inverse, &job.products, &job.sums, &job.along})
    *each = relation.room(job.samples * job.samples);
  launch_samples(job, [](auto lanes) { return &rkd_inverse_kernel<lanes>; });
  launch(&rkd_angles_kernel<>, angle_blocks(job.samples), kAngleThreads, kReductionBytes, job);
  if (job.coefficients != nullptr)
    launch_samples(job, [](auto lanes) { return &rkd_angles_gradient_kernel<lanes>; });
}

std::tuple<at::Tensor, at::Tensor> rkd_cuda(const at::Tensor& student, const at::Tensor& teacher,
                                            double distance, double angle, bool want_gradient) {
  check_features("rkd", student, teacher, 1);
  check_rkd_weights(distance, angle);
  const OnDeviceOf device(student);
  Relation relation(student, teacher, want_gradient, true);
  RelationJob& job = relation.job;
  if (job.samples < 2) return relation.finish();
  // First those of the distances, then those of the angles.
  relation.make_values(job.samples + angle_blocks(job.samples));
  relation.make_states<DistanceMeans>(1);
  job.row_sums = relation.room(2 * job.samples);
  if (distance != 0) add_distances(relation, distance);
  if (angle != 0) add_angles(relation, angle);
  return relation.finish();
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) {
  m.impl("_similarity_forward", &similarity_cuda);
  m.impl("_pkt_forward", &pkt_cuda);
  m.impl("_rkd_forward", &rkd_cuda);
}

}  // namespace potstill::ops::cuda
