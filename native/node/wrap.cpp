#include "node/wrap.h"

#include <c10/util/flat_hash_map.h>

#include "core/error.h"
#include "node/guard.h"
#include "node/instance.h"

namespace potstill::node {
namespace {

// Tensors are told from other objects by the address of their box: a wrapped pointer that is in
// this set is ours, whatever object carries it, and one that is not is never looked at. It does
// what a type tag does without a tag's BigInts and private properties, which small operators would
// feel. An environment stays on one thread, so the set needs no lock.
thread_local ska::flat_hash_set<const void*> live_boxes;

// Random, fixed for good.
constexpr napi_type_tag kModuleTag = {0x6f1c0a1be37d4f52, 0x9a6cfd0d1f0c4b02};
constexpr napi_type_tag kStepTag = {0x6f1c0a1be37d4f52, 0x9a6cfd0d1f0c4b03};
constexpr napi_type_tag kTappedTag = {0x6f1c0a1be37d4f52, 0x9a6cfd0d1f0c4b04};
constexpr napi_type_tag kStreamTag = {0x6f1c0a1be37d4f52, 0x9a6cfd0d1f0c4b05};
constexpr napi_type_tag kEventTag = {0x6f1c0a1be37d4f52, 0x9a6cfd0d1f0c4b06};
constexpr napi_type_tag kUploadsTag = {0x6f1c0a1be37d4f52, 0x9a6cfd0d1f0c4b07};

template <typename Box>
Box* unwrap(napi_env env, napi_value value, const napi_type_tag& tag) {
  void* data = nullptr;
  bool match = false;
  // The order matters: another addon's pointer must not be looked at.
  if (napi_check_object_type_tag(env, value, &tag, &match) != napi_ok || !match) return nullptr;
  if (napi_unwrap(env, value, &data) != napi_ok) return nullptr;
  return static_cast<Box*>(data);
}

template <typename Box>
napi_value wrap_plain(napi_env env, Box* box, const napi_type_tag& tag) {
  std::unique_ptr<Box> owner(box);
  napi_value object;
  check(env, napi_create_object(env, &object));
  check(env, napi_wrap(env, object, box,
                       [](napi_env, void* data, void*) { delete static_cast<Box*>(data); },
                       nullptr, nullptr));
  owner.release();
  check(env, napi_type_tag_object(env, object, &tag));
  return object;
}

constexpr size_t kSmall = 64 * 1024;

void finalize_tensor(napi_env, void* data, void* hint) {
  std::unique_ptr<TensorBox> box(static_cast<TensorBox*>(data));
  live_boxes.erase(data);
  auto& instance = *static_cast<Instance*>(hint);
  if (!box->disposed && !instance.closed()) {
    instance.storage_dropped(box->storage);
    // A small leaf is freed here: handing it over costs more, and its block stays with this thread.
    // Sparse tensors have no storage, and no size in bytes either.
    if (box->storage == nullptr || box->tensor.grad_fn() || box->tensor.storage().nbytes() > kSmall)
      instance.engine.release_later(std::move(box->tensor));
  }
  instance.box_gone();
}

}  // namespace

napi_value wrap_tensor(Instance& instance, at::Tensor tensor) {
  napi_value object;
  check(instance.env,
        napi_new_instance(instance.env, instance.tensor_class(), 0, nullptr, &object));
  wrap_tensor_into(instance, object, std::move(tensor));
  return object;
}

void wrap_tensor_into(Instance& instance, napi_value object, at::Tensor tensor) {
  napi_env env = instance.env;
  auto box = std::make_unique<TensorBox>(TensorBox{std::move(tensor)});
  check(env, napi_wrap(env, object, box.get(), finalize_tensor, &instance, nullptr));
  instance.box_made();
  box->storage = instance.storage_held(box->tensor);
  live_boxes.insert(box.release());
}

napi_value wrap_module(Instance& instance, torch::jit::Module module) {
  return wrap_plain(instance.env, new ModuleBox{std::move(module)}, kModuleTag);
}

napi_value wrap_tapped(Instance& instance, std::shared_ptr<const ForwardPlan> plan) {
  return wrap_plain(instance.env, new TappedBox{std::move(plan)}, kTappedTag);
}

napi_value wrap_step(Instance& instance, std::shared_ptr<DistillStep> step) {
  return wrap_plain(instance.env, new StepBox{std::move(step)}, kStepTag);
}

TensorBox* tensor_box(napi_env env, napi_value value) {
  void* data = nullptr;
  if (napi_unwrap(env, value, &data) != napi_ok) return nullptr;
  return live_boxes.find(data) == live_boxes.end() ? nullptr : static_cast<TensorBox*>(data);
}

ModuleBox* module_box(napi_env env, napi_value value) {
  return unwrap<ModuleBox>(env, value, kModuleTag);
}

TappedBox* tapped_box(napi_env env, napi_value value) {
  return unwrap<TappedBox>(env, value, kTappedTag);
}

StepBox* step_box(napi_env env, napi_value value) {
  return unwrap<StepBox>(env, value, kStepTag);
}

const at::Tensor& tensor_of(napi_env env, napi_value value, const char* what) {
  TensorBox* box = tensor_box(env, value);
  if (box == nullptr) throw Error(Code::Receiver, std::string(what) + " is not a Tensor");
  if (box->disposed) throw Error(Code::Disposed, std::string(what) + " has been disposed");
  return box->tensor;
}

torch::jit::Module& module_of(napi_env env, napi_value value) {
  ModuleBox* box = module_box(env, value);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a module");
  if (box->disposed) throw Error(Code::Disposed, "the module has been disposed");
  return box->module;
}

const std::shared_ptr<const ForwardPlan>& tapped_of(napi_env env, napi_value value) {
  TappedBox* box = tapped_box(env, value);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a tapped module");
  if (box->plan == nullptr) throw Error(Code::Disposed, "the tapped module has been disposed");
  return box->plan;
}

const std::shared_ptr<DistillStep>& step_of(napi_env env, napi_value value) {
  StepBox* box = step_box(env, value);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a step");
  if (box->step == nullptr) throw Error(Code::Disposed, "the step has been disposed");
  return box->step;
}

napi_value wrap_stream(napi_env env, c10::Stream stream) {
  return wrap_plain(env, new StreamBox{stream}, kStreamTag);
}

napi_value wrap_event(napi_env env, std::shared_ptr<c10::Event> event) {
  return wrap_plain(env, new EventBox{std::move(event)}, kEventTag);
}

napi_value wrap_uploads(napi_env env, std::shared_ptr<Uploads> uploads) {
  return wrap_plain(env, new UploadsBox{std::move(uploads)}, kUploadsTag);
}

c10::Stream stream_of(napi_env env, napi_value value) {
  auto* box = unwrap<StreamBox>(env, value, kStreamTag);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a stream");
  return box->stream;
}

const std::shared_ptr<c10::Event>& event_of(napi_env env, napi_value value) {
  auto* box = unwrap<EventBox>(env, value, kEventTag);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not an event");
  return box->event;
}

const std::shared_ptr<Uploads>& uploads_of(napi_env env, napi_value value) {
  auto* box = unwrap<UploadsBox>(env, value, kUploadsTag);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a way to a device");
  return box->uploads;
}

}  // namespace potstill::node
