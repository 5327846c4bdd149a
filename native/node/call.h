#pragma once

#include <node_api.h>

#include <array>
#include <string>

#include "node/convert.h"
#include "node/guard.h"
#include "node/instance.h"
#include "node/wrap.h"

namespace potstill::node {

// The arguments of one call from JavaScript. Missing ones read as undefined.
class Call {
 public:
  static constexpr size_t kMost = 24;

  Call(napi_env env, napi_callback_info info) : env(env) {
    void* data = nullptr;
    count = kMost;
    napi_get_cb_info(env, info, &count, values.data(), nullptr, &data);
    instance_ = static_cast<Instance*>(data);
  }

  Instance& instance() const { return *instance_; }
  napi_value operator[](size_t index) const { return values[index]; }

  const at::Tensor& tensor(size_t index) const {
    return tensor_of(env, values[index], index == 0 ? "the receiver" : "an argument");
  }
  // Absent (undefined) where JavaScript gave null or nothing.
  at::Tensor optional_tensor(size_t index) const {
    napi_valuetype type;
    check(env, napi_typeof(env, values[index], &type));
    return type == napi_null || type == napi_undefined ? at::Tensor() : tensor(index);
  }
  torch::jit::Module& module(size_t index) const { return module_of(env, values[index]); }
  std::string string(size_t index) const { return to_string(env, values[index]); }
  double number(size_t index) const {
    double result = 0;
    check(env, napi_get_value_double(env, values[index], &result));
    return result;
  }
  bool boolean(size_t index) const {
    bool result = false;
    check(env, napi_get_value_bool(env, values[index], &result));
    return result;
  }
  c10::IValue any(size_t index) const { return convert_any(env, values[index]); }

  napi_value undefined() const {
    napi_value result;
    check(env, napi_get_undefined(env, &result));
    return result;
  }
  napi_value boolean_value(bool value) const {
    napi_value result;
    check(env, napi_get_boolean(env, value, &result));
    return result;
  }
  napi_value number_value(double value) const {
    napi_value result;
    check(env, napi_create_double(env, value, &result));
    return result;
  }

  napi_env env;
  size_t count = 0;
  std::array<napi_value, kMost> values;  // filled up with undefined by Node

 private:
  Instance* instance_ = nullptr;
};

// One exported function. Each file of this folder lists its own; `addon.cpp` joins the lists.
struct Export {
  const char* name;
  napi_callback callback;
};

// The guard around every native entry point.
template <napi_value (*Body)(Call&)>
napi_value entry(napi_env env, napi_callback_info info) {
  Call call(env, info);
  return guard(call.instance(), [&] {
    if (call.count > Call::kMost) throw Error(Code::Config, "too many arguments");
    return Body(call);
  });
}

}  // namespace potstill::node
