#include <ATen/core/grad_mode.h>

#include "core/forward_plan.h"
#include "core/summary.h"
#include "node/exports.h"
#include "node/inputs.h"
#include "node/job.h"
#include "node/names.h"

namespace potstill::node {
namespace {

constexpr const char* kWho = "the model";

std::vector<std::string> strings(Call& call, size_t index) {
  std::vector<std::string> result;
  uint32_t count = 0;
  check(call.env, napi_get_array_length(call.env, call[index], &count));
  for (uint32_t i = 0; i < count; ++i) {
    napi_value item;
    check(call.env, napi_get_element(call.env, call[index], i, &item));
    result.push_back(to_string(call.env, item));
  }
  return result;
}

napi_value module_tap(Call& call) {
  auto& module = call.module(0);
  if (!module.find_method("forward")) throw Error(Code::Config, "the module has no forward()");
  std::vector<std::string> paths;
  for (const TapPath& path : expand_taps(module, strings(call, 1), kWho))
    paths.push_back(path.text);
  return wrap_tapped(call.instance(),
                     std::make_shared<const ForwardPlan>(module, kWho, std::move(paths),
                                                         ForwardPlan::Products::Plain));
}

napi_value tapped_paths(Call& call) {
  return to_array(call.env, tapped_of(call.env, call[0])->taps(), [&](const TapPath& path) {
    return to_object(call.env, {{"path", to_js(call.env, path.text)},
                                {"everyCall", call.boolean_value(path.every_call)}});
  });
}

napi_value tapped_forward(Call& call) {
  auto& instance = call.instance();
  const auto plan = tapped_of(call.env, call[0]);
  auto inputs = std::make_shared<ForwardInputs>(forward_inputs(call, plan->module()));
  return Job::submit(instance, instance.engine.compute, [&instance, plan, inputs]() -> Job::Finish {
    std::optional<c10::InferenceMode> inference;
    if (inputs->recording == Recording::Inference) inference.emplace(true);
    const at::AutoGradMode grad(inputs->recording == Recording::Grad);
    std::vector<std::vector<at::Tensor>> taps;
    const c10::IValue output = plan->run(std::move(inputs->positional), inputs->named, &taps);
    return [&instance, plan, output, taps = std::move(taps)](napi_env env) {
      size_t index = 0;
      napi_value values = to_array(env, taps, [&](const std::vector<at::Tensor>& calls) {
        if (!plan->taps()[index++].every_call) return wrap_tensor(instance, calls.at(0));
        return to_array(env, calls,
                        [&](const at::Tensor& value) { return wrap_tensor(instance, value); });
      });
      return to_object(env, {{"output", to_js(instance, output)}, {"taps", values}});
    };
  });
}

napi_value tapped_freeze(Call& call) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute,
                     [&instance, plan = tapped_of(call.env, call[0])]() -> Job::Finish {
                       auto frozen = std::make_shared<const ForwardPlan>(plan->frozen());
                       return
                           [&instance, frozen](napi_env) { return wrap_tapped(instance, frozen); };
                     });
}

napi_value tapped_dispose(Call& call) {
  TappedBox* box = tapped_box(call.env, call[0]);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a tapped module");
  box->plan.reset();  // a job that still runs holds its own
  return call.undefined();
}

napi_value module_tap_points(Call& call) {
  auto& instance = call.instance();
  auto inputs = std::make_shared<ForwardInputs>(forward_inputs(call, call.module(0)));
  return Job::submit(instance, instance.engine.compute,
                     [module = call.module(0), inputs]() -> Job::Finish {
                       auto rows = std::make_shared<std::vector<TapRow>>(
                           tap_points(module, std::move(inputs->positional), inputs->named));
                       return [rows](napi_env env) {
                         return to_array(env, *rows, [&](const TapRow& row) {
                           napi_value calls;
                           check(env, napi_create_int64(env, row.calls, &calls));
                           return to_object(env, {{"path", to_js(env, row.path)},
                                                  {"className", to_js(env, row.class_name)},
                                                  {"shape", to_js(env, row.shape)},
                                                  {"dtype", to_js(env, dtype_name(row.dtype))},
                                                  {"calls", calls}});
                         });
                       };
                     });
}

constexpr Export kExports[] = {
    {"moduleTap", entry<module_tap>},         {"tappedPaths", entry<tapped_paths>},
    {"tappedForward", entry<tapped_forward>}, {"tappedFreeze", entry<tapped_freeze>},
    {"tappedDispose", entry<tapped_dispose>}, {"moduleTapPoints", entry<module_tap_points>},
};

}  // namespace

std::span<const Export> tap_exports() { return kExports; }

}  // namespace potstill::node
