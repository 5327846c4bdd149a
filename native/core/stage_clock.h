#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace potstill {

// What a step spends its time on.
enum class Stage : int64_t { Teacher, Student, Loss, Backward, Optimizer };

// Notes when the stages of a step began and ended, while it is on; costs a comparison while not.
class StageClock {
 public:
  struct Span {
    Stage stage;
    // Nanoseconds of the monotonic clock, as process.hrtime has them.
    int64_t began, ended;
  };

  class Measured {
   public:
    Measured(StageClock& clock, Stage stage)
        : clock_(clock.on_ ? &clock : nullptr), stage_(stage), began_(clock_ ? now() : 0) {}
    ~Measured() {
      if (clock_) clock_->spans_.push_back({stage_, began_, now()});
    }
    Measured(const Measured&) = delete;
    Measured& operator=(const Measured&) = delete;

   private:
    StageClock* clock_;
    Stage stage_;
    int64_t began_;
  };

  void turn(bool on) { on_ = on; }
  bool on() const { return on_; }
  std::vector<Span> take() { return std::exchange(spans_, {}); }

 private:
  static int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  bool on_ = false;
  std::vector<Span> spans_;
};

}  // namespace potstill
