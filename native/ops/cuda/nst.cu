#include "ops/nst.h"

#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cuda/dispatch.h"
#include "ops/cuda/dots.h"
#include "ops/cuda/launch.cuh"
#include "ops/cuda/means.h"
#include "ops/cuda/nst.cuh"
#include "ops/feature_loss.h"

namespace potstill::ops::cuda {
namespace {

// Samples are compared so many at a time that what this takes fits in here.
constexpr int64_t scratch_bytes = int64_t{256} << 20;

// The maps of some samples, each channel divided by its norm.
struct Side {
  ChannelMapJob job{};
  SampleMaps source;
  at::Tensor squares, maps;

  Side(const at::Tensor& feature, at::ScalarType scalar) : source(feature) {
    squares = channel_squares(source);
    job.feature = source.feature.const_data_ptr();
    job.stride = source.feature.stride(0);
    job.samples = feature.size(0);
    job.by_row = !source.channels_last;
    job.rows = job.by_row ? source.channels : source.positions;
    job.columns = job.by_row ? source.positions : source.channels;
    job.squares = squares.const_data_ptr<double>();
    maps = at::empty({job.samples, job.rows, job.columns}, feature.options().dtype(scalar));
    job.maps = maps.mutable_data_ptr();
    dispatch(source.feature.scalar_type(), [&](auto element, auto) {
      launch(&read_maps_kernel<decltype(element)>, blocks(), 256, 0, job);
    });
  }

  int64_t blocks() const {
    return (job.rows * job.columns + kMapElements - 1) / kMapElements * job.samples;
  }
  // As [samples, channels, positions].
  at::Tensor by_channel() const { return job.by_row ? maps : maps.transpose(1, 2); }
  at::Tensor by_position() const { return by_channel().transpose(1, 2); }
};

struct Compared {
  at::Tensor values;   // of the samples
  at::Tensor by_maps;  // the gradient by the student's maps, in their layout; if wanted
};

// The sum of the squares of each matrix.
at::Tensor squares_of(const at::Tensor& matrices) {
  return row_dots(matrices.view({matrices.size(0), 1, -1}), {}).squeeze(1);
}

double over(int64_t count) { return 1 / static_cast<double>(count); }

// ‖U - V‖², U and V position by position.
Compared by_positions(const Side& s, const Side& t, double scale, bool want_gradient) {
  const int64_t mine = s.source.channels, other = t.source.channels;
  at::Tensor u = at::bmm(s.by_position(), s.by_channel());
  const at::Tensor v = at::bmm(t.by_position(), t.by_channel());
  // In this form equal maps give exactly 0.
  u.sub_(v, static_cast<double>(mine) / static_cast<double>(other)).mul_(over(mine));
  Compared result{squares_of(u), {}};
  if (!want_gradient) return result;
  u.mul_(scale);
  result.by_maps = s.job.by_row ? at::bmm(s.maps, u) : at::bmm(u, s.maps);
  return result;
}

// The same of the channels' inner products.
Compared by_channels(const Side& s, const Side& t, double scale, bool want_gradient) {
  const int64_t mine = s.source.channels, other = t.source.channels;
  at::Tensor ss = at::bmm(s.by_channel(), s.by_position());
  at::Tensor st = at::bmm(s.by_channel(), t.by_position());
  const at::Tensor tt = at::bmm(t.by_channel(), t.by_position());
  // Equal maps give exactly 0 here too.
  Compared result{squares_of(tt).mul_(over(other * other)), {}};
  result.values.add_(squares_of(ss).mul_(over(mine * mine)));
  result.values.sub_(squares_of(st).mul_(over(mine * other)), 2);
  if (!want_gradient) return result;
  ss.mul_(scale * over(mine));
  st.mul_(-scale * over(other));
  const at::Tensor by_maps =
      at::baddbmm(at::bmm(st, t.by_channel()), ss, s.by_channel());
  result.by_maps = s.job.by_row ? by_maps : by_maps.transpose(1, 2).contiguous();
  return result;
}

void write_gradient(const Side& s, const at::Tensor& by_maps, at::ScalarType type,
                    void* gradient) {
  const at::Tensor along = s.job.by_row ? row_dots(s.maps, by_maps) : column_dots(s.maps, by_maps);
  ChannelMapJob job = s.job;
  job.by_maps = by_maps.const_data_ptr();
  job.along = along.const_data_ptr<double>();
  job.gradient = gradient;
  dispatch(type, [&](auto element, auto written) {
    launch(&write_maps_kernel<ScalarOf<decltype(element)>, decltype(written)>, s.blocks(), 256, 0,
           job);
  });
}

std::tuple<at::Tensor, at::Tensor> nst_cuda(const at::Tensor& student, const at::Tensor& teacher,
                                            bool want_gradient) {
  check_maps("nst", student, teacher);
  const OnDeviceOf device(student);
  const auto loss_type = loss_type_of(student, teacher);
  const auto type = common_type(student, teacher);
  const auto scalar = type == at::kDouble ? at::kDouble : at::kFloat;
  const auto doubles = student.options().dtype(at::kDouble);
  const at::Tensor z = student.to(type), v = teacher.to(type);
  GradientTarget gradient;
  if (want_gradient) {
    const SampleMaps layout(z);
    const auto wanted = gradient_type_of(student), written = gradient_type_of(type);
    gradient.returned = layout.gradient(wanted);
    gradient.written = wanted == written ? gradient.returned : layout.gradient(written);
  }
  if (student.numel() == 0)
    return {mean_of(at::empty({0}, doubles), {}, 0, loss_type), gradient.returned};

  const int64_t batch = student.size(0), mine = student.size(1), other = teacher.size(1);
  const int64_t positions = student.numel() / (batch * mine);
  const bool by_position = positions <= mine + other;
  const int64_t numbers =
      (2 * mine + other) * positions +
      (by_position ? 2 * positions * positions : (mine + other) * (mine + other));
  const int64_t bytes = numbers * (scalar == at::kDouble ? 8 : 4);
  const int64_t chunk = std::clamp<int64_t>(scratch_bytes / bytes, 1, batch);
  const double scale = 4 * over(batch * mine);
  std::vector<at::Tensor> values;
  for (int64_t begin = 0; begin < batch; begin += chunk) {
    const int64_t count = std::min(chunk, batch - begin);
    const Side s(z.narrow(0, begin, count), scalar), t(v.narrow(0, begin, count), scalar);
    const Compared compared = by_position ? by_positions(s, t, scale, want_gradient)
                                          : by_channels(s, t, scale, want_gradient);
    values.push_back(compared.values);
    if (!want_gradient) continue;
    auto* const start = static_cast<char*>(gradient.data());
    write_gradient(s, compared.by_maps, type,
                   start + begin * mine * positions * gradient.written.element_size());
  }
  return {mean_of(at::cat(values), {}, static_cast<double>(batch), loss_type), gradient.finish()};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CUDA, m) { m.impl("_nst_forward", &nst_cuda); }

}  // namespace potstill::ops::cuda
