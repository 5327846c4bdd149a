#pragma once

// How nst reads and writes the maps of channels.

#include "ops/cuda/device.cuh"

namespace potstill::ops::cuda {

struct ChannelMapJob {
  // [samples][rows][columns], samples `stride` apart.
  const void* feature;
  int64_t stride;
  int64_t samples, rows, columns;
  bool by_row;            // a row is a channel, else a column is
  const double* squares;  // of a channel's map, [samples][channels]
  void* maps;             // [samples][rows][columns] of the scalar type
  // Of the gradient: that by the maps, its product with the map, and what is written.
  const void* by_maps;
  const double* along;
  void* gradient;
};

// Of torch.nn.functional.normalize.
inline constexpr double kLeastMapNorm = 1e-12;
inline constexpr int64_t kMapElements = 4096;

// body(sample, i, channel) for the elements of a part of a sample, `channel` counted over all samples.
// Blocks: parts times samples.
template <typename Body>
__device__ __forceinline__ void for_each_in_part(const ChannelMapJob& job, Body body) {
  const int64_t elements = job.rows * job.columns;
  const int64_t parts = (elements + kMapElements - 1) / kMapElements;
  const int64_t sample = static_cast<int64_t>(blockIdx.x) / parts;
  const int64_t begin = static_cast<int64_t>(blockIdx.x) % parts * kMapElements;
  const int64_t end = begin + kMapElements < elements ? begin + kMapElements : elements;
  const int64_t channels = job.by_row ? job.rows : job.columns;
  for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x)
    body(sample, i, sample * channels + (job.by_row ? i / job.columns : i % job.columns));
}

template <typename Element>
__global__ void __launch_bounds__(256) read_maps_kernel(ChannelMapJob job) {
  using Scalar = ScalarOf<Element>;
  const auto* feature = static_cast<const Element*>(job.feature);
  auto* maps = static_cast<Scalar*>(job.maps);
  for_each_in_part(job, [&](int64_t sample, int64_t i, int64_t channel) {
    const double norm = ::sqrt(job.squares[channel]);
    const auto factor = static_cast<Scalar>(1 / (norm < kLeastMapNorm ? kLeastMapNorm : norm));
    maps[sample * job.rows * job.columns + i] =
        static_cast<Scalar>(feature[sample * job.stride + i]) * factor;
  });
}

template <typename Scalar, typename Gradient>
__global__ void __launch_bounds__(256) write_maps_kernel(ChannelMapJob job) {
  const auto* maps = static_cast<const Scalar*>(job.maps);
  const auto* by_maps = static_cast<const Scalar*>(job.by_maps);
  auto* gradient = static_cast<Gradient*>(job.gradient);
  for_each_in_part(job, [&](int64_t sample, int64_t i, int64_t channel) {
    const double norm = ::sqrt(job.squares[channel]);
    const bool tiny = norm < kLeastMapNorm;
    const auto factor = static_cast<Scalar>(1 / (tiny ? kLeastMapNorm : norm));
    const auto pull = static_cast<Scalar>(tiny ? 0 : job.along[channel]);
    const int64_t at = sample * job.rows * job.columns + i;
    gradient[at] = static_cast<Gradient>((by_maps[at] - maps[at] * pull) * factor);
  });
}

}  // namespace potstill::ops::cuda
