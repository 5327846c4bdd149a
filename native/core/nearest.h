#pragma once

#include <string>
#include <vector>

namespace potstill {

// The names most like `name`, best first; those alike in likeness keep their order.
std::vector<std::string> nearest_names(const std::string& name,
                                       const std::vector<std::string>& names, size_t count = 3);

// The names most like `name`, quoted and joined by commas, for messages.
std::string nearest(const std::string& name, const std::vector<std::string>& names,
                    size_t count = 3);

}  // namespace potstill
