#pragma once

// The maps of attention_transfer, compared and applied.

#include "ops/cuda/device.cuh"
#include "ops/map_row.h"

namespace potstill::ops::cuda {

struct MapJob {
  // Sums of squares, [samples][positions].
  const double* student_squares;
  const double* teacher_squares;
  int64_t samples, positions;
  MapOptions options;
  double* values;  // one a sample
  void* factors;   // [samples][positions] of the scalar type: what the feature is multiplied with
  // The student's feature, [samples][rows][columns], samples `stride` apart, and its gradient.
  const void* feature;
  void* gradient;
  int64_t stride, rows, columns;
  bool by_row;  // a row is a position, else a column is
  bool packed;  // every sample is aligned
};

template <typename Scalar, int lanes>
__global__ void __launch_bounds__(512) compare_maps_kernel(MapJob job) {
  POTSTILL_SHARED(shared);
  const Group<lanes> group;
  const int64_t sample = group.row();
  const int64_t positions = sample < job.samples ? job.positions : 0;
  const double* student = job.student_squares + sample * job.positions;
  const double* teacher = job.teacher_squares + sample * job.positions;
  const MapOptions& options = job.options;
  Sums<double, 2> squares;
  for (int64_t n = group.rank; n < positions; n += group.size) {
    const double a = student[n] * options.student_share, b = teacher[n] * options.teacher_share;
    squares.of[0] += a * a;
    squares.of[1] += b * b;
  }
  reduce_sums(group, squares, shared);
  const double length = ::sqrt(squares.of[0]);
  const double by_student = map_factor(options.student_share, length, options.eps);
  const double by_teacher = map_factor(options.teacher_share, ::sqrt(squares.of[1]), options.eps);
  Sums<double, 2> sums;
  for (int64_t n = group.rank; n < positions; n += group.size) {
    const double q = student[n] * by_student;
    const double other = teacher[n] * by_teacher;
    const double difference = q - other;
    sums.of[0] += difference * difference;
    sums.of[1] += difference * q;
  }
  reduce_sums(group, sums, shared);
  const MapRow row = map_row(length, sums.of[0], sums.of[1], options);
  if (sample < job.samples && group.rank == 0) job.values[sample] = row.value;
  if (job.factors == nullptr) return;
  auto* factors = static_cast<Scalar*>(job.factors) + sample * job.positions;
  for (int64_t n = group.rank; n < positions; n += group.size) {
    const double q = student[n] * by_student;
    const double other = teacher[n] * by_teacher;
    factors[n] = static_cast<Scalar>((q - other - q * row.pull) * row.scale);
  }
}

// Elements of a sample that a block multiplies.
inline constexpr int64_t kScaledElements = 4096;

// Blocks: parts of a sample times samples.
template <typename Element, typename Gradient>
__global__ void __launch_bounds__(256) scale_by_map_kernel(MapJob job) {
  using Scalar = ScalarOf<Element>;
  const Group<0> group;
  const int64_t elements = job.rows * job.columns;
  const int64_t parts = (elements + kScaledElements - 1) / kScaledElements;
  const int64_t sample = static_cast<int64_t>(blockIdx.x) / parts;
  const int64_t begin = static_cast<int64_t>(blockIdx.x) % parts * kScaledElements;
  const auto* x = static_cast<const Element*>(job.feature) + sample * job.stride + begin;
  auto* gradient = static_cast<Gradient*>(job.gradient) + sample * elements + begin;
  const auto* factors = static_cast<const Scalar*>(job.factors) + sample * job.positions;
  const int64_t count = elements - begin < kScaledElements ? elements - begin : kScaledElements;
  // Within a block 32 bits are enough, and much quicker to divide.
  const auto columns = static_cast<unsigned>(job.columns);
  const int64_t first_row = begin / job.columns;
  const auto first_column = static_cast<unsigned>(begin % job.columns);
  for_each<Element>(group, count, job.packed, [&](auto width, int64_t i) {
    constexpr int w = decltype(width)::value;
    Scalar value[w];
    load<w>(x + i, value);
    const unsigned at = first_column + static_cast<unsigned>(i);
    unsigned row = at / columns, column = at % columns;
#pragma unroll
    for (int k = 0; k < w; ++k) {
      value[k] *= factors[job.by_row ? first_row + row : column];
      if (++column == columns) column = 0, ++row;
    }
    store<w>(gradient + i, value);
  });
}

}  // namespace potstill::ops::cuda
