#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace potstill::ops {

// An argument that is left out is absent, or a tensor that is not defined.
inline bool is_present(const std::optional<at::Tensor>& t) { return t.has_value() && t->defined(); }

inline bool wants_gradient(const std::optional<at::Tensor>& t) {
  return is_present(t) && t->requires_grad();
}

}  // namespace potstill::ops
