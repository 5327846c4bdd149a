#include "core/copy_stream.h"

#include <ATen/ops/empty.h>

#include <utility>
#include <vector>

#include "core/device.h"

namespace potstill {
namespace {

class DeviceCopyStream : public CopyStream {
 public:
  DeviceCopyStream(int device, size_t marks)
      : device_(device), stream_(make_stream(device, /*priority=*/-1)) {
    for (size_t i = 0; i < marks; ++i) marks_.push_back(make_event(device, /*timing=*/false));
  }

  at::Tensor pinned(int64_t bytes) override {
    return at::empty({bytes}, at::TensorOptions(at::kByte).pinned_memory(true));
  }

  at::Tensor copy(const at::Tensor& pinned) override {
    const StreamScope scope(stream_);
    return pinned.to(stream_.device(), at::kByte, /*non_blocking=*/true);
  }

  void mark(size_t number) override { marks_[number]->record(stream_); }
  void wait(size_t number) override { marks_[number]->synchronize(); }
  void before(size_t number) override { marks_[number]->block(current_stream(device_)); }
  void keep(const at::Tensor& copy) override {
    if (copy.is_cuda()) copy.record_stream(current_stream(device_));
  }

 private:
  int device_;
  c10::Stream stream_;
  std::vector<std::unique_ptr<c10::Event>> marks_;
};

}  // namespace

std::unique_ptr<CopyStream> make_copy_stream(int device, size_t marks) {
  return std::make_unique<DeviceCopyStream>(device, marks);
}

}  // namespace potstill
