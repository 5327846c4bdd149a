#pragma once

// What a step holds, for the files that it is written in: core/step.cpp runs it, core/step_plan.cpp
// makes it from a spec, core/step_state.cpp saves and restores it, core/step_replay.cpp records and
// replays it.

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/autocast.h"
#include "core/device_graph.h"
#include "core/ema.h"
#include "core/gradient_scaler.h"
#include "core/optimizer.h"
#include "core/step.h"
#include "core/step_model.h"
#include "core/sum.h"
#include "core/terms/registry.h"

namespace potstill {

struct Sums {
  struct Part {
    Sum value;
    double count = 0;
    double weighted = 0;   // counts by the term's weight at the time
    int64_t bad_step = 0;  // the first with a value that is not finite, from 1; 0: none
    std::string blame;     // what was not finite before it, where something was
  };
  explicit Sums(size_t terms) : terms(terms) {}
  int64_t steps = 0, updates = 0, skipped = 0, samples = 0;
  int64_t replayed = 0;
  std::set<std::string> not_replayed;  // why steps were not replayed
  std::vector<Part> terms;
  std::optional<Sum> correct;  // absent where labels are no classes
};

// Gradients of one accumulation window by terms that count the same samples. They are sums over
// samples, divided by the count of the first micro-batch to keep their size.
struct Accumulated {
  std::vector<at::Tensor> gradients;
  double first = 0;
  double total = 0;
};

// What a batch came to, before anything was changed by it.
struct Evaluated {
  std::vector<TermValue> values;
  std::optional<Sum> correct;
  int64_t samples = 0;
};

// A step that is recorded on a GPU once and replayed for all batches of one kind.
struct Recording {
  explicit Recording(std::unique_ptr<DeviceGraph> graph) : graph(std::move(graph)) {}

  std::unique_ptr<DeviceGraph> graph;
  std::string kind;     // of the batches: shapes, types, and what else is part of the record
  int64_t prepared = 0;  // steps of this kind so far that were not recorded
  int64_t classes = 0;  // of the student's logits
  bool recorded = false;
  std::string broken;  // why nothing will be recorded; empty: it may be

  // What the record reads: copies of the batch and, as scalars, rate and weights.
  StepBatch batch;
  at::Tensor rate;
  double rate_now = 0;
  std::vector<at::Tensor> weights;
  std::vector<double> weights_now;
  // What it leaves, anew each time.
  Evaluated evaluated;
  at::Tensor gradient_norm;
  // Weights and buffers, which have to stay where they were.
  std::vector<at::Tensor> fixed;
  std::vector<const void*> places;

  void forget();
};

// Calls what was recorded again: the same steps over the same buffers where there is no GPU, for
// tests.
std::unique_ptr<DeviceGraph> emulated_graph();

// Where a path is among the taps of a model; their number if it is not.
inline size_t index_of(const std::vector<std::string>& paths, const std::string& path) {
  return static_cast<size_t>(std::find(paths.begin(), paths.end(), path) - paths.begin());
}

struct DistillStep::Plan {
  std::vector<StepModel> teachers;
  std::vector<double> teacher_weights;
  bool mean_of_probabilities = true;
  std::unique_ptr<StepModel> student;
  // What the student's forward computes in, where that is not the type of its weights.
  std::optional<at::ScalarType> autocast;
  // A teacher that follows the student: an average of its weights with this decay; 0: it does not.
  std::vector<double> follow_decay;
  // Teachers whose weights change under way, so that packing them does not pay.
  std::vector<bool> changing;
  std::vector<std::unique_ptr<LossTerm>> terms;
  std::vector<double> weights;  // of the terms, as scheduled
  bool inference_teachers = true;
  // For each term the group of terms with its denominator.
  std::vector<size_t> group_of;
  size_t groups = 0;
  // Labels that `correct` and `samples` leave out.
  int64_t ignore_index = -100;
  bool counts_labels = false;
  int64_t accumulate = 1;
  std::optional<double> clip_norm_at, clip_value_at;
  bool check_finite = false;

  std::vector<NamedTensor> parameters;  // trainable, those of the terms' modules included
  size_t student_parameters = 0;        // so many of them are the student's and come first
  std::vector<NamedTensor> term_state;  // parameters and buffers of the terms' modules
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<WeightAverage> average;
  std::optional<GradientScaler> scaler;

  std::vector<Accumulated> window;
  int64_t micro_batches = 0;  // in the window
  int64_t steps = 0, updates = 0;
  std::optional<Sums> sums;
  at::Tensor gradient_norm;
  StageClock clock;
  std::unique_ptr<Recording> recording;  // null: steps are not recorded

  // The first half of a step, kept for the second.
  struct Pending {
    StepBatch batch;
    ModelValues student;
    std::vector<ModelValues> teachers;
  };
  std::optional<Pending> pending;

  std::vector<ModelValues> ask_teachers(const StepBatch& batch);
  std::vector<ModelValues> said_by_teachers(const StepBatch& batch) const;
  ModelValues ask_student(const StepBatch& batch);
  // The student's value for what computes in the type of its weights.
  at::Tensor wide(const at::Tensor& value) const { return autocast ? widened(value) : value; }
  TermFeatures features_of(const LossTerm& term) const;
  std::string blame(const LossTerm& term);
  void follow();
  // Runs the models: what they gave is pending then.
  void forward(const StepBatch& batch);
  // What is pending, for all terms; `custom` are the values of those that are custom, in their
  // order.
  Evaluated evaluate(const std::vector<at::Tensor>& custom);
  void account(const Evaluated& evaluated);
  void differentiate(const std::vector<TermValue>& values);
  // `seeds` are the gradients of the terms; undefined: none.
  std::vector<at::Tensor> gradients_of(const std::vector<TermValue>& values,
                                       const std::vector<at::Tensor>& seeds, bool keep_graph);
  void update(double lr);
  // Changes weights, and averages of them, by gradients that are as they should be.
  void apply(std::vector<at::Tensor>& gradients, const Rate& lr);

  // One step by the record, or, before there is one, by `step` in a place where it can be recorded
  // later. False where the batch has to go another way, which is noted.
  bool replay(const StepBatch& batch, double lr, const std::function<void()>& step);
  void record(const StepBatch& batch);
};

}  // namespace potstill
