#include "emulation/compare.h"

#include "emulation/cuda.h"

namespace potstill::emulation {

Tolerance tolerance_of(at::ScalarType student, at::ScalarType teacher) {
  if (student == at::kBFloat16) return {5e-6, 1.0 / 128};
  if (student == at::kDouble || teacher == at::kDouble) return {1e-12, 1e-10};
  return {5e-6, 2e-5};
}

void compare(const Compute& compute, const at::Tensor& z, const at::Tensor& v, double least) {
  const auto [expected, expected_gradient] = compute(false, z, v, true);
  take_launches();
  set_schedule(Schedule::Forward, 0);
  const auto [loss, gradient] = compute(true, z, v, true);
  if (z.numel() > 0 && take_launches() < 2) fail("no kernel ran");
  const Tolerance tolerance = tolerance_of(z.scalar_type(), v.scalar_type());
  expect_close("loss", loss, expected, tolerance.value, 1);
  if (gradient.strides() != expected_gradient.strides()) fail("the gradient lies otherwise");
  expect_close("gradient", gradient, expected_gradient, tolerance.gradient, least);
  expect_same("loss alone", std::get<0>(compute(true, z, v, false)), loss);
  // The order is the same matter for every type.
  if (z.scalar_type() != at::kFloat) return check_memory();
  for (const auto schedule : {Schedule::Backward, Schedule::Random}) {
    set_schedule(schedule, 7);
    const auto [again, gradient_again] = compute(true, z, v, true);
    expect_same("loss in another order", again, loss);
    expect_same("gradient in another order", gradient_again, gradient);
  }
  check_memory();
}

}  // namespace potstill::emulation
