#pragma once

// The arithmetic of one row of soft_target_ce, for every kind of kernel: plain C++ without
// includes of ATen, compiled by the host compiler (once per instruction set) and by nvcc. All of
// it is forced inline, so that no two copies with different instructions share a symbol.

#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define POTSTILL_ROW_INLINE __host__ __device__ __forceinline__
#else
#define POTSTILL_ROW_INLINE __attribute__((always_inline)) inline
#endif

namespace potstill::ops {

// The options of a call, and what follows from them.
struct SoftTargetCeOptions {
  double alpha;
  double temperature;
  double label_smoothing;
  int64_t classes;
  double divisor;  // of the gradient: the rows that count, for that of the mean
};

// What the passes over a row leave behind. With m the maximum of the row's student logits z, and
// n that of its teacher logits v:
template <typename Scalar>
struct SoftTargetCeSums {
  Scalar student = 1;  // sum of e^((z - m) / T)
  Scalar teacher = 1;  // sum of e^((v - n) / T)
  Scalar cross = 0;    // sum of e^((v - n) / T) * ((v - n) - (z - m)) * log2(e) / T
  Scalar hard = 1;     // sum of e^(z - m)
  Scalar spread = 0;   // sum of (z - m), when labels are smoothed
  Scalar label_gap = 0;  // z - m of the label
};

// The loss of the row, before the mean: alpha * T^2 * KL(p || q) + (1 - alpha) * CE(z, y).
// KL takes one logarithm of the ratio of the two sums, so that equal rows give exactly 0.
template <typename Scalar>
POTSTILL_ROW_INLINE double soft_target_ce_value(const SoftTargetCeSums<Scalar>& sums,
                                                const SoftTargetCeOptions& options) {
  constexpr double ln2 = 0.693147180559945309;
  double value = 0;
  if (options.alpha != 0) {
    const double divergence = ln2 * static_cast<double>(sums.cross) / sums.teacher +
                              std::log(static_cast<double>(sums.student) / sums.teacher);
    value += options.alpha * options.temperature * options.temperature * divergence;
  }
  if (options.alpha != 1) {
    const double smoothing = options.label_smoothing;
    double entropy = std::log(static_cast<double>(sums.hard));
    if (smoothing != 1) entropy -= (1 - smoothing) * sums.label_gap;
    if (smoothing != 0) entropy -= smoothing * sums.spread / options.classes;
    value += (1 - options.alpha) * entropy;
  }
  return value;
}

// Factors of the gradient of the mean loss by z: with the exponentials as they stand in the sums,
//   gradient = student * e^((z-m)/T) - teacher * e^((v-n)/T) + hard * e^(z-m) - smooth
// and `label` less at the label.
template <typename Scalar>
struct SoftTargetCeFactors {
  Scalar student, teacher, hard, smooth, label;
};

template <typename Scalar>
POTSTILL_ROW_INLINE SoftTargetCeFactors<Scalar> soft_target_ce_factors(
    const SoftTargetCeSums<Scalar>& sums, const SoftTargetCeOptions& options) {
  const double soft = options.alpha * options.temperature / options.divisor;
  const double hard = (1 - options.alpha) / options.divisor;
  return {static_cast<Scalar>(soft / sums.student), static_cast<Scalar>(soft / sums.teacher),
          static_cast<Scalar>(hard / sums.hard),
          static_cast<Scalar>(hard * options.label_smoothing / options.classes),
          static_cast<Scalar>(hard * (1 - options.label_smoothing))};
}

}  // namespace potstill::ops
