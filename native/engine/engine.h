#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "engine/executor.h"
#include "engine/pace.h"

namespace potstill {

// The lanes of one JavaScript environment: `compute` trains and infers, `data` assembles batches with
// one thread of its own, so that assembly overlaps with the step, and `files` hashes and writes what
// is saved while the training goes on.
struct Engine {
  Executor compute{"potstill-step", 0};
  Executor data{"potstill-data", 1};
  Executor files{"potstill-files", 1, Executor::Priority::Low};
  Pace pace;  // of what `files` writes

  // Takes tensors that the collector dropped; they are freed on the data lane, since freeing an
  // autograd graph can take long.
  void release_later(at::Tensor tensor);
  size_t pending_release() const { return pending_.load(std::memory_order_relaxed); }
  // After this nothing runs and nothing is queued.
  void stop();

 private:
  std::mutex mutex_;
  std::vector<at::Tensor> dropped_;
  std::atomic<size_t> pending_{0};
};

}  // namespace potstill
