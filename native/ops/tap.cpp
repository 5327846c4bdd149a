#include "ops/tap.h"

#include <torch/library.h>

namespace potstill::ops {
namespace {

thread_local TapCollector* current_collector = nullptr;

}  // namespace

TapCollector::TapCollector() : previous_(current_collector) { current_collector = this; }

TapCollector::~TapCollector() { current_collector = previous_; }

TapCollector* TapCollector::current() { return current_collector; }

void TapCollector::record(int64_t id, const at::Tensor& value) {
  records_.push_back({id, value, value.is_inference() ? -1 : int64_t{value._version()}});
}

at::Tensor tap(const at::Tensor& value, int64_t id) {
  if (current_collector != nullptr) current_collector->record(id, value);
  return value;
}

// One kernel for every backend: it works on the handle only, so autograd sees through it.
TORCH_LIBRARY_IMPL(potstill, CompositeImplicitAutograd, m) { m.impl("tap", &tap); }

}  // namespace potstill::ops
