#include "core/output.h"

#include <ATen/ATen.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/jit_type.h>

#include "core/error.h"
#include "core/nearest.h"

namespace potstill {
namespace {

std::vector<std::string> field_names(const c10::IValue& output) {
  std::vector<std::string> names;
  if (output.isGenericDict()) {
    for (const auto& entry : output.toGenericDict())
      if (entry.key().isString()) names.push_back(entry.key().toStringRef());
  } else if (output.isTuple()) {
    if (const auto& schema = output.toTupleRef().type()->schema())
      for (const auto& field : schema->arguments()) names.push_back(field.name());
  }
  return names;
}

std::string brief(const c10::IValue& value) {
  if (value.isTensor())
    return value.toTensor().defined() ? c10::str("tensor ", value.toTensor().sizes()) : "no tensor";
  if (value.isTuple()) return c10::str("tuple of ", value.toTupleRef().elements().size());
  return value.tagKind();
}

std::string describe(const c10::IValue& output) {
  std::string text;
  const auto names = field_names(output);
  if (output.isGenericDict()) {
    for (const auto& entry : output.toGenericDict())
      text += (text.empty() ? "" : ", ") +
              (entry.key().isString() ? "\"" + entry.key().toStringRef() + "\"" : "(a key)") +
              ": " + brief(entry.value());
    return "a dict {" + text + "}";
  }
  if (output.isTuple() || output.isList()) {
    const auto elements = output.isTuple() ? output.toTupleRef().elements().vec()
                                           : output.toList().vec();
    for (size_t i = 0; i < elements.size(); ++i)
      text += (i ? ", " : "") + (names.empty() ? std::string() : names[i] + ": ") +
              brief(elements[i]);
    return std::string(output.isTuple() ? "a tuple (" : "a list (") + text + ")";
  }
  return "a " + brief(output);
}

}  // namespace

OutputSelector::OutputSelector(const c10::IValue& selector, std::string who)
    : selector_(selector), who_(std::move(who)) {
  if (!selector_.isNone() && !selector_.isInt() && !selector_.isString())
    throw Error(Code::Config,
                "output of " + who_ + ": expected an index, a key, or nothing for a plain tensor");
}

void OutputSelector::refuse(const c10::IValue& output, const std::string& advice) const {
  throw Error(Code::Config, who_ + " returned " + describe(output) + "; " + advice);
}

at::Tensor OutputSelector::pick(const c10::IValue& output) const {
  if (output.isTensor()) {
    if (!selector_.isNone()) refuse(output, "leave `output` out");
    return output.toTensor();
  }
  const auto logits = [&](const c10::IValue& value) {
    if (!value.isTensor()) refuse(output, "`output` must pick a tensor");
    return value.toTensor();
  };
  if (selector_.isInt() && (output.isTuple() || output.isList())) {
    const auto size = static_cast<int64_t>(output.isTuple() ? output.toTupleRef().elements().size()
                                                            : output.toListRef().size());
    const int64_t index = selector_.toInt() < 0 ? selector_.toInt() + size : selector_.toInt();
    if (index < 0 || index >= size)
      refuse(output, "there is no element " + std::to_string(selector_.toInt()));
    return logits(output.isTuple() ? output.toTupleRef().elements()[index]
                                   : output.toList().get(index));
  }
  if (selector_.isString() && output.isGenericDict()) {
    const auto dict = output.toGenericDict();
    const auto found = dict.find(selector_);
    if (found == dict.end())
      refuse(output, "there is no \"" + selector_.toStringRef() + "\"; the nearest are " +
                         nearest(selector_.toStringRef(), field_names(output)));
    return logits(found->value());
  }
  if (selector_.isString() && output.isTuple()) {
    const auto names = field_names(output);
    for (size_t i = 0; i < names.size(); ++i)
      if (names[i] == selector_.toStringRef()) return logits(output.toTupleRef().elements()[i]);
    refuse(output, names.empty() ? "its elements have no names; set `output` to an index"
                                 : "there is no \"" + selector_.toStringRef() + "\"");
  }
  if (output.isGenericDict()) refuse(output, "set `output` to the key of the logits");
  if (output.isTuple() || output.isList())
    refuse(output, "set `output` to the index of the logits");
  refuse(output, "expected a tensor, or a tuple, list or dict with `output` set");
}

}  // namespace potstill
