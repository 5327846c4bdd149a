#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace potstill {

// How fast work in the background goes: it rests after each piece, for several times as long as the
// piece took, so that training and the event loop keep the CPU and the disk, until somebody waits
// for it.
class Pace {
 public:
  // A ticket for work that may take its time; 0 stands for work that may not.
  uint64_t begin();
  // All work begun so far is waited for from now on.
  void hurry();
  // Called after a piece that took `taken`.
  void rest(uint64_t ticket, std::chrono::steady_clock::duration taken);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t begun_ = 0;
  uint64_t hurried_ = 0;
};

}  // namespace potstill
