#include "core/optimize.h"

#include "core/options.h"
#include "core/tap_graph.h"
#include "node/exports.h"
#include "node/job.h"

namespace potstill::node {
namespace {

c10::IValue described(const std::vector<Candidate>& candidates) {
  c10::impl::GenericList list(c10::AnyType::get());
  for (const auto& each : candidates) {
    c10::impl::GenericDict entry(c10::StringType::get(), c10::AnyType::get());
    entry.insert("name", each.name);
    entry.insert("milliseconds", each.milliseconds);
    entry.insert("difference", each.difference);
    entry.insert("agreement", each.agreement);
    entry.insert("refused", each.refused.empty() ? c10::IValue() : c10::IValue(each.refused));
    list.push_back(entry);
  }
  return list;
}

napi_value optimize_module_job(Call& call) {
  auto& instance = call.instance();
  std::vector<at::Tensor> inputs;
  const c10::IValue given = call.any(1);
  if (!given.isList()) throw Error(Code::Config, "sample: expected an array of tensors");
  for (const c10::IValue& each : given.toListRef()) {
    if (!each.isTensor()) throw Error(Code::Config, "sample: expected an array of tensors");
    inputs.push_back(each.toTensor().detach());
  }
  const Options spec(call.any(2), "optimize");
  std::vector<std::string> taps;
  for (const TapPath& path : expand_taps(call.module(0), spec.strings("taps"), "the model"))
    taps.push_back(path.text);
  const OptimizeOptions options{std::move(taps),
                                spec.number("tolerance"),
                                spec.number("agreement"),
                                spec.strings("types"),
                                spec.integer("milliseconds"),
                                spec.number("least", 0)};
  return Job::submit(
      instance, instance.engine.compute,
      [&instance, module = call.module(0), inputs = std::move(inputs), options,
       choice = spec.string("choice", "")]() -> Job::Finish {
        return
            [&instance, result = optimize_module(module, inputs, options, choice)](napi_env env) {
              napi_value object;
              check(env, napi_create_object(env, &object));
              const auto set = [&](const char* name, napi_value value) {
                check(env, napi_set_named_property(env, object, name, value));
              };
              napi_value chosen;
              check(env, napi_create_double(env, static_cast<double>(result.chosen), &chosen));
              set("chosen", chosen);
              set("module", wrap_module(instance, result.module));
              set("candidates", to_js(instance, described(result.candidates)));
              return object;
            };
      });
}

napi_value fingerprint_job(Call& call) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute,
                     [&instance, module = call.module(0)]() -> Job::Finish {
                       return [&instance, text = c10::IValue(fingerprint(module))](napi_env) {
                         return to_js(instance, text);
                       };
                     });
}

constexpr Export kExports[] = {
    {"optimizeModule", entry<optimize_module_job>},
    {"moduleFingerprint", entry<fingerprint_job>},
};

}  // namespace

std::span<const Export> optimize_exports() { return kExports; }

}  // namespace potstill::node
