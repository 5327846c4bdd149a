#include "node/inputs.h"

#include "core/error.h"
#include "core/options.h"
#include "node/convert.h"

namespace potstill::node {
namespace {

c10::IValue by_schema(Call& call, napi_value value, const c10::Argument& argument) {
  c10::IValue result;
  const Argument given = look(call.env, value);
  if (!convert(call.env, given, *argument.type(), argument.N(), result))
    throw Error(Code::Config, "the input \"" + argument.name() + "\" is to be " +
                                  argument.type()->repr_str() + ", not " + kind_of(given));
  return result;
}

Recording recording_of(const Options& options) {
  const std::string mode = options.string("mode", "grad");
  if (mode == "inference") return Recording::Inference;
  if (mode == "no_grad") return Recording::NoGrad;
  if (mode != "grad")
    throw Error(Code::Config, "options.mode: expected grad, no_grad or inference");
  return at::GradMode::is_enabled() ? Recording::Grad : Recording::NoGrad;
}

}  // namespace

ForwardInputs forward_inputs(Call& call, const torch::jit::Module& module) {
  ForwardInputs result;
  const auto method = module.find_method("forward");
  if (!method) throw Error(Code::Config, "the module has no forward()");
  const auto& parameters = method->function().getSchema().arguments();
  uint32_t count = 0;
  check(call.env, napi_get_array_length(call.env, call[1], &count));
  if (count + 1 > parameters.size())
    throw Error(Code::Config, "forward takes " + std::to_string(parameters.size() - 1) +
                                  " inputs, not " + std::to_string(count));
  for (uint32_t i = 0; i < count; ++i) {
    napi_value value;
    check(call.env, napi_get_element(call.env, call[1], i, &value));
    result.positional.push_back(by_schema(call, value, parameters[i + 1]));
  }
  napi_value names;
  uint32_t named = 0;
  check(call.env, napi_get_property_names(call.env, call[2], &names));
  check(call.env, napi_get_array_length(call.env, names, &named));
  for (uint32_t i = 0; i < named; ++i) {
    napi_value name;
    napi_value value;
    check(call.env, napi_get_element(call.env, names, i, &name));
    check(call.env, napi_get_property(call.env, call[2], name, &value));
    const std::string key = to_string(call.env, name);
    const c10::Argument* parameter = nullptr;
    for (size_t p = 1; p < parameters.size(); ++p)
      if (parameters[p].name() == key) parameter = &parameters[p];
    if (parameter == nullptr)
      throw Error(Code::Config, "forward has no input named \"" + key + "\"");
    result.named.emplace(key, by_schema(call, value, *parameter));
  }
  for (size_t p = 1; p < parameters.size(); ++p) {
    const bool positional = p <= result.positional.size();
    const bool given = result.named.count(parameters[p].name()) > 0;
    if (positional && given)
      throw Error(Code::Config, "the input \"" + parameters[p].name() + "\" is given twice");
    if (!positional && !given && !parameters[p].default_value())
      throw Error(Code::Config, "the input \"" + parameters[p].name() +
                                    "\" is missing; forward is " +
                                    c10::str(method->function().getSchema()));
  }
  result.recording = recording_of(Options(call.any(3), "options"));
  return result;
}

}  // namespace potstill::node
