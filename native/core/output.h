#pragma once

#include <ATen/core/ivalue.h>

#include <string>

namespace potstill {

// Picks the logits from what a model returns: nothing for a plain tensor, an index for a tuple or
// list (negative ones count from the end), a key for a dict or named tuple.
class OutputSelector {
 public:
  // `selector` is None, an integer or a string; `who` names the model in messages.
  OutputSelector(const c10::IValue& selector, std::string who);

  // Error(Config) that says what the model returned and what to choose from.
  at::Tensor pick(const c10::IValue& output) const;

 private:
  [[noreturn]] void refuse(const c10::IValue& output, const std::string& advice) const;

  c10::IValue selector_;
  std::string who_;
};

}  // namespace potstill
