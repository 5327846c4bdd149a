#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/terms/samples.h"

namespace potstill {

struct TermValue {
  at::Tensor mean;  // scalar, differentiable by the student
  double count;     // what the mean divides by: samples, or the sum of their weights
};

// Values that a term compares: of its taps, in their order.
struct TermFeatures {
  std::vector<at::Tensor> student, teacher;
};

// One term of an objective: a TermSpec of lib/native/step.ts. Definitions: lib/losses.
//
// A loss is a class of its own beside this file, listed in registry.cpp. Its constructor checks the
// options; Error(Config) says what is wrong with them.
class LossTerm {
 public:
  virtual ~LossTerm() = default;

  const std::string& name() const { return name_; }  // as the API spells it
  double weight() const { return weight_; }

  virtual bool needs_teacher() const { return true; }
  virtual bool needs_labels() const { return false; }
  // The class labels that the term leaves out, where it goes by class labels.
  virtual std::optional<int64_t> ignore_index() const { return std::nullopt; }
  // Terms with one key count the same samples in every batch.
  virtual std::string denominator() const { return "rows"; }
  // Whether nothing of the teacher's is saved for backward, so that the teacher may run in
  // inference mode.
  virtual bool takes_inference_tensors() const { return true; }
  // Whether the student's values may come in half types, because the term computes in float32
  // whatever it gets. Others get them widened.
  virtual bool takes_narrow() const { return false; }
  // What the term compares inside the models; empty: their outputs.
  virtual std::vector<std::string> student_taps() const { return {}; }
  virtual std::vector<std::string> teacher_taps() const { return {}; }
  // Whose taps, among several teachers.
  virtual int64_t teacher_index() const { return 0; }
  // The values of the taps behind whatever the term puts between them and the loss.
  virtual TermFeatures behind_connectors(const TermFeatures& features) const { return features; }
  // Modules that are trained with the student, and whose buffers belong to a checkpoint.
  virtual std::vector<torch::jit::Module> modules() const { return {}; }

  // Whether the value comes from a function of JavaScript's instead of `evaluate`.
  virtual bool is_custom() const { return false; }

  virtual TermValue evaluate(Samples& samples, const TermFeatures& features) const = 0;

 protected:
  // Reads `kind` and `weight`, and refuses keys beside them and `options`.
  LossTerm(const Options& spec, const std::vector<const char*>& options);

 private:
  std::string name_;
  double weight_;
};

// Error(Config) "<where>.<key>: expected <expected>, got <value>" unless good.
void check_option(const Options& spec, const char* key, double value, bool good,
                  const char* expected);
double finite_option(const Options& spec, const char* key, double fallback);
double share_option(const Options& spec, const char* key, double fallback);     // 0 to 1
double positive_option(const Options& spec, const char* key, double fallback);  // above 0

}  // namespace potstill
