#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "ops/activation.h"

// The products of linear layers and convolutions on CPUs in float32, through the fastest of the
// ways that libtorch has to them and of our own (matrix_product.h, winograd.h). Which one that is
// differs from CPU to CPU and from shape to shape by more than a factor of two, so the candidates
// are measured for a moment when a shape is seen for the first time, and the choice is kept for the
// process.
//
// Shapes: input [m, k], weight [n, k], output [m, n]; all dense and 2-d. A choice holds for a range
// of m (two ranges per octave), since batches and sequences vary there, for one k, n and number of
// threads. Given the same choices the results are the same bits.
//
// The environment variable POTSTILL_PRODUCTS (measure | mkl | onednn | potstill) replaces measuring
// by the plain product of ATen, by oneDNN or by our own throughout.

namespace potstill::ops {

class PackedWeights;

// activation(input · weightᵀ + bias). `packed` is what pack_weight made of the
// weight, if there is one; of a weight that stays as it is, `frozen` keeps what is packed.
at::Tensor output_product(const at::Tensor& input, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, Activation activation,
                          const at::Tensor& packed = {}, PackedWeights* frozen = nullptr);

// grad_output · weight, the gradient by the input.
at::Tensor input_gradient_product(const at::Tensor& grad_output, const at::Tensor& weight);

// grad_outputᵀ · input, the gradient by the weight.
at::Tensor weight_gradient_product(const at::Tensor& grad_output, const at::Tensor& input);

// The same for convolutions of 3×3 with stride 1 or 2 (of both directions), by ATen or by Winograd's
// algorithm (winograd.h): activation(input [B, C, H, W] · weight [O, C, 3, 3] + bias [O]), where the
// activation is a ReLU or none; the gradient by the input of `size`, of a padding of at most 2, with
// stride 2 of 1; and the gradient by the weight, of which shape and layout are asked for. Seen as
// products, m is the number of output positions, k is 9·C and n is O.
at::Tensor convolution_product(const at::Tensor& input, const at::Tensor& weight,
                               const std::optional<at::Tensor>& bias, Activation activation,
                               int64_t stride, at::IntArrayRef padding);
at::Tensor convolution_input_gradient(const at::Tensor& grad_output, const at::Tensor& weight,
                                      at::IntArrayRef size, int64_t stride,
                                      at::IntArrayRef padding);
at::Tensor convolution_weight_gradient(const at::Tensor& grad_output, const at::Tensor& input,
                                       const at::Tensor& weight, int64_t stride,
                                       at::IntArrayRef padding);

// The weight in the layout that oneDNN likes best for `rows` rows of input, or the weight itself
// where this libtorch or CPU has none. Opaque: only for output_product.
at::Tensor pack_weight(const at::Tensor& weight, int64_t rows);

// The choices made so far, one a line: product, rows up to, k, n, threads, candidate. Loading a
// table replaces what is known about the shapes in it, so that a resumed run takes the products
// that the first run took. A candidate that is not there on this machine is measured again.
std::string product_choices();
void load_product_choices(const std::string& table);

// Weights that stay as they are while this lives, such as those of a frozen teacher. Inside a
// `Use`, potstill::linear without gradients packs each weight that it meets once, and takes the
// packed one for as long as the weight lives. One thread at a time.
class PackedWeights {
 public:
  PackedWeights();
  ~PackedWeights();

  class Use {
   public:
    explicit Use(PackedWeights& weights);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    PackedWeights* previous_;
  };

  // Those in use on this thread, or null.
  static PackedWeights* current();

  // In oneDNN's layout (see pack_weight) and in ours (see matrix_product.h); packed at the first
  // call, and again after forget().
  const at::Tensor& onednn(const at::Tensor& weight, int64_t rows);
  const at::Tensor& own(const at::Tensor& weight);
  void forget(const at::Tensor& weight);

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace potstill::ops
