#include "core/script_init.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "core/error.h"

namespace potstill {
namespace {

at::ScalarType parse_dtype(const Options& spec) {
  static const std::unordered_map<std::string, at::ScalarType> table = {
      {"float32", at::kFloat},     {"float64", at::kDouble}, {"float16", at::kHalf},
      {"bfloat16", at::kBFloat16}, {"int8", at::kChar},      {"int16", at::kShort},
      {"int32", at::kInt},         {"int64", at::kLong},     {"uint8", at::kByte},
      {"bool", at::kBool},
  };
  const auto name = spec.string("dtype", "float32");
  const auto it = table.find(name);
  if (it == table.end())
    throw Error(Code::Dtype, spec.where() + ".dtype: unknown element type \"" + name + "\"");
  return it->second;
}

double positive(const Options& init, const char* key) {
  const double value = init.number(key);
  if (!(value > 0))
    throw Error(Code::Config, init.where() + "." + key + ": expected a number above 0");
  return value;
}

double normal_cdf(double x) { return (1.0 + std::erf(x / std::sqrt(2.0))) / 2.0; }

// torch.nn.init.trunc_normal_: rejection from the normal where the interval holds much of its
// mass, otherwise from the uniform under the peak.
void truncated_normal(at::Tensor& tensor, double mean, double std, double from, double to) {
  const double mass = normal_cdf((to - mean) / std) - normal_cdf((from - mean) / std);
  if (mass > 0.3) {
    const auto low = at::scalar_tensor(from, tensor.options()).item();
    const auto high = at::scalar_tensor(to, tensor.options()).item();
    tensor.normal_(mean, std);
    for (;;) {
      const auto outside = tensor.lt(low).logical_or_(tensor.gt(high));
      if (!outside.any().item<bool>()) return;
      tensor = at::where(outside, at::empty_like(tensor).normal_(mean, std), tensor);
    }
  }
  const double mode = std::max(from, std::min(mean, to));
  const double peak = -0.5 * std::pow((mode - mean) / std, 2);
  auto log_density = [&](at::Tensor& x) { x.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak); };
  auto chance = at::empty_like(tensor);
  tensor.uniform_(from, to);
  auto candidates = tensor.clone();
  log_density(candidates);
  auto pending = chance.uniform_().log_().gt(candidates);
  while (pending.any().item<bool>()) {
    candidates.uniform_(from, to);
    tensor = at::where(pending, candidates, tensor);
    log_density(candidates);
    pending = at::where(pending, chance.uniform_().log_().gt(candidates), pending);
  }
}

void initialize(at::Tensor& tensor, const Options& init) {
  const auto kind = init.string("kind");
  if (kind == "zeros") {
    tensor.zero_();
  } else if (kind == "ones") {
    tensor.fill_(1);
  } else if (kind == "constant") {
    tensor.fill_(init.number("value"));
  } else if (kind == "uniform") {
    tensor.uniform_(init.number("from"), init.number("to"));
  } else if (kind == "normal") {
    tensor.normal_(init.number("mean"), init.number("std"));
    if (init.has("zeroRow")) tensor.select(0, init.integer("zeroRow")).zero_();
  } else if (kind == "truncatedNormal") {
    truncated_normal(tensor, init.number("mean"), positive(init, "std"), init.number("from"),
                     init.number("to"));
  } else if (kind == "kaimingUniform") {
    const double a = init.number("a");
    const double gain = std::sqrt(2.0 / (1 + a * a));
    const double bound = std::sqrt(3.0) * (gain / std::sqrt(positive(init, "fanIn")));
    tensor.uniform_(-bound, bound);
  } else if (kind == "kaimingNormal") {
    tensor.normal_(0, init.number("gain") / std::sqrt(positive(init, "fan")));
  } else if (kind == "xavierUniform") {
    const double fans = positive(init, "fanIn") + positive(init, "fanOut");
    const double bound = std::sqrt(3.0) * (init.number("gain") * std::sqrt(2.0 / fans));
    tensor.uniform_(-bound, bound);
  } else {
    throw Error(Code::Config, init.where() + ".kind: unknown initializer \"" + kind + "\"");
  }
}

}  // namespace

at::Tensor initial_tensor(const Options& spec) {
  const auto shape = spec.integers("shape");
  for (const auto size : shape)
    if (size < 0) throw Error(Code::Shape, spec.where() + ".shape: sizes are not negative");
  const auto dtype = parse_dtype(spec);
  const auto init = spec.options("init");
  if (init.string("kind") == "data") {
    const auto data = init.tensor("tensor");
    if (data.sizes() != at::IntArrayRef(shape))
      throw Error(Code::Shape, spec.where() + ": the data have another shape than the spec");
    return data.detach().to(at::kCPU, dtype, /*non_blocking=*/false, /*copy=*/true);
  }
  auto tensor = at::empty(shape, at::TensorOptions(dtype));
  initialize(tensor, init);
  return tensor;
}

}  // namespace potstill
