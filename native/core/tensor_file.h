#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

namespace potstill {

// Files of tensors, one after the other. Writing syncs and closes; a file that cannot be completed is
// removed again. `name` stands for it in messages: Error(Io). `between` is called after every piece
// of a quarter of a megabyte, when it is on its way to the disk.

// As the elements lie in memory, or would if they were contiguous and on the CPU.
void write_tensors(const std::string& path, const std::string& name,
                   const std::vector<at::Tensor>& parts, const std::function<void()>& between);

// The same with half types widened to float32, and the SHA-256 of all that: what a checkpoint is
// made of.
void write_sealed(const std::string& path, const std::string& name,
                  const std::vector<at::Tensor>& parts, const std::function<void()>& between);

struct Sealed {
  at::Tensor content;  // uint8 [bytes], without the digest
  bool intact = false;
};

// Error(Io) where it cannot be read; a file too short for a digest is not intact.
Sealed read_sealed(const std::string& path);

}  // namespace potstill
