#pragma once

// What a linear layer may do to its outputs in the same pass; plain C++ (see cpu/simd.h).

namespace potstill::ops {

enum class Activation { None, Relu, Gelu, GeluTanh };

// The two forms of GELU need what they were given for their gradient; ReLU needs what it gave.
constexpr bool is_gelu(Activation activation) {
  return activation == Activation::Gelu || activation == Activation::GeluTanh;
}

}  // namespace potstill::ops
