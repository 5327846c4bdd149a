#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/DeviceType.h>

#include <optional>
#include <string>

namespace potstill {

// While it lives, products and convolutions of this thread whose operands are float32 compute in
// `type`: libtorch's autocast (torch.autocast in Python). Weights are cast once for all uses; the
// casts are forgotten at the end, and what was set before comes back, also where something throws.
class Autocast {
 public:
  Autocast(c10::DeviceType device, at::ScalarType type);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  c10::DeviceType device_;
  bool enabled_, cached_;
  at::ScalarType type_;
};

// "bfloat16", "float16"; Error(Config) for another name.
at::ScalarType autocast_type(const std::string& name, const std::string& where);

// Values narrower than float32 in float32, differentiable; others as they are.
at::Tensor widened(const at::Tensor& value);

}  // namespace potstill
