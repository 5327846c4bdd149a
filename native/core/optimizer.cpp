#include "core/optimizer.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/nearest.h"
#include "core/sgd_kernel.h"

namespace potstill {
namespace {

double checked(const Options& spec, const char* key, double fallback, double least,
               double below = INFINITY) {
  const double value = spec.number(key, fallback);
  if (!(value >= least && value < below))
    throw Error(Code::Config, c10::str(spec.where(), ".", key, ": expected a number from ", least,
                                       below == INFINITY ? "" : c10::str(" to below ", below),
                                       ", got ", value));
  return value;
}

// Whether the elements lie in the same order. Strides of dimensions with one element say nothing of
// it, and of a convolution's weight and its gradient they may differ.
bool laid_out_alike(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) return false;
  for (int64_t i = 0; i < a.dim(); ++i)
    if (a.size(i) > 1 && a.stride(i) != b.stride(i)) return false;
  return true;
}

class Sgd : public Optimizer {
 public:
  explicit Sgd(const Options& spec)
      : momentum_(checked(spec, "momentum", 0, 0)),
        dampening_(spec.number("dampening", 0)),
        nesterov_(spec.boolean("nesterov", false)),
        maximize_(spec.boolean("maximize", false)) {
    if (nesterov_ && (momentum_ <= 0 || dampening_ != 0))
      throw Error(Code::Config,
                  spec.where() + ".nesterov: needs a momentum above 0 and no dampening");
  }

 protected:
  std::vector<std::string> state_names() const override {
    if (momentum_ == 0) return {};
    return {"momentum"};
  }

  void apply(Bucket& bucket) override {
    if (!bucket.rate.defined() && update_here(bucket)) return;
    with_rate(bucket, [&](const auto& lr) {
      // The first step writes the momentum without reading it.
      at::_fused_sgd_(bucket.parameters, bucket.gradients, bucket.state[0], bucket.weight_decay,
                      momentum_, lr, dampening_, nesterov_, maximize_,
                      momentum_ != 0 && bucket.first);
    });
  }

 private:
  // float32 on CPUs in one parallel region instead of one per parameter; false if it is not that.
  bool update_here(Bucket& bucket) const {
    std::vector<SgdSpan> spans;
    spans.reserve(bucket.parameters.size());
    for (size_t i = 0; i < bucket.parameters.size(); ++i) {
      const at::Tensor& parameter = bucket.parameters[i];
      const at::Tensor& gradient = bucket.gradients[i];
      const auto fits = [&](const at::Tensor& other) {
        return other.scalar_type() == at::kFloat && laid_out_alike(other, parameter);
      };
      if (!parameter.is_cpu() || !parameter.is_non_overlapping_and_dense() || !fits(parameter) ||
          !fits(gradient) || (momentum_ != 0 && !fits(bucket.state[0][i])))
        return false;
      spans.push_back({parameter.mutable_data_ptr<float>(), gradient.const_data_ptr<float>(),
                       momentum_ == 0 ? nullptr : bucket.state[0][i].mutable_data_ptr<float>(),
                       parameter.numel()});
    }
    sgd_update(spans, {static_cast<float>(bucket.lr), static_cast<float>(momentum_),
                       static_cast<float>(dampening_), static_cast<float>(bucket.weight_decay),
                       nesterov_, maximize_, bucket.first});
    // Autograd has to know that a saved weight is no longer the same.
    for (const auto& parameter : bucket.parameters)
      parameter.unsafeGetTensorImpl()->bump_version();
    return true;
  }

  double momentum_, dampening_;
  bool nesterov_, maximize_;
};

class Adam : public Optimizer {
 public:
  Adam(const Options& spec, bool decoupled)
      : decoupled_(decoupled),
        beta1_(checked(spec, "beta1", 0.9, 0, 1)),
        beta2_(checked(spec, "beta2", 0.999, 0, 1)),
        eps_(checked(spec, "eps", 1e-8, 0)),
        amsgrad_(spec.boolean("amsgrad", false)),
        maximize_(spec.boolean("maximize", false)) {}

 protected:
  std::vector<std::string> state_names() const override {
    if (amsgrad_) return {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
    return {"exp_avg", "exp_avg_sq"};
  }

  void apply(Bucket& bucket) override {
    const auto update = [&](const auto& kernel) {
      with_rate(bucket, [&](const auto& lr) {
        kernel(bucket.parameters, bucket.gradients, bucket.state[0], bucket.state[1],
               bucket.state[2], bucket.steps, lr, beta1_, beta2_, bucket.weight_decay, eps_,
               amsgrad_, maximize_);
      });
    };
    if (decoupled_)
      update([](const auto&... arguments) { at::_fused_adamw_(arguments...); });
    else
      update([](const auto&... arguments) { at::_fused_adam_(arguments...); });
  }

 private:
  bool decoupled_;
  double beta1_, beta2_, eps_;
  bool amsgrad_, maximize_;
};

class RmsProp : public Optimizer {
 public:
  explicit RmsProp(const Options& spec)
      : alpha_(checked(spec, "alpha", 0.99, 0)),
        eps_(checked(spec, "eps", 1e-8, 0)),
        momentum_(checked(spec, "momentum", 0, 0)),
        centered_(spec.boolean("centered", false)),
        maximize_(spec.boolean("maximize", false)) {}

 protected:
  std::vector<std::string> state_names() const override {
    std::vector<std::string> names{"square_avg"};
    if (momentum_ > 0) names.emplace_back("momentum");
    if (centered_) names.emplace_back("grad_avg");
    return names;
  }

  void apply(Bucket& bucket) override {
    std::vector<at::Tensor> gradients = bucket.gradients;
    if (maximize_) gradients = at::_foreach_neg(gradients);
    if (bucket.weight_decay != 0)
      gradients = at::_foreach_add(gradients, bucket.parameters, bucket.weight_decay);
    auto& squares = bucket.state[0];
    at::_foreach_mul_(squares, alpha_);
    at::_foreach_addcmul_(squares, gradients, gradients, 1 - alpha_);
    std::vector<at::Tensor> scale;
    if (centered_) {
      auto& means = bucket.state[momentum_ > 0 ? 2 : 1];
      at::_foreach_lerp_(means, gradients, 1 - alpha_);
      scale = at::_foreach_addcmul(squares, means, means, -1);
      at::_foreach_sqrt_(scale);
    } else {
      scale = at::_foreach_sqrt(squares);
    }
    at::_foreach_add_(scale, eps_);
    if (momentum_ > 0) {
      auto& velocity = bucket.state[1];
      at::_foreach_mul_(velocity, momentum_);
      at::_foreach_addcdiv_(velocity, gradients, scale);
      if (bucket.rate.defined())
        at::_foreach_sub_(bucket.parameters, at::_foreach_mul(velocity, bucket.rate));
      else
        at::_foreach_add_(bucket.parameters, velocity, -bucket.lr);
    } else if (bucket.rate.defined()) {
      at::_foreach_sub_(bucket.parameters,
                        at::_foreach_mul(at::_foreach_div(gradients, scale), bucket.rate));
    } else {
      at::_foreach_addcdiv_(bucket.parameters, gradients, scale, -bucket.lr);
    }
  }

 private:
  double alpha_, eps_, momentum_;
  bool centered_, maximize_;
};

std::unique_ptr<Optimizer> make(const Options& spec) {
  const std::string kind = spec.string("kind");
  if (kind == "sgd") return std::make_unique<Sgd>(spec);
  if (kind == "adam") return std::make_unique<Adam>(spec, false);
  if (kind == "adamw") return std::make_unique<Adam>(spec, true);
  if (kind == "rmsprop") return std::make_unique<RmsProp>(spec);
  throw Error(Code::Config, spec.where() + ".kind: there is no optimizer \"" + kind +
                                "\"; there are sgd, adam, adamw and rmsprop");
}

}  // namespace

std::unique_ptr<Optimizer> Optimizer::create(const Options& spec,
                                             const std::vector<Options>& groups,
                                             const std::vector<NamedTensor>& parameters) {
  auto optimizer = make(spec);
  const double weight_decay = checked(spec, "weightDecay", 0, 0);
  std::map<std::string, size_t> index;
  for (const auto& [name, tensor] : parameters) {
    index.emplace(name, optimizer->slots_.size());
    Slot slot;
    slot.name = name;
    slot.parameter = tensor;
    slot.weight_decay = weight_decay;
    optimizer->slots_.push_back(std::move(slot));
  }
  std::set<std::string> grouped;
  for (const auto& group : groups) {
    const double lr_scale = checked(group, "lrScale", 1, 0);
    const double decay = checked(group, "weightDecay", weight_decay, 0);
    for (const auto& name : group.strings("parameters")) {
      const auto found = index.find(name);
      if (found == index.end()) {
        std::vector<std::string> names;
        for (const auto& each : parameters) names.push_back(each.name);
        throw Error(Code::Config, group.where() + ": the student has no trainable parameter \"" +
                                      name + "\"; the nearest are " + nearest(name, names));
      }
      if (!grouped.insert(name).second)
        throw Error(Code::Config, group.where() + ": the parameter \"" + name +
                                      "\" is in two groups; leave it in one");
      optimizer->slots_[found->second].lr_scale = lr_scale;
      optimizer->slots_[found->second].weight_decay = decay;
    }
  }
  return optimizer;
}

void Optimizer::update(const std::vector<at::Tensor>& gradients, const Rate& lr) {
  at::AutoGradMode no_grad(false);
  const size_t states = state_names().size();
  std::vector<Bucket> buckets;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (!gradients[i].defined()) continue;
    Slot& slot = slots_[i];
    if (gradients[i].is_sparse())
      throw Error(Code::Config, "the gradient of \"" + slot.name +
                                    "\" is sparse; make the embedding without sparse=True");
    const bool first = !slot.steps.defined();
    if (first) {
      if (lr.tensor.defined())
        throw Error(Code::Config, "\"" + slot.name + "\" has a gradient for the first time");
      slot.steps = at::zeros({}, slot.parameter.options().dtype(at::kFloat));
      for (size_t k = 0; k < states; ++k) slot.state[k] = at::zeros_like(slot.parameter);
    }
    const double rate = lr.number * slot.lr_scale;
    auto bucket = std::find_if(buckets.begin(), buckets.end(), [&](const Bucket& each) {
      return each.first == first && each.lr == rate && each.weight_decay == slot.weight_decay &&
             each.parameters[0].scalar_type() == slot.parameter.scalar_type() &&
             each.parameters[0].device() == slot.parameter.device();
    });
    if (bucket == buckets.end()) {
      buckets.emplace_back();
      bucket = buckets.end() - 1;
      bucket->first = first;
      bucket->lr = rate;
      if (lr.tensor.defined()) bucket->rate = rate == 1 ? lr.tensor : lr.tensor * rate;
      bucket->weight_decay = slot.weight_decay;
    }
    bucket->parameters.push_back(slot.parameter);
    bucket->gradients.push_back(gradients[i]);
    bucket->steps.push_back(slot.steps);
    for (size_t k = 0; k < states; ++k) bucket->state[k].push_back(slot.state[k]);
  }
  for (auto& bucket : buckets) {
    if (bucket.steps[0].is_cpu())
      for (auto& steps : bucket.steps) *steps.data_ptr<float>() += 1;
    else
      at::_foreach_add_(bucket.steps, 1);
    apply(bucket);
  }
}

void Optimizer::save(State& state) const {
  const auto names = state_names();
  for (const auto& slot : slots_) {
    if (!slot.steps.defined()) continue;
    state.counters["step." + slot.name] = slot.steps.item<double>();
    for (size_t k = 0; k < names.size(); ++k)
      state.tensors[names[k] + "." + slot.name] = slot.state[k].clone();
  }
}

void Optimizer::check(const State& state) const {
  for (const auto& slot : slots_) {
    if (!state.counters.count("step." + slot.name)) continue;
    for (const auto& name : state_names()) {
      const std::string key = name + "." + slot.name;
      const auto found = state.tensors.find(key);
      if (found == state.tensors.end())
        throw Error(Code::Checkpoint, "the checkpoint has no \"" + key +
                                          "\"; it comes from another optimizer or student");
      if (found->second.sizes() != slot.parameter.sizes())
        throw Error(Code::Checkpoint,
                    c10::str("the checkpoint's \"", key, "\" has shape ", found->second.sizes(),
                             ", and the parameter ", slot.parameter.sizes()));
    }
  }
}

void Optimizer::load(const State& state) {
  check(state);
  at::AutoGradMode no_grad(false);
  const auto names = state_names();
  for (auto& slot : slots_) {
    const auto steps = state.counters.find("step." + slot.name);
    slot.steps = at::Tensor();
    slot.state.fill(at::Tensor());
    if (steps == state.counters.end()) continue;
    slot.steps = at::full({}, steps->second, slot.parameter.options().dtype(at::kFloat));
    for (size_t k = 0; k < names.size(); ++k)
      slot.state[k] =
          at::empty_like(slot.parameter).copy_(state.tensors.at(names[k] + "." + slot.name));
  }
}

at::Tensor clip_norm(std::vector<at::Tensor>& gradients, double max_norm) {
  at::AutoGradMode no_grad(false);
  std::vector<at::Tensor> present;
  for (const auto& gradient : gradients)
    if (gradient.defined()) present.push_back(gradient);
  if (present.empty()) return at::zeros({});
  // By type and device, since one call takes tensors of one kind only.
  std::vector<at::Tensor> norms;
  std::vector<std::vector<at::Tensor>> kinds;
  for (const auto& gradient : present) {
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& each) {
      return each[0].scalar_type() == gradient.scalar_type() &&
             each[0].device() == gradient.device();
    });
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), std::vector<at::Tensor>());
    kind->push_back(gradient);
  }
  for (const auto& kind : kinds)
    for (const auto& norm : at::_foreach_norm(kind, 2))
      norms.push_back(norm.to(present[0].device()));
  const auto total = at::linalg_vector_norm(at::stack(norms));
  const auto factor = (max_norm / (total + 1e-6)).clamp_max(1);
  for (const auto& kind : kinds) at::_foreach_mul_(kind, factor.to(kind[0].device()));
  return total;
}

void clip_value(std::vector<at::Tensor>& gradients, double limit) {
  at::AutoGradMode no_grad(false);
  for (auto& gradient : gradients)
    if (gradient.defined()) gradient.clamp_(-limit, limit);
}

}  // namespace potstill
