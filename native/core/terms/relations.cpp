#include "core/terms/feature_term.h"
#include "core/terms/registry.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/similarity.h"

namespace potstill {
namespace {

// Losses that relate the samples of a batch; features of any shape [B, …], of each side its own.
class RelationTerm : public FeatureTerm {
 public:
  bool takes_narrow() const override { return !has_connectors(); }

 protected:
  using FeatureTerm::FeatureTerm;

  virtual at::Tensor of_samples(const at::Tensor& student, const at::Tensor& teacher) const = 0;

  at::Tensor compare(const at::Tensor& student, const at::Tensor& teacher, const Samples&,
                     size_t /*index*/) const override {
    return of_samples(student, teacher);
  }
};

// Similarity preservation (arXiv 1907.09682).
class Similarity : public RelationTerm {
 public:
  explicit Similarity(const Options& spec) : RelationTerm(spec, {}) {}

 protected:
  at::Tensor of_samples(const at::Tensor& student, const at::Tensor& teacher) const override {
    return ops::similarity(student, teacher);
  }
};

// Relational knowledge distillation (arXiv 1904.05068).
class Rkd : public RelationTerm {
 public:
  explicit Rkd(const Options& spec)
      : RelationTerm(spec, {"distance", "angle"}),
        distance_(finite_option(spec, "distance", 25)),
        angle_(finite_option(spec, "angle", 50)) {}

 protected:
  at::Tensor of_samples(const at::Tensor& student, const at::Tensor& teacher) const override {
    return ops::rkd(student, teacher, distance_, angle_);
  }

 private:
  double distance_, angle_;
};

// Probabilistic knowledge transfer (arXiv 1803.10837).
class Pkt : public RelationTerm {
 public:
  explicit Pkt(const Options& spec)
      : RelationTerm(spec, {"eps"}), eps_(positive_option(spec, "eps", 1e-7)) {}

 protected:
  at::Tensor of_samples(const at::Tensor& student, const at::Tensor& teacher) const override {
    return ops::pkt(student, teacher, eps_);
  }

 private:
  double eps_;
};

}  // namespace

std::unique_ptr<LossTerm> make_similarity(const Options& spec) {
  return std::make_unique<Similarity>(spec);
}

std::unique_ptr<LossTerm> make_rkd(const Options& spec) { return std::make_unique<Rkd>(spec); }

std::unique_ptr<LossTerm> make_pkt(const Options& spec) { return std::make_unique<Pkt>(spec); }

}  // namespace potstill
