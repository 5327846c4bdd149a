// The losses on features, differentiable by the student.

#include <torch/library.h>

#include "ops/attention_transfer.h"
#include "ops/autograd/loss_function.h"
#include "ops/hint_mse.h"
#include "ops/nst.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/similarity.h"

namespace potstill::ops {
namespace {

at::Tensor autograd_hint_mse(const at::Tensor& student, const at::Tensor& teacher,
                             const std::optional<at::Tensor>& mask) {
  return by_student(student,
                    [&](bool want) { return hint_mse_forward(student, teacher, mask, want); });
}

at::Tensor autograd_attention_transfer(const at::Tensor& student, const at::Tensor& teacher,
                                       bool paper) {
  return by_student(student, [&](bool want) {
    return attention_transfer_forward(student, teacher, paper, want);
  });
}

at::Tensor autograd_similarity(const at::Tensor& student, const at::Tensor& teacher) {
  return by_student(student, [&](bool want) { return similarity_forward(student, teacher, want); });
}

at::Tensor autograd_rkd(const at::Tensor& student, const at::Tensor& teacher, double distance,
                        double angle) {
  return by_student(
      student, [&](bool want) { return rkd_forward(student, teacher, distance, angle, want); });
}

at::Tensor autograd_pkt(const at::Tensor& student, const at::Tensor& teacher, double eps) {
  return by_student(student, [&](bool want) { return pkt_forward(student, teacher, eps, want); });
}

at::Tensor autograd_nst(const at::Tensor& student, const at::Tensor& teacher) {
  return by_student(student, [&](bool want) { return nst_forward(student, teacher, want); });
}

}  // namespace

TORCH_LIBRARY_IMPL(potstill, Autograd, m) {
  m.impl("hint_mse", &autograd_hint_mse);
  m.impl("attention_transfer", &autograd_attention_transfer);
  m.impl("similarity", &autograd_similarity);
  m.impl("rkd", &autograd_rkd);
  m.impl("pkt", &autograd_pkt);
  m.impl("nst", &autograd_nst);
}

}  // namespace potstill::ops
