#pragma once

#include <ATen/core/Dict.h>
#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/stage_clock.h"
#include "core/terms/term.h"

namespace potstill {

struct StepBatch {
  // Either positional inputs of the models' forward, or named ones.
  std::vector<at::Tensor> inputs;
  std::map<std::string, at::Tensor> named_inputs;
  std::optional<at::Tensor> labels;
  // Mixup: second labels, and the weight of the first.
  std::optional<at::Tensor> mixed_labels;
  double mix_weight = 1;
  // See Labels::checked.
  bool checked_labels = false;
  // bool, samples or tokens that count, for terms on features and tokens.
  std::optional<at::Tensor> mask;
  // int64 [B], the samples' numbers in the data set, for terms that remember samples.
  std::optional<at::Tensor> ids;
  // Weights of the terms from here on, in their order; empty: as they were.
  std::vector<double> weights;
  // What the teachers said of these samples, from a cache; empty: they are asked. Otherwise one for
  // each teacher, with every tap of its.
  struct Said {
    at::Tensor logits;
    std::map<std::string, at::Tensor> taps;
  };
  std::vector<Said> said;
};

// What the models gave for a batch, for losses that are computed elsewhere: see `begin`.
struct StepOutputs {
  at::Tensor student;
  std::vector<at::Tensor> teachers;
  // Of each custom term, what it compares inside the models.
  std::vector<TermFeatures> features;
};

struct StepMetrics {
  int64_t steps = 0;
  int64_t updates = 0;
  // Rows of logits; with class labels those that are not ignored.
  int64_t samples = 0;
  // Means over the samples seen since the last reading; NaN without a step since, 0 without a
  // sample that counts. A term that leaves ignored rows out is the mean over the others.
  double loss = 0;
  std::vector<double> terms;
  // Count of rows whose largest logit is that of their label; NaN where labels are no classes.
  double correct = 0;
  double grad_norm = 0;
  // Updates that the gradient scaler left out, and its factor; NaN without one.
  int64_t skipped = 0;
  double scale = 0;
  // Of a plan with `cudaGraph`: steps that were replayed, and why others were not.
  int64_t replayed = 0;
  std::vector<std::string> not_replayed;
};

// Teachers, student, objective and optimizer in one plan: a call of `run` is one micro-batch.
//
// Teachers are put into eval mode when the step is made, run in inference mode and never get a
// gradient. Whether the student is in train mode is the caller's business.
//
// The loss is the mean over samples of the whole accumulation window, however the window is split
// into micro-batches: sums of gradients are accumulated and divided at the update. Terms that
// count different samples (one leaves ignored labels out, another does not) are accumulated apart,
// which costs one backward pass each.
//
// A step belongs to one thread at a time. `create` runs no model and may be called on any thread.
class DistillStep {
 public:
  // StepSpec of lib/native/step.ts. Throws potstill::Error.
  static std::shared_ptr<DistillStep> create(const Options& spec);
  ~DistillStep();

  // One micro-batch; an update follows every `accumulate` of them. Returns the updates so far.
  // A batch that is refused (Data, Shape, Dtype, Config) leaves weights and sums as they were.
  int64_t run(const StepBatch& batch, double lr);
  // The two halves of `run`, for plans with custom terms: the first runs the models and keeps what
  // they gave, the second takes one scalar for each custom term, in their order, and does the rest.
  // Another `begin` forgets the first.
  StepOutputs begin(const StepBatch& batch);
  int64_t finish(const std::vector<at::Tensor>& custom, double lr);
  // Update with what has been accumulated, if anything.
  int64_t flush(double lr);
  // Reads and resets. Error(Nonfinite) where the plan checks and a term was not finite.
  StepMetrics metrics();

  // Spans of the stages since the last call, and whether they are noted from here on. On a GPU a
  // stage ends when its work has been submitted, and the waiting falls on whoever reads a result.
  std::vector<StageClock::Span> profile(bool on);

  // { tensors, counters }: copies of the optimizer's and the average's tensors and of gradients
  // accumulated so far, under stable names ("momentum.<parameter>", "ema.<parameter>", …).
  c10::impl::GenericDict state() const;
  // Error(Checkpoint) where it does not fit; nothing is changed then.
  void load_state(const Options& state);

  // Exchanges the student's weights and their average; the same call takes them back. No training
  // in between. Does nothing without an average.
  void swap_ema();

 private:
  struct Plan;
  explicit DistillStep(std::unique_ptr<Plan> plan);
  std::unique_ptr<Plan> plan_;
};

}  // namespace potstill
