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

}  // namespace potstill::ops
