#pragma once

#include <cstddef>

namespace potstill {

struct AllocatorStats {
  size_t allocated = 0;  // bytes handed out
  size_t cached = 0;     // bytes kept for reuse
  size_t peak = 0;       // most bytes handed out at once
};

// Puts a caching allocator under libtorch's CPU tensors, once per process. glibc returns large
// blocks to the kernel at every free and, off the main thread, faults them in again whatever its
// settings; on training shapes those faults cost more than the arithmetic.
// POTSTILL_ALLOCATOR=system leaves libtorch's own allocator in place;
// POTSTILL_CACHE_LIMIT (bytes) caps what is kept for reuse.
void install_allocator();

AllocatorStats allocator_stats();

// Gives every cached block back to the system.
void trim_allocator();

}  // namespace potstill
