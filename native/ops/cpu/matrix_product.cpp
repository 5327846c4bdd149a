#include "ops/cpu/matrix_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <algorithm>

#include "ops/cpu/capability.h"
#include "ops/cpu/scratch.h"
#include "ops/cpu/tensors.h"
#include "ops/linear.h"
#include "ops/matrix_product.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Multiplications that are worth a thread of their own.
constexpr int64_t grain = int64_t{1} << 18;
// Floats of one matrix that a thread holds packed, about what the second cache does.
constexpr int64_t most_kept = int64_t{1} << 18;
// A thread takes at least so many strips of columns or tiles of rows.
constexpr int64_t least_strips = 2;
constexpr int64_t least_tiles = 4;
constexpr size_t scratch_bytes = matrix_product_scratch * sizeof(float);

const MatrixProductKernels& kernels() {
  return POTSTILL_FOR_CPU(matrix_product);
}

bool has_unit_stride(const at::Tensor& t) { return t.stride(0) == 1 || t.stride(1) == 1; }

MatrixView view_of(const at::Tensor& t) {
  return {t.const_data_ptr<float>(), t.stride(0), t.stride(1)};
}

// Each thread packs the left matrix once, as many of its rows as it may hold, and takes strips of
// the right one.
void multiply_by_columns(const MatrixProductJob& whole) {
  const auto& kernel = kernels();
  const int64_t groups = at::divup(whole.m * whole.k, most_kept);
  const int64_t strips = at::divup(whole.n, kernel.strip_columns);
  const size_t bytes =
      scratch_bytes + (at::divup(whole.m, groups) * whole.k + packed_left_slack) * sizeof(float);
  const int64_t strip_work = kernel.strip_columns * (whole.m / groups) * whole.k;
  share_by(groups * strips, std::max(least_strips, units_of(grain, strip_work)), [&] {
    auto* const scratch = static_cast<float*>(thread_scratch(bytes));
    float* const rows = scratch + matrix_product_scratch;
    MatrixProductJob job = whole;
    job.packed_left = rows;
    return [&, scratch, rows, job, held = int64_t{-1}](int64_t begin, int64_t end) mutable {
      for (int64_t group = begin / strips; group * strips < end; ++group) {
        const int64_t first_row = whole.m * group / groups;
        const int64_t last_row = whole.m * (group + 1) / groups;
        if (group != held) kernel.pack_left(job, first_row, last_row, rows);
        held = group;
        const int64_t first = std::max(begin - group * strips, int64_t{0});
        const int64_t last = std::min(end - group * strips, strips);
        kernel.multiply(job,
                        {first_row, last_row, first * kernel.strip_columns,
                         std::min(job.n, last * kernel.strip_columns)},
                        scratch);
      }
    };
  });
}

// Each thread packs the right matrix once, if it may hold it, and takes rows of the left one.
void multiply_by_rows(const MatrixProductJob& whole) {
  const auto& kernel = kernels();
  const int64_t unit = least_tiles * kernel.tile_rows;
  const int64_t held = packed_right_floats(whole.k, whole.n);
  const bool pack = whole.packed_right == nullptr && held <= most_kept;
  share_by(at::divup(whole.m, unit), units_of(grain, unit * whole.n * whole.k), [&] {
    auto* const scratch =
        static_cast<float*>(thread_scratch(scratch_bytes + (pack ? held : 0) * sizeof(float)));
    MatrixProductJob job = whole;
    if (pack) {
      kernel.pack_right(job, scratch + matrix_product_scratch);
      job.packed_right = scratch + matrix_product_scratch;
    }
    return [&, scratch, job](int64_t begin, int64_t end) {
      kernel.multiply(job, {begin * unit, std::min(job.m, end * unit), 0, job.n}, scratch);
    };
  });
}

}  // namespace

void run_matrix_product(const MatrixProductJob& job) {
  if (job.n >= job.m)
    multiply_by_columns(job);
  else
    multiply_by_rows(job);
}

int64_t packed_right_floats(int64_t k, int64_t n) {
  const int64_t columns = kernels().strip_columns;
  return at::divup(n, columns) * columns * k;
}

at::Tensor pack_right(const at::Tensor& right) {
  const at::Tensor b = has_unit_stride(right) ? right : right.contiguous();
  MatrixProductJob job{};
  job.k = b.size(0);
  job.n = b.size(1);
  job.right = view_of(b);
  at::Tensor packed = at::empty({packed_right_floats(job.k, job.n)}, b.options());
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
  if (is_present(bias)) added = bias->contiguous();
  MatrixProductJob job{};
  job.m = a.size(0);
  job.n = b.size(1);
  job.k = a.size(1);
  at::Tensor output = at::empty({job.m, job.n}, a.options());
  job.left = view_of(a);
  job.right = view_of(b);
  job.bias = data_of(added);
  job.activation = activation;
  job.output = output.mutable_data_ptr<float>();
  job.output_stride = job.n;
  if (packed_right.defined()) job.packed_right = packed_right.const_data_ptr<float>();

  run_matrix_product(job);
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
