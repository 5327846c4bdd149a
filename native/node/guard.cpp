#include "node/guard.h"

#include <c10/util/Exception.h>

#include <new>
#include <regex>

#include "node/instance.h"

namespace potstill::node {
namespace {

const char* name_of(Code code) {
  switch (code) {
    case Code::Config: return "ERR_CONFIG";
    case Code::Shape: return "ERR_SHAPE";
    case Code::Dtype: return "ERR_DTYPE";
    case Code::Device: return "ERR_DEVICE";
    case Code::Oom: return "ERR_OOM";
    case Code::ModelLoad: return "ERR_MODEL_LOAD";
    case Code::Tap: return "ERR_TAP";
    case Code::Data: return "ERR_DATA";
    case Code::Nonfinite: return "ERR_NONFINITE";
    case Code::Checkpoint: return "ERR_CHECKPOINT";
    case Code::Dist: return "ERR_DIST";
    case Code::Disposed: return "ERR_DISPOSED";
    case Code::Aborted: return "ERR_ABORTED";
    case Code::Receiver: return "ERR_RECEIVER";
    case Code::Io: return "ERR_IO";
    case Code::Install: return "ERR_INSTALL";
    case Code::Locked: return "ERR_LOCKED";
    case Code::Native: return "ERR_NATIVE";
  }
  return "ERR_NATIVE";
}

// libtorch says what went wrong in prose only; these are the phrases of its own checks.
Code code_of(const std::string& message) {
  static const std::pair<std::regex, Code> kinds[] = {
      {std::regex("out of memory|can't allocate memory", std::regex::icase), Code::Oom},
      {std::regex("must be (positive|from \\S+ to)|may be left out only"), Code::Config},
      {std::regex("same device|on device|device type|Torch not compiled with CUDA|No CUDA|"
                  "CUDA (driver|error)|Expected all tensors|with support for \\w+ devices|"
                  "from the '\\w+' backend|device string|device ordinal",
                  std::regex::icase),
       Code::Device},
      {std::regex("dtype|scalar type|data type|same type|implemented for '", std::regex::icase),
       Code::Dtype},
      {std::regex("shape|size|dimension|scalar outputs|\\bdim\\b|broadcast|channels|numel|out of range",
                  std::regex::icase),
       Code::Shape},
      {std::regex("is out of bounds|Label|target \\d+", std::regex::icase), Code::Data},
  };
  for (const auto& [pattern, code] : kinds)
    if (std::regex_search(message, pattern)) return code;
  return Code::Native;
}

// The TorchScript interpreter wraps the message in a traceback; people want its last line.
std::string essence(const std::string& text) {
  const std::string marker = "RuntimeError: ";
  const auto at = text.rfind(marker);
  std::string result = at == std::string::npos ? text : text.substr(at + marker.size());
  for (const char* tail : {"\nException raised from", "\n\nCPU: registered at"}) {
    if (const auto cut = result.find(tail); cut != std::string::npos) result.resize(cut);
  }
  while (!result.empty() && (result.back() == '\n' || result.back() == ' ')) result.pop_back();
  return result;
}

napi_value make_string(napi_env env, const std::string& text) {
  napi_value result = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

}  // namespace

Failure describe(std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& e) {
    return {name_of(e.code), e.what(), e.cause};
  } catch (const c10::OutOfMemoryError& e) {
    return {name_of(Code::Oom), essence(e.what_without_backtrace()), e.what()};
  } catch (const c10::Error& e) {
    const std::string message = essence(e.what_without_backtrace());
    return {name_of(code_of(message)), message, e.what()};
  } catch (const std::bad_alloc& e) {
    return {name_of(Code::Oom), "out of memory", e.what()};
  } catch (const std::exception& e) {
    const std::string message = essence(e.what());
    return {name_of(code_of(message)), message, e.what()};
  } catch (...) {
    return {name_of(Code::Native), "an exception of unknown type", ""};
  }
}

napi_value to_error(Instance& instance, const Failure& failure, napi_value stack_source) {
  napi_env env = instance.env;
  napi_value error = nullptr;
  napi_value cause = nullptr;
  if (!failure.cause.empty() && failure.cause != failure.message)
    napi_create_error(env, nullptr, make_string(env, failure.cause), &cause);
  if (napi_value error_class = instance.error_class()) {
    napi_value arguments[3] = {make_string(env, failure.code), make_string(env, failure.message),
                               nullptr};
    napi_create_object(env, &arguments[2]);
    if (cause != nullptr) napi_set_named_property(env, arguments[2], "cause", cause);
    if (napi_new_instance(env, error_class, 3, arguments, &error) != napi_ok) return nullptr;
  } else {
    napi_create_error(env, make_string(env, failure.code), make_string(env, failure.message),
                      &error);
  }
  if (stack_source != nullptr) {
    // Frames of the caller under the head line of this error: V8 took them when the job began.
    napi_value stack = nullptr;
    size_t length = 0;
    if (napi_get_named_property(env, stack_source, "stack", &stack) == napi_ok &&
        napi_get_value_string_utf8(env, stack, nullptr, 0, &length) == napi_ok) {
      std::string text(length, '\0');
      napi_get_value_string_utf8(env, stack, text.data(), length + 1, &length);
      const auto frames = text.find("\n    at ");
      std::string head = "PotstillError [" + failure.code + "]: " + failure.message;
      if (frames != std::string::npos) head += text.substr(frames);
      napi_set_named_property(env, error, "stack", make_string(env, head));
    }
  }
  return error;
}

void throw_pending(Instance& instance, std::exception_ptr exception) {
  bool pending = false;
  napi_is_exception_pending(instance.env, &pending);
  if (pending) return;
  napi_value error = to_error(instance, describe(exception));
  napi_is_exception_pending(instance.env, &pending);
  if (error != nullptr && !pending) napi_throw(instance.env, error);
}

}  // namespace potstill::node
