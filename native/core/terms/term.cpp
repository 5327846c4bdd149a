#include "core/terms/term.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace potstill {

LossTerm::LossTerm(const Options& spec, const std::vector<const char*>& options)
    : name_(spec.string("kind")), weight_(spec.number("weight", 1)) {
  for (const auto& key : spec.keys()) {
    if (key == "kind" || key == "weight") continue;
    if (std::find(options.begin(), options.end(), key) != options.end()) continue;
    std::string known;
    for (const char* each : options) known += std::string(each) + ", ";
    throw Error(Code::Config, spec.where() + ": " + name_ + " has no option \"" + key +
                                  "\"; its options are " + known + "weight");
  }
  check_option(spec, "weight", weight_, std::isfinite(weight_), "a finite number");
}

void check_option(const Options& spec, const char* key, double value, bool good,
                  const char* expected) {
  if (!good)
    throw Error(Code::Config,
                spec.where() + "." + key + ": expected " + expected + ", got " + c10::str(value));
}

double finite_option(const Options& spec, const char* key, double fallback) {
  const double value = spec.number(key, fallback);
  check_option(spec, key, value, std::isfinite(value), "a finite number");
  return value;
}

double share_option(const Options& spec, const char* key, double fallback) {
  const double value = spec.number(key, fallback);
  check_option(spec, key, value, value >= 0 && value <= 1, "0 to 1");
  return value;
}

double positive_option(const Options& spec, const char* key, double fallback) {
  const double value = spec.number(key, fallback);
  check_option(spec, key, value, std::isfinite(value) && value > 0, "a number above 0");
  return value;
}

}  // namespace potstill
