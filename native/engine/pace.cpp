#include "engine/pace.h"

namespace potstill {
namespace {
// Little for one whose thread stands back anyway: it bounds what the disk and the caches see of it.
constexpr int kRest = 2;
}  // namespace

uint64_t Pace::begin() {
  std::lock_guard lock(mutex_);
  return ++begun_;
}

void Pace::hurry() {
  {
    std::lock_guard lock(mutex_);
    hurried_ = begun_;
  }
  changed_.notify_all();
}

void Pace::rest(uint64_t ticket, std::chrono::steady_clock::duration taken) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kRest * taken, [&] { return ticket <= hurried_; });
}

}  // namespace potstill
