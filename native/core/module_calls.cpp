#include "core/module_calls.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>

namespace potstill {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Whether a method is a forward under another name: tracing makes one of every call of a module
// (forward, forward1, forward2, …), scripting one of every overload (forward__0, forward__1, …).
bool is_forward(const c10::ClassType& type, const std::string& name) {
  const std::string stem = "forward";
  if (name == stem) return true;
  if (!name.starts_with(stem)) return false;
  const bool overload = name.compare(stem.size(), 2, "__") == 0;
  const std::string digits = name.substr(stem.size() + (overload ? 2 : 0));
  if (digits.empty() || digits.size() > 6 || !std::all_of(digits.begin(), digits.end(), isdigit))
    return false;
  if (overload) return true;
  const int number = std::stoi(digits);
  return number > 0 && type.findMethod(number == 1 ? stem : stem + std::to_string(number - 1));
}

class Walk {
 public:
  Walk(Graph& graph, const torch::jit::Module& module,
       const std::function<void(const ModuleCall&)>& visit, const ReplaceCall& replace)
      : graph_(graph), visit_(visit), replace_(replace) {
    reached_[graph.inputs().at(0)] = {"", module._ivalue().get()};
  }

  void run() {
    Block* block = graph_.block();
    const auto inputs = graph_.inputs().slice(1);
    const auto* self = reached_.at(graph_.inputs().at(0)).object;
    Node* first = *block->nodes().begin();
    visit_({"", self, true, inputs.vec(), first});
    walk(first, block->return_node());
    visit_({"", self, false, graph_.outputs().vec(), block->return_node()});
  }

 private:
  struct Reached {
    std::string path;
    c10::ivalue::Object* object;
  };

  void walk(Node* node, Node* end) {
    while (node != end) {
      Node* next = node->next();
      if (node->kind() == c10::prim::GetAttr) {
        follow(node);
      } else if (node->kind() == c10::prim::CallMethod) {
        inline_call(node, next);
      } else {
        for (Block* inner : node->blocks()) walk(*inner->nodes().begin(), inner->return_node());
      }
      node = next;
    }
  }

  void follow(Node* node) {
    const auto owner = reached_.find(node->input());
    const auto type = node->output()->type()->cast<c10::ClassType>();
    if (owner == reached_.end() || !type || !type->is_module()) return;
    const auto& [path, object] = owner->second;
    const std::string& name = node->s(c10::attr::name);
    const auto slot = object->type()->findAttributeSlot(name);
    if (!slot || !object->getSlot(*slot).isModule()) return;
    reached_[node->output()] = {path.empty() ? name : path + "." + name,
                                object->getSlot(*slot).toObject().get()};
  }

  void inline_call(Node* call, Node* next) {
    const auto found = reached_.find(call->input(0));
    const auto type = call->input(0)->type()->cast<c10::ClassType>();
    if (found == reached_.end() || !type) return;
    const std::string& name = call->s(c10::attr::name);
    auto* function = torch::jit::tryToGraphFunction(type->getMethod(name));
    if (function == nullptr) return;
    const Reached callee = found->second;  // the map may grow
    const bool tappable = !callee.path.empty() && is_forward(*type, name);
    if (tappable) visit_({callee.path, callee.object, true, call->inputs().slice(1).vec(), call});
    if (tappable && replace_) {
      Value* result = replace_(call, callee.path, callee.object, *function);
      if (result != nullptr) {
        visit_({callee.path, callee.object, false, {result}, next});
        return;
      }
    }
    Node* before = call->prev();
    auto body = function->graph();
    const std::vector<Value*> results = torch::jit::inlineCallTo(call, function, body.get());
    // The taps on the results are placed first, as users of values that the walk may replace.
    if (tappable) visit_({callee.path, callee.object, false, results, next});
    walk(before->next(), next);
  }

  Graph& graph_;
  const std::function<void(const ModuleCall&)>& visit_;
  const ReplaceCall& replace_;
  std::unordered_map<Value*, Reached> reached_;
};

}  // namespace

void visit_module_calls(Graph& graph, const torch::jit::Module& module,
                        const std::function<void(const ModuleCall&)>& visit,
                        const ReplaceCall& replace) {
  Walk(graph, module, visit, replace).run();
}

std::vector<std::string> called_modules(const torch::jit::Module& module) {
  std::vector<std::string> called;
  auto graph = module.get_method("forward").graph()->copy();
  visit_module_calls(*graph, module, [&](const ModuleCall& call) {
    if (call.entering && !call.path.empty() &&
        std::find(called.begin(), called.end(), call.path) == called.end())
      called.push_back(call.path);
  });
  return called;
}

}  // namespace potstill
