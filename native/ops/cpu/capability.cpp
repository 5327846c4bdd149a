#include "ops/cpu/capability.h"

#include <c10/util/Exception.h>

#include <cstdlib>
#include <string>

namespace potstill::ops {
namespace {

CpuCapability best_supported() {
#if defined(__x86_64__)
  // The flags that CMakeLists.txt gives to *_avx512.cpp and *_avx2.cpp, all of them.
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"))
    return CpuCapability::Avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c"))
    return CpuCapability::Avx2;
#endif
  return CpuCapability::Default;
}

CpuCapability choose() {
  const CpuCapability best = best_supported();
  const char* wanted = std::getenv("POTSTILL_CPU_CAPABILITY");
  if (wanted == nullptr || *wanted == '\0') return best;
  for (const auto capability :
       {CpuCapability::Default, CpuCapability::Avx2, CpuCapability::Avx512}) {
    if (std::string(wanted) != name_of(capability)) continue;
    TORCH_CHECK_VALUE(capability <= best, "POTSTILL_CPU_CAPABILITY is \"", wanted,
                      "\", but this CPU goes up to \"", name_of(best), "\"");
    return capability;
  }
  TORCH_CHECK_VALUE(false, "POTSTILL_CPU_CAPABILITY is \"", wanted,
                    "\"; it may be default, avx2 or avx512");
}

}  // namespace

const char* name_of(CpuCapability capability) {
  switch (capability) {
    case CpuCapability::Avx512: return "avx512";
    case CpuCapability::Avx2: return "avx2";
    case CpuCapability::Default: break;
  }
  return "default";
}

CpuCapability cpu_capability() {
  static const CpuCapability chosen = choose();
  return chosen;
}

}  // namespace potstill::ops
