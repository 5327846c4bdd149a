#include "ops/cpu/matrix_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>

#include "ops/cpu/capability.h"
#include "ops/cpu/scratch.h"
#include "ops/linear.h"
#include "ops/matrix_product.h"

namespace potstill::ops {
namespace {

// Multiplications that are worth a thread of their own.
constexpr int64_t grain = int64_t{1} << 18;
constexpr size_t scratch_bytes = matrix_product_scratch * sizeof(float);

const MatrixProductKernels& kernels() {
#if defined(__x86_64__)
  switch (cpu_capability()) {
    case CpuCapability::Avx512: return matrix_product_avx512;
    case CpuCapability::Avx2: return matrix_product_avx2;
    case CpuCapability::Default: break;
  }
#endif
  return matrix_product_default;
}

bool has_unit_stride(const at::Tensor& t) {
  return t.stride(0) == 1 || t.stride(1) == 1;
}

MatrixView view_of(const at::Tensor& t) {
  return {t.const_data_ptr<float>(), t.stride(0), t.stride(1)};
}

}  // namespace

at::Tensor pack_right(const at::Tensor& right) {
  const at::Tensor b = has_unit_stride(right) ? right : right.contiguous();
  MatrixProductJob job{};
  job.k = b.size(0);
  job.n = b.size(1);
  job.right = view_of(b);
  const int64_t columns = kernels().strip_columns;
  const int64_t strips = at::divup(job.n, columns);
  at::Tensor packed = at::empty({strips * columns * job.k}, b.options());
  kernels().pack_right(job, packed.mutable_data_ptr<float>());
  return packed;
}

at::Tensor matrix_product(const at::Tensor& left, const at::Tensor& right,
                          const std::optional<at::Tensor>& bias, Activation activation,
                          const at::Tensor& packed_right) {
  const at::Tensor a = has_unit_stride(left) ? left : left.contiguous();
  const at::Tensor b =
      packed_right.defined() || has_unit_stride(right) ? right : right.contiguous();
  std::optional<at::Tensor> added;
  if (bias.has_value() && bias->defined()) added = bias->contiguous();
  MatrixProductJob job{};
  job.m = a.size(0);
  job.n = b.size(1);
  job.k = a.size(1);
  at::Tensor output = at::empty({job.m, job.n}, a.options());
  job.left = view_of(a);
  job.right = view_of(b);
  job.bias = added.has_value() ? added->const_data_ptr<float>() : nullptr;
  job.activation = activation;
  job.output = output.mutable_data_ptr<float>();
  job.output_stride = job.n;
  if (packed_right.defined()) job.packed_right = packed_right.const_data_ptr<float>();

  const auto& kernel = kernels();
  // Each thread packs the whole of the matrix that is not divided: the smaller one.
  const bool by_columns = job.n >= job.m;
  const int64_t unit = by_columns ? kernel.strip_columns : 1;
  const int64_t units = (std::max(job.n, job.m) + unit - 1) / unit;
  const int64_t unit_work = unit * std::min(job.n, job.m) * job.k;
  at::parallel_for(0, units, std::max<int64_t>(1, grain / unit_work),
                   [&](int64_t begin, int64_t end) {
                     MatrixProductPart part = {0, job.m, 0, job.n};
                     if (by_columns) {
                       part.first_column = begin * unit;
                       part.last_column = std::min(job.n, end * unit);
                     } else {
                       part.first_row = begin;
                       part.last_row = end;
                     }
                     kernel.multiply(job, part, static_cast<float*>(thread_scratch(scratch_bytes)));
                   });
  return output;
}

namespace {

at::Tensor checked_matrix_product(const at::Tensor& left, const at::Tensor& right,
                                  const std::optional<at::Tensor>& bias,
                                  std::string_view activation, bool packed) {
  for (const auto& t : {left, right, bias.value_or(left)})
    TORCH_CHECK(t.scalar_type() == at::kFloat, "_matrix_product: dtype float32 expected, got ",
                t.scalar_type());
  TORCH_CHECK(left.dim() == 2 && right.dim() == 2 && left.size(1) == right.size(0) &&
                  left.numel() > 0 && right.numel() > 0,
              "_matrix_product: shapes ", left.sizes(), " and ", right.sizes(), " do not fit");
  TORCH_CHECK(!bias.has_value() || (bias->dim() == 1 && bias->size(0) == right.size(1)),
              "_matrix_product: the bias is to have shape [", right.size(1), "]");
  return matrix_product(left, right, bias, activation_of(activation),
                        packed ? pack_right(right) : at::Tensor());
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_matrix_product", &checked_matrix_product); }

}  // namespace potstill::ops
