#include "core/sgd_kernel.h"

#include <algorithm>

#include "ops/share.h"

// Compiled once per instruction set and chosen when the library is loaded, where the compiler and
// the loader can do that.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define POTSTILL_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define POTSTILL_CLONES
#endif

namespace potstill {
namespace {

constexpr int64_t kChunk = 16384;

template <bool kMomentum, bool kFirst, bool kNesterov>
[[gnu::always_inline]] inline void run(float* __restrict parameter,
                                       const float* __restrict gradient, float* __restrict momentum,
                                       int64_t count, const SgdRule& rule) {
  const float sign = rule.maximize ? -1.F : 1.F;
  const float keep = rule.momentum, fresh = 1 - rule.dampening;
  const float decay = rule.weight_decay, lr = rule.lr;
  for (int64_t i = 0; i < count; ++i) {
    float step = sign * gradient[i] + decay * parameter[i];
    if constexpr (kMomentum) {
      const float velocity = kFirst ? step : keep * momentum[i] + fresh * step;
      momentum[i] = velocity;
      step = kNesterov ? step + keep * velocity : velocity;
    }
    parameter[i] -= lr * step;
  }
}

POTSTILL_CLONES void update_chunk(float* parameter, const float* gradient, float* momentum,
                                  int64_t count, const SgdRule& rule) {
  if (momentum == nullptr)
    run<false, false, false>(parameter, gradient, momentum, count, rule);
  else if (rule.first && rule.nesterov)
    run<true, true, true>(parameter, gradient, momentum, count, rule);
  else if (rule.first)
    run<true, true, false>(parameter, gradient, momentum, count, rule);
  else if (rule.nesterov)
    run<true, false, true>(parameter, gradient, momentum, count, rule);
  else
    run<true, false, false>(parameter, gradient, momentum, count, rule);
}

}  // namespace

void sgd_update(const std::vector<SgdSpan>& spans, const SgdRule& rule) {
  int64_t chunks = 0, elements = 0;
  for (const auto& span : spans) {
    chunks += (span.count + kChunk - 1) / kChunk;
    elements += span.count;
  }
  // A small update is not worth a second thread.
  const int64_t grain = elements < 4 * kChunk ? chunks : 1;
  ops::share(chunks, grain, [&](int64_t begin, int64_t end) {
    int64_t first = 0;  // chunk of the span's first element
    for (const auto& span : spans) {
      const int64_t count = (span.count + kChunk - 1) / kChunk;
      for (int64_t i = std::max(begin, first); i < std::min(end, first + count); ++i) {
        const int64_t offset = (i - first) * kChunk;
        update_chunk(span.parameter + offset, span.gradient + offset,
                     span.momentum == nullptr ? nullptr : span.momentum + offset,
                     std::min(kChunk, span.count - offset), rule);
      }
      first += count;
    }
  });
}

}  // namespace potstill
