#include "engine/pace.h"

namespace potstill {
namespace {
// A tenth of one CPU.
constexpr int kRest = 9;
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
