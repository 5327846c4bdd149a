#include "core/cpu_features.h"

#include <ATen/Version.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

namespace potstill {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// oneDNN's own limit, by the names that it takes; DNNL_ is its older prefix.
bool onednn_is_held_down() {
  std::string limit = environment("ONEDNN_MAX_CPU_ISA");
  if (limit.empty()) limit = environment("DNNL_MAX_CPU_ISA");
  for (const char* older : {"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE",
                            "AVX512_CORE_VNNI"})
    if (limit == older) return true;
  return false;
}

bool instructions() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace

bool has_bfloat16() {
  const std::string said = environment("POTSTILL_BFLOAT16");
  if (said == "0" || said == "1") return said == "1";
  return instructions() && at::get_cpu_capability().find("AVX512") != std::string::npos &&
         !onednn_is_held_down();
}

}  // namespace potstill
