#pragma once

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/Stream.h>
#include <node_api.h>

#include <functional>
#include <memory>
#include <optional>

#include "node/guard.h"
#include "node/instance.h"

namespace potstill::node {

// The stream that calls of this thread run on, where JavaScript has chosen one; jobs take it along.
std::optional<c10::Stream>& chosen_stream();

// A promise whose work runs on a lane: `work` there, `finish` back on the JavaScript thread with
// what it returned. The grad mode and the stream of the caller go along, and its stack for errors.
class Job {
 public:
  using Finish = std::function<napi_value(napi_env)>;
  using Work = std::function<Finish()>;

  static napi_value submit(Instance& instance, Executor& lane, Work work);

 private:
  Instance* instance_ = nullptr;
  napi_deferred deferred_ = nullptr;
  napi_ref origin_ = nullptr;

  void settle(napi_env env, const Finish* finish, std::exception_ptr failure);
};

inline napi_value undefined(napi_env env) {
  napi_value result;
  check(env, napi_get_undefined(env, &result));
  return result;
}

}  // namespace potstill::node
