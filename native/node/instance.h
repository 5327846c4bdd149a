#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/flat_hash_map.h>
#include <node_api.h>

#include <exception>
#include <functional>
#include <memory>

#include "engine/engine.h"

namespace potstill::node {

// Everything that belongs to one JavaScript environment (the main thread or a worker). What is
// process-wide (libtorch's set-up, the dispatcher's registrations) lives in core and is never freed.
class Instance {
 public:
  explicit Instance(napi_env env);
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // The JavaScript classes that results and failures are made of.
  void set_classes(napi_value tensor_class, napi_value error_class);
  napi_value tensor_class() const;
  napi_value error_class() const;

  // Keeps V8 informed of the memory behind tensors, each storage once. Changes are gathered and
  // handed over in lumps: the call costs more than a small tensor.
  const c10::StorageImpl* storage_held(const at::Tensor& tensor);
  void storage_dropped(const c10::StorageImpl* storage);
  // While one lives, V8 is not told of new storages: those of modules and checkpoints are not freed
  // by a collection, which would hold the event loop up for nothing.
  class Untold {
   public:
    explicit Untold(Instance& instance) : instance_(instance) { instance_.untold_ = true; }
    ~Untold() { instance_.untold_ = false; }
    Untold(const Untold&) = delete;
    Untold& operator=(const Untold&) = delete;

   private:
    Instance& instance_;
  };

  // Runs on the JavaScript thread once the job behind it has ended.
  using Completion = std::function<void(napi_env)>;
  // Any thread. `completion` is dropped unrun when the environment is going away.
  void complete(Completion completion);
  // JavaScript thread: the process stays alive while jobs are under way.
  void job_started();
  void job_ended();

  // Environment cleanup: joins the lanes, then lets go of the thread-safe function. The object
  // itself goes with the last wrapped tensor, since V8 finalizes those after the cleanup hooks.
  void shut_down();
  bool closed() const { return closed_; }
  void box_made() { ++boxes_; }
  void box_gone();

  napi_env env;
  Engine engine;
  size_t live_tensors = 0;
  size_t live_bytes = 0;
  size_t live_storages() const { return storages_.size(); }

 private:
  ~Instance() = default;
  struct Held {
    size_t count = 0;
    size_t bytes = 0;
    bool told = true;
  };
  void adjust(int64_t bytes);

  napi_ref tensor_class_ = nullptr;
  napi_ref error_class_ = nullptr;
  napi_threadsafe_function completions_ = nullptr;
  size_t jobs_ = 0;
  size_t boxes_ = 0;
  bool closed_ = false;
  bool untold_ = false;
  int64_t unreported_ = 0;
  ska::flat_hash_map<const c10::StorageImpl*, Held> storages_;
};

}  // namespace potstill::node
