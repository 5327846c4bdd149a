// The kernels on features against the operators on the CPU.

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "emulation/check.h"
#include "emulation/compare.h"
#include "emulation/cuda.h"
#include "ops/attention_transfer.h"
#include "ops/hint_mse.h"
#include "ops/nst.h"
#include "ops/pkt.h"
#include "ops/rkd.h"
#include "ops/similarity.h"

namespace potstill::emulation {
namespace {

using Shape = std::vector<int64_t>;
constexpr std::array types = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

at::Tensor feature(const Shape& shape, at::ScalarType type = at::kFloat) {
  return at::randn(shape, at::kDouble).to(type);
}

std::string text(const Shape& shape) {
  std::string result;
  for (const int64_t size : shape) result += (result.empty() ? "" : "x") + std::to_string(size);
  return result;
}

// Gradients that are next to nothing are measured by what an element has in a mean of all.
void compare(const Compute& compute, const at::Tensor& s, const at::Tensor& t) {
  emulation::compare(compute, s, t, 0.1 / static_cast<double>(std::max<int64_t>(1, s.numel())));
}

Compute hint(std::optional<at::Tensor> mask) {
  return [=](bool emulated, const at::Tensor& s, const at::Tensor& t, bool want) {
    return call<decltype(ops::hint_mse_forward)>(emulated, "potstill::_hint_mse_forward", s, t,
                                                 mask, want);
  };
}

Compute attention(bool paper) {
  return [=](bool emulated, const at::Tensor& s, const at::Tensor& t, bool want) {
    return call<decltype(ops::attention_transfer_forward)>(
        emulated, "potstill::_attention_transfer_forward", s, t, paper, want);
  };
}

Result nst(bool emulated, const at::Tensor& s, const at::Tensor& t, bool want) {
  return call<decltype(ops::nst_forward)>(emulated, "potstill::_nst_forward", s, t, want);
}

Result similarity(bool emulated, const at::Tensor& s, const at::Tensor& t, bool want) {
  return call<decltype(ops::similarity_forward)>(emulated, "potstill::_similarity_forward", s, t,
                                                 want);
}

Result pkt(bool emulated, const at::Tensor& s, const at::Tensor& t, bool want) {
  return call<decltype(ops::pkt_forward)>(emulated, "potstill::_pkt_forward", s, t, 1e-7, want);
}

Compute rkd(double distance, double angle) {
  return [=](bool emulated, const at::Tensor& s, const at::Tensor& t, bool want) {
    return call<decltype(ops::rkd_forward)>(emulated, "potstill::_rkd_forward", s, t, distance,
                                            angle, want);
  };
}

struct Named {
  std::string name;
  Compute compute;
};

const std::vector<Named>& of_maps() {
  static const std::vector<Named> list = {{"attention_transfer", attention(false)},
                                          {"attention_transfer, paper", attention(true)},
                                          {"nst", nst}};
  return list;
}

const std::vector<Named>& of_samples() {
  static const std::vector<Named> list = {{"similarity", similarity},
                                          {"pkt", pkt},
                                          {"rkd", rkd(25, 50)},
                                          {"rkd, distances", rkd(1, 0)},
                                          {"rkd, angles", rkd(0, 1)}};
  return list;
}

// The layouts in which features come: dense, channels-last, beginning at no multiple of 16 bytes
// and with gaps, in an order that has to be copied, one sample for all.
std::vector<at::Tensor> layouts(const at::Tensor& x) {
  const at::Tensor gaps = at::randn({x.size(0), x[0].numel() + 5}, at::kDouble).to(x.scalar_type());
  at::Tensor strided = gaps.narrow(1, 3, x[0].numel()).unflatten(1, x[0].sizes());
  strided.copy_(x);
  std::vector<at::Tensor> result = {x, strided, x.transpose(0, 1).contiguous().transpose(0, 1),
                                    x[0].expand_as(x)};
  if (x.dim() == 4) {
    result.push_back(x.contiguous(at::MemoryFormat::ChannelsLast));
    result.push_back(x.transpose(2, 3).contiguous().transpose(2, 3));
  }
  return result;
}

void add_hint_cases() {
  for (const auto type : types)
    add_case(std::string("hint_mse, ") + c10::toString(type) + ": of every length", [=] {
      // Around the vector and the block.
      for (const int64_t length : {1, 2, 7, 8, 9, 255, 2049, 8191, 8192, 8193, 16400})
        named(std::to_string(length), [&] {
          compare(hint({}), feature({length}, type), feature({length}, type));
        });
    });
  add_case("hint_mse: masks of leading dimensions", [] {
    for (const Shape& shape : {Shape{6, 5, 4}, {6, 1, 3}, {3, 700, 8}, {4, 3, 1}})
      for (const auto type : {at::kFloat, at::kBFloat16})
        for (size_t dimensions = 1; dimensions <= 3; ++dimensions)
          named(text(shape) + ", " + std::to_string(dimensions), [&] {
            const Shape leading(shape.begin(), shape.begin() + static_cast<int64_t>(dimensions));
            at::Tensor mask = at::randn(leading, at::kFloat).gt(0);
            mask.view(-1)[0] = true;
            at::Tensor s = feature(shape, type), t = feature(shape, type);
            compare(hint(mask), s, t);
            // What is left out is not read.
            at::Tensor hidden = mask;
            while (hidden.dim() < s.dim()) hidden = hidden.unsqueeze(-1);
            s.masked_fill_(hidden.logical_not(), std::numeric_limits<double>::quiet_NaN());
            compare(hint(mask), s, t);
            const at::Tensor nothing = at::full(leading, false, at::kBool);
            compare(hint(nothing), s, t);
          });
  });
  add_case("hint_mse: layouts, and masks on them", [] {
    const at::Tensor mask = at::full({3, 5}, true, at::kBool);
    mask[1][2] = false;
    for (const at::Tensor& s : layouts(feature({3, 5, 4, 8})))
      for (const at::Tensor& t : layouts(feature({3, 5, 4, 8})))
        for (const bool masked : {false, true})
          compare(masked ? hint(mask) : hint({}), s, t);
  });
  add_case("hint_mse: types that differ, one number, and nothing", [] {
    for (const auto student : types)
      for (const auto teacher : types)
        compare(hint({}), feature({3, 50}, student), feature({3, 50}, teacher));
    compare(hint({}), feature({}), feature({}));
    compare(hint({}), feature({0, 4}), feature({0, 4}));
    const at::Tensor same = feature({1000});
    const auto [loss, gradient] = hint({})(true, same, same, true);
    if (loss.item<double>() != 0) fail("equal features differ");
    expect_same("gradient", gradient, at::zeros_like(same));
  });
}

void add_map_cases(const Named& op) {
  // Student's and teacher's channels, height, width: one of everything, fewer and more positions
  // than lanes, than channels, and than a warp has.
  struct Sizes {
    int64_t batch, mine, other, height, width;
  };
  const std::vector<Sizes> all = {{1, 1, 1, 1, 1},   {3, 1, 2, 5, 5},  {2, 7, 3, 1, 1},
                                  {2, 40, 24, 7, 7}, {3, 5, 9, 9, 4},  {2, 70, 33, 3, 1},
                                  {2, 3, 2, 40, 30}, {2, 130, 5, 2, 4}};
  for (const auto type : types)
    add_case(op.name + ", " + c10::toString(type) + ": maps of every size", [=] {
      for (const Sizes& of : all)
        for (const bool last : {false, true})
          named(text({of.batch, of.mine, of.other, of.height, of.width}), [&] {
            const auto format = last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
            const auto make = [&](int64_t channels) {
              return feature({of.batch, channels, of.height, of.width}, type).contiguous(format);
            };
            compare(op.compute, make(of.mine), make(of.other));
          });
    });
  add_case(op.name + ": long maps", [=] {
    compare(op.compute, feature({2, 3, 1100}), feature({2, 2, 1100}));
    const auto last = at::MemoryFormat::ChannelsLast;
    compare(op.compute, feature({1, 1100, 2, 3}).contiguous(last),
            feature({1, 1030, 2, 3}).contiguous(last));
  });
  add_case(op.name + ": layouts", [=] {
    for (const at::Tensor& s : layouts(feature({3, 8, 4, 6})))
      for (const at::Tensor& t : layouts(feature({3, 5, 4, 6}))) compare(op.compute, s, t);
    for (const at::Tensor& s : layouts(feature({2, 6, 20})))
      compare(op.compute, s, feature({2, 4, 20}));
  });
  add_case(op.name + ": types that differ", [=] {
    for (const auto student : types)
      for (const auto teacher : types)
        compare(op.compute, feature({2, 6, 5, 5}, student), feature({2, 4, 5, 5}, teacher));
  });
  add_case(op.name + ": zeros, equal features and an empty batch", [=] {
    at::Tensor s = feature({3, 4, 3, 3});
    const at::Tensor t = feature({3, 4, 3, 3});
    const auto [loss, gradient] = op.compute(true, s, s, true);
    if (loss.item<double>() != 0) fail("equal features differ");
    s[0].zero_();
    s[1][2].zero_();
    compare(op.compute, s, t);
    compare(op.compute, t, s);
    compare(op.compute, at::zeros({2, 3, 2, 2}), at::zeros({2, 3, 2, 2}));
    compare(op.compute, s.narrow(0, 0, 0), t.narrow(0, 0, 0));
  });
}

void add_sample_cases(const Named& op) {
  for (const auto type : types)
    add_case(op.name + ", " + c10::toString(type) + ": batches of every size", [=] {
      for (const int64_t samples : {2, 3, 7, 8, 9, 33, 64, 65, 130})
        for (const int64_t features : {1, 7, 70})
          named(std::to_string(samples) + " x " + std::to_string(features), [&] {
            // Of one feature all angles and cosines are those of 0 or 180 degrees, and their
            // gradient is nothing but rounding.
            if (features == 1 && !op.name.starts_with("similarity")) return;
            compare(op.compute, feature({samples, features}, type),
                    feature({samples, features + 2}, type));
          });
    });
  add_case(op.name + ": one sample", [=] {
    const at::Tensor s = feature({1, 5}), t = feature({1, 4});
    const auto [expected, expected_gradient] = op.compute(false, s, t, true);
    const auto [loss, gradient] = op.compute(true, s, t, true);
    expect_close("loss", loss, expected, 1e-6, 1);
    expect_close("gradient", gradient, expected_gradient, 1e-6, 1);
  });
  add_case(op.name + ": layouts", [=] {
    for (const at::Tensor& s : layouts(feature({6, 3, 4, 5})))
      for (const at::Tensor& t : layouts(feature({6, 2, 3, 2})))
        if (s.stride(0) != 0) compare(op.compute, s, t);
  });
  add_case(op.name + ": types that differ", [=] {
    for (const auto student : types)
      for (const auto teacher : types)
        compare(op.compute, feature({5, 12}, student), feature({5, 9}, teacher));
  });
  add_case(op.name + ": zeros, equal samples, equal features and an empty batch", [=] {
    at::Tensor s = feature({5, 8});
    const at::Tensor t = feature({5, 6});
    const auto [loss, gradient] = op.compute(true, s, s, true);
    if (loss.item<double>() != 0) fail("equal features differ");
    s[3] = s[1];
    compare(op.compute, s, t);
    s[2].zero_();
    compare(op.compute, s, t);
    compare(op.compute, at::zeros({3, 4}), t.narrow(0, 0, 3));
    compare(op.compute, s.narrow(0, 0, 0), t.narrow(0, 0, 0));
  });
}

const bool added = [] {
  add_hint_cases();
  for (const Named& op : of_maps()) add_map_cases(op);
  for (const Named& op : of_samples()) add_sample_cases(op);
  for (const Named& op : {of_samples()[0], of_samples()[1], of_samples()[3]})
    add_case(op.name + ": a block for a row", [=] {
      compare(op.compute, feature({1030, 3}, at::kDouble), feature({1030, 4}, at::kDouble));
    });
  return true;
}();

}  // namespace
}  // namespace potstill::emulation
