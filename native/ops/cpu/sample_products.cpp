#include "ops/cpu/sample_products.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <vector>

#include "ops/cpu/capability.h"
#include "ops/cpu/feature_tensors.h"
#include "ops/cpu/scratch.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Inner products are added up in so many parts at most, each worth a thread of its own: however
// many threads there are, so that their number changes nothing.
constexpr int64_t most_parts = 8;

FeatureRows rows_of(const SampleRows& samples) {
  return {samples.feature().const_data_ptr(), samples.samples(), samples.features(),
          samples.feature().stride(0)};
}

}  // namespace

PairKernels pair_kernels(ElementType type, bool wide) {
  return POTSTILL_FOR_CPU(pair_kernels)(type, wide);
}

SquareMatrix inner_products(const SampleRows& samples, bool wide, bool center) {
  const FeatureRows x = rows_of(samples);
  const auto kernel = pair_kernels(element_type(samples.feature()), wide).inner_products;
  const int64_t chunks = at::divup(x.features, pair_chunk);
  const int64_t parts = std::max<int64_t>(1, std::min(most_parts, chunks));
  std::vector<SquareMatrix> sums(parts, SquareMatrix(x.rows));
  share(parts, 1, [&](int64_t begin, int64_t end) {
    void* scratch = thread_scratch(pair_scratch_bytes(x.rows));
    for (int64_t part = begin; part < end; ++part)
      kernel(x, chunks * part / parts * pair_chunk,
             std::min(x.features, chunks * (part + 1) / parts * pair_chunk), center, sums[part],
             scratch);
  });
  SquareMatrix total = std::move(sums[0]);
  for (int64_t part = 1; part < parts; ++part)
    for (size_t i = 0; i < total.values.size(); ++i) total.values[i] += sums[part].values[i];
  for (int64_t i = 0; i < total.size; ++i)
    for (int64_t j = i + 1; j < total.size; ++j) total[i][j] = total[j][i];
  return total;
}

void combine_samples(const SampleRows& samples, const SquareMatrix& coefficients, bool wide,
                     bool center, at::Tensor& gradient) {
  const FeatureRows x = rows_of(samples);
  at::Tensor written = gradient;
  if (wide && gradient.scalar_type() != at::kDouble)
    written = at::empty_like(gradient, gradient.options().dtype(at::kDouble));
  auto* const out = static_cast<char*>(written.mutable_data_ptr());
  const auto kernels = pair_kernels(element_type(samples.feature()), wide);
  std::vector<double> packed(packed_coefficients(x.rows));
  kernels.pack_coefficients(coefficients, packed.data());
  share(at::divup(x.features, pair_columns), 1, [&](int64_t begin, int64_t end) {
    void* scratch = thread_scratch(pair_scratch_bytes(x.rows));
    for (int64_t part = begin; part < end; ++part) {
      const int64_t from = part * pair_columns;
      const int64_t to = std::min(x.features, from + pair_columns);
      kernels.combine(x, packed.data(), from, to, center, out, x.features, scratch);
    }
  });
  if (!written.is_same(gradient)) gradient.copy_(written);
}

}  // namespace potstill::ops
