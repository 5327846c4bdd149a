#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace potstill::ops {

// Calls work(first, last) until [0, count) is done. Each time a thread takes a share of what is
// left, so that all end together even where one begins late or is held up by another process.
template <typename Work>
void share(int64_t count, int64_t threads, const Work& work) {
  if (threads == 1 || count <= 1) return work(int64_t{0}, count);
  std::atomic<int64_t> next = 0;
  at::parallel_for(0, threads, 1, [&](int64_t, int64_t) {
    int64_t first = next.load(std::memory_order_relaxed);
    while (first < count) {
      const int64_t last = first + std::max<int64_t>(1, (count - first) / (2 * threads));
      if (!next.compare_exchange_weak(first, last, std::memory_order_relaxed)) continue;
      work(first, last);
      first = next.load(std::memory_order_relaxed);
    }
  });
}

// Threads for so much work, of which `grain` is worth one; 1 inside of parallel work.
inline int64_t threads_for(int64_t work, int64_t grain) {
  return at::in_parallel_region() ? 1
                                  : std::clamp<int64_t>(work / grain, 1, at::get_num_threads());
}

}  // namespace potstill::ops
