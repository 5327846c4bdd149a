#include "node/names.h"

#include <c10/core/Layout.h>

#include <utility>

namespace potstill::node {
namespace {

constexpr std::pair<std::string_view, at::ScalarType> kDtypes[] = {
    {"float32", at::kFloat},       {"float64", at::kDouble}, {"float16", at::kHalf},
    {"bfloat16", at::kBFloat16},   {"int8", at::kChar},      {"int16", at::kShort},
    {"int32", at::kInt},           {"int64", at::kLong},     {"uint8", at::kByte},
    {"bool", at::kBool},           {"complex64", at::kComplexFloat},
    {"complex128", at::kComplexDouble},
};

constexpr std::pair<std::string_view, at::MemoryFormat> kFormats[] = {
    {"contiguous_format", at::MemoryFormat::Contiguous},
    {"preserve_format", at::MemoryFormat::Preserve},
    {"channels_last", at::MemoryFormat::ChannelsLast},
    {"channels_last_3d", at::MemoryFormat::ChannelsLast3d},
};

constexpr std::pair<std::string_view, c10::Layout> kLayouts[] = {
    {"strided", at::kStrided}, {"sparse_coo", at::kSparse}, {"mkldnn", at::kMkldnn}};

template <typename Value, size_t Size>
std::optional<Value> find(const std::pair<std::string_view, Value> (&table)[Size],
                          std::string_view name) {
  for (const auto& [known, value] : table)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace

std::optional<at::ScalarType> dtype_from_name(std::string_view name) {
  return find(kDtypes, name);
}

std::string dtype_name(at::ScalarType type) {
  for (const auto& [name, known] : kDtypes)
    if (known == type) return std::string(name);
  return c10::toString(type);
}

std::optional<at::MemoryFormat> memory_format_from_name(std::string_view name) {
  return find(kFormats, name);
}

std::optional<c10::Layout> layout_from_name(std::string_view name) {
  return find(kLayouts, name);
}

}  // namespace potstill::node
