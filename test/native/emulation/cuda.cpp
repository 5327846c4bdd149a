#include "emulation/cuda.h"

#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace potstill::emulation {
namespace {

constexpr unsigned warp_size = 32;
constexpr size_t stack_bytes = 128 << 10;
constexpr size_t guard_bytes = 256;
// As 32 and as 64 bits a NaN: what is read before it is written shows.
constexpr unsigned char poison = 0xff;

struct Barrier {
  unsigned arrived = 0;
  std::vector<unsigned> waiting;
};

// ucontext makes a stack to start on; from then on jumps, which save no signal masks and so cost no
// system call.
struct Place {
  jmp_buf at;
};

struct Fiber {
  ucontext_t begin;
  Place place;
  bool begun = false;
  std::unique_ptr<char[]> stack{new char[stack_bytes]};
  Index thread;
  unsigned value = 0;
  bool done = false;
};

struct Machine {
  Place scheduler;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<unsigned> ready;
  Barrier block;
  std::vector<Barrier> warps;
  Index block_index, block_size, grid_size;
  std::vector<unsigned char> shared;
  size_t shared_bytes = 0;
  unsigned current = 0;
  const std::function<void()>* kernel = nullptr;
  std::exception_ptr failure;
  Schedule schedule = Schedule::Forward;
  std::mt19937_64 random;
  size_t launches = 0;
};

Machine& machine() {
  static Machine instance;
  return instance;
}

void to_scheduler(Fiber& from) {
  if (_setjmp(from.place.at) == 0) _longjmp(machine().scheduler.at, 1);
}

void to_fiber(Fiber& fiber) {
  if (_setjmp(machine().scheduler.at) != 0) return;
  if (fiber.begun) _longjmp(fiber.place.at, 1);
  fiber.begun = true;
  setcontext(&fiber.begin);
}

void fiber_main() {
  Machine& m = machine();
  try {
    (*m.kernel)();
  } catch (...) {
    m.failure = std::current_exception();
  }
  m.fibers[m.current]->done = true;
  to_scheduler(*m.fibers[m.current]);
}

void wait_at(Barrier& barrier, unsigned expected) {
  Machine& m = machine();
  Fiber& self = *m.fibers[m.current];
  barrier.waiting.push_back(m.current);
  if (++barrier.arrived == expected) {
    barrier.arrived = 0;
    m.ready.insert(m.ready.end(), barrier.waiting.begin(), barrier.waiting.end());
    barrier.waiting.clear();
  }
  to_scheduler(self);
}

unsigned next_ready() {
  Machine& m = machine();
  size_t at = 0;
  if (m.schedule == Schedule::Backward) at = m.ready.size() - 1;
  if (m.schedule == Schedule::Random) at = m.random() % m.ready.size();
  const unsigned fiber = m.ready[at];
  m.ready.erase(m.ready.begin() + static_cast<std::ptrdiff_t>(at));
  return fiber;
}

void run_block(unsigned threads) {
  Machine& m = machine();
  while (m.fibers.size() < threads) m.fibers.push_back(std::make_unique<Fiber>());
  std::fill(m.shared.begin(), m.shared.end(), poison);
  m.block = {};
  m.warps.assign((threads + warp_size - 1) / warp_size, {});
  m.ready.clear();
  for (unsigned i = 0; i < threads; ++i) {
    Fiber& fiber = *m.fibers[i];
    fiber.thread = {i, 0, 0};
    fiber.done = fiber.begun = false;
    getcontext(&fiber.begin);
    fiber.begin.uc_stack.ss_sp = fiber.stack.get();
    fiber.begin.uc_stack.ss_size = stack_bytes;
    fiber.begin.uc_link = nullptr;
    makecontext(&fiber.begin, fiber_main, 0);
    m.ready.push_back(i);
  }
  while (!m.ready.empty()) {
    m.current = next_ready();
    to_fiber(*m.fibers[m.current]);
    if (m.failure) std::rethrow_exception(std::exchange(m.failure, nullptr));
  }
  for (unsigned i = 0; i < threads; ++i)
    if (!m.fibers[i]->done)
      throw std::runtime_error("emulation: thread " + std::to_string(i) + " of block " +
                               std::to_string(m.block_index.x) +
                               " waits at a barrier that others never reach");
  for (size_t i = m.shared_bytes; i < m.shared.size(); ++i)
    if (m.shared[i] != poison)
      throw std::runtime_error("emulation: shared memory was written past its " +
                               std::to_string(m.shared_bytes) + " bytes");
}

}  // namespace

const Index& thread_index() { return machine().fibers[machine().current]->thread; }
const Index& block_index() { return machine().block_index; }
const Index& block_size() { return machine().block_size; }
const Index& grid_size() { return machine().grid_size; }
unsigned char* shared_memory() { return machine().shared.data(); }

void block_barrier() { wait_at(machine().block, machine().block_size.x); }

void warp_barrier() {
  Machine& m = machine();
  const unsigned warp = m.current / warp_size;
  const unsigned rest = m.block_size.x - warp * warp_size;
  wait_at(m.warps[warp], std::min(rest, warp_size));
}

unsigned exchange(unsigned value, int lane) {
  Machine& m = machine();
  const unsigned self = m.current;
  m.fibers[self]->value = value;
  warp_barrier();
  const unsigned other = self ^ static_cast<unsigned>(lane);
  if (other >= m.block_size.x)
    throw std::runtime_error("emulation: an exchange with a lane that is not there");
  const unsigned result = m.fibers[other]->value;
  warp_barrier();  // nobody gives the next value before all have read this one
  return result;
}

void set_schedule(Schedule schedule, uint64_t seed) {
  machine().schedule = schedule;
  machine().random.seed(seed);
}

void run_grid(unsigned blocks, unsigned threads, size_t shared_bytes,
              const std::function<void()>& kernel) {
  Machine& m = machine();
  if (threads == 0 || threads > 1024) throw std::runtime_error("emulation: too many threads");
  m.kernel = &kernel;
  m.grid_size = {blocks, 1, 1};
  m.block_size = {threads, 1, 1};
  m.shared_bytes = shared_bytes;
  m.shared.resize(shared_bytes + guard_bytes);
  ++m.launches;
  for (unsigned block = 0; block < blocks; ++block) {
    m.block_index = {block, 0, 0};
    run_block(threads);
  }
}

size_t take_launches() { return std::exchange(machine().launches, 0); }

}  // namespace potstill::emulation
