#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#include <iterator>
#include <memory>
#include <vector>

#include "core/allocator.h"
#include "core/cpu_features.h"
#include "core/device.h"
#include "node/exports.h"
#include "node/job.h"

namespace potstill::node {
namespace {

napi_value init(Call& call) {
  napi_value tensor_class;
  napi_value error_class;
  check(call.env, napi_get_named_property(call.env, call[0], "Tensor", &tensor_class));
  check(call.env, napi_get_named_property(call.env, call[0], "PotstillError", &error_class));
  call.instance().set_classes(tensor_class, error_class);
  return call.undefined();
}

// libtorch tells its own version only among its build settings.
std::string loaded_version() {
  const std::string settings = at::show_config();
  const std::string key = "TORCH_VERSION=";
  const auto start = settings.find(key);
  if (start == std::string::npos) return TORCH_VERSION;
  const auto from = start + key.size();
  return settings.substr(from, settings.find_first_not_of("0123456789.", from) - from);
}

napi_value version_info(Call& call) {
  const auto text = [&](const std::string& value) { return to_js(call.env, value); };
  return to_object(call.env, {{"addon", text(POTSTILL_VERSION)},
                              {"libtorch", text(loaded_version())},
                              {"builtWith", text(TORCH_VERSION)},
                              {"cpuCapability", text(at::get_cpu_capability())},
                              {"bfloat16", call.boolean_value(has_bfloat16())},
                              {"cudaBuilt", call.boolean_value(cuda_is_built())},
                              {"cudaAvailable", call.boolean_value(cuda_device_count() > 0)},
                              {"cudaDevices", call.number_value(cuda_device_count())},
                              {"parallel", text(at::get_parallel_info())},
                              {"nodeApi", call.number_value(NAPI_VERSION)}});
}

napi_value memory(Call& call) {
  auto& instance = call.instance();
  const AllocatorStats stats = allocator_stats();
  const auto number = [&](size_t value) { return call.number_value(static_cast<double>(value)); };
  return to_object(call.env, {{"tensors", number(instance.live_tensors)},
                              {"storages", number(instance.live_storages())},
                              {"bytes", number(instance.live_bytes)},
                              {"allocated", number(stats.allocated)},
                              {"cached", number(stats.cached)},
                              {"peak", number(stats.peak)},
                              {"limit", stats.limit ? number(*stats.limit)
                                                     : to_js(instance, c10::IValue())},
                              {"pendingRelease", number(instance.engine.pending_release())}});
}

napi_value limit_memory_to(Call& call) {
  napi_valuetype type;
  check(call.env, napi_typeof(call.env, call[0], &type));
  limit_memory(type == napi_null ? std::nullopt
                                 : std::optional(static_cast<size_t>(call.number(0))));
  return call.undefined();
}

napi_value trim_memory(Call& call) {
  trim_allocator();
  return call.undefined();
}

napi_value set_threads(Call& call) {
  const double wanted = call.number(0);
  if (!(wanted >= 1 && wanted <= 4096) || wanted != static_cast<int>(wanted))
    throw Error(Code::Config, "threads: expected a whole number of at least 1");
  const int threads = static_cast<int>(wanted);
  at::set_num_threads(threads);
  // The number is a property of each thread: the executor takes it over in its turn.
  auto& instance = call.instance();
  instance.engine.compute.submit([threads] { at::set_num_threads(threads); });
  return call.undefined();
}

napi_value get_threads(Call& call) { return call.number_value(at::get_num_threads()); }

napi_value manual_seed(Call& call) {
  const Argument seed = look(call.env, call[0]);
  if (!seed.integral()) throw Error(Code::Config, "a seed is a whole number");
  at::manual_seed(static_cast<uint64_t>(seed.integer));
  return call.undefined();
}

at::Generator generator_of(const std::string& device) {
  return at::globalContext().defaultGenerator(parse_device(device));
}

napi_value rng_state(Call& call) {
  auto generator = generator_of(call.string(0));
  std::lock_guard lock(generator.mutex());
  return wrap_tensor(call.instance(), at::Tensor(generator.get_state()));
}

napi_value set_rng_state(Call& call) {
  auto generator = generator_of(call.string(1));
  std::lock_guard lock(generator.mutex());
  generator.set_state(call.tensor(0));
  return call.undefined();
}

napi_value is_grad_enabled(Call& call) { return call.boolean_value(at::GradMode::is_enabled()); }

napi_value set_grad_enabled(Call& call) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(call.boolean(0));
  return call.boolean_value(before);
}

// Guards of the JavaScript thread, entered and left in the order of a stack.
thread_local std::vector<std::unique_ptr<c10::InferenceMode>> inference_guards;

napi_value push_inference_mode(Call& call) {
  inference_guards.push_back(std::make_unique<c10::InferenceMode>(true));
  return call.undefined();
}

napi_value pop_inference_mode(Call& call) {
  if (inference_guards.empty()) throw Error(Code::Config, "inference mode was not entered");
  inference_guards.pop_back();
  return call.undefined();
}

napi_value drain(Call& call) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute, []() -> Job::Finish { return undefined; });
}

constexpr Export kExports[] = {
    {"init", entry<init>},
    {"versionInfo", entry<version_info>},
    {"memory", entry<memory>},
    {"trimMemory", entry<trim_memory>},
    {"limitMemory", entry<limit_memory_to>},
    {"setThreads", entry<set_threads>},
    {"getThreads", entry<get_threads>},
    {"manualSeed", entry<manual_seed>},
    {"rngState", entry<rng_state>},
    {"setRngState", entry<set_rng_state>},
    {"isGradEnabled", entry<is_grad_enabled>},
    {"setGradEnabled", entry<set_grad_enabled>},
    {"pushInferenceMode", entry<push_inference_mode>},
    {"popInferenceMode", entry<pop_inference_mode>},
    {"drain", entry<drain>},
};

void set_up_process() {
  static std::once_flag once;
  std::call_once(once, [] {
    install_allocator();
    // NNPACK warns at every convolution on CPUs that it does not know.
    at::globalContext().setUserEnabledNNPACK(false);
    at::init_num_threads();
  });
}

napi_value start(napi_env env, napi_value exports) {
  set_up_process();
  auto* instance = new Instance(env);
  // After the thread-safe function inside, so that this hook runs before its own.
  napi_add_env_cleanup_hook(
      env, [](void* data) { static_cast<Instance*>(data)->shut_down(); }, instance);
  return guard(*instance, [&] {
    for (auto list : {std::span<const Export>(kExports), tensor_exports(), ops_exports(),
                      module_exports(), tap_exports(), step_exports(), optimize_exports(),
                      file_exports(), device_exports()})
      for (const Export& item : list) {
        napi_value function;
        check(env, napi_create_function(env, item.name, NAPI_AUTO_LENGTH, item.callback, instance,
                                        &function));
        check(env, napi_set_named_property(env, exports, item.name, function));
      }
    return exports;
  });
}

}  // namespace

}  // namespace potstill::node

NAPI_MODULE_INIT() { return potstill::node::start(env, exports); }
