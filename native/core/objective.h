#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "core/options.h"

namespace potstill {

// What a term is computed from outside a training step: for terms on logits one tensor a side, for
// terms on features one for each pair.
struct TermArguments {
  std::vector<at::Tensor> student, teacher;
  std::optional<at::Tensor> labels, mask, ids;
};

// Value of one term without its weight, differentiable by the student; the teacher is a constant.
at::Tensor compute_term(const Options& term, const TermArguments& arguments);

}  // namespace potstill
