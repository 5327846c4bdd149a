#pragma once

#include <cstdint>

namespace potstill::ops {

// Results from this size on leave the caches before anyone reads them; in bytes.
constexpr int64_t kStreamedBytes = int64_t{16} << 20;

// The instruction sets that CPU kernels are compiled for. `Default` is the compiler's baseline
// (SSE2 on x86-64, NEON on arm64).
enum class CpuCapability { Default, Avx2, Avx512 };

// "default", "avx2" or "avx512".
const char* name_of(CpuCapability capability);

// The best set that this CPU and its system support, found at the first call. The environment
// variable POTSTILL_CPU_CAPABILITY (default | avx2 | avx512) forces a lower one; a name that is
// unknown, or a set that this CPU lacks, is an error.
CpuCapability cpu_capability();

template <typename T>
const T& of_capability(const T& base, const T& avx2, const T& avx512) {
  const CpuCapability capability = cpu_capability();
  return capability == CpuCapability::Avx512 ? avx512
         : capability == CpuCapability::Avx2 ? avx2
                                             : base;
}

}  // namespace potstill::ops

// Of name_default, name_avx2 and name_avx512 the one for this CPU. A macro, since other processors
// have the first alone.
#if defined(__x86_64__)
#define POTSTILL_FOR_CPU(name) \
  ::potstill::ops::of_capability(name##_default, name##_avx2, name##_avx512)
#else
#define POTSTILL_FOR_CPU(name) name##_default
#endif
