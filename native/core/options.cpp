#include "core/options.h"

#include "core/error.h"

namespace potstill {

Options::Options(const c10::IValue& dict, std::string where)
    : dict_(c10::StringType::get(), c10::AnyType::get()), where_(std::move(where)) {
  if (!dict.isGenericDict()) throw Error(Code::Config, where_ + ": expected an object");
  dict_ = dict.toGenericDict();
}

c10::IValue Options::value(const char* key) const {
  auto it = dict_.find(std::string(key));
  return it == dict_.end() ? c10::IValue() : it->value();
}

bool Options::has(const char* key) const { return !value(key).isNone(); }

void Options::fail(const char* key, const char* expected) const {
  throw Error(Code::Config, where_ + "." + key + ": expected " + expected);
}

c10::IValue Options::require(const char* key) const {
  auto found = value(key);
  if (found.isNone()) throw Error(Code::Config, where_ + "." + key + " is missing");
  return found;
}

double Options::number(const char* key) const {
  auto v = require(key);
  if (v.isDouble()) return v.toDouble();
  if (v.isInt()) return static_cast<double>(v.toInt());
  fail(key, "a number");
}

double Options::number(const char* key, double fallback) const {
  return has(key) ? number(key) : fallback;
}

int64_t Options::integer(const char* key) const {
  auto v = require(key);
  if (!v.isInt()) fail(key, "an integer");
  return v.toInt();
}

int64_t Options::integer(const char* key, int64_t fallback) const {
  return has(key) ? integer(key) : fallback;
}

bool Options::boolean(const char* key) const {
  auto v = require(key);
  if (!v.isBool()) fail(key, "true or false");
  return v.toBool();
}

bool Options::boolean(const char* key, bool fallback) const {
  return has(key) ? boolean(key) : fallback;
}

std::string Options::string(const char* key) const {
  auto v = require(key);
  if (!v.isString()) fail(key, "a string");
  return v.toStringRef();
}

std::string Options::string(const char* key, const std::string& fallback) const {
  return has(key) ? string(key) : fallback;
}

std::vector<double> Options::numbers(const char* key) const {
  auto v = require(key);
  if (!v.isList()) fail(key, "a list of numbers");
  std::vector<double> result;
  for (const c10::IValue& item : v.toListRef()) {
    if (!item.isDouble() && !item.isInt()) fail(key, "a list of numbers");
    result.push_back(item.isInt() ? static_cast<double>(item.toInt()) : item.toDouble());
  }
  return result;
}

std::vector<int64_t> Options::integers(const char* key) const {
  auto v = require(key);
  if (!v.isList()) fail(key, "a list of integers");
  std::vector<int64_t> result;
  for (const c10::IValue& item : v.toListRef()) {
    if (!item.isInt()) fail(key, "a list of integers");
    result.push_back(item.toInt());
  }
  return result;
}

std::vector<std::string> Options::strings(const char* key) const {
  auto v = require(key);
  if (!v.isList()) fail(key, "a list of strings");
  std::vector<std::string> result;
  for (const c10::IValue& item : v.toListRef()) {
    if (!item.isString()) fail(key, "a list of strings");
    result.push_back(item.toStringRef());
  }
  return result;
}

Options Options::options(const char* key) const {
  return Options(require(key), where_ + "." + key);
}

std::vector<Options> Options::list(const char* key) const {
  auto v = require(key);
  if (!v.isList()) fail(key, "a list");
  std::vector<Options> result;
  size_t index = 0;
  for (const c10::IValue& item : v.toListRef())
    result.emplace_back(item, where_ + "." + key + "[" + std::to_string(index++) + "]");
  return result;
}

at::Tensor Options::tensor(const char* key) const {
  auto v = require(key);
  if (!v.isTensor()) fail(key, "a tensor");
  return v.toTensor();
}

std::vector<std::string> Options::keys() const {
  std::vector<std::string> result;
  for (const auto& entry : dict_) result.push_back(entry.key().toStringRef());
  return result;
}

}  // namespace potstill
