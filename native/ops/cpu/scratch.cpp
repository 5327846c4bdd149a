#include "ops/cpu/scratch.h"

#include <memory>
#include <vector>

namespace potstill::ops {

void* thread_scratch(size_t bytes) {
  constexpr size_t alignment = 64;
  thread_local std::vector<char> buffer;
  if (buffer.size() < bytes + alignment) buffer.resize(bytes + alignment);
  void* start = buffer.data();
  size_t space = buffer.size();
  return std::align(alignment, bytes, start, space);
}

}  // namespace potstill::ops
