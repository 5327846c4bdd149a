#pragma once

// Inner products along the rows, or along the columns, of a batch of matrices.

#include "ops/cuda/device.cuh"

namespace potstill::ops::cuda {

struct DotsJob {
  // [batch][rows][columns]; matrices `a_stride` elements apart. b null: a times itself.
  const void* a;
  const void* b;
  int64_t a_stride, b_stride;
  int64_t batch, rows, columns;
  double* out;  // [batch][rows], or [batch][columns]
  bool packed;  // all rows are aligned
};

// Of the rows: a group of threads each.
template <typename Element, int lanes>
__global__ void __launch_bounds__(512) row_dots_kernel(DotsJob job) {
  using Scalar = ScalarOf<Element>;
  POTSTILL_SHARED(shared);
  const Group<lanes> group;
  const int64_t index = group.row();
  const bool there = index < job.batch * job.rows;
  const int64_t matrix = index / job.rows, row = index % job.rows;
  const auto* a = static_cast<const Element*>(job.a) + matrix * job.a_stride + row * job.columns;
  const auto* b = static_cast<const Element*>(job.b);
  if (b != nullptr) b += matrix * job.b_stride + row * job.columns;
  Sums<double, 1> sums;
  for_each<Element>(group, there ? job.columns : 0, job.packed, [&](auto width, int64_t i) {
    constexpr int w = decltype(width)::value;
    Scalar x[w], y[w], total = 0;
    load<w>(a + i, x);
    if (b != nullptr) load<w>(b + i, y);
#pragma unroll
    for (int k = 0; k < w; ++k) total += x[k] * (b == nullptr ? x[k] : y[k]);
    sums.of[0] += static_cast<double>(total);
  });
  reduce_sums(group, sums, shared);
  if (there && group.rank == 0) job.out[index] = sums.of[0];
}

// Of the columns: a warp reads 32 columns of every eighth row, eight of them make a block. Blocks:
// tiles of columns times the batch.
inline constexpr int kDotsColumns = 32;
inline constexpr int kDotsSlices = 8;
inline constexpr int kDotsThreads = kDotsColumns * kDotsSlices;

template <typename Element>
__global__ void __launch_bounds__(kDotsThreads) column_dots_kernel(DotsJob job) {
  using Scalar = ScalarOf<Element>;
  POTSTILL_SHARED(shared);
  auto* parts = reinterpret_cast<double*>(shared);
  const int64_t tiles = (job.columns + kDotsColumns - 1) / kDotsColumns;
  const int64_t matrix = static_cast<int64_t>(blockIdx.x) / tiles;
  const int lane = static_cast<int>(threadIdx.x) % kDotsColumns;
  const int slice = static_cast<int>(threadIdx.x) / kDotsColumns;
  const int64_t column = static_cast<int64_t>(blockIdx.x) % tiles * kDotsColumns + lane;
  double total = 0;
  if (column < job.columns) {
    const auto* a = static_cast<const Element*>(job.a) + matrix * job.a_stride + column;
    const auto* b = static_cast<const Element*>(job.b);
    if (b != nullptr) b += matrix * job.b_stride + column;
    constexpr int block = 4;
    int64_t row = slice;
    for (; row + (block - 1) * kDotsSlices < job.rows; row += block * kDotsSlices) {
      Scalar part = 0;
#pragma unroll
      for (int k = 0; k < block; ++k) {
        const int64_t at = (row + k * kDotsSlices) * job.columns;
        const auto x = static_cast<Scalar>(a[at]);
        part += x * (b == nullptr ? x : static_cast<Scalar>(b[at]));
      }
      total += static_cast<double>(part);
    }
    for (; row < job.rows; row += kDotsSlices) {
      const auto x = static_cast<Scalar>(a[row * job.columns]);
      total += static_cast<double>(
          x * (b == nullptr ? x : static_cast<Scalar>(b[row * job.columns])));
    }
  }
  parts[threadIdx.x] = total;
  __syncthreads();
  if (slice != 0 || column >= job.columns) return;
  for (int k = 1; k < kDotsSlices; ++k) total += parts[k * kDotsColumns + lane];
  job.out[matrix * job.columns + column] = total;
}

}  // namespace potstill::ops::cuda
