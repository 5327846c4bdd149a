#include "core/gradient_scaler.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"

namespace potstill {
namespace {

constexpr const char* kScale = "scaler.scale";
constexpr const char* kFinite = "scaler.finite";

// Where fairseq gives up too.
constexpr double kLeastScale = 1e-4;
// Of float32, with its inverse.
constexpr double kMostScale = 0x1p127;

}  // namespace

GradientScaler::GradientScaler(const Options& spec)
    : scale_(spec.number("initialScale")),
      growth_(spec.number("growthFactor")),
      backoff_(spec.number("backoffFactor")),
      interval_(spec.integer("growthInterval")) {
  const auto refuse = [&](const char* key, const char* expected) {
    throw Error(Code::Config, spec.where() + "." + key + ": expected " + expected);
  };
  if (!(scale_ > 0 && scale_ <= kMostScale))
    refuse("initialScale", "a number above 0, up to 2^127");
  if (!(growth_ > 1 && std::isfinite(growth_))) refuse("growthFactor", "a number above 1");
  if (!(backoff_ > 0 && backoff_ < 1)) refuse("backoffFactor", "a number between 0 and 1");
  if (interval_ < 1) refuse("growthInterval", "an integer of 1 or more");
}

bool GradientScaler::unscale(const std::vector<at::Tensor>& gradients) {
  // One call takes tensors of one type only.
  std::map<at::ScalarType, std::vector<at::Tensor>> kinds;
  for (const auto& gradient : gradients)
    if (gradient.defined()) kinds[gradient.scalar_type()].push_back(gradient);
  if (kinds.empty()) return true;
  const auto options = kinds.begin()->second[0].options().dtype(at::kFloat);
  auto infinite = at::zeros({1}, options);
  const auto inverse = at::full({1}, 1 / scale_, options);
  for (auto& [type, tensors] : kinds)
    at::_amp_foreach_non_finite_check_and_unscale_(tensors, infinite, inverse);
  if (infinite.item<float>() != 0) {
    finite_ = 0;
    scale_ *= backoff_;
    if (scale_ < kLeastScale)
      throw Error(Code::Nonfinite,
                  "the gradients are not finite, whatever they are scaled by; look for what "
                  "overflows in the student, or train it in bfloat16 or float32");
    return false;
  }
  if (++finite_ == interval_) {
    finite_ = 0;
    scale_ = std::min(scale_ * growth_, kMostScale);
  }
  return true;
}

void GradientScaler::save(State& state) const {
  state.counters[kScale] = scale_;
  state.counters[kFinite] = static_cast<double>(finite_);
}

void GradientScaler::check(const State& state) const {
  for (const char* key : {kScale, kFinite})
    if (!state.counters.count(key))
      throw Error(Code::Checkpoint,
                  std::string("the checkpoint has no counter \"") + key +
                      "\"; it comes from a run without a gradient scaler");
}

void GradientScaler::load(const State& state) {
  scale_ = state.counters.at(kScale);
  finite_ = static_cast<int64_t>(state.counters.at(kFinite));
}

}  // namespace potstill
