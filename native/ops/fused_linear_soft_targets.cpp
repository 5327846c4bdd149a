#include "ops/fused_linear_soft_targets.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/add.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <algorithm>

#include "ops/optional_tensor.h"
#include "ops/soft_target_ce.h"

namespace potstill::ops {
namespace {

bool is_narrow(at::ScalarType type) { return type == at::kBFloat16 || type == at::kHalf; }

// Of the gradients that are summed up over chunks.
at::ScalarType sum_type(at::ScalarType type) { return is_narrow(type) ? at::kFloat : type; }

void check_head(const char* side, const at::Tensor& hidden, const at::Tensor& weight,
                const std::optional<at::Tensor>& bias, const at::Device device) {
  constexpr const char* name = "fused_linear_soft_targets";
  const auto type = hidden.scalar_type();
  TORCH_CHECK_TYPE(type == at::kFloat || type == at::kDouble || is_narrow(type), name, ": the ",
                   side, "'s hidden states must have dtype float32, float64, bfloat16 or float16, "
                   "got ", type);
  TORCH_CHECK_TYPE(weight.scalar_type() == type, name, ": the ", side, "'s hidden states have dtype ",
                   type, " and its weight ", weight.scalar_type(), "; convert one to the other's");
  TORCH_CHECK(hidden.dim() >= 1 && weight.dim() == 2 && weight.size(0) >= 1 &&
                  hidden.size(-1) == weight.size(1),
              name, ": the ", side, "'s hidden states of shape ", hidden.sizes(),
              " need a weight of shape [classes, ", hidden.dim() >= 1 ? hidden.size(-1) : 0,
              "], got ", weight.sizes());
  TORCH_CHECK(hidden.size(-1) >= 1, name, ": the ", side, "'s hidden states have no features: ",
              hidden.sizes());
  TORCH_CHECK(hidden.device() == device && weight.device() == device, name, ": the ", side,
              "'s hidden states on device ", hidden.device(), " and its weight on device ",
              weight.device(), " must be where the student's are, on ", device);
  if (!is_present(bias)) return;
  TORCH_CHECK_TYPE(bias->scalar_type() == type, name, ": the ", side, "'s bias must have dtype ",
                   type, " like its hidden states, got ", bias->scalar_type());
  TORCH_CHECK(bias->dim() == 1 && bias->size(0) == weight.size(0), name, ": the ", side,
              "'s weight of shape ", weight.sizes(), " needs a bias of shape [", weight.size(0),
              "], got ", bias->sizes());
  TORCH_CHECK(bias->device() == device, name, ": the ", side, "'s bias is on device ",
              bias->device(), ", its hidden states on ", device);
}

void check(const at::Tensor& student, const at::Tensor& student_weight,
           const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
           const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
           const std::optional<at::Tensor>& labels, double alpha, double temperature,
           double label_smoothing, int64_t chunk) {
  constexpr const char* name = "fused_linear_soft_targets";
  check_head("student", student, student_weight, student_bias, student.device());
  check_head("teacher", teacher, teacher_weight, teacher_bias, student.device());
  TORCH_CHECK(student.sizes().slice(0, student.dim() - 1) ==
                  teacher.sizes().slice(0, teacher.dim() - 1),
              name, ": hidden states of shape ", student.sizes(), " and ", teacher.sizes(),
              " must agree but for the last dimension");
  TORCH_CHECK_TYPE((student.scalar_type() == at::kDouble) == (teacher.scalar_type() == at::kDouble),
                   name, ": the dtype float64 on one side only (student ", student.scalar_type(),
                   ", teacher ", teacher.scalar_type(), "); convert the other");
  TORCH_CHECK(student_weight.size(0) <= teacher_weight.size(0), name, ": the student has ",
              student_weight.size(0), " classes, more than the teacher's ",
              teacher_weight.size(0), " (weights of shape ", student_weight.sizes(), " and ",
              teacher_weight.sizes(), ")");
  TORCH_CHECK_VALUE(chunk >= 0, name, ": chunk must be positive, or 0 to leave it open, got ", chunk);
  // The rest, in the words of the operator that it stands for.
  auto sizes = student.sizes().vec();
  sizes.back() = student_weight.size(0);
  const at::Tensor logits =
      at::empty({1}, student.options()).expand(sizes);
  check_soft_target_ce(logits, logits, labels, alpha, temperature, label_smoothing);
}

// out = hidden · weightᵀ + bias.
void logits_out(at::Tensor& out, const at::Tensor& hidden, const at::Tensor& weight,
                const std::optional<at::Tensor>& bias) {
  if (is_present(bias))
    at::addmm_out(out, *bias, hidden, weight.t());
  else
    at::mm_out(out, hidden, weight.t());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> forward(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels, double alpha, double temperature,
    double label_smoothing, int64_t ignore_index, int64_t chunk, std::array<bool, 3> wanted) {
  check(student, student_weight, student_bias, teacher, teacher_weight, teacher_bias, labels,
        alpha, temperature, label_smoothing, chunk);
  const int64_t classes = student_weight.size(0);
  const int64_t features = student.size(-1);
  const int64_t rows = student.numel() / features;
  const auto type = student.scalar_type();
  const at::TensorOptions options = student.options();
  const at::TensorOptions summed = options.dtype(sum_type(type));
  wanted[2] = wanted[2] && is_present(student_bias);
  const bool want_gradient = wanted[0] || wanted[1] || wanted[2];

  const at::Tensor h = student.reshape({rows, features});
  const at::Tensor g = teacher.reshape({rows, teacher.size(-1)});
  // Classes that the student lacks are masked on both sides: they need not be computed.
  const at::Tensor u = teacher_weight.narrow(0, 0, classes);
  std::optional<at::Tensor> c;
  if (is_present(teacher_bias)) c = teacher_bias->narrow(0, 0, classes);
  std::optional<at::Tensor> y;
  if (is_present(labels)) y = labels->reshape({rows}).contiguous();

  // How many rows count is known here, or only on the device, where nobody waits for it.
  const bool on_gpu = !student.is_cpu();
  at::Tensor counted;
  if (y.has_value()) counted = at::sum(at::ne(*y, ignore_index), at::kDouble).clamp_min_(1);
  const double known = !y.has_value() ? std::max<double>(1, static_cast<double>(rows))
                       : on_gpu       ? 0
                                      : counted.item<double>();
  // The gradient of a mean over many rows is small for float16: there it is made of the sum.
  const double divisor = known != 0 && type != at::kHalf ? known : 1;

  at::Tensor by_hidden, by_weight, by_bias;
  if (wanted[0]) by_hidden = at::empty({rows, features}, summed);
  if (wanted[1]) by_weight = at::empty({classes, features}, summed);
  if (wanted[2]) by_bias = at::zeros({classes}, summed);
  at::Tensor values = at::empty({rows}, options.dtype(at::kDouble));

  if (rows == 0 && by_weight.defined()) by_weight.zero_();
  if (chunk == 0)
    chunk = fused_linear_chunk(
        rows, classes * static_cast<int64_t>(student.element_size() + teacher.element_size()),
        on_gpu);
  chunk = std::min(chunk, std::max<int64_t>(1, rows));
  const at::Tensor z_space = at::empty({chunk, classes}, options);
  const at::Tensor v_space = at::empty({chunk, classes}, teacher.options());
  for (int64_t begin = 0; begin < rows; begin += chunk) {
    const int64_t count = std::min(chunk, rows - begin);
    const at::Tensor part = h.narrow(0, begin, count);
    at::Tensor z = z_space.narrow(0, 0, count);
    at::Tensor v = v_space.narrow(0, 0, count);
    logits_out(z, part, student_weight, student_bias);
    if (alpha != 0)
      logits_out(v, g.narrow(0, begin, count), u, c);
    else
      v.zero_();  // the values never matter, but they are read
    std::optional<at::Tensor> part_labels;
    if (y.has_value()) part_labels = y->narrow(0, begin, count);
    at::Tensor part_values = values.narrow(0, begin, count);
    soft_target_ce_rows(z, v, part_labels, part_values, alpha, temperature, label_smoothing,
                        ignore_index, divisor, want_gradient);
    // z holds the gradient by the logits now.
    if (wanted[0]) {
      at::Tensor target = by_hidden.narrow(0, begin, count);
      if (target.scalar_type() == type)
        at::mm_out(target, z, student_weight);
      else
        target.copy_(at::mm(z, student_weight));
    }
    if (wanted[1]) {
      if (by_weight.scalar_type() == type) {
        at::addmm_out(by_weight, by_weight, z.t(), part, begin == 0 ? 0 : 1);
      } else {
        at::addmm_out(by_weight, by_weight, z.to(at::kFloat).t(), part.to(at::kFloat),
                      begin == 0 ? 0 : 1);
      }
    }
    if (wanted[2]) by_bias.add_(at::sum(z, {0}, false, summed.dtype().toScalarType()));
  }

  at::Tensor loss = at::sum(values);
  if (divisor == 1) {
    const at::Tensor over = counted.defined() ? counted : at::scalar_tensor(known, values.options());
    for (at::Tensor* each : {&by_hidden, &by_weight, &by_bias})
      if (each->defined()) each->div_(over);
  }
  if (counted.defined())
    loss.div_(counted);
  else
    loss.div_(known);
  if (by_hidden.defined()) by_hidden = by_hidden.view(student.sizes());
  return {loss.to(type == at::kDouble ? at::kDouble : at::kFloat), by_hidden, by_weight, by_bias};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> forward_meta(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels, double alpha, double temperature,
    double label_smoothing, int64_t /*ignore_index*/, int64_t chunk, std::array<bool, 3> wanted) {
  check(student, student_weight, student_bias, teacher, teacher_weight, teacher_bias, labels,
        alpha, temperature, label_smoothing, chunk);
  const auto type = student.scalar_type();
  const at::TensorOptions summed = student.options().dtype(sum_type(type));
  const auto loss_type = type == at::kDouble ? at::kDouble : at::kFloat;
  return {at::empty({}, student.options().dtype(loss_type)),
          wanted[0] ? at::empty(student.sizes(), summed) : at::Tensor(),
          wanted[1] ? at::empty(student_weight.sizes(), summed) : at::Tensor(),
          wanted[2] && is_present(student_bias) ? at::empty(student_bias->sizes(), summed)
                                                : at::Tensor()};
}

}  // namespace

int64_t fused_linear_chunk(int64_t rows, int64_t row_bytes, bool on_gpu) {
  const int64_t budget = int64_t{on_gpu ? 256 : 48} << 20;
  const int64_t least = on_gpu ? 1024 : 128;
  const int64_t most = std::max(least, budget / std::max<int64_t>(1, row_bytes));
  if (rows <= most) return std::max<int64_t>(1, rows);
  const int64_t chunks = (rows + most - 1) / most;
  return (rows + chunks - 1) / chunks;
}

at::Tensor fused_linear_soft_targets(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels, double alpha, double temperature,
    double label_smoothing, int64_t ignore_index, int64_t chunk) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::fused_linear_soft_targets", "")
                             .typed<decltype(fused_linear_soft_targets)>();
  return op.call(student, student_weight, student_bias, teacher, teacher_weight, teacher_bias,
                 labels, alpha, temperature, label_smoothing, ignore_index, chunk);
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> fused_linear_soft_targets_forward(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels, double alpha, double temperature,
    double label_smoothing, int64_t ignore_index, int64_t chunk, std::array<bool, 3> wanted) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("potstill::_fused_linear_soft_targets_forward", "")
                             .typed<decltype(fused_linear_soft_targets_forward)>();
  return op.call(student, student_weight, student_bias, teacher, teacher_weight, teacher_bias,
                 labels, alpha, temperature, label_smoothing, ignore_index, chunk, wanted);
}

namespace {

at::Tensor value_only(const at::Tensor& student, const at::Tensor& student_weight,
                      const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
                      const at::Tensor& teacher_weight,
                      const std::optional<at::Tensor>& teacher_bias,
                      const std::optional<at::Tensor>& labels, double alpha, double temperature,
                      double label_smoothing, int64_t ignore_index, int64_t chunk) {
  return std::get<0>(fused_linear_soft_targets_forward(
      student, student_weight, student_bias, teacher, teacher_weight, teacher_bias, labels, alpha,
      temperature, label_smoothing, ignore_index, chunk, {false, false, false}));
}

}  // namespace

// Nothing but matrix products and _soft_target_ce_rows: the same for every backend that has those.
TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("_fused_linear_soft_targets_forward", &forward); }

TORCH_LIBRARY_IMPL(potstill, CUDA, m) { m.impl("_fused_linear_soft_targets_forward", &forward); }

TORCH_LIBRARY_IMPL(potstill, Meta, m) {
  m.impl("_fused_linear_soft_targets_forward", &forward_meta);
}

TORCH_LIBRARY_IMPL(potstill, CompositeExplicitAutograd, m) {
  m.impl("fused_linear_soft_targets", &value_only);
}

}  // namespace potstill::ops
