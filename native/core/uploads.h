#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/copy_stream.h"

namespace potstill {

// Batches on their way to a GPU, beside the steps that compute there. The tensors of a batch are
// packed into a page-locked buffer of the host, which a stream of its own copies to the device
// while the step before computes.
//
// Buffers are a ring: the copy out of one has ended before it is filled again. Who uses a copy
// receives it first, and then neither comes before its end nor loses its memory to a later one.
//
// `send` belongs to one thread at a time, `receive` may be called on another.
class Uploads {
 public:
  static constexpr size_t kBuffers = 3;  // for the batches that are prepared ahead of a step

  explicit Uploads(std::unique_ptr<CopyStream> stream) : stream_(std::move(stream)) {}

  struct Sent {
    std::vector<at::Tensor> tensors;
    uint64_t ticket;  // for `receive`
  };
  // Copies on the device with the sizes, types and strides of `tensors`, which may change as soon
  // as this has returned. Waits on the host only where as many copies as there are buffers have not
  // ended. Tensors that are no dense ones of the CPU stay as they are.
  Sent send(const std::vector<at::Tensor>& tensors);

  // Lets the current stream use what was sent under this ticket.
  void receive(uint64_t ticket, const std::vector<at::Tensor>& tensors);

  // A page-locked copy on the host: of what is looked at there before a step takes it along.
  at::Tensor pinned(const at::Tensor& tensor);

 private:
  std::unique_ptr<CopyStream> stream_;
  at::Tensor buffers_[kBuffers];
  std::mutex mutex_;  // of the marks and `sent_`
  uint64_t sent_ = 0;
};

}  // namespace potstill
