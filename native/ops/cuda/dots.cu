#include "ops/cuda/dots.h"

#include <ATen/ops/empty.h>

#include "ops/cuda/dispatch.h"
#include "ops/cuda/dots.cuh"
#include "ops/cuda/launch.cuh"

namespace potstill::ops::cuda {
namespace {

at::Tensor run(DotsJob job, const at::Tensor& like, bool by_row) {
  at::Tensor out =
      at::empty({job.batch, by_row ? job.rows : job.columns}, like.options().dtype(at::kDouble));
  job.out = out.mutable_data_ptr<double>();
  const int64_t bytes = like.element_size();
  const auto aligned = [&](const void* data, int64_t stride) {
    return reinterpret_cast<uintptr_t>(data) % 16 == 0 && stride * bytes % 16 == 0;
  };
  job.packed = job.columns * bytes % 16 == 0 && aligned(job.a, job.a_stride) &&
               (job.b == nullptr || aligned(job.b, job.b_stride));
  dispatch(like.scalar_type(), [&](auto element, auto) {
    using Element = decltype(element);
    if (by_row) {
      launch_rows(job, job.batch * job.rows, job.columns,
                  [](auto lanes) { return &row_dots_kernel<Element, lanes>; });
    } else {
      const int64_t tiles = (job.columns + kDotsColumns - 1) / kDotsColumns;
      launch(&column_dots_kernel<Element>, job.batch * tiles, kDotsThreads,
             kDotsThreads * sizeof(double), job);
    }
  });
  return out;
}

at::Tensor dots(const at::Tensor& a, const at::Tensor& b, bool by_row) {
  DotsJob job{};
  job.a = a.const_data_ptr();
  job.batch = a.size(0);
  job.rows = a.size(1);
  job.columns = a.size(2);
  job.a_stride = job.b_stride = job.rows * job.columns;
  if (b.defined()) job.b = b.const_data_ptr();
  return run(job, a, by_row);
}

at::Tensor squares(const SampleMaps& maps, bool by_row) {
  const SampleFeature first = maps.at(0);
  DotsJob job{};
  job.a = first.data;
  job.batch = maps.feature.size(0);
  job.rows = first.channels_last ? first.positions : first.channels;
  job.columns = first.channels_last ? first.channels : first.positions;
  job.a_stride = maps.feature.stride(0);
  return run(job, maps.feature, by_row);
}

}  // namespace

at::Tensor row_dots(const at::Tensor& a, const at::Tensor& b) { return dots(a, b, true); }
at::Tensor column_dots(const at::Tensor& a, const at::Tensor& b) { return dots(a, b, false); }

at::Tensor position_squares(const SampleMaps& maps) { return squares(maps, maps.channels_last); }
at::Tensor channel_squares(const SampleMaps& maps) { return squares(maps, !maps.channels_last); }

}  // namespace potstill::ops::cuda
