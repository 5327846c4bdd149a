// Uploads on a stream that is as late as it may be: a copy is made when somebody waits for it, or
// never. What is received has to be right all the same, and is not on streams that are wrong on
// purpose. Prints "ok <what>" or what went wrong.

#include "core/uploads.h"

#include <ATen/ATen.h>

#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using potstill::CopyStream;
using potstill::Uploads;

struct Faults {
  bool host_does_not_wait = false;
  bool device_does_not_wait = false;
};

class LateStream : public CopyStream {
 public:
  explicit LateStream(Faults faults = {}) : faults_(faults) {}

  at::Tensor pinned(int64_t bytes) override {
    ++allocated;
    return at::full({bytes}, 0xEE, at::kByte);
  }
  at::Tensor copy(const at::Tensor& pinned) override {
    const auto made = at::full_like(pinned, 0xDD);
    work_.push_back([pinned, made] { made.copy_(pinned); });
    ++begun_;
    return made;
  }
  void mark(size_t number) override { marks_[number] = begun_; }
  void wait(size_t number) override {
    if (!marks_.count(number)) return;
    host_waits += done_ < marks_[number];
    if (!faults_.host_does_not_wait) run_to(marks_[number]);
  }
  void before(size_t number) override {
    if (!faults_.device_does_not_wait) run_to(marks_.at(number));
  }
  void keep(const at::Tensor& copy) override { kept.insert(copy.storage().data()); }

  // Somebody else waits: everything so far is made.
  void run() { run_to(begun_); }

  int allocated = 0, host_waits = 0;
  std::set<const void*> kept;

 private:
  void run_to(size_t count) {
    for (; done_ < count; ++done_) {
      work_.front()();
      work_.pop_front();
    }
  }

  Faults faults_;
  std::deque<std::function<void()>> work_;
  size_t begun_ = 0, done_ = 0;
  std::map<size_t, size_t> marks_;
};

using Batch = std::vector<at::Tensor>;

// Of every kind: types of all widths, channels-last, a slice, a scalar, nothing.
Batch batch_of(int64_t seed, int64_t rows = 5) {
  const auto images = at::arange(rows * 3 * 4 * 2, at::kFloat).reshape({rows, 3, 4, 2}) + seed;
  return {images.contiguous(at::MemoryFormat::ChannelsLast),
          at::arange(rows, at::kLong) * seed,
          (at::arange(rows) % 2 == seed % 2),
          images.slice(2, 0, 4, 2),
          at::scalar_tensor(seed, at::kDouble),
          at::empty({0, 7}, at::kHalf),
          images.to(at::kBFloat16).transpose(0, 3)};
}

bool same(const Batch& batch, const Batch& expected) {
  if (batch.size() != expected.size()) return false;
  for (size_t i = 0; i < batch.size(); ++i) {
    const auto& other = expected[i];
    if (batch[i].scalar_type() != other.scalar_type() || !at::equal(batch[i], other)) return false;
    if (other.is_non_overlapping_and_dense() && batch[i].strides() != other.strides()) return false;
  }
  return true;
}

struct Run {
  LateStream* stream;
  Uploads uploads;
  explicit Run(Faults faults = {}) : Run(new LateStream(faults)) {}

 private:
  explicit Run(LateStream* made) : stream(made), uploads(std::unique_ptr<CopyStream>(made)) {}
};

// `ahead` batches are sent before the first of them is received; what was given is overwritten as
// soon as it was sent.
bool right(Run& run, int batches, size_t ahead) {
  std::deque<std::pair<int64_t, Uploads::Sent>> on_the_way;
  bool good = true;
  const auto receive = [&] {
    const auto [seed, sent] = std::move(on_the_way.front());
    on_the_way.pop_front();
    run.uploads.receive(sent.ticket, sent.tensors);
    good &= same(sent.tensors, batch_of(seed));
    for (const auto& each : sent.tensors)
      good &= run.stream->kept.count(each.storage().data()) == 1;
  };
  for (int64_t seed = 1; seed <= batches; ++seed) {
    Batch given = batch_of(seed);
    on_the_way.emplace_back(seed, run.uploads.send(given));
    for (auto& each : given) each.zero_();
    if (on_the_way.size() > ahead) receive();
  }
  while (!on_the_way.empty()) receive();
  return good;
}

void report(const std::string& what, bool good) {
  std::cout << (good ? "ok " : "WRONG ") << what << "\n";
}

}  // namespace

int main() {
  const size_t buffers = Uploads::kBuffers;
  for (size_t ahead = 0; ahead <= 2 * buffers; ++ahead) {
    Run run;
    report("values, " + std::to_string(ahead) + " ahead", right(run, 20, ahead));
    report("buffers are reused", run.stream->allocated == static_cast<int>(buffers));
    report("the host waits only where all buffers are on the way",
           (run.stream->host_waits > 0) == (ahead >= buffers));
  }
  {
    Run run({.host_does_not_wait = true});
    report("a buffer that is filled too early is noticed", !right(run, 20, 2 * buffers));
  }
  {
    Run run({.device_does_not_wait = true});
    report("a copy that is used too early is noticed", !right(run, 20, 1));
  }
  {
    Run run;
    bool good = true;
    for (int64_t rows : {5, 3, 9, 9, 9, 9}) {
      const auto sent = run.uploads.send(batch_of(1, rows));
      run.uploads.receive(sent.ticket, sent.tensors);
      good &= same(sent.tensors, batch_of(1, rows));
    }
    report("batches of several sizes", good);
    report("a buffer that is too small is made anew", run.stream->allocated == 5);
  }
  {
    Run run;
    const auto sparse = at::eye(3).to_sparse();
    const auto sent = run.uploads.send({sparse});
    run.stream->run();
    report("what is not dense stays", sent.tensors[0].is_same(sparse));
    report("nothing to send", run.uploads.send({}).tensors.empty());
    at::Tensor labels = at::arange(4);
    const at::Tensor pinned = run.uploads.pinned(labels);
    labels.zero_();
    report("a page-locked copy on the host", at::equal(pinned, at::arange(4)));
  }
  return 0;
}
