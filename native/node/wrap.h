#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <node_api.h>
#include <torch/csrc/jit/api/module.h>

#include <memory>

namespace potstill {
class DistillStep;
class ForwardPlan;
class Uploads;
}

namespace potstill::node {

class Instance;

// What stands behind a JavaScript object. Kinds are told apart before anything is read.
struct TensorBox {
  at::Tensor tensor;  // undefined once disposed
  // What was accounted for: the tensor may be given another storage while it is held.
  const c10::StorageImpl* storage = nullptr;
  bool disposed = false;
};

struct ModuleBox {
  torch::jit::Module module;
  bool disposed = false;
};

struct TappedBox {
  std::shared_ptr<const ForwardPlan> plan;  // null once disposed
};

struct StepBox {
  std::shared_ptr<DistillStep> step;  // null once disposed
};

struct StreamBox {
  c10::Stream stream;
};

struct EventBox {
  // Jobs that record it or wait for it hold it too.
  std::shared_ptr<c10::Event> event;
};

struct UploadsBox {
  std::shared_ptr<Uploads> uploads;
};

// A new instance of the JavaScript class Tensor over `tensor`.
napi_value wrap_tensor(Instance& instance, at::Tensor tensor);
// The same over an instance that JavaScript has just made: its own `new` is the cheaper one.
void wrap_tensor_into(Instance& instance, napi_value object, at::Tensor tensor);
napi_value wrap_module(Instance& instance, torch::jit::Module module);
napi_value wrap_tapped(Instance& instance, std::shared_ptr<const ForwardPlan> plan);
napi_value wrap_step(Instance& instance, std::shared_ptr<DistillStep> step);
napi_value wrap_stream(napi_env env, c10::Stream stream);
napi_value wrap_event(napi_env env, std::shared_ptr<c10::Event> event);
napi_value wrap_uploads(napi_env env, std::shared_ptr<Uploads> uploads);

// Null where the value is no such object.
TensorBox* tensor_box(napi_env env, napi_value value);
ModuleBox* module_box(napi_env env, napi_value value);
TappedBox* tapped_box(napi_env env, napi_value value);
StepBox* step_box(napi_env env, napi_value value);

// As above, and the object must be alive: ERR_RECEIVER, ERR_DISPOSED.
const at::Tensor& tensor_of(napi_env env, napi_value value, const char* what);
torch::jit::Module& module_of(napi_env env, napi_value value);
const std::shared_ptr<const ForwardPlan>& tapped_of(napi_env env, napi_value value);
const std::shared_ptr<DistillStep>& step_of(napi_env env, napi_value value);
c10::Stream stream_of(napi_env env, napi_value value);
const std::shared_ptr<c10::Event>& event_of(napi_env env, napi_value value);
const std::shared_ptr<Uploads>& uploads_of(napi_env env, napi_value value);

}  // namespace potstill::node
