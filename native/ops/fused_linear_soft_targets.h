#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>

namespace potstill::ops {

// soft_target_ce of two linear heads, without ever holding the logits of all rows:
//
//   z = h · Wᵀ + b   v = g · Uᵀ + c   loss = soft_target_ce(z, v, labels, …)
//
// A few rows at a time their logits are made, compared, and turned into the gradients by h, W and
// b. What is needed beyond the results is one such chunk of logits for each side and O(rows).
//
//   student         hidden states h [*, H]: float32, float64, bfloat16 or float16
//   student_weight  W [Vs, H], as torch.nn.Linear has it, in the type of h
//   student_bias    b [Vs] or absent, in the type of h
//   teacher         g [*, G] with as many rows; G may differ from H. A constant, like U and c
//   teacher_weight  U [V, G], V >= Vs, in the type of g: float64 if and only if h is, else any type
//   teacher_bias    c [V] or absent
//   labels          int64, the shape of h without H, or [rows]; below Vs; may be absent if alpha
//                   is 1
//   alpha, temperature, label_smoothing, ignore_index: as in soft_target_ce.h
//   chunk           rows at a time; 0 leaves it to the operator, which takes so many that their
//                   logits fill a fixed number of bytes. Few rows are one chunk, with nothing lost
//
// With Vs < V the classes from Vs on are masked with -infinity on both sides: the student cannot
// have them, so the teacher's probabilities are those of the shared classes among themselves. (With
// the mask on the student's side alone the divergence would be infinite.)
//
// Returns a scalar: float64 if h is, else float32. Logits are rounded to the type of the hidden
// states, as a linear layer rounds them, and so is their gradient; the products of bfloat16 and
// float16 are summed up over chunks in float32. An empty batch and one of ignored rows only give 0
// and gradients of zeros. The same inputs and chunk give the same bits. There is no second
// derivative.
at::Tensor fused_linear_soft_targets(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels = std::nullopt, double alpha = 1,
    double temperature = 1, double label_smoothing = 0, int64_t ignore_index = -100,
    int64_t chunk = 0);

// The loss and those `wanted` of its gradients by h, W and b (else undefined tensors), in the type
// of h, for bfloat16 and float16 in float32.
std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> fused_linear_soft_targets_forward(
    const at::Tensor& student, const at::Tensor& student_weight,
    const std::optional<at::Tensor>& student_bias, const at::Tensor& teacher,
    const at::Tensor& teacher_weight, const std::optional<at::Tensor>& teacher_bias,
    const std::optional<at::Tensor>& labels, double alpha, double temperature,
    double label_smoothing, int64_t ignore_index, int64_t chunk, std::array<bool, 3> wanted);

// Rows at a time for logits of so many classes, `row_bytes` a row on both sides together: at most
// what fits in the budget of the device, but no fewer than keep its matrix products busy, and
// nearly the same number in every chunk.
int64_t fused_linear_chunk(int64_t rows, int64_t row_bytes, bool on_gpu);

}  // namespace potstill::ops
