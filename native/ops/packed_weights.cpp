#include <unordered_map>

#include "ops/matrix_product.h"
#include "ops/products.h"

namespace potstill::ops {

namespace {

thread_local PackedWeights* packed_weights_in_use = nullptr;

}  // namespace

struct PackedWeights::Table {
  struct Entry {
    // Keeps the address in the key from being taken by another tensor.
    c10::weak_intrusive_ptr<c10::TensorImpl> weight;
    at::Tensor onednn, own;
  };
  std::unordered_map<const c10::TensorImpl*, Entry> entries;

  Entry& of(const at::Tensor& weight) {
    const auto found = entries.find(weight.unsafeGetTensorImpl());
    if (found != entries.end()) return found->second;
    // A model that computes its weight meets another one at each call.
    std::erase_if(entries, [](const auto& each) { return each.second.weight.expired(); });
    return entries
        .emplace(weight.unsafeGetTensorImpl(),
                 Entry{c10::weak_intrusive_ptr<c10::TensorImpl>(weight.getIntrusivePtr()), {}, {}})
        .first->second;
  }
};

PackedWeights::PackedWeights() : table_(std::make_unique<Table>()) {}

PackedWeights::~PackedWeights() = default;

PackedWeights* PackedWeights::current() {
  return packed_weights_in_use;
}

const at::Tensor& PackedWeights::onednn(const at::Tensor& weight, int64_t rows) {
  auto& packed = table_->of(weight).onednn;
  if (!packed.defined()) packed = pack_weight(weight, rows);
  return packed;
}

const at::Tensor& PackedWeights::own(const at::Tensor& weight) {
  auto& packed = table_->of(weight).own;
  if (!packed.defined()) packed = pack_right(weight.t());
  return packed;
}

void PackedWeights::forget(const at::Tensor& weight) {
  table_->entries.erase(weight.unsafeGetTensorImpl());
}

PackedWeights::Use::Use(PackedWeights& weights) : previous_(packed_weights_in_use) {
  packed_weights_in_use = &weights;
}

PackedWeights::Use::~Use() {
  packed_weights_in_use = previous_;
}

}  // namespace potstill::ops
