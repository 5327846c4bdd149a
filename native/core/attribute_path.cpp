#include "core/attribute_path.h"

namespace potstill {

std::string attribute_path(const torch::jit::Value* value) {
  std::string path;
  for (; value->node()->kind() == c10::prim::GetAttr; value = value->node()->input()) {
    const std::string& name = value->node()->s(c10::attr::name);
    path = path.empty() ? name : name + "." + path;
  }
  return path;
}

}  // namespace potstill
