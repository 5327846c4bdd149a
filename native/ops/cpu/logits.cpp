#include "ops/cpu/logits.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <memory>

namespace potstill::ops {

LogitType logit_type(const at::Tensor& logits) {
  switch (logits.scalar_type()) {
    case at::kDouble:
      return LogitType::Float64;
    case at::kBFloat16:
      return LogitType::BFloat16;
    case at::kHalf:
      return LogitType::Float16;
    default:
      return LogitType::Float32;
  }
}

at::Tensor as_rows(const at::Tensor& logits) {
  const at::Tensor rows = logits.dim() == 2 ? logits : logits.reshape({-1, logits.size(-1)});
  return rows.stride(-1) == 1 || rows.size(-1) == 1 ? rows : rows.contiguous();
}

void* thread_scratch(size_t bytes) {
  constexpr size_t alignment = 64;
  thread_local std::vector<char> buffer;
  if (buffer.size() < bytes + alignment) buffer.resize(bytes + alignment);
  void* start = buffer.data();
  size_t space = buffer.size();
  return std::align(alignment, bytes, start, space);
}

int64_t count_masked_rows(const bool* mask, int64_t rows) {
  return mask == nullptr ? rows : std::count(mask, mask + rows, true);
}

at::Tensor scalar_loss(double value, const at::TensorOptions& options) {
  at::Tensor loss = at::empty({}, options);
  if (loss.scalar_type() == at::kDouble)
    *loss.mutable_data_ptr<double>() = value;
  else
    *loss.mutable_data_ptr<float>() = static_cast<float>(value);
  return loss;
}

}  // namespace potstill::ops
