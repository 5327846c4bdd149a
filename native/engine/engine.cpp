#include "engine/engine.h"

namespace potstill {

void Engine::release_later(at::Tensor tensor) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = dropped_.empty();
    dropped_.push_back(std::move(tensor));
  }
  pending_.fetch_add(1, std::memory_order_relaxed);
  if (!first) return;  // a drain is under way or queued
  data.submit([this] {
    std::vector<at::Tensor> batch;
    {
      std::lock_guard lock(mutex_);
      batch.swap(dropped_);
    }
    const size_t count = batch.size();
    batch.clear();
    pending_.fetch_sub(count, std::memory_order_relaxed);
  });
}

void Engine::stop() {
  compute.stop();
  data.stop();
  pace.hurry();  // what is being written is still completed
  files.stop();
  std::lock_guard lock(mutex_);
  dropped_.clear();
}

}  // namespace potstill
