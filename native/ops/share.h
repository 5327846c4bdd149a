#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace potstill::ops {

// Like at::parallel_for over [0, count), but a thread takes pieces one after the other, each a
// share of what is left and of `grain` at least, so that all end together even where one begins
// late or is held up by another process. Which thread has which piece is up to chance: results are
// not to depend on it. Each thread that gets a piece calls begin() first, and what that returned as
// work(first, last) for each piece.
template <typename Begin>
void share_by(int64_t count, int64_t grain, const Begin& begin) {
  if (count <= 0) return;
  const int64_t threads = at::in_parallel_region()
                              ? 1
                              : std::min<int64_t>(at::get_num_threads(), at::divup(count, grain));
  if (threads == 1) return begin()(int64_t{0}, count);
  std::atomic<int64_t> next = 0;
  const auto take = [&](int64_t& first, int64_t& last) {
    first = next.load(std::memory_order_relaxed);
    do {
      if (first >= count) return false;
      last = std::min(count, first + std::max(grain, (count - first) / (2 * threads)));
    } while (!next.compare_exchange_weak(first, last, std::memory_order_relaxed));
    return true;
  };
  at::parallel_for(0, threads, 1, [&](int64_t, int64_t) {
    int64_t first = 0, last = 0;
    if (!take(first, last)) return;
    auto work = begin();
    do work(first, last);
    while (take(first, last));
  });
}

template <typename Work>
void share(int64_t count, int64_t grain, const Work& work) {
  share_by(count, grain, [&] { return [&](int64_t first, int64_t last) { work(first, last); }; });
}

// How many units, each of so much work, are worth a thread of their own, if `grain` is.
inline int64_t units_of(int64_t grain, int64_t unit) {
  return std::max<int64_t>(1, grain / std::max<int64_t>(1, unit));
}

}  // namespace potstill::ops
