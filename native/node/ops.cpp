#include <ATen/core/dispatch/Dispatcher.h>

#include <c10/util/SmallVector.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <set>
#include <unordered_map>

#include "core/nearest.h"
#include "node/exports.h"
#include "node/job.h"

namespace potstill::node {
namespace {

struct Operator {
  std::string name;
  std::vector<c10::OperatorHandle> overloads;
};

// Shared by all environments: operators are process-wide, and an entry never moves.
struct Table {
  std::mutex mutex;
  std::deque<Operator> operators;
  std::unordered_map<std::string, size_t> ids;
  // By id, for calls: read without the lock.
  static constexpr size_t kMost = 8192;
  std::array<std::atomic<const Operator*>, kMost> by_id{};
};

Table& table() {
  static auto* instance = new Table();
  return *instance;
}

// Of the same namespace, without their overloads.
std::string similar_operators(const std::string& name) {
  const std::string prefix = name.substr(0, name.find("::") + 2);
  std::set<std::string> names;
  for (const auto& known : c10::Dispatcher::singleton().getAllOpNames())
    if (known.name.compare(0, prefix.size(), prefix) == 0) names.insert(known.name);
  std::string result;
  for (const auto& each : nearest_names(name, {names.begin(), names.end()}))
    result += (result.empty() ? "" : ", ") + each;
  return result.empty() ? "none in this namespace" : result;
}

// Overloads in the order of their registration in the schema files, as far as the dispatcher
// shows it: tensor forms come before scalar ones, `out` forms last.
std::vector<c10::OperatorHandle> find_overloads(const std::string& full_name) {
  auto& dispatcher = c10::Dispatcher::singleton();
  const auto colons = full_name.find("::");
  const auto dot = full_name.find('.', colons == std::string::npos ? 0 : colons);
  const std::string name = full_name.substr(0, dot);
  std::vector<c10::OperatorHandle> result;
  if (dot != std::string::npos) {
    const std::string overload = full_name.substr(dot + 1);
    if (auto found = dispatcher.findSchema({name, overload == "default" ? "" : overload}))
      result.push_back(*found);
    return result;
  }
  for (const auto& known : dispatcher.getAllOpNames())
    if (known.name == name)
      if (auto found = dispatcher.findSchema(known)) result.push_back(*found);
  auto rank = [](const c10::OperatorHandle& op) {
    const auto& schema = op.schema();
    bool out = false;
    bool scalar = false;
    bool dimname = false;
    for (const auto& argument : schema.arguments()) {
      out |= argument.is_out();
      scalar |= argument.type()->kind() == c10::TypeKind::NumberType;
      dimname |= argument.type()->str().find("str") != std::string::npos;
    }
    return std::tuple(out, dimname, scalar, schema.arguments().size(), schema.overload_name());
  };
  std::sort(result.begin(), result.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return result;
}

napi_value resolve_op(Call& call) {
  const std::string name = call.string(0);
  auto& known = table();
  std::lock_guard lock(known.mutex);
  if (auto found = known.ids.find(name); found != known.ids.end())
    return call.number_value(static_cast<double>(found->second));
  auto overloads = find_overloads(name);
  if (overloads.empty()) {
    const auto dot = name.find('.');
    std::string known_overloads;
    if (dot != std::string::npos)
      for (const auto& overload : find_overloads(name.substr(0, dot)))
        known_overloads += (known_overloads.empty() ? "" : ", ") + overload.schema().name() + "." +
                           (overload.schema().overload_name().empty()
                                ? "default"
                                : overload.schema().overload_name());
    if (!known_overloads.empty())
      throw Error(Code::Config, "there is no overload " + name + "; there are " + known_overloads);
    throw Error(Code::Config,
                "there is no operator " + name + "; the nearest are " + similar_operators(name));
  }
  known.operators.push_back({name, std::move(overloads)});
  const size_t id = known.operators.size() - 1;
  if (id >= Table::kMost) throw Error(Code::Config, "too many operators are in use");
  known.by_id[id].store(&known.operators.back(), std::memory_order_release);
  known.ids.emplace(name, id);
  return call.number_value(static_cast<double>(id));
}

const Operator& operator_of(Call& call, size_t index) {
  uint32_t id = 0;
  check(call.env, napi_get_value_uint32(call.env, call[index], &id));
  const Operator* found =
      id < Table::kMost ? table().by_id[id].load(std::memory_order_acquire) : nullptr;
  if (found == nullptr) throw Error(Code::Config, "no operator has this id");
  return *found;
}

struct Arguments {
  c10::SmallVector<Argument, 6> positional;
  size_t count = 0;
  std::vector<std::pair<std::string, Argument>> keywords;
};

void read_arguments(Call& call, size_t first, Arguments& out) {
  for (size_t i = first; i < call.count; ++i) out.positional.push_back(look(call.env, call[i]));
  out.count = out.positional.size();
  // null says "none", a trailing undefined says nothing.
  while (out.count > 0 && out.positional[out.count - 1].undefined) --out.count;
  if (out.count == 0 || out.positional[out.count - 1].kind != Argument::Kind::Object) return;
  const napi_value object = out.positional[--out.count].value;
  napi_value names;
  uint32_t length = 0;
  check(call.env, napi_get_property_names(call.env, object, &names));
  check(call.env, napi_get_array_length(call.env, names, &length));
  for (uint32_t i = 0; i < length; ++i) {
    napi_value name;
    napi_value value;
    check(call.env, napi_get_element(call.env, names, i, &name));
    check(call.env, napi_get_property(call.env, object, name, &value));
    napi_valuetype type;
    check(call.env, napi_typeof(call.env, value, &type));
    if (type == napi_undefined) continue;
    out.keywords.emplace_back(to_string(call.env, name), look(call.env, value));
  }
}

// Fills the stack, or says in `why` what does not fit.
bool match(napi_env env, const c10::FunctionSchema& schema, const Arguments& given,
           torch::jit::Stack& stack, std::string* why) {
  const auto& wanted = schema.arguments();
  stack.clear();
  stack.reserve(wanted.size());
  size_t used = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto& parameter = wanted[i];
    const Argument* argument = nullptr;
    if (i < given.count && !parameter.kwarg_only() && !given.positional[i].undefined) {
      argument = &given.positional[i];
    } else {
      for (const auto& [name, value] : given.keywords)
        if (name == parameter.name()) argument = &value;
      if (argument != nullptr) ++used;
    }
    c10::IValue value;
    if (argument == nullptr) {
      const bool optional = parameter.type()->kind() == c10::TypeKind::OptionalType;
      if (parameter.default_value()) {
        value = *parameter.default_value();
      } else if (!optional || i >= given.count) {
        if (why) *why = "argument '" + parameter.name() + "' is missing";
        return false;
      }
    } else if (argument->kind == Argument::Kind::Absent && parameter.default_value() &&
               parameter.type()->kind() != c10::TypeKind::OptionalType) {
      value = *parameter.default_value();
    } else if (!convert(env, *argument, *parameter.real_type(), parameter.N(), value)) {
      if (why)
        *why = "argument '" + parameter.name() + "' is to be " + parameter.real_type()->str() +
               ", not " + kind_of(*argument);
      return false;
    }
    stack.push_back(std::move(value));
  }
  size_t positional = 0;
  for (const auto& parameter : wanted) positional += parameter.kwarg_only() ? 0 : 1;
  if (given.count > positional || used != given.keywords.size()) {
    if (why) *why = "it takes fewer arguments, or none of such a name";
    return false;
  }
  return true;
}

// An object that looks like a tensor to people but has none behind it deserves its own words.
void refuse_stranger(Call& call, napi_value value) {
  bool claims = false;
  napi_instanceof(call.env, value, call.instance().tensor_class(), &claims);
  if (claims && tensor_box(call.env, value) == nullptr)
    throw Error(Code::Receiver, "an argument is an instance of Tensor that has no tensor");
}

void refuse_strangers(Call& call, const Operator& op, size_t first) {
  // A method of Tensor on some other object: what came first was taken for keywords.
  const auto& parameters = op.overloads.front().schema().arguments();
  napi_valuetype type;
  bool keywords = true;
  check(call.env, napi_typeof(call.env, call[first], &type));
  if (type == napi_object && !parameters.empty() && parameters.front().name() == "self" &&
      parameters.front().type()->kind() == c10::TypeKind::TensorType &&
      tensor_box(call.env, call[first]) == nullptr &&
      napi_has_named_property(call.env, call[first], "self", &keywords) == napi_ok && !keywords)
    throw Error(Code::Receiver, op.name + ": the receiver is not a Tensor");
  for (size_t i = first; i < call.count; ++i) {
    refuse_stranger(call, call[i]);
    uint32_t length = 0;
    if (napi_get_array_length(call.env, call[i], &length) != napi_ok) continue;
    for (uint32_t j = 0; j < length; ++j) {
      napi_value item;
      check(call.env, napi_get_element(call.env, call[i], j, &item));
      refuse_stranger(call, item);
    }
  }
}

const c10::OperatorHandle& choose(Call& call, const Operator& op, size_t first,
                                  Arguments& given, torch::jit::Stack& stack) {
  read_arguments(call, first, given);
  for (const auto& overload : op.overloads)
    if (match(call.env, overload.schema(), given, stack, nullptr)) return overload;
  refuse_strangers(call, op, first);
  std::string message = op.name + " does not take these arguments:";
  for (const auto& overload : op.overloads) {
    std::string why;
    match(call.env, overload.schema(), given, stack, &why);
    message += "\n  " + c10::toString(overload.schema()) + "  (" + why + ")";
  }
  throw Error(Code::Config, message);
}

napi_value results(Instance& instance, const torch::jit::Stack& stack) {
  napi_value result;
  if (stack.empty()) return undefined(instance.env);
  if (stack.size() == 1) return to_js(instance, stack.front());
  check(instance.env, napi_create_array_with_length(instance.env, stack.size(), &result));
  for (size_t i = 0; i < stack.size(); ++i)
    check(instance.env, napi_set_element(instance.env, result, static_cast<uint32_t>(i),
                                         to_js(instance, stack[i])));
  return result;
}

// What an operator gives back of what it wrote to (`add_`, `out=`) is the object it was given.
napi_value written_argument(const c10::Argument& returned, const Arguments& given,
                            const c10::IValue& result) {
  const c10::AliasInfo* alias = returned.alias_info();
  if (alias == nullptr || !alias->isWrite() || !result.isTensor()) return nullptr;
  const at::Tensor& tensor = result.toTensor();
  for (const Argument& argument : given.positional)
    if (argument.tensor != nullptr && argument.tensor->is_same(tensor)) return argument.value;
  for (const auto& [name, argument] : given.keywords)
    if (argument.tensor != nullptr && argument.tensor->is_same(tensor)) return argument.value;
  return nullptr;
}

napi_value results(Instance& instance, const c10::FunctionSchema& schema, const Arguments& given,
                   const torch::jit::Stack& stack) {
  const auto& returns = schema.returns();
  const auto one = [&](size_t i) {
    const napi_value known =
        i < returns.size() ? written_argument(returns[i], given, stack[i]) : nullptr;
    return known != nullptr ? known : to_js(instance, stack[i]);
  };
  if (stack.empty()) return undefined(instance.env);
  if (stack.size() == 1) return one(0);
  napi_value result;
  check(instance.env, napi_create_array_with_length(instance.env, stack.size(), &result));
  for (size_t i = 0; i < stack.size(); ++i)
    check(instance.env, napi_set_element(instance.env, result, static_cast<uint32_t>(i), one(i)));
  return result;
}

napi_value call_op(Call& call) {
  const Operator& op = operator_of(call, 0);
  Arguments given;
  torch::jit::Stack stack;
  const auto& overload = choose(call, op, 1, given, stack);
  overload.callBoxed(stack);
  return results(call.instance(), overload.schema(), given, stack);
}

// Whether the overload gives one tensor, and not one that it was given.
bool makes_tensor(const c10::OperatorHandle& overload) {
  const auto& returns = overload.schema().returns();
  return returns.size() == 1 && returns[0].type()->kind() == c10::TypeKind::TensorType &&
         (returns[0].alias_info() == nullptr || !returns[0].alias_info()->isWrite());
}

// As `call`; where that makes a tensor, it is put into the instance of Tensor that comes first.
napi_value call_op_into(Call& call) {
  const Operator& op = operator_of(call, 0);
  Arguments given;
  torch::jit::Stack stack;
  const auto& overload = choose(call, op, 2, given, stack);
  overload.callBoxed(stack);
  if (!makes_tensor(overload) || !stack[0].toTensor().defined())
    return results(call.instance(), overload.schema(), given, stack);
  wrap_tensor_into(call.instance(), call[1], std::move(stack[0]).toTensor());
  return call[1];
}

// Whether it is worth calling by `callInto`.
napi_value op_makes_tensor(Call& call) {
  const Operator& op = operator_of(call, 0);
  return call.boolean_value(
      std::any_of(op.overloads.begin(), op.overloads.end(), makes_tensor));
}

napi_value call_op_async(Call& call) {
  const std::string lane = call.string(0);
  if (lane != "compute" && lane != "data")
    throw Error(Code::Config, "a lane is \"compute\" or \"data\"");
  auto& instance = call.instance();
  auto stack = std::make_shared<torch::jit::Stack>();
  Arguments given;
  auto overload = choose(call, operator_of(call, 1), 2, given, *stack);
  return Job::submit(instance, lane == "data" ? instance.engine.data : instance.engine.compute,
                     [&instance, overload, stack]() -> Job::Finish {
                       overload.callBoxed(*stack);
                       return [&instance, stack](napi_env) { return results(instance, *stack); };
                     });
}

napi_value list_schemas(Call& call) {
  const std::string prefix = call.string(0) + "::";
  std::vector<std::string> schemas;
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const auto& name : dispatcher.getAllOpNames())
    if (name.name.compare(0, prefix.size(), prefix) == 0)
      if (auto found = dispatcher.findSchema(name)) schemas.push_back(c10::toString(found->schema()));
  std::sort(schemas.begin(), schemas.end());
  return to_array(call.env, schemas, [&](const std::string& text) { return to_js(call.env, text); });
}

constexpr Export kExports[] = {
    {"resolveOp", entry<resolve_op>},
    {"call", entry<call_op>},
    {"callInto", entry<call_op_into>},
    {"opMakesTensor", entry<op_makes_tensor>},
    {"callAsync", entry<call_op_async>},
    {"listSchemas", entry<list_schemas>},
};

}  // namespace

std::span<const Export> ops_exports() { return kExports; }

}  // namespace potstill::node
