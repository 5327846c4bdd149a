#pragma once

// What the emulation's tests share: cases, comparing, and memory that notices who writes beside it.

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

namespace potstill::emulation {

// Adds a case; `body` throws if it fails.
void add_case(std::string name, std::function<void()> body);

// Runs all cases, a line each: "ok NAME" or "failed NAME: why". Returns the number that failed.
int run_cases();

// Throws with `what`.
[[noreturn]] void fail(const std::string& what);

// The largest difference, where both are finite; throws where only one is, or infinite with
// another sign.
double distance(const at::Tensor& actual, const at::Tensor& expected);

// |actual - expected| at most `tolerance` times the largest finite element expected or `least`.
void expect_close(const char* what, const at::Tensor& actual, const at::Tensor& expected,
                  double tolerance, double least);

// The same bits, NaN included.
void expect_same(const char* what, const at::Tensor& actual, const at::Tensor& expected);

// From here on at::empty gives NaN, and writing beside a tensor is found when it is freed.
void guard_memory();
// Throws if somebody wrote beside a tensor since the last call.
void check_memory();

}  // namespace potstill::emulation
