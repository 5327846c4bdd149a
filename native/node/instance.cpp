#include "node/instance.h"

#include "node/guard.h"

namespace potstill::node {
namespace {

constexpr int64_t kReportStep = 256 * 1024;

void run_completion(napi_env env, napi_value, void*, void* data) {
  std::unique_ptr<Instance::Completion> completion(static_cast<Instance::Completion*>(data));
  if (env != nullptr) (*completion)(env);
}

}  // namespace

Instance::Instance(napi_env env) : env(env) {
  napi_value name;
  check(env, napi_create_string_utf8(env, "potstill", NAPI_AUTO_LENGTH, &name));
  check(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr,
                                             nullptr, run_completion, &completions_));
  check(env, napi_unref_threadsafe_function(env, completions_));
}

void Instance::shut_down() {
  if (closed_) return;
  closed_ = true;
  engine.stop();
  napi_release_threadsafe_function(completions_, napi_tsfn_abort);
  if (boxes_ == 0) delete this;
}

void Instance::box_gone() {
  if (--boxes_ == 0 && closed_) delete this;
}

void Instance::set_classes(napi_value tensor_class, napi_value error_class) {
  for (napi_ref* old : {&tensor_class_, &error_class_})
    if (*old != nullptr) check(env, napi_delete_reference(env, std::exchange(*old, nullptr)));
  check(env, napi_create_reference(env, tensor_class, 1, &tensor_class_));
  check(env, napi_create_reference(env, error_class, 1, &error_class_));
}

napi_value Instance::tensor_class() const {
  napi_value result = nullptr;
  if (tensor_class_ != nullptr) napi_get_reference_value(env, tensor_class_, &result);
  return result;
}

napi_value Instance::error_class() const {
  napi_value result = nullptr;
  if (error_class_ != nullptr) napi_get_reference_value(env, error_class_, &result);
  return result;
}

void Instance::adjust(int64_t bytes) {
  unreported_ += bytes;
  if (unreported_ > -kReportStep && unreported_ < kReportStep) return;
  int64_t total = 0;
  napi_adjust_external_memory(env, std::exchange(unreported_, 0), &total);
}

const c10::StorageImpl* Instance::storage_held(const at::Tensor& tensor) {
  ++live_tensors;
  if (!tensor.has_storage()) return nullptr;
  const c10::StorageImpl* storage = tensor.storage().unsafeGetStorageImpl();
  auto& held = storages_[storage];
  if (held.count++ == 0) {
    held.bytes = tensor.storage().nbytes();
    held.told = !untold_;
    live_bytes += held.bytes;
    if (held.told) adjust(static_cast<int64_t>(held.bytes));
  }
  return storage;
}

void Instance::storage_dropped(const c10::StorageImpl* storage) {
  --live_tensors;
  auto found = storages_.find(storage);
  if (found == storages_.end() || --found->second.count > 0) return;
  live_bytes -= found->second.bytes;
  if (found->second.told) adjust(-static_cast<int64_t>(found->second.bytes));
  storages_.erase(found);
}

void Instance::complete(Completion completion) {
  auto* data = new Completion(std::move(completion));
  if (napi_call_threadsafe_function(completions_, data, napi_tsfn_nonblocking) != napi_ok)
    delete data;
}

void Instance::job_started() {
  if (jobs_++ == 0) napi_ref_threadsafe_function(env, completions_);
}

void Instance::job_ended() {
  if (--jobs_ == 0) napi_unref_threadsafe_function(env, completions_);
}

}  // namespace potstill::node
