#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <node_api.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/guard.h"

namespace potstill::node {

class Instance;

// A JavaScript value looked at once, so that several overloads can be tried against it cheaply.
struct Argument {
  enum class Kind { Absent, Boolean, Number, BigInt, String, Tensor, Module, Array, Object };
  Kind kind = Kind::Absent;  // null and undefined are both absent
  bool undefined = false;
  napi_value value = nullptr;
  double number = 0;
  int64_t integer = 0;
  const at::Tensor* tensor = nullptr;  // owned by the JavaScript object

  bool integral() const;
};
Argument look(napi_env env, napi_value value);

// By the type that a schema asks for; false where the value does not fit (nothing is thrown, so
// that the next overload can be tried). `size` is the N of `int[N]`, which one number may fill.
bool convert(napi_env env, const Argument& argument, const c10::Type& type,
             std::optional<int32_t> size, c10::IValue& out);

// Without a type: objects become string-keyed dicts, arrays lists, integral numbers int64.
c10::IValue convert_any(napi_env env, napi_value value);

// An array of tensors, or nothing; `what` names it in messages.
std::vector<at::Tensor> tensors_of(const c10::IValue& value, const std::string& what);

napi_value to_js(Instance& instance, const c10::IValue& value);
napi_value to_js(napi_env env, const std::string& text);
napi_value to_js(napi_env env, const std::vector<int64_t>& numbers);
std::string to_string(napi_env env, napi_value value);
// A plain object of these properties.
napi_value to_object(napi_env env,
                     std::initializer_list<std::pair<const char*, napi_value>> properties);
// An array of what `convert_item` makes of each item.
template <typename Items, typename Convert>
napi_value to_array(napi_env env, const Items& items, Convert&& convert_item) {
  napi_value result;
  check(env, napi_create_array_with_length(env, items.size(), &result));
  uint32_t index = 0;
  for (const auto& item : items)
    check(env, napi_set_element(env, result, index++, convert_item(item)));
  return result;
}
// "a Tensor", "a number", … for messages.
std::string kind_of(const Argument& argument);

}  // namespace potstill::node
