#include "engine/executor.h"

#include <ATen/Parallel.h>
#include <omp.h>
#include <pthread.h>
#include <sys/resource.h>

#include <chrono>

#include "core/allocator.h"
#include "ops/threads.h"

namespace potstill {
namespace {
// A pause this long means that the run is over: the cached blocks go back to the system.
constexpr auto kIdle = std::chrono::seconds(10);

// Each library takes over libtorch's number of threads with its first operator on a thread, unless
// it has done so before; that would undo a cap.
void take_over_threads() {
  at::get_num_threads();                  // libtorch
  at::internal::lazy_init_num_threads();  // this one
  ops::take_over_threads();
}

void lower_priority() {
#if defined(__linux__)
  // There "process" 0 is the calling thread. Ten steps are a tenth of a busy core; the way back up
  // is not open to every user.
  ::setpriority(PRIO_PROCESS, 0, 10);
#endif
}
}  // namespace

Executor::Executor(std::string name, int threads, Priority priority)
    : name_(std::move(name)), threads_(threads), priority_(priority) {}

Executor::~Executor() { stop(); }

bool Executor::submit(Job job) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= kCapacity) return false;
    jobs_.push_back(std::move(job));
    if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  }
  wake_.notify_one();
  return true;
}

void Executor::stop() {
  std::deque<Job> dropped;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Executor::loop() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  if (priority_ == Priority::Low) lower_priority();
  take_over_threads();
  // Not at::set_num_threads, which would change the default of every other thread too.
  if (threads_ > 0) omp_set_num_threads(threads_);
  bool trimmed = true;
  std::unique_lock lock(mutex_);
  while (true) {
    if (!wake_.wait_for(lock, kIdle, [this] { return stopping_ || !jobs_.empty(); })) {
      if (!trimmed) {
        lock.unlock();
        trim_allocator();
        trimmed = true;
        lock.lock();
      }
      continue;
    }
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what the job held is released here, not while the lock is held
    trimmed = false;
    lock.lock();
  }
}

void dissolve_team() { omp_pause_resource(omp_pause_soft, omp_get_initial_device()); }

}  // namespace potstill
