#pragma once

#include <span>

#include "node/call.h"

namespace potstill::node {

std::span<const Export> tensor_exports();
std::span<const Export> ops_exports();
std::span<const Export> module_exports();
std::span<const Export> tap_exports();
std::span<const Export> step_exports();
std::span<const Export> optimize_exports();
std::span<const Export> device_exports();
std::span<const Export> file_exports();

}  // namespace potstill::node
