#pragma once

// Operators as CUDA's registration has them, under the emulation, against CPU's.

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <exception>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include "emulation/check.h"

namespace potstill::emulation {

using Result = std::tuple<at::Tensor, at::Tensor>;

// The operator as CUDA's registration has it, or as CPU's.
template <typename Function, typename... Arguments>
auto call(bool emulated, const char* name, Arguments&&... arguments) {
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Function>();
  const c10::DispatchKeySet keys(emulated ? c10::DispatchKey::CUDA : c10::DispatchKey::CPU);
  return op.redispatch(keys, std::forward<Arguments>(arguments)...);
}

// A loss and its gradient; `emulated` or from the CPU's operator.
using Compute = std::function<Result(bool emulated, const at::Tensor& student,
                                     const at::Tensor& teacher, bool want_gradient)>;

struct Tolerance {
  double value, gradient;
};
Tolerance tolerance_of(at::ScalarType student, at::ScalarType teacher);

// Values, gradients, and the same bits in every order of threads. Differences of the gradient are
// measured by its largest element, or by `least`.
void compare(const Compute& compute, const at::Tensor& student, const at::Tensor& teacher,
             double least);

// What fails within says where.
template <typename Body>
void named(const std::string& where, Body body) {
  try {
    body();
  } catch (const std::exception& error) {
    fail(where + ": " + error.what());
  }
}

}  // namespace potstill::emulation
