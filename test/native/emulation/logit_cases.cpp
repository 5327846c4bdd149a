// The kernels on logits against the operators on the CPU.

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <limits>

#include "emulation/check.h"
#include "emulation/compare.h"
#include "emulation/cuda.h"
#include "ops/dist.h"
#include "ops/divergences.h"
#include "ops/soft_target_ce.h"

namespace potstill::emulation {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

using Labels = std::optional<at::Tensor>;

Compute soft_targets(Labels labels, double alpha, double temperature, double smoothing) {
  return [=](bool emulated, const at::Tensor& z, const at::Tensor& v, bool want) {
    return call<decltype(ops::soft_target_ce_forward)>(
        emulated, "potstill::_soft_target_ce_forward", z, v, labels, alpha, temperature, smoothing,
        -100, want);
  };
}

Compute divergence(ops::Divergence kind, Labels labels, Labels mask, double first, double second,
                   double temperature, bool scale) {
  return [=](bool emulated, const at::Tensor& z, const at::Tensor& v, bool want) {
    return call<decltype(ops::divergence_forward)>(emulated, "potstill::_divergence_forward", z, v,
                                                   labels, mask, static_cast<int64_t>(kind), first,
                                                   second, temperature, scale, want);
  };
}

Compute dist(Labels mask, double beta, double gamma, double temperature, bool scale) {
  return [=](bool emulated, const at::Tensor& z, const at::Tensor& v, bool want) {
    return call<decltype(ops::dist_forward)>(emulated, "potstill::_dist_forward", z, v, beta, gamma,
                                             temperature, scale, mask, want);
  };
}

void compare(const Compute& compute, const at::Tensor& z, const at::Tensor& v) {
  const double rows = z.numel() > 0 ? static_cast<double>(z.numel() / z.size(-1)) : 1;
  // A gradient that is 0 but for rounding is measured by the terms it is left of.
  emulation::compare(compute, z, v, 0.1 / rows);
}

at::Tensor logits(int64_t rows, int64_t classes, at::ScalarType type) {
  return at::randn({rows, classes}, at::kDouble).mul_(3).to(type);
}

// Labels from 0 to classes, some of them ignored.
at::Tensor labels_of(int64_t rows, int64_t classes, bool ignored) {
  at::Tensor labels = at::randint(classes, {rows}, at::kLong);
  if (ignored)
    for (int64_t row = 1; row < rows; row += 3) labels[row] = -100;
  return labels;
}

at::Tensor mask_of(int64_t rows) {
  at::Tensor mask = at::full({rows}, true, at::kBool);
  for (int64_t row = 2; row < rows; row += 3) mask[row] = false;
  return mask;
}

struct Named {
  std::string name;
  std::function<Compute(int64_t rows, int64_t classes)> make;
};

const std::vector<Named>& operators() {
  using D = ops::Divergence;
  static const std::vector<Named> list = {
      {"soft_target_ce", [](int64_t rows, int64_t classes) {
         return soft_targets(labels_of(rows, classes, true), 0.7, 3, 0.1);
       }},
      {"soft_target_ce, alpha 1", [](int64_t, int64_t) { return soft_targets({}, 1, 4, 0); }},
      {"soft_target_ce, alpha 0", [](int64_t rows, int64_t classes) {
         return soft_targets(labels_of(rows, classes, false), 0, 1, 0.2);
       }},
      {"reverse_kl", [](int64_t rows, int64_t) {
         return divergence(D::ReverseKl, {}, mask_of(rows), 0, 0, 2, true);
       }},
      {"jsd", [](int64_t, int64_t) { return divergence(D::Jsd, {}, {}, 0.3, 0, 1.5, true); }},
      {"jsd, beta 0", [](int64_t, int64_t) { return divergence(D::Jsd, {}, {}, 0, 0, 1, false); }},
      {"skew_kl", [](int64_t rows, int64_t) {
         return divergence(D::SkewKl, {}, mask_of(rows), 0.1, 0, 1, false);
       }},
      {"skew_reverse_kl",
       [](int64_t, int64_t) { return divergence(D::SkewReverseKl, {}, {}, 0.1, 0, 2, true); }},
      {"dkd", [](int64_t rows, int64_t classes) {
         return divergence(D::Dkd, labels_of(rows, classes, false), mask_of(rows), 1, 8, 4, true);
       }},
      {"logit_standardization",
       [](int64_t, int64_t) {
         return divergence(D::LogitStandardization, {}, {}, 0, 0, 2, true);
       }},
      {"logit_mse", [](int64_t rows, int64_t) {
         return divergence(D::LogitMse, {}, mask_of(rows), 0, 0, 1, false);
       }},
      {"dist", [](int64_t rows, int64_t) { return dist(mask_of(rows), 1, 2, 3, true); }},
      {"dist, rows only", [](int64_t, int64_t) { return dist({}, 1, 0, 1, false); }},
  };
  return list;
}

// Two rows correlate by 1 or -1 in every column, and what is left of that gradient is rounding.
int64_t few_rows(const Named& op, int64_t classes) {
  if (classes < 128) return 19;
  return op.name.starts_with("dist") ? 6 : 2;
}

void masked_classes(const Named& op) {
  for (const int64_t classes : {19, 1100}) {
    at::Tensor z = logits(4, classes, at::kFloat), v = logits(4, classes, at::kFloat);
    const Compute compute = op.make(4, 3);  // labels are 0 to 2, never masked below
    const auto hide = [&](at::Tensor& of) {
      for (int64_t i = 3; i < classes; i += i % 7 == 0 ? 1 : 5) of.select(1, i).fill_(-infinite);
      of.narrow(1, classes / 2, classes / 4).fill_(-infinite);
    };
    hide(v);
    compare(compute, z, v);  // the teacher alone
    hide(z);
    compare(compute, z, v);  // both
    v = logits(4, classes, at::kFloat);
    compare(compute, z, v);  // the student alone
  }
}

void saturated(const Named& op) {
  for (const int64_t classes : {5, 70, 1030}) {
    at::Tensor z = logits(3, classes, at::kFloat).mul_(0.01), v = z.clone();
    z[0][1] = 1e4;
    v[0][classes - 2] = 1e4;
    z[1][0] = -1e4;
    v[2].fill_(30);
    v[2][2] = -1e4;
    compare(op.make(3, classes), z, v);
  }
}

const bool added = [] {
  constexpr std::array types = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};
  for (const Named& op : operators()) {
    for (const auto type : types)
      add_case(op.name + ", " + c10::toString(type) + ": rows of every length", [=] {
        // Around the lanes of a group, the width of a vector, and the steps to a warp and a block.
        const std::vector<int64_t> all = {1,  2,  7,   8,   9,    31,   33,   64,
                                          65, 100, 129, 1000, 1024, 1025, 2048, 4099};
        const std::vector<int64_t> some = {1, 9, 64, 65, 136, 1025, 2048};
        for (const int64_t classes : type == at::kFloat ? all : some)
          for (const int64_t rows : {int64_t{1}, few_rows(op, classes)})
            named(std::to_string(rows) + " x " + std::to_string(classes), [&] {
              compare(op.make(rows, classes), logits(rows, classes, type),
                      logits(rows, classes, type));
            });
      });
    add_case(op.name + ": strided and shared rows", [=] {
      for (const int64_t classes : {8, 96, 1536}) {
        const at::Tensor wide = logits(5, classes + 3, at::kFloat);
        const at::Tensor v = logits(5, classes, at::kFloat);
        // Rows that begin at no multiple of 16 bytes; columns; one row for all.
        compare(op.make(5, classes), wide.narrow(1, 1, classes), v);
        compare(op.make(5, classes), v, wide.narrow(1, 2, classes));
        compare(op.make(5, classes), v.t().contiguous().t(), v.mul(0.5));
        compare(op.make(5, classes), v, v[0].expand({5, classes}));
      }
    });
    add_case(op.name + ": types that differ", [=] {
      for (const auto student : types)
        for (const auto teacher : types)
          compare(op.make(4, 24), logits(4, 24, student), logits(4, 24, teacher));
    });
    add_case(op.name + ": classes masked with -infinity", [=] { masked_classes(op); });
    add_case(op.name + ": saturated logits", [=] { saturated(op); });
    add_case(op.name + ": equal logits", [=] {
      for (const int64_t classes : {1, 6, 200, 1500}) {
        const at::Tensor z = logits(4, classes, at::kFloat);
        compare(op.make(4, classes), z, z);
      }
    });
    add_case(op.name + ": NaN and an empty batch", [=] {
      at::Tensor z = logits(3, 40, at::kFloat);
      const at::Tensor v = logits(3, 40, at::kFloat);
      compare(op.make(0, 40), z.narrow(0, 0, 0), v.narrow(0, 0, 0));
      z[0][7] = std::numeric_limits<float>::quiet_NaN();
      const auto compute = op.make(3, 40);
      const auto [loss, gradient] = compute(true, z, v, true);
      expect_close("gradient of other rows", gradient.narrow(0, 1, 2),
                   std::get<1>(compute(false, z, v, true)).narrow(0, 1, 2), 2e-5, 0.03);
      if (loss.item<double>() == loss.item<double>()) fail("the NaN got lost");
    });
  }

  add_case("soft_target_ce: all rows ignored", [] {
    const at::Tensor labels = at::full({3}, -100, at::kLong);
    compare(soft_targets(labels, 0.5, 2, 0), logits(3, 9, at::kFloat), logits(3, 9, at::kFloat));
  });
  add_case("dkd: nothing but the label", [] {
    const at::Tensor labels = at::zeros({2}, at::kLong);
    at::Tensor z = logits(2, 12, at::kFloat), v = logits(2, 12, at::kFloat);
    const Compute dkd = divergence(ops::Divergence::Dkd, labels, {}, 1, 8, 4, true);
    z[0].narrow(0, 1, 11).fill_(-infinite);
    compare(dkd, z, v);
    v[0].narrow(0, 1, 11).fill_(-infinite);
    compare(dkd, z, v);
  });
  add_case("a label that is no class makes the loss NaN and leaves other rows alone", [] {
    at::Tensor labels = labels_of(4, 20, false);
    const at::Tensor z = logits(4, 20, at::kFloat), v = logits(4, 20, at::kFloat);
    for (const bool dkd : {false, true}) {
      const auto make = [&](const at::Tensor& of) {
        return dkd ? divergence(ops::Divergence::Dkd, of, {}, 1, 8, 4, true)
                   : soft_targets(of, 0.5, 2, 0);
      };
      const at::Tensor expected = std::get<1>(make(labels)(false, z, v, true));
      at::Tensor wrong = labels.clone();
      wrong[1] = 20;
      const auto [loss, gradient] = make(wrong)(true, z, v, true);
      if (loss.item<double>() == loss.item<double>()) fail("it is a number");
      expect_close("gradient", gradient.narrow(0, 2, 2), expected.narrow(0, 2, 2), 1e-5, 0.1);
    }
    check_memory();
  });
  for (const auto type : types)
    add_case(std::string("soft_target_ce in place, ") + c10::toString(type), [=] {
      for (const int64_t classes : {1, 10, 65, 130, 1040, 1111})
        for (const double divisor : {1.0, 37.0})
          for (const bool want : {true, false}) {
            const Labels labels = labels_of(5, classes, true);
            const at::Tensor v = logits(5, classes, type), z = logits(5, classes, type);
            const auto run = [&](bool emulated) {
              at::Tensor place = z.clone();
              at::Tensor values = at::empty({5}, at::kDouble);
              call<decltype(ops::soft_target_ce_rows)>(
                  emulated, "potstill::_soft_target_ce_rows", place, v, labels, values, 0.6, 3.0,
                  0.1, -100, divisor, want);
              return std::pair{place, values};
            };
            const auto [expected, expected_values] = run(false);
            for (const auto schedule : {Schedule::Forward, Schedule::Backward, Schedule::Random}) {
              set_schedule(schedule, 3);
              const auto [place, values] = run(true);
              const auto tolerance = tolerance_of(type, type);
              const bool half = type == at::kHalf;
              expect_close("values", values, expected_values, tolerance.value, 1);
              expect_close("gradient", place, expected, half ? 1.0 / 1024 : tolerance.gradient,
                           0.1 / divisor);
            }
            check_memory();
          }
    });
  return true;
}();

}  // namespace
}  // namespace potstill::emulation
