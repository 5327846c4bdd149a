#include "core/uploads.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/strides.h>

#include <algorithm>

namespace potstill {
namespace {

// As the device's own allocator has it, so that no kernel finds its inputs less well aligned.
constexpr int64_t kAlignment = 512;

bool travels(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided;
}

int64_t bytes_of(const at::Tensor& tensor) {
  return tensor.numel() * static_cast<int64_t>(tensor.element_size());
}

// A tensor like another in `bytes`, from `offset` on.
at::Tensor like(const at::Tensor& other, const at::Tensor& bytes, int64_t offset) {
  const auto strides = other.is_non_overlapping_and_dense()
                           ? c10::DimVector(other.strides())
                           : c10::contiguous_strides(other.sizes());
  return bytes.narrow(0, offset, bytes_of(other))
      .view(other.scalar_type())
      .as_strided(other.sizes(), strides);
}

}  // namespace

Uploads::Sent Uploads::send(const std::vector<at::Tensor>& tensors) {
  const c10::InferenceMode no_inference(false);
  const at::AutoGradMode no_grad(false);
  const size_t slot = sent_ % kBuffers;
  std::vector<int64_t> offsets;
  int64_t bytes = 0;
  for (const auto& tensor : tensors) {
    offsets.push_back(bytes);
    if (travels(tensor)) bytes += (bytes_of(tensor) + kAlignment - 1) / kAlignment * kAlignment;
  }
  stream_->wait(slot);
  at::Tensor& buffer = buffers_[slot];
  if (!buffer.defined() || buffer.numel() < bytes) buffer = stream_->pinned(bytes);
  const at::Tensor filled = buffer.narrow(0, 0, bytes);
  for (size_t i = 0; i < tensors.size(); ++i)
    if (travels(tensors[i])) like(tensors[i], filled, offsets[i]).copy_(tensors[i]);

  // One copy for all of them: a small one costs the device as much as its start.
  const at::Tensor copy = stream_->copy(filled);
  Sent sent{tensors, 0};
  for (size_t i = 0; i < tensors.size(); ++i)
    if (travels(tensors[i])) sent.tensors[i] = like(tensors[i], copy, offsets[i]);
  const std::lock_guard lock(mutex_);
  stream_->mark(slot);
  sent.ticket = sent_++;
  return sent;
}

void Uploads::receive(uint64_t ticket, const std::vector<at::Tensor>& tensors) {
  const std::lock_guard lock(mutex_);
  // Where the buffer has been filled again, its copy has ended.
  if (sent_ - ticket <= kBuffers) stream_->before(ticket % kBuffers);
  for (const auto& tensor : tensors) stream_->keep(tensor);
}

at::Tensor Uploads::pinned(const at::Tensor& tensor) {
  if (!travels(tensor)) return tensor;
  const c10::InferenceMode no_inference(false);
  const at::AutoGradMode no_grad(false);
  return like(tensor, stream_->pinned(bytes_of(tensor)), 0).copy_(tensor);
}

}  // namespace potstill
