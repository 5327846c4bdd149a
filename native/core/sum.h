#pragma once

#include <ATen/core/Tensor.h>

#include <cmath>

namespace potstill {

// A sum of scalars, some of them tensors on a device: of the CPU's the value is read at once, where
// that costs nothing, the others are added up where they are until somebody reads the sum.
class Sum {
 public:
  void add(double value) { host_ += value; }
  // Returns false if the value is known not to be finite.
  bool add(const at::Tensor& value, double factor) {
    if (value.is_cpu()) {
      const double addend = value.item<double>();
      host_ += addend * factor;
      return std::isfinite(addend);
    }
    const auto addend = value.detach().to(at::kDouble);
    if (device_.defined())
      device_.add_(addend, factor);
    else
      device_ = addend.mul(factor);
    return true;
  }
  void add(const Sum& other) {
    host_ += other.host_;
    if (other.device_.defined()) add(other.device_, 1);
  }
  // Waits for the device.
  double read() const { return host_ + (device_.defined() ? device_.item<double>() : 0); }

 private:
  double host_ = 0;
  at::Tensor device_;
};

}  // namespace potstill
