#pragma once

#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>

#include <optional>
#include <string>
#include <string_view>

namespace potstill::node {

// JavaScript's names of dtypes are PyTorch's, without "torch.".
std::optional<at::ScalarType> dtype_from_name(std::string_view name);
// Types that JavaScript cannot name (complex, quantized) come back as c10 spells them.
std::string dtype_name(at::ScalarType type);
std::optional<at::MemoryFormat> memory_format_from_name(std::string_view name);
std::optional<c10::Layout> layout_from_name(std::string_view name);

}  // namespace potstill::node
