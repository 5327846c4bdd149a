#pragma once

#include <memory>

#include "core/terms/term.h"

namespace potstill {

// Error(Config) for unknown kinds and options, and for values out of range.
std::unique_ptr<LossTerm> parse_term(const Options& spec);

using TermFactory = std::unique_ptr<LossTerm> (*)(const Options&);

// One factory for each class, beside the class.
std::unique_ptr<LossTerm> make_response(const Options& spec);
std::unique_ptr<LossTerm> make_cross_entropy(const Options& spec);
std::unique_ptr<LossTerm> make_binary_cross_entropy(const Options& spec);
std::unique_ptr<LossTerm> make_mse(const Options& spec);
std::unique_ptr<LossTerm> make_soft_targets(const Options& spec);
std::unique_ptr<LossTerm> make_logit_mse(const Options& spec);
std::unique_ptr<LossTerm> make_hint(const Options& spec);
std::unique_ptr<LossTerm> make_attention(const Options& spec);
std::unique_ptr<LossTerm> make_similarity(const Options& spec);
std::unique_ptr<LossTerm> make_rkd(const Options& spec);
std::unique_ptr<LossTerm> make_pkt(const Options& spec);
std::unique_ptr<LossTerm> make_nst(const Options& spec);
std::unique_ptr<LossTerm> make_reverse_kl(const Options& spec);
std::unique_ptr<LossTerm> make_jsd(const Options& spec);
std::unique_ptr<LossTerm> make_skew_kl(const Options& spec);
std::unique_ptr<LossTerm> make_skew_reverse_kl(const Options& spec);
std::unique_ptr<LossTerm> make_logit_standardization(const Options& spec);
std::unique_ptr<LossTerm> make_dkd(const Options& spec);
std::unique_ptr<LossTerm> make_dist(const Options& spec);
std::unique_ptr<LossTerm> make_cosine(const Options& spec);
std::unique_ptr<LossTerm> make_ab(const Options& spec);
std::unique_ptr<LossTerm> make_ofd(const Options& spec);
std::unique_ptr<LossTerm> make_fsp(const Options& spec);
std::unique_ptr<LossTerm> make_mini_lm(const Options& spec);
std::unique_ptr<LossTerm> make_module_term(const Options& spec);
std::unique_ptr<LossTerm> make_custom_term(const Options& spec);

}  // namespace potstill
