#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace potstill {

// SHA-256 (FIPS 180-4), a piece at a time; with the CPU's own instructions where it has them.
class Sha256 {
 public:
  using Digest = std::array<uint8_t, 32>;

  void update(const void* data, size_t size);
  // Of all that was given; call it once, last.
  Digest digest();

 private:
  static constexpr size_t kBlock = 64;

  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, kBlock> pending_{};
  size_t pending_size_ = 0;
  uint64_t total_ = 0;
};

}  // namespace potstill
