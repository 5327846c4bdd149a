#include "core/step.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/step_plan.h"

namespace potstill {
namespace {

using torch::autograd::Engine;

// A scaled weight beyond float32 is infinite, as what it gives would be: the scaler finds that.
double seed_of(double value) {
  constexpr double most = std::numeric_limits<float>::max();
  return std::abs(value) <= most ? value : std::copysign(HUGE_VAL, value);
}

void add_to(std::vector<at::Tensor>& sums, std::vector<at::Tensor>& gradients) {
  if (sums.empty()) {
    sums = std::move(gradients);
    return;
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    if (!gradients[i].defined()) continue;
    if (sums[i].defined())
      sums[i].add_(gradients[i]);
    else
      sums[i] = std::move(gradients[i]);
  }
}

}  // namespace

DistillStep::DistillStep(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
DistillStep::~DistillStep() = default;

std::vector<ModelValues> DistillStep::Plan::ask_teachers(const StepBatch& batch) {
  if (teachers.empty()) return {};
  if (!batch.said.empty()) return said_by_teachers(batch);
  // Fused terms save nothing of a teacher's for backward, so inference mode does.
  std::optional<c10::InferenceMode> inference;
  if (inference_teachers) inference.emplace(true);
  at::AutoGradMode no_grad(false);
  std::vector<ModelValues> values;
  values.reserve(teachers.size());
  const auto device = parameters[0].tensor.device();
  for (size_t i = 0; i < teachers.size(); ++i) {
    values.push_back(changing[i] ? teachers[i].run(batch) : teachers[i].run_frozen(batch));
    values.back().logits = values.back().logits.to(device);
    for (auto& tap : values.back().taps) tap = tap.to(device);
  }
  return values;
}

// From a cache, in the step's own types: the cache may hold half of them.
std::vector<ModelValues> DistillStep::Plan::said_by_teachers(const StepBatch& batch) const {
  if (batch.said.size() != teachers.size())
    throw Error(Code::Config, c10::str("batch.said: expected what ", teachers.size(),
                                       " teachers said, got ", batch.said.size()));
  const auto& target = parameters[0].tensor;
  const auto placed = [&](const at::Tensor& value) {
    const bool widen = at::isFloatingType(value.scalar_type());
    return value.to(target.device(), widen ? target.scalar_type() : value.scalar_type());
  };
  std::vector<ModelValues> values;
  for (size_t i = 0; i < teachers.size(); ++i) {
    ModelValues& value = values.emplace_back();
    value.logits = placed(batch.said[i].logits);
    for (const auto& path : teachers[i].taps()) {
      const auto found = batch.said[i].taps.find(path);
      if (found == batch.said[i].taps.end())
        throw Error(Code::Tap, "the cache of " + teachers[i].who() + " does not hold the tap \"" +
                                   path + "\"; build it with this path");
      value.taps.push_back(placed(found->second));
    }
  }
  return values;
}

ModelValues DistillStep::Plan::ask_student(const StepBatch& batch) {
  std::optional<Autocast> narrow;
  if (autocast) narrow.emplace(parameters[0].tensor.device().type(), *autocast);
  return student->run(batch);
}

TermFeatures DistillStep::Plan::features_of(const LossTerm& term) const {
  TermFeatures features;
  for (const auto& path : term.student_taps()) {
    const auto& tap = pending->student.taps.at(index_of(student->taps(), path));
    features.student.push_back(term.takes_narrow() ? tap : wide(tap));
  }
  if (term.teacher_taps().empty()) return features;
  const auto index = static_cast<size_t>(term.teacher_index());
  for (const auto& path : term.teacher_taps())
    features.teacher.push_back(
        pending->teachers.at(index).taps.at(index_of(teachers.at(index).taps(), path)));
  return features;
}

// Where the first value that is not finite came from: the inputs, a teacher's tap or output.
std::string DistillStep::Plan::blame(const LossTerm& term) {
  const auto bad = [](const at::Tensor& value) {
    return at::isFloatingType(value.scalar_type()) && !value.isfinite().all().item<bool>();
  };
  const auto nan = [](const at::Tensor& value) {
    return at::isFloatingType(value.scalar_type()) && value.isnan().any().item<bool>();
  };
  for (const auto& input : pending->batch.inputs)
    if (bad(input)) return "the inputs hold NaN or infinity";
  for (const auto& [name, input] : pending->batch.named_inputs)
    if (bad(input)) return "the input \"" + name + "\" holds NaN or infinity";
  if (!term.needs_teacher()) return "";
  for (size_t i = 0; i < teachers.size(); ++i) {
    const auto& taps = pending->teachers[i].taps;
    if (std::any_of(taps.begin(), taps.end(), bad)) {
      at::NoGradGuard no_grad;
      return teachers[i].who() + " gives NaN or infinity, first at its tap \"" +
             teachers[i].first_bad_tap(pending->batch) + "\"";
    }
    // Infinite logits are how classes are masked.
    if (nan(pending->teachers[i].logits)) return teachers[i].who() + " gives NaN";
  }
  return "";
}

int64_t DistillStep::run(const StepBatch& batch, double lr) {
  for (const auto& term : plan_->terms)
    if (term->is_custom())
      throw Error(Code::Config, "a plan with custom terms is run in two halves");
  const auto whole = [&] {
    begin(batch);
    finish({}, lr);
  };
  if (!plan_->recording || !plan_->replay(batch, lr, whole)) whole();
  return plan_->updates;
}

StepOutputs DistillStep::begin(const StepBatch& batch) {
  Plan& plan = *plan_;
  plan.pending.reset();
  if (plan.average && plan.average->swapped())
    throw Error(Code::Config,
                "the student holds its averaged weights; swap them back before training on");
  if (batch.inputs.empty() && batch.named_inputs.empty())
    throw Error(Code::Data, "the batch has no inputs");
  if (!batch.weights.empty() && batch.weights.size() != plan.terms.size())
    throw Error(Code::Config, c10::str("batch.weights: expected ", plan.terms.size(), ", got ",
                                       batch.weights.size()));
  for (double weight : batch.weights)
    if (!std::isfinite(weight)) throw Error(Code::Config, "batch.weights: expected finite numbers");

  // Whatever mode the thread is in, training records.
  c10::InferenceMode no_inference(false);
  at::AutoGradMode grad(true);
  plan.forward(batch);

  StepOutputs outputs;
  outputs.student = plan.wide(plan.pending->student.logits);
  for (const auto& each : plan.pending->teachers) outputs.teachers.push_back(each.logits);
  for (const auto& term : plan.terms)
    if (term->is_custom())
      outputs.features.push_back(term->behind_connectors(plan.features_of(*term)));
  return outputs;
}

void DistillStep::Plan::forward(const StepBatch& batch) {
  auto said = [&]() -> std::vector<ModelValues> {
    if (teachers.empty()) return {};
    const StageClock::Measured measured(clock, Stage::Teacher);
    return ask_teachers(batch);
  }();
  auto answered = [&] {
    const StageClock::Measured measured(clock, Stage::Student);
    return ask_student(batch);
  }();
  if (answered.logits.dim() > 0 && answered.logits.numel() == 0)
    throw Error(Code::Data, "the batch is empty");
  pending = Pending{batch, std::move(answered), std::move(said)};
}

int64_t DistillStep::finish(const std::vector<at::Tensor>& custom, double lr) {
  Plan& plan = *plan_;
  if (!std::isfinite(lr)) throw Error(Code::Config, "the learning rate is not finite");
  if (!plan.pending) throw Error(Code::Config, "there is no step to finish");
  // Whatever happens, nothing of this batch is kept.
  struct Forget {
    std::optional<Plan::Pending>& pending;
    ~Forget() { pending.reset(); }
  } forget{plan.pending};
  c10::InferenceMode no_inference(false);
  at::AutoGradMode grad(true);

  const Evaluated evaluated = plan.evaluate(custom);
  const auto& weights = plan.pending->batch.weights;
  if (!weights.empty()) plan.weights = weights;
  {
    const StageClock::Measured measured(plan.clock, Stage::Backward);
    plan.differentiate(evaluated.values);
  }
  plan.account(evaluated);
  if (++plan.micro_batches >= plan.accumulate) plan.update(lr);
  return plan.updates;
}

Evaluated DistillStep::Plan::evaluate(const std::vector<at::Tensor>& custom) {
  const StageClock::Measured measured(clock, Stage::Loss);
  const StepBatch& batch = pending->batch;
  std::vector<at::Tensor> logits;
  for (const auto& each : pending->teachers) logits.push_back(each.logits);
  const at::Tensor& output = pending->student.logits;
  const auto samples_of = [&](const at::Tensor& of_student) {
    Samples made(of_student,
                 logits.empty() ? TeacherLogits()
                                : TeacherLogits(logits, teacher_weights, mean_of_probabilities),
                 Labels{batch.labels, batch.mixed_labels, batch.mix_weight, batch.checked_labels});
    made.mask = batch.mask;
    made.ids = batch.ids;
    return made;
  };
  Samples samples = samples_of(output);
  // The same for terms that want float32.
  std::optional<Samples> wide_samples;
  const auto samples_for = [&](const LossTerm& term) -> Samples& {
    if (!autocast || term.takes_narrow()) return samples;
    if (!wide_samples) wide_samples.emplace(samples_of(widened(output)));
    return *wide_samples;
  };
  Evaluated evaluated;
  auto& values = evaluated.values;
  values.reserve(terms.size());
  size_t customs = 0;
  bool learns = false;
  for (const auto& term : terms) {
    if (!term->is_custom()) {
      values.push_back(term->evaluate(samples_for(*term), features_of(*term)));
    } else {
      if (customs == custom.size())
        throw Error(Code::Config, "expected a value for each custom term");
      const auto& value = custom[customs++];
      if (value.numel() != 1 || !at::isFloatingType(value.scalar_type()))
        throw Error(Code::Shape,
                    c10::str("a custom loss gave a tensor of shape ", value.sizes(), " and dtype ",
                             value.scalar_type(), "; expected one floating-point number"));
      values.push_back({value.reshape({}), static_cast<double>(samples.rows())});
    }
    learns |= values.back().mean.requires_grad();
  }
  if (customs != custom.size())
    throw Error(Code::Config, "there are more values than custom terms");
  if (!learns)
    throw Error(Code::Config,
                "the student's output does not depend on its trainable parameters; a model traced "
                "or scripted under no_grad cannot be trained");
  // What is counted is checked before anything changes.
  if (batch.labels && output.dim() >= 2 &&
      at::isIntegralType(batch.labels->scalar_type(), false) &&
      batch.labels->numel() == samples.rows())
    evaluated.correct = samples.correct(ignore_index);
  evaluated.samples =
      evaluated.correct ? samples.counted("accuracy", ignore_index) : samples.rows();
  if (recording && output.dim() >= 2) recording->classes = output.size(-1);
  return evaluated;
}

void DistillStep::Plan::account(const Evaluated& evaluated) {
  ++steps;
  ++sums->steps;
  sums->samples += evaluated.samples;
  if (evaluated.correct) {
    if (!sums->correct) sums->correct.emplace();
    sums->correct->add(*evaluated.correct);
  }
  for (size_t i = 0; i < evaluated.values.size(); ++i) {
    const auto& [mean, count] = evaluated.values[i];
    if (count == 0) continue;
    auto& part = sums->terms[i];
    part.count += count;
    part.weighted += weights[i] * count;
    if (!part.value.add(mean, count) && part.bad_step == 0) {
      part.bad_step = steps;
      if (pending) part.blame = blame(*terms[i]);
    }
  }
}

void DistillStep::Plan::differentiate(const std::vector<TermValue>& values) {
  // A window of one micro-batch divides nothing, so that all terms go in one pass.
  const size_t passes = accumulate == 1 ? 1 : groups;
  if (window.empty()) window.resize(passes);
  std::vector<std::vector<at::Tensor>> fresh(passes);
  std::vector<double> counts(passes, 0);
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].count == 0 || weights[i] == 0) continue;
    const size_t pass = accumulate == 1 ? 0 : group_of[i];
    counts[pass] = accumulate == 1 ? 1 : values[i].count;
  }
  size_t remaining = 0;
  for (double count : counts) remaining += count > 0;
  for (size_t pass = 0; pass < passes; ++pass) {
    if (counts[pass] == 0) continue;
    const auto& sum = window[pass];
    const double scale = (scaler ? scaler->scale() : 1) * counts[pass] /
                         (sum.total > 0 ? sum.first : counts[pass]);
    std::vector<at::Tensor> seeds(values.size());
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i].count > 0 && weights[i] != 0 && (accumulate == 1 || group_of[i] == pass))
        seeds[i] = at::full({}, seed_of(weights[i] * scale), values[i].mean.options());
    fresh[pass] = gradients_of(values, seeds, /*keep_graph=*/--remaining > 0);
  }
  for (size_t pass = 0; pass < passes; ++pass) {
    if (counts[pass] == 0) continue;
    auto& sum = window[pass];
    if (sum.total == 0) sum.first = counts[pass];
    sum.total += counts[pass];
    add_to(sum.gradients, fresh[pass]);
  }
}

std::vector<at::Tensor> DistillStep::Plan::gradients_of(const std::vector<TermValue>& values,
                                                        const std::vector<at::Tensor>& seeds,
                                                        bool keep_graph) {
  torch::autograd::edge_list roots;
  torch::autograd::variable_list root_gradients;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!seeds[i].defined() || !values[i].mean.requires_grad()) continue;
    roots.push_back(torch::autograd::impl::gradient_edge(values[i].mean));
    root_gradients.push_back(seeds[i]);
  }
  std::vector<at::Tensor> gradients(parameters.size());
  if (roots.empty()) return gradients;
  // Gradients are left in the leaves, which take the engine's own tensors without a copy, and are
  // taken from there.
  for (const auto& parameter : parameters) parameter.tensor.mutable_grad() = at::Tensor();
  try {
    Engine::get_default_engine().execute(roots, root_gradients, keep_graph, /*create_graph=*/false,
                                         /*accumulate_grad=*/true);
  } catch (...) {
    for (const auto& parameter : parameters) parameter.tensor.mutable_grad() = at::Tensor();
    throw;
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    gradients[i] = std::move(parameters[i].tensor.mutable_grad());
    parameters[i].tensor.mutable_grad() = at::Tensor();
  }
  return gradients;
}

void DistillStep::Plan::update(double lr) {
  const StageClock::Measured measured(clock, Stage::Optimizer);
  at::AutoGradMode no_grad(false);
  std::vector<at::Tensor> gradients;
  for (auto& sum : window) {
    if (sum.gradients.empty()) continue;
    if (sum.first != sum.total)
      for (auto& gradient : sum.gradients)
        if (gradient.defined()) gradient.mul_(sum.first / sum.total);
    add_to(gradients, sum.gradients);
  }
  window.clear();
  micro_batches = 0;
  ++updates;
  ++sums->updates;
  // Nothing but ignored samples: nothing to learn.
  if (gradients.empty()) return;
  if (scaler && !scaler->unscale(gradients)) {
    ++sums->skipped;
    return;
  }
  apply(gradients, lr);
  if (average) average->count();
}

void DistillStep::Plan::apply(std::vector<at::Tensor>& gradients, const Rate& lr) {
  if (clip_norm_at) gradient_norm = clip_norm(gradients, *clip_norm_at);
  if (clip_value_at) clip_value(gradients, *clip_value_at);
  optimizer->update(gradients, lr);
  if (average) average->move();
  follow();
}

void DistillStep::Plan::follow() {
  for (size_t i = 0; i < teachers.size(); ++i) {
    if (follow_decay[i] == 0) continue;
    const auto mine = teachers[i].module().named_parameters();
    auto theirs = student->module().named_parameters().begin();
    for (const auto& each : mine) {
      each.value.detach().lerp_((*theirs).value.detach(), 1 - follow_decay[i]);
      ++theirs;
    }
    // Running statistics are the student's: they are averages already.
    const auto buffers = teachers[i].module().named_buffers();
    auto running = student->module().named_buffers().begin();
    for (const auto& each : buffers) {
      each.value.copy_((*running).value);
      ++running;
    }
  }
}

int64_t DistillStep::flush(double lr) {
  if (!std::isfinite(lr)) throw Error(Code::Config, "the learning rate is not finite");
  c10::InferenceMode no_inference(false);
  if (plan_->micro_batches > 0) plan_->update(lr);
  return plan_->updates;
}

StepMetrics DistillStep::metrics() {
  Plan& plan = *plan_;
  const Sums sums = std::move(*plan.sums);
  plan.sums.emplace(plan.terms.size());
  StepMetrics result;
  result.steps = sums.steps;
  result.updates = sums.updates;
  result.samples = sums.samples;
  result.correct = sums.correct ? sums.correct->read() : std::nan("");
  result.skipped = sums.skipped;
  result.replayed = sums.replayed;
  result.not_replayed.assign(sums.not_replayed.begin(), sums.not_replayed.end());
  result.scale = plan.scaler ? plan.scaler->scale() : std::nan("");
  result.grad_norm =
      plan.gradient_norm.defined() ? plan.gradient_norm.item<double>() : std::nan("");
  result.loss = sums.steps > 0 ? 0 : std::nan("");
  for (size_t i = 0; i < plan.terms.size(); ++i) {
    const auto& part = sums.terms[i];
    // A mean over nothing is 0, as the terms have it.
    const double mean =
        part.count > 0 ? part.value.read() / part.count : (sums.steps > 0 ? 0 : std::nan(""));
    if (plan.check_finite && part.count > 0 && !std::isfinite(mean))
      throw Error(
          Code::Nonfinite,
          "the loss term " + plan.terms[i]->name() + " (terms[" + std::to_string(i) +
              "]) is not finite" +
              (part.bad_step ? ", first at step " + std::to_string(part.bad_step) : "") +
              (part.blame.empty() ? "; look for NaN or infinite inputs, or lower the learning rate"
                                  : "; " + part.blame));
    result.terms.push_back(mean);
    if (part.count > 0) result.loss += part.weighted / part.count * mean;
  }
  return result;
}

std::vector<StageClock::Span> DistillStep::profile(bool on) {
  plan_->clock.turn(on);
  return plan_->clock.take();
}

void DistillStep::swap_ema() {
  c10::InferenceMode no_inference(false);
  if (plan_->average) plan_->average->swap();
}

}  // namespace potstill
