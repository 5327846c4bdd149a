#include "core/terms/registry.h"

#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace potstill {
namespace {

// As lib/losses names them.
constexpr std::pair<const char*, TermFactory> kTerms[] = {
    {"response", make_response},
    {"crossEntropy", make_cross_entropy},
    {"binaryCrossEntropy", make_binary_cross_entropy},
    {"mse", make_mse},
    {"softTargets", make_soft_targets},
    {"logitMse", make_logit_mse},
    {"hint", make_hint},
    {"hiddenState", make_hint},
    {"attention", make_attention},
    {"similarity", make_similarity},
    {"rkd", make_rkd},
    {"pkt", make_pkt},
    {"nst", make_nst},
    {"reverseKl", make_reverse_kl},
    {"jsd", make_jsd},
    {"skewKl", make_skew_kl},
    {"skewReverseKl", make_skew_reverse_kl},
    {"logitStandardization", make_logit_standardization},
    {"dkd", make_dkd},
    {"dist", make_dist},
    {"cosine", make_cosine},
    {"ab", make_ab},
    {"ofd", make_ofd},
    {"fsp", make_fsp},
    {"miniLm", make_mini_lm},
    {"module", make_module_term},
    {"custom", make_custom_term},
};

}  // namespace

std::unique_ptr<LossTerm> parse_term(const Options& spec) {
  const std::string kind = spec.string("kind");
  std::string known;
  for (const auto& [name, make] : kTerms) {
    if (kind == name) return make(spec);
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(Code::Config,
              spec.where() + ".kind: there is no loss \"" + kind + "\"; the losses are " + known);
}

}  // namespace potstill
