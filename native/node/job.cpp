#include "node/job.h"

#include "core/device.h"

namespace potstill::node {

std::optional<c10::Stream>& chosen_stream() {
  thread_local std::optional<c10::Stream> stream;
  return stream;
}

napi_value Job::submit(Instance& instance, Executor& lane, Work work) {
  napi_env env = instance.env;
  auto job = std::make_shared<Job>();
  job->instance_ = &instance;
  napi_value promise;
  napi_value origin;
  napi_value nothing;
  check(env, napi_create_string_utf8(env, "", 0, &nothing));
  check(env, napi_create_error(env, nullptr, nothing, &origin));
  check(env, napi_create_reference(env, origin, 1, &job->origin_));
  check(env, napi_create_promise(env, &job->deferred_, &promise));

  dissolve_team();  // of the JavaScript thread: the lane has its own
  const bool grad = at::GradMode::is_enabled();
  const bool inference = c10::InferenceMode::is_enabled();
  instance.job_started();
  const bool accepted = lane.submit([job, grad, inference, stream = chosen_stream(), work = std::move(work)]() mutable {
    Finish finish;
    std::exception_ptr failure;
    try {
      std::optional<c10::InferenceMode> inference_guard;
      if (inference) inference_guard.emplace(true);
      at::AutoGradMode grad_guard(grad);
      const StreamScope stream_scope(stream);
      finish = work();
    } catch (...) {
      failure = std::current_exception();
    }
    work = nullptr;  // lets go of tensors here rather than on the JavaScript thread
    job->instance_->complete([job, finish = std::move(finish), failure](napi_env env) {
      job->settle(env, &finish, failure);
    });
  });
  if (!accepted) {
    job->settle(env, nullptr,
                std::make_exception_ptr(Error(
                    Code::Config, "too many jobs are in flight; await some before adding more")));
  }
  return promise;
}

void Job::settle(napi_env env, const Finish* finish, std::exception_ptr failure) {
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  instance_->job_ended();
  napi_value value = nullptr;
  napi_value origin = nullptr;
  napi_get_reference_value(env, origin_, &origin);
  napi_delete_reference(env, origin_);
  if (!failure) {
    try {
      value = (*finish)(env);
    } catch (const PendingException&) {
    } catch (...) {
      failure = std::current_exception();
    }
  }
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  napi_value error = nullptr;
  if (pending) {
    napi_get_and_clear_last_exception(env, &error);
  } else if (failure) {
    error = to_error(*instance_, describe(failure), origin);
  }
  if (error != nullptr) {
    napi_reject_deferred(env, deferred_, error);
  } else {
    if (value == nullptr) napi_get_undefined(env, &value);
    napi_resolve_deferred(env, deferred_, value);
  }
  napi_close_handle_scope(env, scope);
}

}  // namespace potstill::node
