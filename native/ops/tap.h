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
//   for (auto& record : taps.take()) …
//
// The collector made last on a thread receives; when it goes, the one before it receives again.
// Nothing outlives the call and nothing is shared between threads. With no collector on its
// thread the operator only hands its argument on.
class TapCollector {
 public:
  struct Record {
    int64_t id;
    at::Tensor value;
    int64_t version;  // of the value when it came by; -1 where versions are not counted

    // Whether the value has been written to in place since.
    bool overwritten() const { return version >= 0 && value._version() != version; }
  };

  TapCollector();
  ~TapCollector();
  TapCollector(const TapCollector&) = delete;
  TapCollector& operator=(const TapCollector&) = delete;

  // In the order of the calls; a tap that was passed twice is there twice. The tensors are those of
  // the module, not copies: what the module overwrites in place later must be cloned in its graph,
  // in front of the tap.
  std::vector<Record> take() { return std::exchange(records_, {}); }

  // The collector that receives on this thread, or null.
  static TapCollector* current();

  void record(int64_t id, const at::Tensor& value);

 private:
  std::vector<Record> records_;
  TapCollector* previous_;
};

// potstill::tap(Tensor value, int id) -> Tensor
// Returns `value` itself (same storage, same autograd history), for any device and dtype.
at::Tensor tap(const at::Tensor& value, int64_t id);

}  // namespace potstill::ops
