#include "core/tap_graph.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/lower_tuples.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "core/error.h"
#include "core/fused_layers.h"
#include "core/module_calls.h"
#include "core/nearest.h"
#include "core/overwrite.h"
#include "core/tap_value.h"

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

[[noreturn]] void refuse(const std::string& text, const std::string& what) {
  throw Error(Code::Tap, "cannot tap \"" + text + "\": " + what);
}

// What a tap is put on, once: the module object, so that a module which is there under two names
// is tapped under both.
struct Target {
  const c10::ivalue::Object* module;
  TapPath::Side side;
  std::vector<int64_t> element;
  std::string text;
  bool placed = false;
};

// libtorch does not keep the order of what forked code does, and runs what follows a wait on
// another thread.
bool forks(Graph& graph) {
  return !torch::jit::findAllNodes(graph, c10::prim::fork, /*recurse=*/true).empty() ||
         !torch::jit::findAllNodes(graph, c10::aten::wait, /*recurse=*/true).empty();
}

// Exported models that were frozen have no parts left that could be tapped.
bool looks_frozen(const torch::jit::Module& module) {
  for (const auto& child : module.children()) {
    (void)child;
    return false;
  }
  for (const auto& parameter : module.parameters()) {
    (void)parameter;
    return false;
  }
  const auto constants = torch::jit::findAllNodes(*module.get_method("forward").graph(),
                                                  c10::prim::Constant, /*recurse=*/true);
  return std::any_of(constants.begin(), constants.end(), [](const Node* node) {
    const auto value = torch::jit::toIValue(node->output());
    return value && value->isTensor() && value->toTensor().numel() > 1;
  });
}

[[noreturn]] void refuse_missing(const torch::jit::Module& module, const TapPath& path,
                                 const std::string& who) {
  if (looks_frozen(module))
    refuse(path.text, who +
                          " has been frozen or optimised, and its parts are gone; tap the model "
                          "as it was before, and freeze the tapped one");
  std::vector<std::string> names;
  for (const auto& item : module.named_modules())
    if (!item.name.empty()) names.push_back(item.name);
  const std::string hint = names.empty() ? who + " has no submodules"
                                         : "the nearest names are " + nearest(path.module, names);
  refuse(path.text, who + " has no module \"" + path.module + "\"; " + hint);
}

// The object at the path, and whether an interface lies on the way.
struct Resolved {
  c10::intrusive_ptr<c10::ivalue::Object> object;
  bool behind_interface = false;
};

Resolved resolve(const torch::jit::Module& module, const TapPath& path, const std::string& who) {
  Resolved result{module._ivalue(), false};
  std::string_view rest = path.module;
  while (!rest.empty()) {
    const size_t dot = rest.find('.');
    const std::string name(rest.substr(0, dot));
    const auto type = result.object->type();
    const auto slot = type->findAttributeSlot(name);
    if (!slot || !result.object->getSlot(*slot).isModule()) refuse_missing(module, path, who);
    if (type->getAttribute(*slot)->cast<c10::InterfaceType>()) result.behind_interface = true;
    result.object = result.object->getSlot(*slot).toObject();
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    if (dot != std::string_view::npos && rest.empty()) refuse_missing(module, path, who);
  }
  return result;
}

[[noreturn]] void refuse_uncalled(const TapPath& path, const std::string& who,
                                  const std::vector<std::string>& called) {
  refuse(path.text, who + " never calls the forward of \"" + path.module +
                        "\" (its parts may be used one by one, or its weights directly)" +
                        (called.empty() ? ""
                                        : "; modules that are called, the nearest first: " +
                                              nearest(path.module, called)));
}

// The attribute of a module that carries taps: their numbers by path.
constexpr const char* kCarried = "potstill_taps";

// Puts copies in front of the taps whose value is overwritten later.
void copy_where_overwritten(const std::shared_ptr<Graph>& graph) {
  struct Site {
    Node* tap;
    Node* next;  // the first node behind it that is no tap
  };
  std::vector<Site> sites;
  for (Node* tap : torch::jit::findAllNodes(*graph, tap_symbol(), /*recurse=*/true)) {
    Node* next = tap->next();
    while (next->kind() == tap_symbol()) next = next->next();
    sites.push_back({tap, next});
  }
  // The analysis runs without the taps, which would count as writers of everything they see.
  std::vector<Value*> values;
  std::vector<Value*> ids;
  for (const Site& site : sites) {
    values.push_back(site.tap->input(0));
    ids.push_back(site.tap->input(1));
    site.tap->destroy();
  }
  std::vector<bool> overwritten;
  {
    const Overwrites overwrites(graph);
    for (size_t i = 0; i < sites.size(); ++i)
      overwritten.push_back(overwrites.after(values[i], sites[i].next));
  }
  for (size_t i = 0; i < sites.size(); ++i) {
    const torch::jit::WithInsertPoint here(sites[i].next);
    Value* value = values[i];
    if (overwritten[i]) value = graph->insert(c10::aten::clone, {value});
    graph->insert(tap_symbol(), {value, ids[i]});
  }
}

}  // namespace

TapGraph::TapGraph(const torch::jit::Module& module, std::vector<TapPath> paths,
                   const std::string& who, CheckpointedCalls* checkpointed)
    : graph_(module.get_method("forward").graph()->copy()), paths_(std::move(paths)), who_(who) {
  if (find_carried(module)) return;
  std::vector<Target> targets;
  std::vector<bool> behind_interface;
  for (const TapPath& path : paths_) {
    if (path.is_pattern()) refuse(path.text, "a pattern stands for several modules; expand it");
    if (checkpointed != nullptr)
      if (const auto outer = checkpointed->around(path.module); !outer.empty())
        refuse(path.text, "it lies within \"" + outer +
                              "\", of which gradientCheckpointing keeps nothing");
    const auto [object, behind] = resolve(module, path, who);
    const auto same = std::find_if(targets.begin(), targets.end(), [&, o = object.get()](auto& t) {
      return t.module == o && t.side == path.side && t.element == path.element;
    });
    ids_.push_back(same - targets.begin());
    if (same != targets.end()) continue;
    targets.push_back({object.get(), path.side, path.element, path.text});
    behind_interface.push_back(behind);
  }
  if (targets.empty() && checkpointed == nullptr) {
    torch::jit::Inline(*graph_);
    return;
  }

  std::set<std::string> called;
  std::vector<std::string> tapped;
  const auto place = [&](const ModuleCall& call) {
    if (!call.path.empty()) called.insert(call.path);
    for (size_t id = 0; id < targets.size(); ++id) {
      Target& target = targets[id];
      if (target.module != call.module || (target.side == TapPath::Side::Input) != call.entering)
        continue;
      insert_tap(*graph_, call, target.element, static_cast<int64_t>(id), target.text);
      target.placed = true;
      tapped.push_back(call.path);
    }
  };
  ReplaceCall replace;
  if (checkpointed != nullptr)
    replace = [&](Node* call, const std::string& path, c10::ivalue::Object* callee,
                  torch::jit::GraphFunction& method) {
      return checkpointed->replace(*graph_, call, path, callee, method);
    };
  visit_module_calls(*graph_, module, place, replace);
  if (checkpointed != nullptr) checkpointed->require_all({called.begin(), called.end()});
  torch::jit::Inline(*graph_);
  if (targets.empty()) return;
  refuse_forks();
  for (size_t i = 0; i < paths_.size(); ++i) {
    const auto id = static_cast<size_t>(ids_[i]);
    if (targets[id].placed) continue;
    if (behind_interface[id])
      refuse(paths_[i].text,
             "the way there leads through an attribute that is typed as a module "
             "interface, whose calls are known only when they run; export the "
             "model with the module's own class");
    refuse_uncalled(paths_[i], who, {called.begin(), called.end()});
  }
  call_parts_of_layers(*graph_, tapped);
  torch::jit::LowerSimpleTuples(graph_);
  copy_where_overwritten(graph_);
}

void TapGraph::refuse_forks() const {
  if (forks(*graph_))
    refuse(paths_.empty() ? "" : paths_.front().text,
           who_ +
               " runs parts of its forward in parallel (torch.jit.fork and wait), where a tap "
               "cannot be; export the model without them");
}

TapGraph TapGraph::everywhere(const torch::jit::Module& module) {
  TapGraph result;
  result.who_ = "the model";
  result.graph_ = module.get_method("forward").graph()->copy();
  std::map<std::string, int64_t> known;
  std::vector<std::string> tapped;
  visit_module_calls(*result.graph_, module, [&](const ModuleCall& call) {
    if (call.entering) return;
    tapped.push_back(call.path);
    for (const auto& element : tensor_elements(call.values)) {
      std::string text = call.path;
      if (!element.empty()) text += ":output";
      for (int64_t index : element) text += "." + std::to_string(index);
      const auto [found, fresh] = known.emplace(text, static_cast<int64_t>(known.size()));
      if (fresh) {
        TapPath path = TapPath::parse(call.path);
        path.text = text;
        path.element = element;
        path.every_call = true;
        result.paths_.push_back(std::move(path));
        result.ids_.push_back(found->second);
      }
      insert_tap(*result.graph_, call, element, found->second, text);
    }
  });
  torch::jit::Inline(*result.graph_);
  call_parts_of_layers(*result.graph_, tapped);
  torch::jit::LowerSimpleTuples(result.graph_);
  copy_where_overwritten(result.graph_);
  return result;
}

// Whether the module carries taps: then this graph is its forward, with the wanted ones.
bool TapGraph::find_carried(const torch::jit::Module& module) {
  if (!module.hasattr(kCarried)) return false;
  const auto known = module.attr(kCarried).toGenericDict();
  for (const TapPath& path : paths_) {
    const auto found = known.find(path.text);
    if (found == known.end()) refuse_missing(module, path, who_);
    ids_.push_back(found->value().toInt());
  }
  torch::jit::Inline(*graph_);
  for (Node* tap : torch::jit::findAllNodes(*graph_, tap_symbol(), /*recurse=*/true)) {
    const int64_t id = torch::jit::toIValue(tap->input(1))->toInt();
    if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) tap->destroy();
  }
  return true;
}

void TapGraph::carried_by(torch::jit::Module& module) const {
  if (paths_.empty()) return;
  c10::impl::GenericDict ids(c10::StringType::get(), c10::IntType::get());
  for (size_t i = 0; i < paths_.size(); ++i) ids.insert(paths_[i].text, ids_[i]);
  module.register_attribute(
      kCarried, c10::DictType::create(c10::StringType::get(), c10::IntType::get()), ids);
}

const std::string& TapGraph::path_of(int64_t id) const {
  return paths_.at(std::find(ids_.begin(), ids_.end(), id) - ids_.begin()).text;
}

torch::jit::Module TapGraph::applied_to(const torch::jit::Module& module) const {
  torch::jit::Module copy = [&] {
    const at::NoGradGuard no_grad;
    return module.clone();
  }();
  const TapGraph own(copy, paths_, who_);
  const auto schema = copy.get_method("forward").function().getSchema();
  const auto type = copy.type();
  type->unsafeRemoveMethod("forward");
  auto* replaced = copy._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*type->name(), "forward"), own.graph_, /*shouldMangle=*/true);
  replaced->setSchema(schema);
  type->addMethod(replaced);
  return copy;
}

torch::jit::Module TapGraph::frozen(const torch::jit::Module& module) const {
  if (module.hasattr("training") && module.is_training())
    throw Error(Code::Config, who_ +
                                  " is in training mode, which freezing does not keep; put it "
                                  "into evaluation mode first");
  auto frozen = torch::jit::freeze(applied_to(module));
  frozen = torch::jit::optimize_for_inference(frozen);
  carried_by(frozen);
  return frozen;
}

std::vector<std::vector<at::Tensor>> TapGraph::gather(ops::TapCollector& collector) const {
  std::unordered_map<int64_t, std::vector<at::Tensor>> seen;
  for (auto& record : collector.take()) {
    if (record.overwritten()) {
      refuse(path_of(record.id),
             "something in " + who_ +
                 " overwrote the value in place, unforeseen; report it with the model's code");
    }
    seen[record.id].push_back(std::move(record.value));
  }
  std::vector<std::vector<at::Tensor>> result;
  result.reserve(paths_.size());
  for (size_t i = 0; i < paths_.size(); ++i) {
    const TapPath& path = paths_[i];
    const auto& calls = seen[ids_[i]];
    const auto count = static_cast<int64_t>(calls.size());
    if (count == 0)
      refuse(path.text, who_ +
                            " did not call it in this forward (a branch that these inputs or "
                            "this mode do not take, or no tensor was passed there)");
    if (path.every_call) {
      result.push_back(calls);
      continue;
    }
    const int64_t index = path.call < 0 ? path.call + count : path.call;
    if (index < 0 || index >= count)
      refuse(path.text, count == 1
                            ? "there was 1 call in this forward"
                            : "there were " + std::to_string(count) + " calls in this forward");
    result.push_back({calls[static_cast<size_t>(index)]});
  }
  return result;
}

std::vector<TapPath> expand_taps(const torch::jit::Module& module,
                                 const std::vector<std::string>& texts, const std::string& who) {
  std::vector<TapPath> result;
  std::vector<std::string> called;
  const auto add = [&](TapPath path) {
    for (const auto& known : result)
      if (known.text == path.text) return;
    result.push_back(std::move(path));
  };
  for (const auto& text : texts) {
    const TapPath path = TapPath::parse(text);
    if (!path.is_pattern()) {
      add(path);
      continue;
    }
    if (called.empty()) called = called_modules(module);
    const auto covered = path.covered(called);
    for (const auto& name : covered) add(path.on(name));
    if (covered.empty()) {
      if (looks_frozen(module)) refuse_missing(module, path, who);
      refuse(text, "no module that " + who + " calls matches; the nearest names are " +
                       nearest(path.module, called));
    }
  }
  return result;
}

}  // namespace potstill
