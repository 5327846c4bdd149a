#include "core/objective.h"

#include "core/error.h"
#include "core/terms/registry.h"

namespace potstill {

at::Tensor compute_term(const Options& spec, const TermArguments& arguments) {
  const auto term = parse_term(spec);
  if (arguments.student.empty())
    throw Error(Code::Config, term->name() + " needs a tensor of the student");
  TermFeatures features;
  features.student = arguments.student;
  for (const auto& each : arguments.teacher) features.teacher.push_back(each.detach());
  // One tensor a side may be logits as well as features; the term asks for what it is about.
  TeacherLogits logits;
  if (features.teacher.size() == 1) logits = TeacherLogits({features.teacher[0]}, {1}, true);
  const auto& student = arguments.student;
  Samples samples(student.size() == 1 ? student[0] : at::Tensor(),
                  std::move(logits), Labels{arguments.labels, std::nullopt, 1});
  samples.mask = arguments.mask;
  samples.ids = arguments.ids;
  return term->evaluate(samples, features).mean;
}

}  // namespace potstill
