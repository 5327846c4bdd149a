#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

namespace potstill {

// Tensors one after the other, and the SHA-256 of all that: what a checkpoint is made of. Half types
// are widened to float32, the rest lies as it does in memory.

// Writes to `path`, syncs, closes; a file that cannot be completed is removed again. `name` stands
// for it in messages. Calls `between` after every piece of a quarter of a megabyte, when it is on its way to
// the disk. Error(Io).
void write_sealed(const std::string& path, const std::string& name,
                  const std::vector<at::Tensor>& parts, const std::function<void()>& between);

struct Sealed {
  at::Tensor content;  // uint8 [bytes], without the digest
  bool intact = false;
};

// Error(Io) where it cannot be read; a file too short for a digest is not intact.
Sealed read_sealed(const std::string& path);

}  // namespace potstill
