#include "core/allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "core/error.h"

namespace potstill {
namespace {

constexpr size_t kAlignment = 64;  // what ATen's vectorised kernels expect
constexpr size_t kHeader = 64;     // keeps the data aligned behind the bin number
constexpr size_t kSubdivisions = 8;
constexpr size_t kSmallest = 64;

// Bins are powers of two split into eight, so a block wastes at most an eighth.
size_t bin_of(size_t bytes) {
  if (bytes <= kSmallest * kSubdivisions) return (bytes + kSmallest - 1) / kSmallest;
  const size_t exponent = std::bit_width(bytes - 1) - 1;
  const size_t step = size_t{1} << (exponent - 3);
  const size_t within = (bytes - (size_t{1} << exponent) + step - 1) / step;  // 1 … 8
  return (exponent - 9) * kSubdivisions + kSubdivisions + within;
}

size_t bin_bytes(size_t bin) {
  if (bin <= kSubdivisions) return bin * kSmallest;
  const size_t exponent = (bin - kSubdivisions - 1) / kSubdivisions + 9;
  const size_t within = (bin - kSubdivisions - 1) % kSubdivisions + 1;
  return (size_t{1} << exponent) + within * (size_t{1} << (exponent - 3));
}

constexpr size_t kBins = 8 + 8 * 40;

bool wanted() {
  const char* choice = std::getenv("POTSTILL_ALLOCATOR");
  return choice == nullptr || std::string(choice) != "system";
}

std::optional<size_t> bytes_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

size_t default_cache_limit() {
  if (const auto bytes = bytes_in("POTSTILL_CACHE_LIMIT")) return *bytes;
  const auto pages = static_cast<size_t>(sysconf(_SC_PHYS_PAGES));
  return pages * static_cast<size_t>(sysconf(_SC_PAGE_SIZE)) / 4;
}

class CachingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* data = bytes == 0 ? nullptr : take(bytes);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void* target, const void* source, size_t bytes) const override {
    std::memcpy(target, source, bytes);
  }

  AllocatorStats stats() {
    std::lock_guard lock(mutex_);
    return stats_;
  }

  void trim() {
    std::lock_guard lock(mutex_);
    trim_locked();
  }

  void limit(std::optional<size_t> bytes) {
    std::lock_guard lock(mutex_);
    stats_.limit = bytes;
    if (over(0)) trim_locked();
  }

  static CachingAllocator& instance() {
    // Never destroyed: tensors held by static objects of libtorch outlive every destructor here.
    static auto* allocator = new CachingAllocator();
    return *allocator;
  }

 private:
  void* take(size_t bytes) {
    const size_t bin = bin_of(bytes);
    TORCH_CHECK(bin < kBins, "cannot allocate ", bytes, " bytes");
    const size_t size = bin_bytes(bin);
    {
      std::lock_guard lock(mutex_);
      auto& free = bins_[bin];
      if (free.empty() && over(size)) trim_locked();
      TORCH_CHECK_WITH(OutOfMemoryError, !free.empty() || !over(size),
                       "out of memory: tried to allocate ", bytes, " bytes beside ",
                       stats_.allocated, " of tensors, and the limit is ", *stats_.limit,
                       " (setMemoryLimit, POTSTILL_MEMORY_LIMIT)");
      stats_.allocated += size;
      if (stats_.allocated > stats_.peak) stats_.peak = stats_.allocated;
      if (!free.empty()) {
        void* data = free.back();
        free.pop_back();
        stats_.cached -= size;
        return data;
      }
    }
    void* block = nullptr;
    if (posix_memalign(&block, kAlignment, kHeader + size) != 0) {
      trim();
      if (posix_memalign(&block, kAlignment, kHeader + size) != 0) {
        std::lock_guard lock(mutex_);
        stats_.allocated -= size;
        TORCH_CHECK_WITH(OutOfMemoryError, false, "out of memory: tried to allocate ", bytes,
                         " bytes of CPU memory");
      }
    }
    std::memcpy(block, &bin, sizeof(bin));
    return static_cast<char*>(block) + kHeader;
  }

  void give(void* data) {
    char* block = static_cast<char*>(data) - kHeader;
    size_t bin = 0;
    std::memcpy(&bin, block, sizeof(bin));
    const size_t size = bin_bytes(bin);
    {
      std::lock_guard lock(mutex_);
      stats_.allocated -= size;
      if (stats_.cached + size <= cache_limit_ && !over(size)) {
        stats_.cached += size;
        bins_[bin].push_back(data);
        return;
      }
    }
    std::free(block);
  }

  // Whether so many bytes more are too many.
  bool over(size_t more) const {
    return stats_.limit && stats_.allocated + stats_.cached + more > *stats_.limit;
  }

  void trim_locked() {
    for (auto& free : bins_) {
      for (void* data : free) std::free(static_cast<char*>(data) - kHeader);
      free.clear();
    }
    stats_.cached = 0;
  }

  static void release(void* data) {
    if (data != nullptr) instance().give(data);
  }

  std::mutex mutex_;
  std::array<std::vector<void*>, kBins> bins_;
  AllocatorStats stats_{.limit = wanted() ? bytes_in("POTSTILL_MEMORY_LIMIT") : std::nullopt};
  const size_t cache_limit_ = default_cache_limit();
};

}  // namespace

void install_allocator() {
  static std::once_flag once;
  std::call_once(once, [] {
    // The highest priority: libtorch ignores an allocator that is set with a lower one later.
    if (wanted()) c10::SetCPUAllocator(&CachingAllocator::instance(), 255);
  });
}

AllocatorStats allocator_stats() { return CachingAllocator::instance().stats(); }

void limit_memory(std::optional<size_t> bytes) {
  if (!wanted())
    throw Error(Code::Config,
                "memory cannot be limited: POTSTILL_ALLOCATOR=system leaves libtorch's own "
                "allocator in place");
  CachingAllocator::instance().limit(bytes);
}

void trim_allocator() { CachingAllocator::instance().trim(); }

}  // namespace potstill
