// Terms that are modules of their own: losses with learned parts, and losses that users script.

#include <ATen/ATen.h>
#include <ATen/core/function_schema.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include "core/autocast.h"
#include "core/error.h"
#include "core/script_builder.h"
#include "core/terms/feature_term.h"
#include "core/terms/registry.h"

namespace potstill {
namespace {

// `forward` takes any of these by name, each as Tensor or Optional[Tensor]; `student` and `teacher`
// also as List[Tensor]:
//
//   student, teacher   what the term compares: taps, or the outputs where there are none
//   logits             the student's output
//   teacher_logits     the teachers' mean logits
//   labels, mask, ids  of the batch
//
// and returns the mean over the samples of a value of each. With `masked` it gets of everything
// only what the batch's mask keeps, samples or tokens, of [B, T, …] then [n, …], and is not called
// if that is nothing.
class ModuleTerm : public TappedTerm {
 public:
  explicit ModuleTerm(const Options& spec)
      : TappedTerm(spec, {"module", "source", "masked"}), masked_(spec.boolean("masked", false)) {
    if (spec.has("source"))
      functions_ = compile_functions(spec.string("source"), "the loss " + shown());
    else
      take_module(spec);
    const auto& function = functions_.unit ? loss_function() : forward();
    auto graph = torch::jit::toGraphFunction(function).graph()->copy();
    torch::jit::Inline(*graph);
    code_ = torch::jit::Code(graph, shown());
    const auto& schema = function.getSchema();
    for (size_t i = module_ ? 1 : 0; i < schema.arguments().size(); ++i) {
      const auto& argument = schema.arguments()[i];
      const auto& type = argument.type();
      const bool list = type->isSubtypeOf(*c10::ListType::ofTensors());
      const bool tensor = type->isSubtypeOf(*c10::TensorType::get()) ||
                          type->isSubtypeOf(*c10::OptionalType::ofTensor());
      const bool feature = argument.name() == "student" || argument.name() == "teacher";
      const bool known = feature || argument.name() == "logits" ||
                         argument.name() == "teacher_logits" || argument.name() == "labels" ||
                         argument.name() == "mask" || argument.name() == "ids";
      if (!known || !(tensor || (list && feature)))
        throw Error(Code::Config,
                    shown() + ": the argument \"" + argument.name() + ": " + type->str() +
                        "\" is not one that a loss gets; there are student and teacher (Tensor or "
                        "List[Tensor]), logits, teacher_logits, labels, mask and ids (Tensor or "
                        "Optional[Tensor])");
      arguments_.push_back({argument.name(), list, type->kind() == c10::TypeKind::OptionalType});
    }
  }

  std::string denominator() const override {
    return masked_ ? "mask" : LossTerm::denominator();
  }
  bool needs_teacher() const override { return wants("teacher") || wants("teacher_logits"); }
  bool needs_labels() const override {
    for (const auto& each : arguments_)
      if (each.name == "labels") return !each.optional;
    return false;
  }
  // Compositions save the teacher's values for backward.
  bool takes_inference_tensors() const override { return false; }
  std::vector<torch::jit::Module> modules() const override {
    auto all = TappedTerm::modules();
    if (module_) all.push_back(*module_);
    return all;
  }

  TermValue evaluate(Samples& samples, const TermFeatures& given) const override {
    const TermFeatures whole = behind_connectors(given);
    const auto kept = [&](const at::Tensor& narrow) {
      // Scripts of users see what there is; modules compute in float32 at least.
      const at::Tensor value = module_ ? widened(narrow) : narrow;
      const auto mask = masked_ ? feature_mask(samples, value, shown()) : std::nullopt;
      return mask ? value.index({*mask}) : value;
    };
    TermFeatures features;
    for (const auto& each : whole.student) features.student.push_back(kept(each));
    for (const auto& each : whole.teacher) features.teacher.push_back(kept(each));
    if (masked_ && features.student.at(0).size(0) == 0)
      return {features.student[0].sum(), 0};
    torch::jit::Stack stack;
    if (module_) stack.emplace_back(module_->_ivalue());
    const auto one = [&](const Argument& argument, const at::Tensor& value) {
      if (argument.list)
        stack.emplace_back(c10::List<at::Tensor>({value}));
      else
        stack.emplace_back(value);
    };
    const auto some = [&](const Argument& argument, const std::vector<at::Tensor>& values) {
      if (argument.list)
        stack.emplace_back(c10::List<at::Tensor>(values));
      else if (values.size() == 1)
        stack.emplace_back(values[0]);
      else
        throw Error(Code::Config,
                    shown() + ": \"" + argument.name + "\" is one tensor, and there are " +
                        std::to_string(values.size()) + "; declare it as List[Tensor]");
    };
    // What goes with the inputs may still be on the host.
    const auto there = [&](const at::Tensor& value) {
      const auto& student =
          features.student.empty() ? samples.output(shown()) : features.student[0];
      return value.to(value.options().device(student.device()), /*non_blocking=*/true);
    };
    const auto batch = [&](const Argument& argument, const std::optional<at::Tensor>& value) {
      if (!value && !argument.optional)
        throw Error(Code::Data, shown() + " needs " + argument.name + ", and the batch has none");
      stack.emplace_back(value ? c10::IValue(kept(there(*value))) : c10::IValue());
    };
    for (const auto& argument : arguments_) {
      if (argument.name == "student") {
        if (features.student.empty())
          one(argument, samples.output(shown()));
        else
          some(argument, features.student);
      } else if (argument.name == "teacher") {
        if (features.teacher.empty())
          one(argument, teacher_logits(samples));
        else
          some(argument, features.teacher);
      } else if (argument.name == "logits") {
        stack.emplace_back(samples.output(shown()));
      } else if (argument.name == "teacher_logits") {
        stack.emplace_back(teacher_logits(samples));
      } else if (argument.name == "labels") {
        batch(argument, samples.labels().first);
      } else if (argument.name == "mask") {
        batch(argument, samples.mask);
      } else {
        batch(argument, samples.ids);
      }
    }
    // Interpreted as it stands, as ForwardPlan does it and for its reasons.
    const torch::jit::GraphOptimizerEnabledGuard no_optimizer(false);
    torch::jit::InterpreterState(code_).run(stack);
    const auto value = stack.back();
    if (!value.isTensor() || value.toTensor().numel() != 1)
      throw Error(Code::Config, shown() +
                                    ": expected the loss to return one number, a tensor of "
                                    "shape []");
    const auto& student = features.student.empty() ? samples.output(shown()) : features.student[0];
    return {value.toTensor().reshape({}), static_cast<double>(student.size(0))};
  }

 private:
  struct Argument {
    std::string name;
    bool list, optional;
  };

  void take_module(const Options& spec) {
    const auto module = spec.value("module");
    if (!module.isModule()) throw Error(Code::Config, spec.where() + ".module: expected a module");
    module_ = module.toModule();
    if (!module_->find_method("forward"))
      throw Error(Code::Config, "the loss " + shown() + " has no forward method");
  }

  torch::jit::Function& forward() const { return module_->get_method("forward").function(); }

  // The one called "loss", or the only one.
  torch::jit::Function& loss_function() const {
    for (auto* each : functions_.functions)
      if (each->name() == "loss") return *each;
    if (functions_.functions.size() != 1)
      throw Error(Code::Config,
                  "the loss " + shown() + ": expected a function def loss(student: Tensor, …)");
    return *functions_.functions[0];
  }

  bool wants(const char* name) const {
    for (const auto& each : arguments_)
      if (each.name == name) return true;
    return false;
  }

  // Whatever their classes are: a scripted loss may compare what it likes.
  at::Tensor teacher_logits(const Samples& samples) const {
    auto teachers = samples.teachers();
    if (teachers.empty())
      throw Error(Code::Config, shown() + " compares with a teacher, and there is none");
    return teachers.mean();
  }

  bool masked_;
  std::optional<torch::jit::Module> module_;
  ScriptFunctions functions_;  // instead of a module
  torch::jit::Code code_;
  std::vector<Argument> arguments_;
};

// The value is computed elsewhere, on the JavaScript thread, between the halves of a step.
class CustomTerm : public TappedTerm {
 public:
  explicit CustomTerm(const Options& spec)
      : TappedTerm(spec, {"needsTeacher"}), needs_teacher_(spec.boolean("needsTeacher", true)) {}

  bool needs_teacher() const override { return needs_teacher_; }
  bool takes_inference_tensors() const override { return false; }
  bool is_custom() const override { return true; }

  TermValue evaluate(Samples&, const TermFeatures&) const override {
    throw Error(Code::Config, "a custom loss has its value from its function");
  }

 private:
  bool needs_teacher_;
};

}  // namespace

std::unique_ptr<LossTerm> make_module_term(const Options& spec) {
  return std::make_unique<ModuleTerm>(spec);
}
std::unique_ptr<LossTerm> make_custom_term(const Options& spec) {
  return std::make_unique<CustomTerm>(spec);
}

}  // namespace potstill
