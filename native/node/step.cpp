#include "core/step.h"

#include "core/objective.h"
#include "core/options.h"
#include "node/convert.h"
#include "node/exports.h"
#include "node/job.h"

namespace potstill::node {
namespace {

napi_value step_job(Call& call, std::function<Job::Finish(DistillStep&)> work) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute,
                     [step = step_of(call.env, call[0]), work = std::move(work)]() -> Job::Finish {
                       return work(*step);
                     });
}

Job::Finish finish_with_number(int64_t value) {
  return [value](napi_env env) {
    napi_value result;
    check(env, napi_create_int64(env, value, &result));
    return result;
  };
}

napi_value create_step(Call& call) {
  return wrap_step(call.instance(), DistillStep::create(Options(call.any(0), "step")));
}

StepBatch batch_of(const c10::IValue& value) {
  const Options options(value, "batch");
  StepBatch batch;
  const c10::IValue inputs = options.value("inputs");
  if (inputs.isList()) {
    for (const c10::IValue& input : inputs.toListRef()) {
      if (!input.isTensor()) throw Error(Code::Data, "batch.inputs: expected tensors");
      batch.inputs.push_back(input.toTensor());
    }
  } else if (inputs.isGenericDict()) {
    for (const auto& entry : inputs.toGenericDict()) {
      if (!entry.value().isTensor()) throw Error(Code::Data, "batch.inputs: expected tensors");
      batch.named_inputs.emplace(entry.key().toStringRef(), entry.value().toTensor());
    }
  } else {
    throw Error(Code::Data, "batch.inputs: expected an array or a record of tensors");
  }
  if (options.has("labels")) batch.labels = options.tensor("labels");
  if (options.has("mixedLabels")) batch.mixed_labels = options.tensor("mixedLabels");
  batch.mix_weight = options.number("mixWeight", 1.0);
  if (options.has("mask")) batch.mask = options.tensor("mask");
  if (options.has("ids")) batch.ids = options.tensor("ids");
  if (options.has("weights")) batch.weights = options.numbers("weights");
  if (options.has("said"))
    for (const Options& each : options.list("said")) {
      StepBatch::Said said{each.tensor("logits"), {}};
      const Options taps = each.options("taps");
      for (const auto& path : taps.keys()) said.taps[path] = taps.tensor(path.c_str());
      batch.said.push_back(std::move(said));
    }
  return batch;
}

napi_value step_run(Call& call) {
  return step_job(call, [batch = batch_of(call.any(1)), lr = call.number(2)](DistillStep& step) {
    return finish_with_number(step.run(batch, lr));
  });
}

napi_value step_flush(Call& call) {
  return step_job(call, [lr = call.number(1)](DistillStep& step) {
    return finish_with_number(step.flush(lr));
  });
}

napi_value step_metrics(Call& call) {
  return step_job(call, [](DistillStep& step) -> Job::Finish {
    return [metrics = step.metrics()](napi_env env) {
      napi_value result;
      check(env, napi_create_object(env, &result));
      const auto set = [&](const char* name, double value) {
        napi_value number;
        check(env, napi_create_double(env, value, &number));
        check(env, napi_set_named_property(env, result, name, number));
      };
      set("steps", static_cast<double>(metrics.steps));
      set("updates", static_cast<double>(metrics.updates));
      set("samples", static_cast<double>(metrics.samples));
      set("loss", metrics.loss);
      set("correct", metrics.correct);
      set("gradNorm", metrics.grad_norm);
      set("skipped", static_cast<double>(metrics.skipped));
      set("scale", metrics.scale);
      set("replayed", static_cast<double>(metrics.replayed));
      check(env, napi_set_named_property(env, result, "notReplayed",
                                         to_array(env, metrics.not_replayed, [&](const auto& why) {
                                           return to_js(env, why);
                                         })));
      napi_value terms;
      check(env, napi_create_array(env, &terms));
      for (size_t i = 0; i < metrics.terms.size(); ++i) {
        napi_value number;
        check(env, napi_create_double(env, metrics.terms[i], &number));
        check(env, napi_set_element(env, terms, static_cast<uint32_t>(i), number));
      }
      check(env, napi_set_named_property(env, result, "terms", terms));
      return result;
    };
  });
}

// Of each span its stage and when it began and ended, in milliseconds, one after the other.
napi_value step_profile(Call& call) {
  const bool on = call.boolean(1);
  return step_job(call, [on](DistillStep& step) -> Job::Finish {
    return [spans = step.profile(on)](napi_env env) {
      napi_value list;
      check(env, napi_create_array_with_length(env, spans.size() * 3, &list));
      uint32_t at = 0;
      const auto add = [&](double value) {
        napi_value number;
        check(env, napi_create_double(env, value, &number));
        check(env, napi_set_element(env, list, at++, number));
      };
      for (const auto& span : spans) {
        add(static_cast<double>(span.stage));
        add(static_cast<double>(span.began) / 1e6);
        add(static_cast<double>(span.ended) / 1e6);
      }
      return list;
    };
  });
}

napi_value step_state(Call& call) {
  auto& instance = call.instance();
  return step_job(call, [&instance](DistillStep& step) -> Job::Finish {
    return [&instance, state = c10::IValue(step.state())](napi_env) {
      const Instance::Untold untold(instance);
      return to_js(instance, state);
    };
  });
}

napi_value step_load_state(Call& call) {
  return step_job(call, [state = call.any(1)](DistillStep& step) -> Job::Finish {
    step.load_state(Options(state, "state"));
    return undefined;
  });
}

napi_value step_swap_ema(Call& call) {
  return step_job(call, [](DistillStep& step) -> Job::Finish {
    step.swap_ema();
    return undefined;
  });
}

napi_value step_dispose(Call& call) {
  StepBox* box = step_box(call.env, call[0]);
  if (box == nullptr) throw Error(Code::Receiver, "the receiver is not a step");
  box->step.reset();
  return call.undefined();
}

napi_value step_begin(Call& call) {
  auto& instance = call.instance();
  return step_job(
      call, [&instance, batch = batch_of(call.any(1))](DistillStep& step) -> Job::Finish {
        const StepOutputs outputs = step.begin(batch);
        c10::impl::GenericDict result(c10::StringType::get(), c10::AnyType::get());
        result.insert("student", outputs.student);
        result.insert("teachers", c10::List<at::Tensor>(outputs.teachers));
        c10::impl::GenericList features(c10::AnyType::get());
        for (const auto& each : outputs.features) {
          c10::impl::GenericDict pair(c10::StringType::get(), c10::AnyType::get());
          pair.insert("student", c10::List<at::Tensor>(each.student));
          pair.insert("teacher", c10::List<at::Tensor>(each.teacher));
          features.push_back(pair);
        }
        result.insert("features", features);
        return
            [&instance, value = c10::IValue(result)](napi_env) { return to_js(instance, value); };
      });
}

napi_value step_finish(Call& call) {
  return step_job(
      call, [custom = tensors_of(call.any(1), "custom"), lr = call.number(2)](DistillStep& step) {
        return finish_with_number(step.finish(custom, lr));
      });
}

napi_value compute_term_sync(Call& call) {
  const auto given = [&](size_t index) -> std::optional<at::Tensor> {
    at::Tensor tensor = call.optional_tensor(index);
    return tensor.defined() ? std::optional(std::move(tensor)) : std::nullopt;
  };
  TermArguments arguments{tensors_of(call.any(1), "student"), tensors_of(call.any(2), "teacher"),
                          given(3), given(4), given(5)};
  return wrap_tensor(call.instance(), compute_term(Options(call.any(0), "term"), arguments));
}

constexpr Export kExports[] = {
    {"createStep", entry<create_step>},        {"stepRun", entry<step_run>},
    {"stepBegin", entry<step_begin>},          {"stepFinish", entry<step_finish>},
    {"stepFlush", entry<step_flush>},          {"stepMetrics", entry<step_metrics>},
    {"stepState", entry<step_state>},          {"stepLoadState", entry<step_load_state>},
    {"stepSwapEma", entry<step_swap_ema>},     {"stepDispose", entry<step_dispose>},
    {"stepProfile", entry<step_profile>},      {"computeTerm", entry<compute_term_sync>},
};

}  // namespace

std::span<const Export> step_exports() { return kExports; }

}  // namespace potstill::node
