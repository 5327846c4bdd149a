#pragma once

#include <cstddef>

namespace potstill::ops {

// Memory for one call of a kernel, at a multiple of 64 bytes. Kept per thread: small calls would
// otherwise pay for an allocation, long ones for page faults. The next call may get the same.
void* thread_scratch(size_t bytes);

}  // namespace potstill::ops
