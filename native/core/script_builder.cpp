#include "core/script_builder.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/frontend/error_report.h>
#include <torch/csrc/jit/frontend/lexer.h>
#include <torch/csrc/jit/frontend/parser.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/script_init.h"
#include "core/script_resolver.h"

namespace potstill {
namespace {

using torch::jit::ClassTypePtr;
using torch::jit::CompilationUnit;
using torch::jit::ErrorReport;
using torch::jit::GraphFunction;
using torch::jit::NamedValue;
using torch::jit::SimpleValue;
using torch::jit::SourceRange;
using torch::jit::SugaredValue;
using torch::jit::SugaredValuePtr;
using torch::jit::Value;

using Constants = std::unordered_map<std::string, c10::IValue>;

bool is_identifier(const std::string& name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

bool is_number(const std::string& name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); });
}

// `self`, or a module reached from it. SimpleValue alone knows neither calls of modules nor
// attributes that are constants.
struct ModuleValue : SugaredValue {
  ModuleValue(Value* value, std::shared_ptr<const Constants> constants)
      : value_(value),
        simple_(std::make_shared<SimpleValue>(value)),
        constants_(std::move(constants)) {}

  std::string kind() const override { return "module"; }
  Value* asValue(const SourceRange&, GraphFunction&) override { return value_; }

  SugaredValuePtr attr(const SourceRange& loc, GraphFunction& m,
                       const std::string& field) override {
    if (constants_)
      if (auto it = constants_->find(field); it != constants_->end())
        return std::make_shared<SimpleValue>(m.graph()->insertConstant(it->second, loc));
    auto found = simple_->attr(loc, m, field);
    if (auto* simple = dynamic_cast<SimpleValue*>(found.get()))
      if (simple->getValue()->type()->is_module())
        return std::make_shared<ModuleValue>(simple->getValue(), nullptr);
    return found;
  }

  bool hasAttr(const SourceRange& loc, GraphFunction& m, const std::string& field) override {
    return (constants_ && constants_->count(field) > 0) || simple_->hasAttr(loc, m, field);
  }

  void setAttr(const SourceRange& loc, GraphFunction& m, const std::string& field,
               Value* value) override {
    if (constants_ && constants_->count(field) > 0)
      throw(ErrorReport(loc) << "self." << field << " is a constant");
    simple_->setAttr(loc, m, field, value);
  }

  SugaredValuePtr call(const SourceRange& loc, GraphFunction& m, at::ArrayRef<NamedValue> args,
                       at::ArrayRef<NamedValue> kwargs, size_t n_binders) override {
    return simple_->attr(loc, m, "forward")->call(loc, m, args, kwargs, n_binders);
  }

  SugaredValuePtr iter(const SourceRange& loc, GraphFunction& m) override { return items(loc, m); }

  std::vector<SugaredValuePtr> asTuple(const SourceRange& loc, GraphFunction& m,
                                       const std::optional<size_t>& hint) override {
    return items(loc, m)->asTuple(loc, m, hint);
  }

  SugaredValuePtr asTupleValue(const SourceRange& loc, GraphFunction& m) override {
    return items(loc, m);
  }

  SugaredValuePtr getitem(const SourceRange& loc, GraphFunction& m, Value* index,
                          c10::TypePtr hint) override {
    return items(loc, m)->getitem(loc, m, index, std::move(hint));
  }

  Value* len(const SourceRange& loc, GraphFunction& m) override {
    const auto count = static_cast<int64_t>(items(loc, m)->asTuple(loc, m).size());
    return m.graph()->insertConstant(count, loc);
  }

 private:
  SugaredValuePtr items(const SourceRange& loc, GraphFunction& m) {
    std::vector<SugaredValuePtr> result;
    const auto type = value_->type()->expect<c10::ClassType>();
    for (size_t i = 0; i < type->numAttributes(); ++i)
      if (type->getAttribute(i)->is_module() && is_number(type->getAttributeName(i)))
        result.push_back(attr(loc, m, type->getAttributeName(i)));
    if (result.empty()) throw(ErrorReport(loc) << "this module holds no numbered modules");
    return std::make_shared<torch::jit::SugaredTupleValue>(std::move(result));
  }

  Value* value_;
  std::shared_ptr<SimpleValue> simple_;
  std::shared_ptr<const Constants> constants_;
};

struct ModuleSelf : torch::jit::Self {
  ModuleSelf(ClassTypePtr type, std::shared_ptr<const Constants> constants)
      : type(std::move(type)), constants(std::move(constants)) {}
  SugaredValuePtr makeSugared(Value* value) const override {
    value->setType(type);
    return std::make_shared<ModuleValue>(value, constants);
  }
  ClassTypePtr getClassType() const override { return type; }
  ClassTypePtr type;
  std::shared_ptr<const Constants> constants;
};

// Takes the common indentation off, so that a source may be indented with the code around it;
// lines keep their numbers.
std::string dedent(const std::string& source) {
  std::vector<std::string> lines;
  std::istringstream stream(source);
  size_t common = std::string::npos;
  for (std::string line; std::getline(stream, line);) {
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
    if (!line.empty()) common = std::min(common, line.find_first_not_of(" \t"));
    lines.push_back(line);
  }
  std::string result;
  for (const auto& line : lines) result += (line.empty() ? line : line.substr(common)) + "\n";
  return result;
}

void erase_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    const auto end = text.find(to, at + from.size());
    if (end == std::string::npos) return;
    text.erase(at, end + to.size() - at);
  }
}

// What a compiler's report says to the author of the source: the complaint, a few suggestions and
// the lines it points at, without the internals and the chain of callers.
std::string brief(std::string report) {
  erase_all(report, " (of Python compilation unit", ")");
  erase_all(report, "__torch__.", "potstill.");
  erase_all(report, " Did you forget to initialize an attribute", "?");
  std::string result;
  size_t suggestions = 0;
  std::istringstream stream(report);
  for (std::string line; std::getline(stream, line) && result.size() < 2000;) {
    if (line.find("is being compiled since it was called from") != std::string::npos) break;
    if (line.empty() || line == ":" || line == "The original call is:") continue;
    if (line[0] == '\t' && ++suggestions > 5) continue;
    result += (result.empty() ? "" : "\n") + line;
  }
  return result;
}

// Compiles the definitions of a source: methods of `self` where there is one.
std::vector<torch::jit::Function*> define_all(CompilationUnit& unit,
                                              const std::optional<c10::QualifiedName>& prefix,
                                              const std::string& source,
                                              const std::string& file_name,
                                              const torch::jit::Self* self,
                                              const std::string& where) {
  const auto complaint = where + ": its source does not compile: ";
  try {
    torch::jit::Parser parser(std::make_shared<torch::jit::Source>(source, file_name, 1));
    std::vector<torch::jit::Def> definitions;
    while (parser.lexer().cur().kind != torch::jit::TK_EOF)
      definitions.emplace_back(parser.parseFunction(/*is_method=*/self != nullptr));
    const std::vector<torch::jit::ResolverPtr> resolvers(definitions.size(), script_resolver());
    return unit.define(prefix, {}, {}, definitions, resolvers, self);
  } catch (const c10::Error& error) {
    throw Error(Code::Config, complaint + brief(error.what_without_backtrace()), error.what());
  } catch (const std::exception& error) {  // ErrorReport, and what the lexer throws
    throw Error(Code::Config, complaint + brief(error.what()), error.what());
  }
}

class Builder {
 public:
  torch::jit::Module build(const Options& spec, const std::string& path) {
    const auto class_name = spec.string("className");
    const auto where = (path.empty() ? "the module" : "\"" + path + "\"") + " (" + class_name + ")";
    if (!is_identifier(class_name))
      throw Error(Code::Config, where + ": className is no identifier: \"" + class_name + "\"");

    std::vector<std::pair<std::string, torch::jit::Module>> children;
    for (const auto& child : spec.list("modules")) {
      const auto name = child.string("name");
      children.emplace_back(
          name, build(child.options("module"), path.empty() ? name : path + "." + name));
    }
    auto parameters = tensors(spec.list("parameters"));
    auto buffers = tensors(spec.list("buffers"));
    auto constants = attributes(spec.list("attributes"));
    const auto source = dedent(spec.string("source"));
    check_names(children, parameters, buffers, *constants, where);

    const auto key = structure(class_name, children, parameters, buffers, *constants, source);
    const auto known = types_.find(key);
    auto module = known != types_.end()
                      ? torch::jit::Module(unit_, known->second)
                      : torch::jit::Module(c10::QualifiedName("__torch__.potstill." + class_name),
                                           unit_, /*shouldMangle=*/true);
    module.register_attribute("training", c10::BoolType::get(), true);
    for (auto& [name, tensor] : parameters) {
      if (at::isFloatingType(tensor.scalar_type())) tensor.requires_grad_(true);
      module.register_parameter(name, tensor, /*is_buffer=*/false);
    }
    for (auto& [name, tensor] : buffers) module.register_buffer(name, tensor);
    for (auto& [name, child] : children) module.register_module(name, child);
    if (known == types_.end()) {
      compile(module, source, class_name, constants, where);
      types_.emplace(key, module.type());
    }
    return module;
  }

 private:
  using Tensors = std::vector<std::pair<std::string, at::Tensor>>;
  using Children = std::vector<std::pair<std::string, torch::jit::Module>>;

  static Tensors tensors(const std::vector<Options>& specs) {
    Tensors result;
    for (const auto& spec : specs) result.emplace_back(spec.string("name"), initial_tensor(spec));
    return result;
  }

  static std::shared_ptr<Constants> attributes(const std::vector<Options>& specs) {
    auto result = std::make_shared<Constants>();
    for (const auto& spec : specs) {
      const auto name = spec.string("name");
      if (!is_identifier(name))
        throw Error(Code::Config, spec.where() + ".name is no identifier: \"" + name + "\"");
      if (!result->emplace(name, attribute(spec)).second)
        throw Error(Code::Config, spec.where() + ": there are two attributes \"" + name + "\"");
    }
    return result;
  }

  static c10::IValue attribute(const Options& spec) {
    const auto type = spec.string("type");
    if (type == "int") return spec.integer("value");
    if (type == "float") return spec.number("value");
    if (type == "bool") return spec.boolean("value");
    if (type == "str") return spec.string("value");
    if (type == "int[]") return c10::List<int64_t>(spec.integers("value"));
    if (type == "float[]") return c10::List<double>(spec.numbers("value"));
    throw Error(Code::Config, spec.where() + ".type: unknown type \"" + type + "\"");
  }

  static void check_names(const Children& children, const Tensors& parameters,
                          const Tensors& buffers, const Constants& constants,
                          const std::string& where) {
    std::set<std::string> seen = {"training"};
    auto add = [&](const std::string& name) {
      if (!is_identifier(name) && !is_number(name))
        throw Error(Code::Config, where + ": \"" + name +
                                      "\" cannot name a part of a module; use " +
                                      "letters, digits and _, or digits alone");
      if (!seen.insert(name).second)
        throw Error(Code::Config, where + ": there are two parts named \"" + name + "\"" +
                                      (name == "training" ? " (every module has that one)" : ""));
    };
    for (const auto& [name, child] : children) add(name);
    for (const auto& [name, tensor] : parameters) add(name);
    for (const auto& [name, tensor] : buffers) add(name);
    for (const auto& [name, value] : constants) add(name);
  }

  // Modules with the same structure share one class, so that its source is compiled once.
  static std::string structure(const std::string& class_name, const Children& children,
                               const Tensors& parameters, const Tensors& buffers,
                               const Constants& constants, const std::string& source) {
    std::ostringstream key;
    key << class_name << '\n';
    for (const auto& [name, child] : children)
      key << "m " << name << ' ' << child.type()->name()->qualifiedName() << '\n';
    for (const auto& [name, tensor] : parameters) key << "p " << name << '\n';
    for (const auto& [name, tensor] : buffers) key << "b " << name << '\n';
    // Doubles print with 17 digits here, lists with their brackets, strings escaped.
    key.precision(17);
    std::vector<std::string> names;
    for (const auto& [name, value] : constants) names.push_back(name);
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      const auto& value = constants.at(name);
      key << "c " << name << ' ' << value.type()->str() << ' ';
      if (value.isDoubleList())
        for (const double item : value.toDoubleVector()) key << item << ' ';
      else
        key << value;
      key << '\n';
    }
    return key.str() + source;
  }

  static void compile(torch::jit::Module& module, const std::string& source,
                      const std::string& class_name, std::shared_ptr<const Constants> constants,
                      const std::string& where) {
    const ModuleSelf self(module.type(), std::move(constants));
    define_all(*module._ivalue()->compilation_unit(), module.type()->name(), source, class_name,
               &self, where);
    if (!module.find_method("forward"))
      throw Error(Code::Config, where + ": its source defines no forward(self, …)");
  }

  std::shared_ptr<CompilationUnit> unit_ = std::make_shared<CompilationUnit>();
  std::unordered_map<std::string, ClassTypePtr> types_;
};

}  // namespace

torch::jit::Module build_module(const Options& spec) {
  const c10::InferenceMode recordable(false);
  const at::NoGradGuard no_grad;
  return Builder().build(spec, "");
}

ScriptFunctions compile_functions(const std::string& source, const std::string& who) {
  const c10::InferenceMode recordable(false);
  ScriptFunctions result{std::make_shared<CompilationUnit>(), {}};
  result.functions = define_all(*result.unit, std::nullopt, source, "loss", nullptr, who);
  return result;
}

}  // namespace potstill
