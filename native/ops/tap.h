#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace potstill::ops {

// What `potstill::tap` saw during one call of a module.
//
// The caller makes one on its stack, runs the module on the same thread, and takes the pairs out:
//
//   TapCollector taps;
//   auto output = module.forward(inputs);
//   for (auto& [id, value] : taps.take()) …
//
// The collector made last on a thread receives; when it goes, the one before it receives again.
// Nothing outlives the call and nothing is shared between threads. With no collector on its
// thread the operator only hands its argument on.
class TapCollector {
 public:
  using Pair = std::pair<int64_t, at::Tensor>;

  TapCollector();
  ~TapCollector();
  TapCollector(const TapCollector&) = delete;
  TapCollector& operator=(const TapCollector&) = delete;

  // The pairs in the order of the calls; a tap that was passed twice is there twice. The tensors
  // are those of the module, not copies: what the module overwrites in place later must be cloned
  // in its graph, behind the tap.
  const std::vector<Pair>& pairs() const { return pairs_; }
  std::vector<Pair> take() { return std::exchange(pairs_, {}); }

  // The collector that receives on this thread, or null.
  static TapCollector* current();

  void record(int64_t id, const at::Tensor& value) { pairs_.emplace_back(id, value); }

 private:
  std::vector<Pair> pairs_;
  TapCollector* previous_;
};

// potstill::tap(Tensor value, int id) -> Tensor
// Returns `value` itself (same storage, same autograd history), for any device and dtype.
at::Tensor tap(const at::Tensor& value, int64_t id);

}  // namespace potstill::ops
