#include "core/autocast.h"

#include <ATen/autocast_mode.h>

#include "core/error.h"

namespace potstill {

Autocast::Autocast(c10::DeviceType device, at::ScalarType type)
    : device_(device),
      enabled_(at::autocast::is_autocast_enabled(device)),
      cached_(at::autocast::is_autocast_cache_enabled()),
      type_(at::autocast::get_autocast_dtype(device)) {
  at::autocast::increment_nesting();
  at::autocast::set_autocast_dtype(device, type);
  at::autocast::set_autocast_cache_enabled(true);
  at::autocast::set_autocast_enabled(device, true);
}

Autocast::~Autocast() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device_, enabled_);
  at::autocast::set_autocast_cache_enabled(cached_);
  at::autocast::set_autocast_dtype(device_, type_);
}

at::ScalarType autocast_type(const std::string& name, const std::string& where) {
  if (name == "bfloat16") return at::kBFloat16;
  if (name == "float16") return at::kHalf;
  throw Error(Code::Config,
              where + ": expected \"bfloat16\" or \"float16\", got \"" + name + "\"");
}

at::Tensor widened(const at::Tensor& value) {
  const auto type = value.scalar_type();
  return type == at::kBFloat16 || type == at::kHalf ? value.to(at::kFloat) : value;
}

}  // namespace potstill
