#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace potstill {

// One long-lived thread that runs jobs in the order of their submission. libtorch keeps its JIT
// caches, OpenMP team, grad mode and streams per thread, so work must stay on one.
class Executor {
 public:
  using Job = std::function<void()>;

  enum class Priority { Normal, Low };

  // `threads` caps the intra-op threads of this executor; 0 leaves libtorch's default. Where others
  // want the CPU, a thread of low priority stands back (on Linux).
  Executor(std::string name, int threads, Priority priority = Priority::Normal);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Never blocks. A job must not throw. Returns false when the queue is full or stopped.
  bool submit(Job job);

  // Lets the running job end, drops the others (their destructors run on the calling thread),
  // joins the thread. Idempotent.
  void stop();

  static constexpr size_t kCapacity = 1 << 16;

 private:
  void loop();

  const std::string name_;
  const int threads_;
  const Priority priority_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;  // started by the first job
};

// Dissolves the OpenMP team of the calling thread, if it has one. While there are more threads in
// teams than cores, GNU's OpenMP puts all of them to sleep between two operators rather than let
// them wait for a moment; waking them costs a step of many small operators a tenth of its time.
void dissolve_team();

}  // namespace potstill
