#include "core/step_plan.h"

#include <set>

#include "core/channels_last.h"
#include "core/error.h"

namespace potstill {
namespace {

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

// The distinct paths of all terms, in the order of their first use.
void add_paths(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& path : more)
    if (std::find(all.begin(), all.end(), path) == all.end()) all.push_back(path);
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

  std::vector<std::string> checkpointed;
  if (spec.has("gradientCheckpointing")) checkpointed = spec.strings("gradientCheckpointing");
  plan->student = std::make_unique<StepModel>(spec, "student", "studentOutput", "studentNormalize",
                                              "studentResize", student_taps, "the student",
                                              checkpointed);
  const auto student = plan->student->module();
  check_channels_last(student, plan->student->who());
  if (spec.has("autocast"))
    plan->autocast = autocast_type(spec.string("autocast"), spec.where() + ".autocast");
  if (spec.has("scaler")) plan->scaler.emplace(spec.options("scaler"));
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

  if (spec.has("cudaGraph")) {
    const auto options = spec.options("cudaGraph");
    const auto refuse = [&](const char* what) {
      throw Error(Code::Config, options.where() + ": a step with " + what + " is not recorded");
    };
    if (plan->accumulate > 1) refuse("several micro-batches");
    if (plan->scaler) refuse("a gradient scaler");
    if (!checkpointed.empty()) refuse("gradient checkpointing");
    for (const auto& term : plan->terms)
      if (term->is_custom()) refuse("custom terms");
    plan->recording = std::make_unique<Recording>(
        options.boolean("emulated", false)
            ? emulated_graph()
            : make_device_graph(plan->parameters[0].tensor.device().index()));
  }

  // Last, so that a refused spec changes nothing.
  for (const auto& teacher : plan->teachers) torch::jit::Module(teacher.module()).eval();
  return std::shared_ptr<DistillStep>(new DistillStep(std::move(plan)));
}

}  // namespace potstill
