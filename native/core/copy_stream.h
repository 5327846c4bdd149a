#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <memory>

namespace potstill {

// A stream of a GPU that copies from the host beside the work of other streams, with marks in it.
// An interface, so that what goes by its order is tested without a GPU.
class CopyStream {
 public:
  virtual ~CopyStream() = default;

  // New bytes of the host, page-locked, so that copying them waits for nothing.
  virtual at::Tensor pinned(int64_t bytes) = 0;
  // A copy of page-locked bytes on the device, which the stream has yet to make.
  virtual at::Tensor copy(const at::Tensor& pinned) = 0;

  // Marks where the stream is, in place of the mark that had this number before.
  virtual void mark(size_t number) = 0;
  // Waits on the host until a mark is passed; there need not be one.
  virtual void wait(size_t number) = 0;
  // Work that is submitted to the current stream from now on waits for a mark.
  virtual void before(size_t number) = 0;
  // Memory of a copy is not handed out again before the current stream is done with it, and may be
  // let go of in between.
  virtual void keep(const at::Tensor& copy) = 0;
};

// Error(Device). So many marks, from 0.
std::unique_ptr<CopyStream> make_copy_stream(int device, size_t marks);

}  // namespace potstill
