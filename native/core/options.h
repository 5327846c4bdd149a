#pragma once

#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

namespace potstill {

// Reads plain data that came over the boundary as a string-keyed dict. Every reader names the key
// and what was expected when the value does not fit.
class Options {
 public:
  // `where` names the dict in messages, for instance "optimizer".
  Options(const c10::IValue& dict, std::string where);

  bool has(const char* key) const;  // present and not None
  double number(const char* key) const;
  double number(const char* key, double fallback) const;
  int64_t integer(const char* key) const;
  int64_t integer(const char* key, int64_t fallback) const;
  bool boolean(const char* key) const;
  bool boolean(const char* key, bool fallback) const;
  std::string string(const char* key) const;
  std::string string(const char* key, const std::string& fallback) const;
  std::vector<double> numbers(const char* key) const;
  std::vector<int64_t> integers(const char* key) const;
  std::vector<std::string> strings(const char* key) const;
  Options options(const char* key) const;
  std::vector<Options> list(const char* key) const;
  at::Tensor tensor(const char* key) const;
  c10::IValue value(const char* key) const;  // None where absent
  std::vector<std::string> keys() const;
  const std::string& where() const { return where_; }

 private:
  c10::IValue require(const char* key) const;
  [[noreturn]] void fail(const char* key, const char* expected) const;

  c10::impl::GenericDict dict_;
  std::string where_;
};

}  // namespace potstill
