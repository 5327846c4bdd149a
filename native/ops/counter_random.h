#pragma once

#include <array>
#include <cstdint>

namespace potstill::ops {

// Random numbers that are a function of where they are used, not of what was drawn before: Philox
// 4x32 with ten rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// The key is a seed; the counter names the place. No state, so any thread may ask for any number.
inline std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                          std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53} * counter[0];
    const uint64_t product1 = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

// A whole number in [0, bound) from one random word; the bias is at most bound / 2^32.
inline int64_t scale_below(uint32_t word, int64_t bound) {
  return static_cast<int64_t>((uint64_t{word} * static_cast<uint64_t>(bound)) >> 32);
}

}  // namespace potstill::ops
