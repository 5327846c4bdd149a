#include "ops/nst.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/feature_tensors.h"
#include "ops/cpu/sample_products.h"
#include "ops/cpu/scratch.h"
#include "ops/feature_loss.h"
#include "ops/loss_types.h"
#include "ops/sample_maps.h"

namespace potstill::ops {
namespace {

// Of torch.nn.functional.normalize.
constexpr double least_norm = 1e-12;

ChannelMapKernels channel_map_kernels(ElementType type) {
#if defined(__x86_64__)
  switch (cpu_capability()) {
    case CpuCapability::Avx512:
      return channel_map_kernels_avx512(type);
    case CpuCapability::Avx2:
      return channel_map_kernels_avx2(type);
    case CpuCapability::Default:
      break;
  }
#endif
  return channel_map_kernels_default(type);
}

// What one thread works with, sample by sample, in Scalars: float or double.
template <typename Scalar>
class Comparison {
 public:
  Comparison(const SampleMaps& student, const SampleMaps& teacher, int64_t batch)
      : s_(student),
        t_(teacher),
        by_position_(student.positions <= student.channels + teacher.channels),
        positions_(student.positions),
        mine_(student.channels),
        other_(teacher.channels),
        rows_(by_position_ ? positions_ : mine_ + other_),
        scale_(4 / static_cast<double>(batch * mine_)),
        pairs_(pair_kernels(sizeof(Scalar) == 8 ? ElementType::Float64 : ElementType::Float32,
                            sizeof(Scalar) == 8)),
        read_mine_(channel_map_kernels(element_type(student.feature))),
        read_other_(channel_map_kernels(element_type(teacher.feature))),
        products_(rows_),
        maps_((mine_ + other_) * positions_),
        by_maps_(mine_ * positions_),
        scratch_(channel_map_scratch(std::max({mine_, other_, positions_}),
                                     std::max({mine_, other_, positions_}))),
        norms_(std::max(mine_, other_)) {
    if (by_position_) others_ = SquareMatrix(rows_);
  }

  // The value of one sample; writes its gradient unless that is null.
  double run(int64_t sample, void* gradient) {
    Scalar* const theirs = maps_.data() + mine_ * positions_;
    read_other_.read(t_.at(sample), by_position_, least_norm, norms_.data(), theirs,
                     scratch_.data());
    read_mine_.read(s_.at(sample), by_position_, least_norm, norms_.data(), maps_.data(),
                    scratch_.data());
    const double value = by_position_ ? by_position() : by_channel();
    if (gradient != nullptr) write(sample, gradient);
    return value;
  }

 private:
  // U - V, in products_.
  double by_position() {
    multiply({maps_.data(), positions_, mine_, mine_}, products_);
    multiply({maps_.data() + mine_ * positions_, positions_, other_, other_}, others_);
    return read_mine_.difference(products_, 1.0 / static_cast<double>(mine_), others_,
                                 1.0 / static_cast<double>(other_));
  }

  // The inner products of all channels, the student's first, in products_.
  double by_channel() {
    multiply({maps_.data(), rows_, positions_, positions_}, products_);
    for (int64_t i = 0; i < rows_; ++i)
      for (int64_t j = i + 1; j < rows_; ++j) products_[i][j] = products_[j][i];
    // One order of summing for all three, so that equal maps give exactly nothing.
    const auto mean = [&](int64_t row, int64_t rows, int64_t column, int64_t columns) {
      double total = 0;
      for (int64_t i = row; i < row + rows; ++i)
        for (int64_t j = column; j < column + columns; ++j)
          total += products_[i][j] * products_[i][j];
      return total / static_cast<double>(rows * columns);
    };
    const double value = mean(mine_, other_, mine_, other_) + mean(0, mine_, 0, mine_) -
                         2 * mean(0, mine_, mine_, other_);
    for (int64_t i = 0; i < mine_; ++i)
      for (int64_t j = 0; j < rows_; ++j)
        products_[i][j] *=
            j < mine_ ? 1.0 / static_cast<double>(mine_) : -1.0 / static_cast<double>(other_);
    return value;
  }

  void multiply(const FeatureRows& x, SquareMatrix& products) {
    std::fill(products.values.begin(), products.values.end(), 0.0);
    pairs_.inner_products(x, 0, x.features, false, products,
                          thread_scratch(pair_scratch_bytes(rows_)));
  }

  void write(int64_t sample, void* gradient) {
    const int64_t rows = by_position_ ? rows_ : mine_;
    const int64_t columns = by_position_ ? mine_ : positions_;
    for (double& each : products_.values) each *= scale_;
    factors_.resize(packed_coefficients(rows, rows_));
    pairs_.pack_coefficients(products_[0], rows, rows_, products_.stride, factors_.data());
    const FeatureRows x{maps_.data(), rows_, columns, columns};
    for (int64_t d = 0; d < columns; d += pair_columns)
      pairs_.combine(x, factors_.data(), rows, d, std::min(columns, d + pair_columns), false,
                     by_maps_.data(), columns, thread_scratch(pair_scratch_bytes(rows_)));
    read_mine_.write(s_.at(sample), by_position_, least_norm, norms_.data(), maps_.data(),
                     by_maps_.data(), gradient, scratch_.data());
  }

  const SampleMaps &s_, &t_;
  const bool by_position_;
  const int64_t positions_, mine_, other_, rows_;
  const double scale_;
  const PairKernels pairs_;
  const ChannelMapKernels read_mine_, read_other_;
  SquareMatrix products_, others_;
  std::vector<Scalar> maps_, by_maps_, scratch_;
  std::vector<double> norms_, factors_;
};

template <typename Scalar>
double compare(const SampleMaps& s, const SampleMaps& t, at::Tensor* gradient) {
  const int64_t batch = s.feature.size(0);
  std::vector<double> values(batch);
  auto* const start =
      gradient == nullptr ? nullptr : static_cast<char*>(gradient->mutable_data_ptr());
  const int64_t bytes =
      gradient == nullptr ? 0 : s.channels * s.positions * gradient->element_size();
  at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
    Comparison<Scalar> comparison(s, t, batch);
    for (int64_t i = begin; i < end; ++i)
      values[i] = comparison.run(i, start == nullptr ? nullptr : start + i * bytes);
  });
  return total_of(values) / static_cast<double>(batch);
}

std::tuple<at::Tensor, at::Tensor> forward_cpu(const at::Tensor& student, const at::Tensor& teacher,
                                               bool want_gradient) {
  check_maps("nst", student, teacher);
  const bool wide = loss_type_of(student, teacher) == at::kDouble;
  const SampleMaps s(wide ? student.to(at::kDouble) : student);
  const SampleMaps t(wide ? teacher.to(at::kDouble) : teacher);
  at::Tensor gradient;
  if (want_gradient) gradient = s.gradient(gradient_type_of(student));
  if (student.numel() == 0) return {feature_loss_value(0, student, teacher), std::move(gradient)};
  at::Tensor written = gradient;
  if (want_gradient && wide && gradient.scalar_type() != at::kDouble)
    written = at::empty_like(gradient, s.feature.options());
  at::Tensor* const target = want_gradient ? &written : nullptr;
  const double value = wide ? compare<double>(s, t, target) : compare<float>(s, t, target);
  if (want_gradient && !written.is_same(gradient)) gradient.copy_(written);
  return {feature_loss_value(value, student, teacher), std::move(gradient)};
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_nst_forward", &forward_cpu); }

}  // namespace potstill::ops
