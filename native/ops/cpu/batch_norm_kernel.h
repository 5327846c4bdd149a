#pragma once

// Compiled by cpu/batch_norm_{default,avx2,avx512}.cpp.
//
// A channel of a plane is read twice, for its moments and to be normalized, and the second time it
// is still in a cache; so are the rows of a block while their moments are taken. Sums are of blocks
// in float32, joined in double.

#include <cmath>

#include "ops/cpu/batch_norm.h"
#include "ops/cpu/simd.h"

namespace potstill::ops::POTSTILL_SIMD {

// Elements of a channel that are summed at once, and rows that are.
constexpr int64_t batch_norm_block = 1024;
constexpr int64_t batch_norm_block_rows = 64;

// ── Vectors of a line ───────────────────────────────────────────────────────────────────────────

// A vector's place in a line of floats.
struct WholeVector {
  int64_t at;
  POTSTILL_INLINE FloatVec load(const float* line, float = 0) const {
    return POTSTILL_SIMD::load(line + at);
  }
  POTSTILL_INLINE void store(float* line, FloatVec v) const { POTSTILL_SIMD::store(line + at, v); }
  POTSTILL_INLINE FloatVec within(FloatVec v) const { return v; }
};

// The rest of it; lanes beyond the end are `fill`.
struct PartOfVector {
  int64_t at;
  int count;
  POTSTILL_INLINE FloatVec load(const float* line, float fill = 0) const {
    return load_partial(line + at, count, fill);
  }
  POTSTILL_INLINE void store(float* line, FloatVec v) const {
    store_partial(line + at, v, count);
  }
  // 0 beyond the end.
  POTSTILL_INLINE FloatVec within(FloatVec v) const {
    for (int i = count; i < Simd<float>::width; ++i) v[i] = 0;
    return v;
  }
};

// Sums in `slots` vectors do not wait for each other's additions.
constexpr int batch_norm_slots = 4;

// work(place, slot) for every vector of a line.
template <typename Work>
POTSTILL_INLINE void each_vector(int64_t count, Work work) {
  constexpr int width = Simd<float>::width;
  int64_t i = 0;
  for (; i + batch_norm_slots * width <= count; i += batch_norm_slots * width)
    for (int slot = 0; slot < batch_norm_slots; ++slot) work(WholeVector{i + slot * width}, slot);
  for (; i + width <= count; i += width) work(WholeVector{i}, 0);
  if (i < count) work(PartOfVector{i, static_cast<int>(count - i)}, 0);
}

struct SlotSums {
  FloatVec slots[batch_norm_slots] = {};
  POTSTILL_INLINE void add(int slot, FloatVec v) { slots[slot] += v; }
  POTSTILL_INLINE float total() const {
    return sum((slots[0] + slots[1]) + (slots[2] + slots[3]));
  }
};

// A channel's constant: the same along a plane, another for each element of a row.
struct Along {
  float value;
  template <typename Place>
  POTSTILL_INLINE FloatVec at(Place) const {
    return broadcast(value);
  }
};
struct Across {
  const float* values;
  template <typename Place>
  POTSTILL_INLINE FloatVec at(Place place) const {
    return place.load(values);
  }
};

// ── What happens to a line ──────────────────────────────────────────────────────────────────────

template <typename Constant>
struct ChannelConstants {
  Constant mean, scale, shift, grad_mean, slope;
};

POTSTILL_INLINE ChannelConstants<Along> constants_of(const BatchNormJob& job, int64_t channel) {
  return {{job.mean[channel]},
          {job.scale[channel]},
          {job.shift[channel]},
          {job.grad_mean == nullptr ? 0 : job.grad_mean[channel]},
          {job.slope == nullptr ? 0 : job.slope[channel]}};
}

POTSTILL_INLINE ChannelConstants<Across> constants_of(const BatchNormJob& job) {
  return {{job.mean}, {job.scale}, {job.shift}, {job.grad_mean}, {job.slope}};
}

template <typename Place, typename Constant>
POTSTILL_INLINE FloatVec normalized(Place place, FloatVec input,
                                    const ChannelConstants<Constant>& c) {
  return (input - c.mean.at(place)) * c.scale.at(place) + c.shift.at(place);
}

template <typename Constant>
POTSTILL_INLINE void normalize(const BatchNormJob& job, int64_t line, int64_t count,
                               const ChannelConstants<Constant>& c) {
  each_vector(count, [&](auto place, int) POTSTILL_LAMBDA_INLINE {
    FloatVec y = normalized(place, place.load(job.input + line), c);
    if (job.other != nullptr) y += place.load(job.other + line);
    if (job.relu) y = larger(FloatVec{}, y);  // NaN stays
    place.store(job.output + line, y);
  });
}

// The gradient as it is before the ReLU.
template <typename Place, typename Constant>
POTSTILL_INLINE FloatVec masked(const BatchNormJob& job, int64_t line, Place place, FloatVec input,
                                const ChannelConstants<Constant>& c) {
  const FloatVec gradient = place.load(job.grad_output + line);
  if (!job.relu) return gradient;
  const FloatVec output = job.output != nullptr ? place.load(job.output + line)
                                                : normalized(place, input, c);
  return select(output <= FloatVec{}, FloatVec{}, gradient);
}

// add(place, slot, gradient, gradient · deviation) for every vector, which are 0 beyond the end;
// leaves the gradient by what was added.
template <typename Constant, typename Add>
POTSTILL_INLINE void gradient_sums(const BatchNormJob& job, int64_t line, int64_t count,
                                   const ChannelConstants<Constant>& c, Add add) {
  each_vector(count, [&](auto place, int slot) POTSTILL_LAMBDA_INLINE {
    const FloatVec input = place.load(job.input + line);
    const FloatVec gradient = masked(job, line, place, input, c);
    if (job.grad_other != nullptr) place.store(job.grad_other + line, gradient);
    add(place, slot, gradient, gradient * (input - c.mean.at(place)));
  });
}

template <typename Constant>
POTSTILL_INLINE void input_gradient(const BatchNormJob& job, int64_t line, int64_t count,
                                    const ChannelConstants<Constant>& c) {
  each_vector(count, [&](auto place, int) POTSTILL_LAMBDA_INLINE {
    const FloatVec input = place.load(job.input + line);
    FloatVec gradient = job.grad_other != nullptr ? place.load(job.grad_other + line)
                                                  : masked(job, line, place, input, c);
    if (job.training)
      gradient -= c.grad_mean.at(place) + (input - c.mean.at(place)) * c.slope.at(place);
    place.store(job.grad_input + line, gradient * c.scale.at(place));
  });
}

// ── What follows from sums ──────────────────────────────────────────────────────────────────────

struct Moments {
  double count = 0, mean = 0, squares = 0;  // of deviations from the mean

  // Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
  // variances", 1979.
  POTSTILL_INLINE void join(double more, double its_mean, double its_squares) {
    const double all = count + more;
    const double apart = its_mean - mean;
    mean += apart * (more / all);
    squares += its_squares + apart * apart * (count * more / all);
    count = all;
  }
};

inline void finish_forward(const BatchNormJob& job, int64_t channel, const Moments& moments) {
  double mean, variance;
  if (job.training) {
    mean = moments.mean;
    variance = moments.squares / moments.count;
  } else {
    mean = job.running_mean[channel];
    variance = job.running_var[channel];
  }
  if (job.training && job.running_mean != nullptr) {
    const auto follow = [&](float& running, double value) {
      running = static_cast<float>(job.momentum * value + (1 - job.momentum) * running);
    };
    follow(job.running_mean[channel], mean);
    follow(job.running_var[channel], moments.squares / (moments.count - 1));
  }
  const double inverse = 1 / std::sqrt(variance + job.eps);
  const double scale = inverse * (job.weight == nullptr ? 1 : job.weight[channel]);
  job.mean[channel] = static_cast<float>(mean);
  job.inverse_deviation[channel] = static_cast<float>(inverse);
  job.scale[channel] = static_cast<float>(scale);
  // Without the mean, whose rounding would be that of large inputs.
  const double rounded = mean - job.mean[channel];
  job.shift[channel] =
      static_cast<float>((job.bias == nullptr ? 0 : job.bias[channel]) - rounded * scale);
}

inline void finish_backward(const BatchNormJob& job, int64_t channel, double gradients,
                            double products) {
  const double count = static_cast<double>(job.samples * job.positions);
  const double inverse = job.inverse_deviation[channel];
  job.grad_bias[channel] = static_cast<float>(gradients);
  job.grad_weight[channel] = static_cast<float>(products * inverse);
  job.grad_mean[channel] = static_cast<float>(gradients / count);
  job.slope[channel] = static_cast<float>(products * inverse * inverse / count);
}

// ── Planes: [samples, channels, positions] ──────────────────────────────────────────────────────

// work(first, last) for samples that make a block of a channel.
template <typename Work>
POTSTILL_INLINE void each_block(const BatchNormJob& job, Work work) {
  const int64_t samples =
      job.positions < batch_norm_block ? batch_norm_block / job.positions : int64_t{1};
  for (int64_t first = 0; first < job.samples; first += samples)
    work(first, first + samples < job.samples ? first + samples : job.samples);
}

inline Moments moments_of_plane(const BatchNormJob& job, int64_t channel) {
  Moments moments;
  const int64_t stride = job.channels * job.positions;
  const float* planes = job.input + channel * job.positions;
  each_block(job, [&](int64_t first, int64_t last) POTSTILL_LAMBDA_INLINE {
    SlotSums sums, squares;
    const float origin = planes[first * stride];
    for (int64_t sample = first; sample < last; ++sample)
      each_vector(job.positions, [&](auto place, int slot) POTSTILL_LAMBDA_INLINE {
        sums.add(slot, place.load(planes + sample * stride, origin) - origin);
      });
    const auto count = static_cast<float>((last - first) * job.positions);
    const float mean = sums.total() / count;
    for (int64_t sample = first; sample < last; ++sample)
      each_vector(job.positions, [&](auto place, int slot) POTSTILL_LAMBDA_INLINE {
        const FloatVec apart = place.load(planes + sample * stride, origin) - origin - mean;
        squares.add(slot, place.within(apart * apart));
      });
    moments.join(count, static_cast<double>(origin) + mean, squares.total());
  });
  return moments;
}

inline void forward_planes(const BatchNormJob& job, int64_t begin, int64_t end) {
  for (int64_t channel = begin; channel < end; ++channel) {
    finish_forward(job, channel, job.training ? moments_of_plane(job, channel) : Moments{});
    const auto constants = constants_of(job, channel);
    for (int64_t sample = 0; sample < job.samples; ++sample)
      normalize(job, (sample * job.channels + channel) * job.positions, job.positions, constants);
  }
}

inline void backward_planes(const BatchNormJob& job, int64_t begin, int64_t end) {
  for (int64_t channel = begin; channel < end; ++channel) {
    const auto line = [&](int64_t sample) POTSTILL_LAMBDA_INLINE {
      return (sample * job.channels + channel) * job.positions;
    };
    double gradients = 0, products = 0;
    const auto before = constants_of(job, channel);
    each_block(job, [&](int64_t first, int64_t last) POTSTILL_LAMBDA_INLINE {
      SlotSums gradient_sum, product_sum;
      for (int64_t sample = first; sample < last; ++sample)
        gradient_sums(job, line(sample), job.positions, before,
                      [&](auto, int slot, FloatVec gradient, FloatVec product)
                          POTSTILL_LAMBDA_INLINE {
                            gradient_sum.add(slot, gradient);
                            product_sum.add(slot, product);
                          });
      gradients += gradient_sum.total();
      products += product_sum.total();
    });
    finish_backward(job, channel, gradients, products);
    if (job.grad_input == nullptr) continue;
    const auto constants = constants_of(job, channel);
    for (int64_t sample = 0; sample < job.samples; ++sample)
      input_gradient(job, line(sample), job.positions, constants);
  }
}

// ── Rows: [samples · positions, channels] ───────────────────────────────────────────────────────

// sum(first, last) leaves the sums of a block of rows in scratch; join(first, last) takes them.
template <typename Sum, typename Join>
POTSTILL_INLINE void each_block_of_part(const BatchNormJob& job, int64_t part, Sum sum, Join join) {
  const int64_t rows = job.samples * job.positions;
  const int64_t begin = part * job.part_rows;
  const int64_t end = begin + job.part_rows < rows ? begin + job.part_rows : rows;
  for (int64_t first = begin; first < end; first += batch_norm_block_rows) {
    const int64_t last = first + batch_norm_block_rows < end ? first + batch_norm_block_rows : end;
    sum(first, last);
    join(first, last);
  }
}

inline int64_t rows_in_part(const BatchNormJob& job, int64_t part) {
  const int64_t left = job.samples * job.positions - part * job.part_rows;
  return left < job.part_rows ? left : job.part_rows;
}

inline int64_t count_of_parts(const BatchNormJob& job) {
  return (job.samples * job.positions + job.part_rows - 1) / job.part_rows;
}

inline void moments_of_rows(const BatchNormJob& job, int64_t part, float* scratch) {
  const int64_t channels = job.channels;
  float *means = scratch, *squares = scratch + channels;
  double *all_means = job.parts + part * 2 * channels, *all_squares = all_means + channels;
  std::memset(all_means, 0, 2 * channels * sizeof(double));
  double before = 0;
  each_block_of_part(
      job, part,
      [&](int64_t first, int64_t last) POTSTILL_LAMBDA_INLINE {
        std::memset(scratch, 0, 2 * channels * sizeof(float));
        const float* origin = job.input + first * channels;
        const auto from_origin = [&](auto place, int64_t row) POTSTILL_LAMBDA_INLINE {
          return place.load(job.input + row * channels) - place.load(origin);
        };
        for (int64_t row = first; row < last; ++row)
          each_vector(channels, [&](auto place, int) POTSTILL_LAMBDA_INLINE {
            place.store(means, place.load(means) + from_origin(place, row));
          });
        const auto count = static_cast<float>(last - first);
        for (int64_t i = 0; i < channels; ++i) means[i] /= count;
        for (int64_t row = first; row < last; ++row)
          each_vector(channels, [&](auto place, int) POTSTILL_LAMBDA_INLINE {
            const FloatVec apart = from_origin(place, row) - place.load(means);
            place.store(squares, place.load(squares) + apart * apart);
          });
      },
      [&](int64_t first, int64_t last) POTSTILL_LAMBDA_INLINE {
        const auto rows = static_cast<double>(last - first);
        const float* origin = job.input + first * channels;
        for (int64_t i = 0; i < channels; ++i) {
          Moments moments = {before, all_means[i], all_squares[i]};
          moments.join(rows, static_cast<double>(origin[i]) + means[i], squares[i]);
          all_means[i] = moments.mean;
          all_squares[i] = moments.squares;
        }
        before += rows;
      });
}

inline void merge_moments(const BatchNormJob& job) {
  for (int64_t channel = 0; channel < job.channels; ++channel) {
    Moments moments;
    for (int64_t part = 0; job.training && part < count_of_parts(job); ++part) {
      const double* of_part = job.parts + part * 2 * job.channels + channel;
      moments.join(static_cast<double>(rows_in_part(job, part)), of_part[0],
                   of_part[job.channels]);
    }
    finish_forward(job, channel, moments);
  }
}

inline void normalize_rows(const BatchNormJob& job, int64_t begin, int64_t end) {
  const auto constants = constants_of(job);
  for (int64_t row = begin; row < end; ++row)
    normalize(job, row * job.channels, job.channels, constants);
}

inline void sums_of_rows(const BatchNormJob& job, int64_t part, float* scratch) {
  const int64_t channels = job.channels;
  float *gradients = scratch, *products = scratch + channels;
  double* all = job.parts + part * 2 * channels;
  std::memset(all, 0, 2 * channels * sizeof(double));
  const auto constants = constants_of(job);
  each_block_of_part(
      job, part,
      [&](int64_t first, int64_t last) POTSTILL_LAMBDA_INLINE {
        std::memset(scratch, 0, 2 * channels * sizeof(float));
        for (int64_t row = first; row < last; ++row)
          gradient_sums(job, row * channels, channels, constants,
                        [&](auto place, int, FloatVec gradient, FloatVec product)
                            POTSTILL_LAMBDA_INLINE {
                              place.store(gradients, place.load(gradients) + gradient);
                              place.store(products, place.load(products) + product);
                            });
      },
      [&](int64_t, int64_t) POTSTILL_LAMBDA_INLINE {
        for (int64_t i = 0; i < 2 * channels; ++i) all[i] += scratch[i];
      });
}

inline void merge_sums(const BatchNormJob& job) {
  for (int64_t channel = 0; channel < job.channels; ++channel) {
    double gradients = 0, products = 0;
    for (int64_t part = 0; part < count_of_parts(job); ++part) {
      const double* of_part = job.parts + part * 2 * job.channels + channel;
      gradients += of_part[0];
      products += of_part[job.channels];
    }
    finish_backward(job, channel, gradients, products);
  }
}

inline void gradient_of_rows(const BatchNormJob& job, int64_t begin, int64_t end) {
  const auto constants = constants_of(job);
  for (int64_t row = begin; row < end; ++row)
    input_gradient(job, row * job.channels, job.channels, constants);
}

constexpr BatchNormKernels batch_norm_kernels = {
    forward_planes, backward_planes, moments_of_rows, merge_moments,
    normalize_rows, sums_of_rows,    merge_sums,      gradient_of_rows,
};

}  // namespace potstill::ops::POTSTILL_SIMD
