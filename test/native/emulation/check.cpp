#include "emulation/check.h"

#include <ATen/Context.h>
#include <c10/core/CPUAllocator.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

namespace potstill::emulation {
namespace {

std::vector<std::pair<std::string, std::function<void()>>>& cases() {
  static std::vector<std::pair<std::string, std::function<void()>>> list;
  return list;
}

constexpr size_t guard = 128;
constexpr unsigned char sign = 0xff;
size_t damaged = 0;

// [size][guard][bytes][guard]
struct Guarded : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    auto* base = static_cast<unsigned char*>(std::aligned_alloc(64, (bytes + 3 * guard + 63) / 64 * 64));
    if (base == nullptr) throw std::bad_alloc();
    std::memcpy(base, &bytes, sizeof(bytes));
    std::memset(base + guard, sign, bytes + 2 * guard);
    return {base + 2 * guard, base, &release, c10::Device(c10::kCPU)};
  }
  static void release(void* context) {
    auto* base = static_cast<unsigned char*>(context);
    size_t bytes = 0;
    std::memcpy(&bytes, base, sizeof(bytes));
    for (size_t i = 0; i < guard; ++i)
      if (base[guard + i] != sign || base[2 * guard + bytes + i] != sign) {
        ++damaged;
        break;
      }
    std::free(context);
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
};

}  // namespace

void add_case(std::string name, std::function<void()> body) {
  cases().emplace_back(std::move(name), std::move(body));
}

int run_cases() {
  int failed = 0;
  for (const auto& [name, body] : cases()) {
    try {
      at::manual_seed(20);  // whatever ran before
      body();
      std::printf("ok %s\n", name.c_str());
    } catch (const std::exception& error) {
      ++failed;
      std::string why = error.what();
      for (char& c : why)
        if (c == '\n') c = ' ';
      std::printf("failed %s: %s\n", name.c_str(), why.c_str());
    }
    std::fflush(stdout);
  }
  return failed;
}

void fail(const std::string& what) { throw std::runtime_error(what); }

double distance(const at::Tensor& actual, const at::Tensor& expected) {
  if (actual.sizes() != expected.sizes()) fail("shapes differ");
  const at::Tensor a = actual.to(at::kDouble).contiguous();
  const at::Tensor b = expected.to(at::kDouble).contiguous();
  const double* x = a.const_data_ptr<double>();
  const double* y = b.const_data_ptr<double>();
  double worst = 0;
  for (int64_t i = 0; i < a.numel(); ++i) {
    if (x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]))) continue;
    const double apart = std::abs(x[i] - y[i]);
    if (!std::isfinite(apart))
      fail("element " + std::to_string(i) + " is " + std::to_string(x[i]) + " instead of " +
           std::to_string(y[i]));
    worst = std::max(worst, apart);
  }
  return worst;
}

void expect_close(const char* what, const at::Tensor& actual, const at::Tensor& expected,
                  double tolerance, double least) {
  if (actual.scalar_type() != expected.scalar_type()) fail(std::string(what) + ": types differ");
  const at::Tensor all = expected.to(at::kDouble).contiguous();
  double scale = least;
  for (int64_t i = 0; i < all.numel(); ++i) {
    const double size = std::abs(all.const_data_ptr<double>()[i]);
    if (std::isfinite(size)) scale = std::max(scale, size);
  }
  double apart = 0;
  try {
    apart = distance(actual, expected);
  } catch (const std::exception& error) {
    fail(std::string(what) + ": " + error.what());
  }
  if (apart > tolerance * scale)
    fail(std::string(what) + ": apart by " + std::to_string(apart / scale) + " of the largest, " +
         std::to_string(tolerance) + " allowed");
}

void expect_same(const char* what, const at::Tensor& actual, const at::Tensor& expected) {
  const at::Tensor a = actual.contiguous(), b = expected.contiguous();
  if (a.nbytes() != b.nbytes() || std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()))
    fail(std::string(what) + ": other bits");
}

void guard_memory() {
  static Guarded allocator;
  c10::SetCPUAllocator(&allocator, 255);
}

void check_memory() {
  if (std::exchange(damaged, 0) > 0) fail("memory beside a tensor was written");
}

}  // namespace potstill::emulation
