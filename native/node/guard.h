#pragma once

#include <node_api.h>

#include <exception>
#include <string>

#include "core/error.h"

namespace potstill::node {

class Instance;

// A JavaScript exception is pending; unwinds to the nearest guard, which leaves it pending.
struct PendingException {};

// Any failure of Node-API itself is a defect here or an environment that is going away.
inline void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw PendingException{};
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw Error(Code::Native, std::string("Node-API: ") +
                                (info && info->error_message ? info->error_message : "failed"));
}

// An exception as people should read it: a code, one message, the full text apart.
struct Failure {
  std::string code;
  std::string message;
  std::string cause;
};
Failure describe(std::exception_ptr exception);

// A PotstillError; `stack_source`, an Error made where the job was submitted, lends its stack.
napi_value to_error(Instance& instance, const Failure& failure, napi_value stack_source = nullptr);

// Runs `body` (returning a napi_value) and turns whatever escapes into a pending PotstillError.
void throw_pending(Instance& instance, std::exception_ptr exception);

template <typename Body>
napi_value guard(Instance& instance, Body&& body) noexcept {
  try {
    return body();
  } catch (const PendingException&) {
  } catch (...) {
    throw_pending(instance, std::current_exception());
  }
  return nullptr;
}

}  // namespace potstill::node
