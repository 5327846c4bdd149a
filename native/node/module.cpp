#include "core/device.h"
#include "core/module.h"

#include "core/options.h"
#include "core/script_builder.h"
#include "core/summary.h"
#include "node/exports.h"
#include "node/inputs.h"
#include "node/job.h"
#include "node/names.h"

#include <unordered_map>

namespace potstill::node {
namespace {

Placement placement_of(const c10::IValue& value) {
  Placement result;
  const Options options(value, "options");
  if (options.has("device")) result.device = parse_device(options.string("device"));
  if (options.has("dtype")) {
    const std::string name = options.string("dtype");
    result.dtype = dtype_from_name(name);
    if (!result.dtype) throw Error(Code::Dtype, "there is no dtype \"" + name + "\"");
  }
  if (options.has("memoryFormat")) {
    const std::string name = options.string("memoryFormat");
    result.memory_format = memory_format_from_name(name);
    if (result.memory_format != at::MemoryFormat::ChannelsLast &&
        result.memory_format != at::MemoryFormat::Contiguous)
      throw Error(Code::Config, "memoryFormat: expected \"channels_last\" or "
                                "\"contiguous_format\", got \"" + name + "\"");
  }
  return result;
}

// A job on the compute lane over one module.
napi_value module_job(Call& call, std::function<Job::Finish(torch::jit::Module&)> work) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute,
                     [module = call.module(0), work = std::move(work)]() mutable -> Job::Finish {
                       return work(module);
                     });
}

Job::Finish finish_with_module(Instance& instance, torch::jit::Module module) {
  return [&instance, module](napi_env) { return wrap_module(instance, module); };
}

napi_value load_module_job(Call& call) {
  auto& instance = call.instance();
  const Placement placement = placement_of(call.any(1));
  napi_valuetype type;
  check(call.env, napi_typeof(call.env, call[0], &type));
  if (type == napi_string) {
    return Job::submit(instance, instance.engine.compute,
                       [&instance, path = call.string(0), placement]() -> Job::Finish {
                         return finish_with_module(instance, load_module(path, placement));
                       });
  }
  napi_typedarray_type kind;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(call.env, call[0], &kind, &length, &data, nullptr, nullptr) !=
          napi_ok ||
      kind != napi_uint8_array)
    throw Error(Code::Config, "a model is a path or a Uint8Array");
  // Copied: the job runs later, and JavaScript may write into the buffer meanwhile.
  return Job::submit(instance, instance.engine.compute,
                     [&instance, bytes = std::string(static_cast<const char*>(data), length),
                      placement]() -> Job::Finish {
                       return finish_with_module(instance,
                                                 load_module(std::string_view(bytes), placement));
                     });
}

napi_value build_module_job(Call& call) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute,
                     [&instance, spec = call.any(0)]() -> Job::Finish {
                       return finish_with_module(instance, build_module(Options(spec, "module")));
                     });
}

// Runs the module's forward with the arguments of a call.
c10::IValue run_forward(torch::jit::Module& module, ForwardInputs inputs) {
  return run_module(module, std::move(inputs.positional), inputs.named, inputs.recording);
}

napi_value module_forward(Call& call) {
  auto inputs = std::make_shared<ForwardInputs>(forward_inputs(call, call.module(0)));
  auto& instance = call.instance();
  return module_job(call, [&instance, inputs](torch::jit::Module& module) -> Job::Finish {
    const c10::IValue output = run_forward(module, std::move(*inputs));
    return [&instance, output](napi_env) { return to_js(instance, output); };
  });
}

napi_value module_forward_sync(Call& call) {
  auto& module = call.module(0);
  return to_js(call.instance(), run_forward(module, forward_inputs(call, module)));
}

template <typename List>
napi_value named_tensors(Call& call, const List& list) {
  // The module has the memory, whatever becomes of these.
  const Instance::Untold untold(call.instance());
  return to_array(call.env, list, [&](const auto& item) {
    return to_object(call.env, {{"name", to_js(call.env, item.name)},
                                {"tensor", wrap_tensor(call.instance(), item.value)}});
  });
}

napi_value module_parameters(Call& call) {
  return named_tensors(call, call.module(0).named_parameters());
}

napi_value module_buffers(Call& call) {
  return named_tensors(call, call.module(0).named_buffers());
}

napi_value module_modules(Call& call) {
  return to_array(call.env, describe_modules(call.module(0)), [&](const ModuleInfo& info) {
    return to_object(
        call.env, {{"path", to_js(call.env, info.path)},
                   {"className", to_js(call.env, info.class_name)},
                   {"training", call.boolean_value(info.training)},
                   {"ownParameters", call.number_value(static_cast<double>(info.own_parameters))}});
  });
}

napi_value module_training(Call& call) {
  auto& module = call.module(0);
  return call.boolean_value(module.hasattr("training") && module.is_training());
}

napi_value module_train(Call& call) {
  call.module(0).train(call.boolean(1));
  return call.undefined();
}

napi_value module_to(Call& call) {
  return module_job(
      call, [placement = placement_of(call.any(1))](torch::jit::Module& module) -> Job::Finish {
        place_module(module, placement);
        return undefined;
      });
}

napi_value module_requires_grad(Call& call) {
  const bool value = call.boolean(1);
  for (const at::Tensor& parameter : call.module(0).parameters())
    if (parameter.is_floating_point()) parameter.set_requires_grad(value);
  return call.undefined();
}

napi_value module_view(Call& call) {
  return wrap_module(call.instance(), view_module(call.module(0)));
}

napi_value module_clone(Call& call) {
  auto& instance = call.instance();
  return module_job(call, [&instance](torch::jit::Module& module) -> Job::Finish {
    // Recorded, the copies would be no leaves, and backward would leave no gradient in them.
    const auto copy = [&] {
      at::NoGradGuard no_grad;
      return module.deepcopy();
    }();
    std::unordered_map<std::string, bool> wanted;
    for (const auto& each : module.named_parameters())
      wanted[each.name] = each.value.requires_grad();
    for (const auto& each : copy.named_parameters())
      each.value.set_requires_grad(wanted[each.name]);
    return finish_with_module(instance, copy);
  });
}

napi_value module_freeze(Call& call) {
  auto& instance = call.instance();
  return module_job(call, [&instance](torch::jit::Module& module) -> Job::Finish {
    return finish_with_module(instance, frozen_module(module));
  });
}

napi_value module_save(Call& call) {
  return module_job(call, [path = call.string(1)](torch::jit::Module& module) -> Job::Finish {
    save_module(module, path);
    return undefined;
  });
}

napi_value module_save_buffer(Call& call) {
  return module_job(call, [](torch::jit::Module& module) -> Job::Finish {
    auto bytes = std::make_shared<std::string>(save_module(module));
    return [bytes](napi_env env) {
      void* target = nullptr;
      napi_value buffer;
      napi_value array;
      check(env, napi_create_arraybuffer(env, bytes->size(), &target, &buffer));
      std::memcpy(target, bytes->data(), bytes->size());
      check(env, napi_create_typedarray(env, napi_uint8_array, bytes->size(), buffer, 0, &array));
      return array;
    };
  });
}

napi_value module_copy_state(Call& call) {
  std::vector<std::pair<std::string, at::Tensor>> entries;
  const c10::IValue list = call.any(1);
  for (const c10::IValue& item : list.toListRef()) {
    const Options entry(item, "state");
    entries.emplace_back(entry.string("name"), entry.tensor("tensor"));
  }
  copy_state(call.module(0), entries);
  return call.undefined();
}

napi_value module_summary(Call& call) {
  auto& instance = call.instance();
  std::vector<c10::IValue> inputs;
  const c10::IValue list = call.any(1);
  for (const c10::IValue& input : list.toListRef()) inputs.push_back(input);
  return module_job(call, [&instance, inputs](torch::jit::Module& module) -> Job::Finish {
    auto rows = std::make_shared<std::vector<SummaryRow>>(summarize(module, inputs));
    return [&instance, rows](napi_env env) {
      napi_value null;
      check(env, napi_get_null(env, &null));
      return to_array(env, *rows, [&](const SummaryRow& row) {
        napi_value parameters;
        check(env, napi_create_int64(env, row.parameters, &parameters));
        return to_object(
            env,
            {{"path", to_js(env, row.path)},
             {"className", to_js(env, row.class_name)},
             {"outputShape", row.output_shape ? to_js(env, *row.output_shape) : null},
             {"outputDtype", row.output_dtype ? to_js(env, dtype_name(*row.output_dtype)) : null},
             {"parameters", parameters}});
      });
    };
  });
}

napi_value module_baked_flags(Call& call) {
  return to_array(call.env, baked_flags(call.module(0)), [&](const BakedFlag& flag) {
    return to_object(call.env, {{"path", to_js(call.env, flag.path)},
                                {"flag", to_js(call.env, flag.flag)},
                                {"value", to_js(call.env, flag.value)}});
  });
}

napi_value module_code(Call& call) {
  const auto module = module_at(call.module(0), call.string(1));
  std::string text;
  for (const auto& method : module.get_methods()) {
    auto* function = torch::jit::tryToGraphFunction(method.function());
    if (function != nullptr) text += function->graph()->toString(false);
  }
  return to_js(call.env, text);
}

napi_value module_schema(Call& call) {
  return to_js(call.env,
               c10::toString(call.module(0).get_method("forward").function().getSchema()));
}

napi_value module_dispose(Call& call) {
  ModuleBox* box = module_box(call.env, call[0]);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a module");
  if (!box->disposed) {
    box->disposed = true;
    // Whatever a job still holds lives on in its own copy of the handle.
    box->module = torch::jit::Module();
  }
  return call.undefined();
}

constexpr Export kExports[] = {
    {"loadModule", entry<load_module_job>},
    {"buildModule", entry<build_module_job>},
    {"moduleForward", entry<module_forward>},
    {"moduleForwardSync", entry<module_forward_sync>},
    {"moduleParameters", entry<module_parameters>},
    {"moduleBuffers", entry<module_buffers>},
    {"moduleModules", entry<module_modules>},
    {"moduleTraining", entry<module_training>},
    {"moduleTrain", entry<module_train>},
    {"moduleTo", entry<module_to>},
    {"moduleRequiresGrad", entry<module_requires_grad>},
    {"moduleClone", entry<module_clone>},
    {"moduleFreeze", entry<module_freeze>},
    {"moduleView", entry<module_view>},
    {"moduleSave", entry<module_save>},
    {"moduleSaveBuffer", entry<module_save_buffer>},
    {"moduleCopyState", entry<module_copy_state>},
    {"moduleSummary", entry<module_summary>},
    {"moduleBakedFlags", entry<module_baked_flags>},
    {"moduleCode", entry<module_code>},
    {"moduleSchema", entry<module_schema>},
    {"moduleDispose", entry<module_dispose>},
};

}  // namespace

std::span<const Export> module_exports() { return kExports; }

}  // namespace potstill::node
