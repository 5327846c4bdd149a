#pragma once

#include <cstddef>
#include <optional>

namespace potstill {

struct AllocatorStats {
  size_t allocated = 0;  // bytes handed out
  size_t cached = 0;     // bytes kept for reuse
  size_t peak = 0;       // most bytes handed out at once
  std::optional<size_t> limit;  // of both together
};

// Puts a caching allocator under libtorch's CPU tensors, once per process. glibc returns large
// blocks to the kernel at every free and, off the main thread, faults them in again whatever its
// settings; on training shapes those faults cost more than the arithmetic.
// POTSTILL_ALLOCATOR=system leaves libtorch's own allocator in place;
// POTSTILL_CACHE_LIMIT (bytes) caps what is kept for reuse, POTSTILL_MEMORY_LIMIT that and what is
// handed out.
void install_allocator();

AllocatorStats allocator_stats();

// Caps the bytes handed out and kept for reuse: what would exceed them fails with
// c10::OutOfMemoryError, after blocks kept for reuse have given way. What is handed out stays, also
// where it is more already. Error(Config) where libtorch's own allocator is in place.
void limit_memory(std::optional<size_t> bytes);

// Gives every cached block back to the system.
void trim_allocator();

}  // namespace potstill
