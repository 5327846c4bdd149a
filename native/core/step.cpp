#include "core/step.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/ema.h"
#include "core/error.h"
#include "core/optimizer.h"
#include "core/step_model.h"
#include "core/terms/registry.h"
#include "ops/products.h"

namespace potstill {
namespace {

using torch::autograd::Engine;

// A sum of scalars that are tensors on some device: read at once where that costs nothing.
class Sum {
 public:
  // Returns false if the value is known not to be finite.
  bool add(const at::Tensor& value, double factor) {
    if (value.is_cpu()) {
      const double addend = value.item<double>();
      host_ += addend * factor;
      return std::isfinite(addend);
    }
    const auto addend = value.detach().to(at::kDouble);
    if (device_.defined())
      device_.add_(addend, factor);
    else
      device_ = addend * factor;
    return true;
  }
  void add(double value) { host_ += value; }
  double read() const { return host_ + (device_.defined() ? device_.item<double>() : 0); }

 private:
  double host_ = 0;
  at::Tensor device_;
};

struct Sums {
  struct Part {
    Sum value;
    double count = 0;
    double weighted = 0;   // counts by the term's weight at the time
    int64_t bad_step = 0;  // the first with a value that is not finite, from 1; 0: none
    std::string blame;     // what was not finite before it, where something was
  };
  explicit Sums(size_t terms) : terms(terms) {}
  int64_t steps = 0, updates = 0, samples = 0;
  std::vector<Part> terms;
  double correct = 0;
  bool has_correct = false;
};

// Gradients of one accumulation window by terms that count the same samples. They are sums over
// samples, divided by the count of the first micro-batch to keep their size.
struct Accumulated {
  std::vector<at::Tensor> gradients;
  double first = 0;
  double total = 0;
};

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

std::vector<NamedTensor> named(const torch::jit::named_parameter_list& list) {
  // Tied weights have several names; the first is theirs.
  std::vector<NamedTensor> result;
  std::set<const void*> seen;
  for (const auto& each : list)
    if (seen.insert(each.value.unsafeGetTensorImpl()).second)
      result.push_back({each.name, each.value});
  return result;
}

std::vector<NamedTensor> named(const torch::jit::named_buffer_list& list) {
  std::vector<NamedTensor> result;
  for (const auto& each : list) result.push_back({each.name, each.value});
  return result;
}

}  // namespace

struct DistillStep::Plan {
  std::vector<StepModel> teachers;
  std::vector<double> teacher_weights;
  bool mean_of_probabilities = true;
  std::unique_ptr<StepModel> student;
  // A teacher that follows the student: an average of its weights with this decay; 0: it does not.
  std::vector<double> follow_decay;
  // Teachers whose weights change under way, so that packing them does not pay.
  std::vector<bool> changing;
  std::vector<std::unique_ptr<LossTerm>> terms;
  std::vector<double> weights;  // of the terms, as scheduled
  bool inference_teachers = true;
  // For each term the group of terms with its denominator.
  std::vector<size_t> group_of;
  size_t groups = 0;
  // Labels that `correct` and `samples` leave out.
  int64_t ignore_index = -100;
  bool counts_labels = false;
  int64_t accumulate = 1;
  std::optional<double> clip_norm_at, clip_value_at;
  bool check_finite = false;

  std::vector<NamedTensor> parameters;  // trainable, those of the terms' modules included
  size_t student_parameters = 0;        // so many of them are the student's and come first
  std::vector<NamedTensor> term_state;  // parameters and buffers of the terms' modules
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<WeightAverage> average;

  std::vector<Accumulated> window;
  int64_t micro_batches = 0;  // in the window
  int64_t steps = 0, updates = 0;
  std::optional<Sums> sums;
  at::Tensor gradient_norm;

  // The first half of a step, kept for the second.
  struct Pending {
    StepBatch batch;
    ModelValues student;
    std::vector<ModelValues> teachers;
  };
  std::optional<Pending> pending;

  std::vector<ModelValues> ask_teachers(const StepBatch& batch);
  std::vector<ModelValues> said_by_teachers(const StepBatch& batch) const;
  TermFeatures features_of(const LossTerm& term) const;
  std::string blame(const LossTerm& term);
  void follow();
  void differentiate(const std::vector<TermValue>& values);
  std::vector<at::Tensor> gradients_of(const std::vector<TermValue>& values,
                                       const std::vector<double>& seeds, bool keep_graph);
  void update(double lr);
};

DistillStep::DistillStep(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
DistillStep::~DistillStep() = default;

namespace {

// The distinct paths of all terms, in the order of their first use.
// A teacher that follows the student is made like it.
void check_same_state(const std::string& who, const torch::jit::Module& teacher,
                      const torch::jit::Module& student) {
  const auto mine = teacher.named_parameters();
  const auto other = student.named_parameters();
  bool same = mine.size() == other.size();
  auto theirs = other.begin();
  for (auto each = mine.begin(); same && each != mine.end(); ++each, ++theirs)
    same = (*each).name == (*theirs).name && (*each).value.sizes() == (*theirs).value.sizes();
  if (!same)
    throw Error(Code::Config, who +
                                  " follows the student's weights, and has other parameters; clone "
                                  "the student");
}

void add_paths(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& path : more)
    if (std::find(all.begin(), all.end(), path) == all.end()) all.push_back(path);
}

size_t index_of(const std::vector<std::string>& paths, const std::string& path) {
  return static_cast<size_t>(std::find(paths.begin(), paths.end(), path) - paths.begin());
}

}  // namespace

std::shared_ptr<DistillStep> DistillStep::create(const Options& spec) {
  auto plan = std::make_unique<Plan>();
  const auto teachers = spec.list("teachers");
  std::vector<std::string> student_taps;
  std::vector<std::vector<std::string>> teacher_taps(teachers.size());
  std::vector<std::string> denominators;
  for (const auto& term_spec : spec.list("terms")) {
    auto term = parse_term(term_spec);
    if (term->needs_teacher() && teachers.empty())
      throw Error(Code::Config, term_spec.where() + ": " + term->name() +
                                    " compares with a teacher, and there is none");
    if (!term->teacher_taps().empty()) {
      const auto index = term->teacher_index();
      if (index < 0 || index >= static_cast<int64_t>(teachers.size()))
        throw Error(Code::Config,
                    c10::str(term_spec.where(), ".teacherIndex: there is no teacher ", index,
                             "; there are ", teachers.size(), ", counted from 0"));
      add_paths(teacher_taps[index], term->teacher_taps());
    }
    add_paths(student_taps, term->student_taps());
    if (!term->takes_inference_tensors()) plan->inference_teachers = false;
    if (!plan->counts_labels && term->ignore_index()) {
      plan->counts_labels = true;
      plan->ignore_index = *term->ignore_index();
    }
    const std::string denominator = term->denominator();
    const size_t group = index_of(denominators, denominator);
    if (group == denominators.size()) denominators.push_back(denominator);
    plan->group_of.push_back(group);
    plan->weights.push_back(term->weight());
    plan->terms.push_back(std::move(term));
  }
  if (plan->terms.empty())
    throw Error(Code::Config, spec.where() + ".terms: expected at least one loss term");
  plan->groups = denominators.size();
  plan->sums.emplace(plan->terms.size());

  plan->student = std::make_unique<StepModel>(spec, "student", "studentOutput", "studentNormalize",
                                              "studentResize", student_taps, "the student");
  const auto student = plan->student->module();
  double total_weight = 0;
  for (size_t i = 0; i < teachers.size(); ++i) {
    const auto& teacher = teachers[i];
    const std::string who =
        teachers.size() == 1 ? "the teacher" : "teacher " + std::to_string(i + 1);
    plan->teachers.emplace_back(teacher, "module", "output", "normalize", "resize", teacher_taps[i],
                                who);
    if (plan->teachers.back().module()._ivalue() == student._ivalue())
      throw Error(Code::Config, who + " and the student are the same module; clone it first");
    const double weight = teacher.number("weight", 1);
    if (!(weight > 0 && std::isfinite(weight)))
      throw Error(Code::Config, teacher.where() + ".weight: expected a number above 0");
    plan->teacher_weights.push_back(weight);
    total_weight += weight;
    const double decay = teacher.number("follow", 0);
    if (!(decay >= 0 && decay < 1))
      throw Error(Code::Config,
                  teacher.where() + ".follow: expected a decay of 0 or more, below 1");
    if (decay > 0) check_same_state(who, plan->teachers.back().module(), student);
    plan->follow_decay.push_back(decay);
    plan->changing.push_back(decay > 0 || teacher.boolean("changing", false));
  }
  for (double& weight : plan->teacher_weights) weight /= total_weight;
  const std::string ensemble = spec.string("ensemble", "probabilities");
  if (ensemble != "probabilities" && ensemble != "logits")
    throw Error(Code::Config, spec.where() +
                                  ".ensemble: expected \"probabilities\" or "
                                  "\"logits\", got \"" +
                                  ensemble + "\"");
  plan->mean_of_probabilities = ensemble == "probabilities";

  plan->accumulate = spec.integer("accumulate", 1);
  if (plan->accumulate < 1)
    throw Error(Code::Config, spec.where() + ".accumulate: expected an integer of 1 or more");
  const auto limit = [&](const char* key) -> std::optional<double> {
    if (!spec.has(key)) return std::nullopt;
    const double value = spec.number(key);
    if (!(value > 0))
      throw Error(Code::Config, spec.where() + "." + key + ": expected a number above 0");
    return value;
  };
  plan->clip_norm_at = limit("clipNorm");
  plan->clip_value_at = limit("clipValue");
  plan->check_finite = spec.boolean("checkFinite", false);

  const auto all = named(student.named_parameters());
  for (const auto& each : all) {
    if (!each.tensor.requires_grad()) continue;
    if (!each.tensor.is_leaf())
      throw Error(Code::Config, "the student's " + each.name +
                                    " was computed from another tensor, so that no gradient "
                                    "reaches it; build, load or clone the module anew");
    plan->parameters.push_back(each);
  }
  if (plan->parameters.empty())
    throw Error(Code::Config,
                "the student has no trainable parameters; requiresGrad is off for all of them");
  plan->student_parameters = plan->parameters.size();
  for (size_t i = 0; i < plan->terms.size(); ++i) {
    const auto modules = plan->terms[i]->modules();
    for (size_t j = 0; j < modules.size(); ++j) {
      const std::string prefix = "terms." + std::to_string(i) + "." + std::to_string(j) + ".";
      for (const auto& each : named(modules[j].named_parameters())) {
        plan->term_state.push_back({prefix + each.name, each.tensor});
        if (each.tensor.requires_grad())
          plan->parameters.push_back({prefix + each.name, each.tensor});
      }
      for (const auto& each : named(modules[j].named_buffers()))
        plan->term_state.push_back({prefix + each.name, each.tensor});
    }
  }
  plan->optimizer = Optimizer::create(
      spec.options("optimizer"), spec.has("groups") ? spec.list("groups") : std::vector<Options>{},
      plan->parameters);
  if (spec.has("emaDecay"))
    plan->average = std::make_unique<WeightAverage>(spec.number("emaDecay"), all,
                                                    named(student.named_buffers()));

  // Last, so that a refused spec changes nothing.
  for (const auto& teacher : plan->teachers) torch::jit::Module(teacher.module()).eval();
  return std::shared_ptr<DistillStep>(new DistillStep(std::move(plan)));
}

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

TermFeatures DistillStep::Plan::features_of(const LossTerm& term) const {
  TermFeatures features;
  for (const auto& path : term.student_taps())
    features.student.push_back(pending->student.taps.at(index_of(student->taps(), path)));
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
  begin(batch);
  return finish({}, lr);
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
  auto teachers = plan.ask_teachers(batch);
  auto student = plan.student->run(batch);
  if (student.logits.dim() > 0 && student.logits.numel() == 0)
    throw Error(Code::Data, "the batch is empty");
  plan.pending = Plan::Pending{batch, std::move(student), std::move(teachers)};

  StepOutputs outputs;
  outputs.student = plan.pending->student.logits;
  for (size_t i = 0; i < plan.student->taps().size(); ++i)
    outputs.student_taps[plan.student->taps()[i]] = plan.pending->student.taps[i];
  for (size_t t = 0; t < plan.teachers.size(); ++t) {
    outputs.teachers.push_back(plan.pending->teachers[t].logits);
    auto& taps = outputs.teacher_taps.emplace_back();
    for (size_t i = 0; i < plan.teachers[t].taps().size(); ++i)
      taps[plan.teachers[t].taps()[i]] = plan.pending->teachers[t].taps[i];
  }
  return outputs;
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
  const StepBatch& batch = plan.pending->batch;
  c10::InferenceMode no_inference(false);
  at::AutoGradMode grad(true);

  std::vector<at::Tensor> logits;
  for (const auto& each : plan.pending->teachers) logits.push_back(each.logits);
  const at::Tensor& output = plan.pending->student.logits;
  Samples samples(output,
                  logits.empty() ? TeacherLogits()
                                 : TeacherLogits(std::move(logits), plan.teacher_weights,
                                                 plan.mean_of_probabilities),
                  Labels{batch.labels, batch.mixed_labels, batch.mix_weight});
  samples.mask = batch.mask;
  samples.ids = batch.ids;
  std::vector<TermValue> values;
  values.reserve(plan.terms.size());
  size_t customs = 0;
  bool learns = false;
  for (const auto& term : plan.terms) {
    if (!term->is_custom()) {
      values.push_back(term->evaluate(samples, plan.features_of(*term)));
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
  const double correct = [&] {
    const bool classes = batch.labels && output.dim() >= 2 &&
                         at::isIntegralType(batch.labels->scalar_type(), false) &&
                         batch.labels->numel() == samples.rows();
    return classes ? samples.correct(plan.ignore_index) : std::nan("");
  }();

  if (!batch.weights.empty()) plan.weights = batch.weights;
  plan.differentiate(values);
  ++plan.steps;
  Sums& sums = *plan.sums;
  ++sums.steps;
  sums.samples +=
      std::isnan(correct) ? samples.rows() : samples.counted("accuracy", plan.ignore_index);
  if (!std::isnan(correct)) {
    sums.correct += correct;
    sums.has_correct = true;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].count == 0) continue;
    auto& part = sums.terms[i];
    part.count += values[i].count;
    part.weighted += plan.weights[i] * values[i].count;
    if (!part.value.add(values[i].mean, values[i].count) && part.bad_step == 0) {
      part.bad_step = plan.steps;
      part.blame = plan.blame(*plan.terms[i]);
    }
  }
  if (++plan.micro_batches >= plan.accumulate) plan.update(lr);
  return plan.updates;
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
    const double scale = counts[pass] / (sum.total > 0 ? sum.first : counts[pass]);
    std::vector<double> seeds(values.size(), 0);
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i].count > 0 && (accumulate == 1 || group_of[i] == pass))
        seeds[i] = weights[i] * scale;
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
                                                        const std::vector<double>& seeds,
                                                        bool keep_graph) {
  torch::autograd::edge_list roots;
  torch::autograd::variable_list root_gradients;
  for (size_t i = 0; i < values.size(); ++i) {
    if (seeds[i] == 0 || !values[i].mean.requires_grad()) continue;
    roots.push_back(torch::autograd::impl::gradient_edge(values[i].mean));
    root_gradients.push_back(at::full({}, seeds[i], values[i].mean.options()));
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
  if (clip_norm_at) gradient_norm = clip_norm(gradients, *clip_norm_at);
  if (clip_value_at) clip_value(gradients, *clip_value_at);
  optimizer->update(gradients, lr);
  if (average) average->update();
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
  result.correct = sums.has_correct ? sums.correct : std::nan("");
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

namespace {

std::string gradient_name(size_t group, const std::string& parameter) {
  return "gradient" + std::to_string(group) + "." + parameter;
}

// The matrix products that were chosen by measuring: a resumed run has to take the same ones.
constexpr const char* kProducts = "plan.products";

at::Tensor from_text(const std::string& text) {
  auto bytes = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.data_ptr<uint8_t>());
  return bytes;
}

std::string to_text(const at::Tensor& tensor) {
  const auto bytes = tensor.to(at::kCPU, at::kByte).contiguous();
  const auto* data = bytes.const_data_ptr<uint8_t>();
  return std::string(data, data + bytes.numel());
}

// Of a teacher that follows the student.
std::vector<NamedTensor> teacher_state(const StepModel& teacher, size_t index) {
  std::vector<NamedTensor> result;
  const std::string prefix = "teacher." + std::to_string(index) + ".";
  for (const auto& each : teacher.module().named_parameters())
    result.push_back({prefix + each.name, each.value});
  for (const auto& each : teacher.module().named_buffers())
    result.push_back({prefix + each.name, each.value});
  return result;
}

State state_of(const Options& spec) {
  State state;
  const auto tensors = spec.options("tensors");
  for (const auto& key : tensors.keys()) state.tensors[key] = tensors.tensor(key.c_str());
  const auto counters = spec.options("counters");
  for (const auto& key : counters.keys()) state.counters[key] = counters.number(key.c_str());
  return state;
}

}  // namespace

c10::impl::GenericDict DistillStep::state() const {
  const Plan& plan = *plan_;
  if (plan.average && plan.average->swapped())
    throw Error(Code::Checkpoint, "swap the averaged weights back before reading the state");
  State state;
  plan.optimizer->save(state);
  if (plan.average) plan.average->save(state);
  state.counters["steps"] = static_cast<double>(plan.steps);
  state.counters["updates"] = static_cast<double>(plan.updates);
  state.counters["window.microBatches"] = static_cast<double>(plan.micro_batches);
  for (size_t group = 0; group < plan.window.size(); ++group) {
    const auto& sum = plan.window[group];
    if (sum.gradients.empty()) continue;
    const std::string prefix = "window.group" + std::to_string(group);
    state.counters[prefix + ".first"] = sum.first;
    state.counters[prefix + ".total"] = sum.total;
    for (size_t i = 0; i < sum.gradients.size(); ++i)
      if (sum.gradients[i].defined())
        state.tensors[gradient_name(group, plan.parameters[i].name)] = sum.gradients[i].clone();
  }
  for (const auto& each : plan.term_state) state.tensors[each.name] = each.tensor.detach().clone();
  for (size_t i = 0; i < plan.teachers.size(); ++i)
    if (plan.follow_decay[i] > 0)
      for (const auto& each : teacher_state(plan.teachers[i], i))
        state.tensors[each.name] = each.tensor.detach().clone();
  state.tensors[kProducts] = from_text(ops::product_choices());
  c10::impl::GenericDict tensors(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [name, tensor] : state.tensors) tensors.insert(name, tensor);
  c10::impl::GenericDict counters(c10::StringType::get(), c10::AnyType::get());
  for (const auto& [name, value] : state.counters) counters.insert(name, value);
  c10::impl::GenericDict result(c10::StringType::get(), c10::AnyType::get());
  result.insert("tensors", tensors);
  result.insert("counters", counters);
  return result;
}

void DistillStep::load_state(const Options& spec) {
  Plan& plan = *plan_;
  const State state = state_of(spec);
  const auto counter = [&](const std::string& name) {
    const auto found = state.counters.find(name);
    if (found == state.counters.end())
      throw Error(Code::Checkpoint, "the checkpoint has no counter \"" + name + "\"");
    return found->second;
  };
  if (plan.average && plan.average->swapped())
    throw Error(Code::Checkpoint, "swap the averaged weights back before loading a state");
  const auto steps = static_cast<int64_t>(counter("steps"));
  const auto updates = static_cast<int64_t>(counter("updates"));
  const auto micro_batches = static_cast<int64_t>(counter("window.microBatches"));
  std::vector<Accumulated> window;
  if (micro_batches > 0) window.resize(plan.accumulate == 1 ? 1 : plan.groups);
  for (size_t group = 0; group < window.size(); ++group) {
    const std::string prefix = "window.group" + std::to_string(group);
    if (!state.counters.count(prefix + ".total")) continue;
    auto& sum = window[group];
    sum.first = counter(prefix + ".first");
    sum.total = counter(prefix + ".total");
    sum.gradients.resize(plan.parameters.size());
    for (size_t i = 0; i < plan.parameters.size(); ++i) {
      const auto found = state.tensors.find(gradient_name(group, plan.parameters[i].name));
      if (found == state.tensors.end()) continue;
      const auto& parameter = plan.parameters[i].tensor;
      if (found->second.sizes() != parameter.sizes())
        throw Error(Code::Checkpoint,
                    c10::str("the checkpoint's \"", found->first, "\" has shape ",
                             found->second.sizes(), ", and the parameter ", parameter.sizes()));
      sum.gradients[i] = at::empty_like(parameter.detach()).copy_(found->second);
    }
  }
  std::vector<NamedTensor> copied = plan.term_state;
  for (size_t i = 0; i < plan.teachers.size(); ++i)
    if (plan.follow_decay[i] > 0)
      for (auto& each : teacher_state(plan.teachers[i], i)) copied.push_back(std::move(each));
  for (const auto& each : copied) {
    const auto found = state.tensors.find(each.name);
    if (found == state.tensors.end())
      throw Error(Code::Checkpoint, "the checkpoint has no tensor \"" + each.name + "\"");
    if (found->second.sizes() != each.tensor.sizes())
      throw Error(Code::Checkpoint,
                  c10::str("the checkpoint's \"", each.name, "\" has shape ", found->second.sizes(),
                           ", and the plan's ", each.tensor.sizes()));
  }
  plan.optimizer->check(state);
  if (plan.average) plan.average->check(state);

  {
    at::NoGradGuard no_grad;
    for (const auto& each : copied)
      each.tensor.detach().copy_(state.tensors.find(each.name)->second);
  }
  if (const auto found = state.tensors.find(kProducts); found != state.tensors.end())
    ops::load_product_choices(to_text(found->second));
  plan.optimizer->load(state);
  if (plan.average) plan.average->load(state);
  plan.steps = steps;
  plan.updates = updates;
  plan.micro_batches = micro_batches;
  plan.window = std::move(window);
}

void DistillStep::swap_ema() {
  c10::InferenceMode no_inference(false);
  if (plan_->average) plan_->average->swap();
}

}  // namespace potstill
