#include "ops/cuda/means.h"

#include <ATen/ops/empty.h>

#include "ops/cuda/launch.cuh"

namespace potstill::ops::cuda {
namespace {

struct CountJob {
  const int64_t* labels;
  const bool* mask;
  int64_t entries;
  int64_t ignore_index;
  double* counted;
};

// One block.
__global__ void __launch_bounds__(512) count_kernel(CountJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  Sums<double, 1> sums;
  for (int64_t i = group.rank; i < job.entries; i += group.size) {
    const bool counts = job.mask != nullptr ? job.mask[i] : job.labels[i] != job.ignore_index;
    sums.of[0] += counts ? 1 : 0;
  }
  reduce_sums(group, sums, shared);
  if (group.rank == 0) *job.counted = sums.of[0];
}

struct MeanJob {
  const double* values;
  int64_t count;
  const double* counted;  // or null: 1
  double divisor;
  void* mean;
  bool wide;  // float64
};

// One block.
__global__ void __launch_bounds__(512) mean_kernel(MeanJob job) {
  POTSTILL_SHARED(shared);
  const Group<0> group;
  Sums<double, 1> sums;
  for (int64_t i = group.rank; i < job.count; i += group.size) sums.of[0] += job.values[i];
  reduce_sums(group, sums, shared);
  if (group.rank != 0) return;
  const double over = job.divisor * (job.counted == nullptr ? 1 : *job.counted);
  const double mean = over == 0 ? 0 : sums.of[0] / over;
  if (job.wide)
    *static_cast<double*>(job.mean) = mean;
  else
    *static_cast<float*>(job.mean) = static_cast<float>(mean);
}

}  // namespace

at::Tensor count_entries(const bool* mask, const int64_t* labels, int64_t entries,
                         int64_t ignore_index, const at::TensorOptions& options) {
  at::Tensor counted = at::empty({}, options.dtype(at::kDouble));
  launch(&count_kernel, 1, 512, kReductionBytes,
         CountJob{labels, mask, entries, ignore_index, counted.mutable_data_ptr<double>()});
  return counted;
}

at::Tensor mean_of(const at::Tensor& values, const at::Tensor& counted, double divisor,
                   at::ScalarType type) {
  at::Tensor mean = at::empty({}, values.options().dtype(type));
  launch(&mean_kernel, 1, 512, kReductionBytes,
         MeanJob{values.const_data_ptr<double>(), values.numel(),
                 counted.defined() ? counted.const_data_ptr<double>() : nullptr, divisor,
                 mean.mutable_data_ptr(), type == at::kDouble});
  return mean;
}

}  // namespace potstill::ops::cuda
