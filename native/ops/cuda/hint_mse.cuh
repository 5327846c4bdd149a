#pragma once

// Squared differences of two flat arrays and their gradient, read and written once.

#include "ops/cuda/device.cuh"

namespace potstill::ops::cuda {

struct HintJob {
  const void* student;
  const void* teacher;
  void* gradient;  // null if not wanted
  int64_t elements;
  // One for each `inner` elements: those with false are left out. Null: there are none.
  const bool* mask;
  int64_t inner;
  const double* counted;  // entries of the mask with true
  double scale;           // of the gradient, over `counted`
  double* values;         // one a block
  bool packed;            // everything is aligned, and no pack crosses entries of the mask
};

inline constexpr int kHintThreads = 256;
// Elements of a block: a multiple of every pack times the threads.
inline constexpr int64_t kHintElements = 8192;

template <typename Element, typename Gradient>
__global__ void __launch_bounds__(kHintThreads) hint_mse_kernel(HintJob job) {
  using Scalar = ScalarOf<Element>;
  POTSTILL_SHARED(shared);
  const Group<0> group;
  const int64_t begin = static_cast<int64_t>(blockIdx.x) * kHintElements;
  const int64_t rest = job.elements - begin;
  const auto* student = static_cast<const Element*>(job.student) + begin;
  const auto* teacher = static_cast<const Element*>(job.teacher) + begin;
  auto* gradient = job.gradient == nullptr ? nullptr : static_cast<Gradient*>(job.gradient) + begin;
  const double over = job.counted == nullptr ? 1 : *job.counted;
  const auto scale = static_cast<Scalar>(over == 0 ? 0 : job.scale / over);
  Sums<double, 1> sums;
  for_each<Element>(group, rest < kHintElements ? rest : kHintElements, job.packed,
                    [&](auto width, int64_t i) {
    constexpr int w = decltype(width)::value;
    Scalar of[w] = {};
    // What the mask leaves out is not read.
    if (job.mask == nullptr || job.mask[(begin + i) / job.inner]) {
      Scalar s[w], t[w], total = 0;
      load<w>(student + i, s);
      load<w>(teacher + i, t);
#pragma unroll
      for (int k = 0; k < w; ++k) {
        const Scalar difference = s[k] - t[k];
        total += difference * difference;
        of[k] = difference * scale;
      }
      sums.of[0] += static_cast<double>(total);
    }
    if (gradient != nullptr) store<w>(gradient + i, of);
  });
  reduce_sums(group, sums, shared);
  if (group.rank == 0) job.values[blockIdx.x] = sums.of[0];
}

}  // namespace potstill::ops::cuda
