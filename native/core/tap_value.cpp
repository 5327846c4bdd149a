#include "core/tap_value.h"

#include <algorithm>
#include <span>

#include "core/error.h"

namespace potstill {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

bool holds_tensor(const c10::TypePtr& type) {
  if (is_tensor(type)) return true;
  switch (type->kind()) {
    case c10::TypeKind::TupleType:
    case c10::TypeKind::ListType:
    case c10::TypeKind::OptionalType: {
      const auto inner = type->containedTypes();
      return std::any_of(inner.begin(), inner.end(), holds_tensor);
    }
    default:
      return false;
  }
}

class Placing {
 public:
  Placing(Graph& graph, int64_t id, const std::string& text)
      : graph_(graph), id_(id), text_(text) {}

  void place(Value* value, std::span<const int64_t> element) {
    const auto type = value->type();
    if (const auto optional = type->cast<c10::OptionalType>()) {
      place_present(value, optional->getElementType(), element);
    } else if (is_tensor(type)) {
      // A tuple of one that tracing left flat is its element, too.
      if (std::any_of(element.begin(), element.end(), [](int64_t index) { return index != 0; }))
        refuse("there is a tensor, which has no element to choose");
      Value* id = graph_.insertConstant(id_);
      graph_.insert(tap_symbol(), {value, id});
    } else if (const auto tuple = type->cast<c10::TupleType>()) {
      const int64_t index = choose(tuple->elements(), element);
      Value* at = graph_.insertConstant(index);
      Node* pick = graph_.insertNode(
          graph_.createTupleIndex(value, at, tuple->elements()[static_cast<size_t>(index)]));
      place(pick->output(), element.empty() ? element : element.subspan(1));
    } else if (type->cast<c10::ListType>() && holds_tensor(type)) {
      Value* at = graph_.insertConstant(element.empty() ? int64_t{0} : element[0]);
      Value* pick = graph_.insert(c10::aten::__getitem__, {value, at});
      place(pick, element.empty() ? element : element.subspan(1));
    } else {
      refuse("there is no tensor but a value of type " + type->repr_str());
    }
  }

  // The index of the element, or of the first that can hold a tensor.
  int64_t choose(c10::ArrayRef<c10::TypePtr> types, std::span<const int64_t> element) const {
    if (!element.empty()) {
      if (element[0] < static_cast<int64_t>(types.size())) return element[0];
      refuse("there are " + std::to_string(types.size()) + " values, counted from 0");
    }
    const auto found = std::find_if(types.begin(), types.end(), holds_tensor);
    if (found == types.end()) refuse("there is no tensor");
    return found - types.begin();
  }

 private:
  void place_present(Value* value, const c10::TypePtr& type, std::span<const int64_t> element) {
    Value* none = graph_.insertConstant(c10::IValue());
    Value* present = graph_.insert(c10::aten::__isnot__, {value, none});
    Node* branch = graph_.insertNode(graph_.create(c10::prim::If, {present}, 0));
    torch::jit::Block* then = branch->addBlock();
    branch->addBlock();
    const torch::jit::WithInsertPoint inside(then);
    Node* unwrap =
        graph_.insertNode(graph_.create(c10::prim::unchecked_unwrap_optional, {value}, 1));
    unwrap->output()->setType(type);
    place(unwrap->output(), element);
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(Code::Tap, "cannot tap \"" + text_ + "\": " + what);
  }

  Graph& graph_;
  const int64_t id_;
  const std::string& text_;
};

void list_elements(const c10::TypePtr& type, std::vector<int64_t>& prefix,
                   std::vector<std::vector<int64_t>>& result) {
  if (const auto optional = type->cast<c10::OptionalType>()) {
    list_elements(optional->getElementType(), prefix, result);
  } else if (is_tensor(type)) {
    result.push_back(prefix);
  } else if (const auto tuple = type->cast<c10::TupleType>()) {
    for (size_t i = 0; i < tuple->elements().size(); ++i) {
      prefix.push_back(static_cast<int64_t>(i));
      list_elements(tuple->elements()[i], prefix, result);
      prefix.pop_back();
    }
  }
}

}  // namespace

void insert_tap(Graph& graph, const ModuleCall& call, const std::vector<int64_t>& element,
                int64_t id, const std::string& text) {
  const torch::jit::WithInsertPoint here(call.before);
  std::span<const int64_t> rest(element);
  std::vector<Value*> values = call.values;
  if (call.entering) {
    values.erase(std::remove_if(values.begin(), values.end(),
                                [](const Value* value) { return !holds_tensor(value->type()); }),
                 values.end());
  }
  const int64_t index = call.entering && !rest.empty() ? rest[0] : 0;
  if (index >= static_cast<int64_t>(values.size()))
    throw Error(Code::Tap,
                "cannot tap \"" + text + "\": there " +
                    (values.size() == 1 ? "is 1 input"
                                        : "are " + std::to_string(values.size()) + " inputs") +
                    " that can hold a tensor, counted from 0");
  if (call.entering && !rest.empty()) rest = rest.subspan(1);
  Placing(graph, id, text).place(values[static_cast<size_t>(index)], rest);
}

bool is_tensor(const c10::TypePtr& type) { return type->isSubtypeOf(*c10::TensorType::get()); }

c10::Symbol tap_symbol() {
  static const auto symbol = c10::Symbol::fromQualString("potstill::tap");
  return symbol;
}

std::vector<std::vector<int64_t>> tensor_elements(const std::vector<Value*>& values) {
  std::vector<std::vector<int64_t>> result;
  std::vector<int64_t> prefix;
  if (!values.empty()) list_elements(values[0]->type(), prefix, result);
  return result;
}

}  // namespace potstill
