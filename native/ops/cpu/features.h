#pragma once

// Between the losses on features in cpu/ and their kernels, which are compiled once per instruction
// set. Plain C++: the kernels' files must not see ATen (see simd.h).

#include <cstddef>
#include <cstdint>

#include "ops/cpu/element_type.h"
#include "ops/map_row.h"
#include "ops/sample_feature.h"

namespace potstill::ops {

struct SquaredDifferenceJob {
  // Flat, in one order.
  const void* student;
  const void* teacher;
  void* gradient;  // null if not wanted
  // One for each `inner` elements: those with false are left out. Null: there are none.
  const bool* mask;
  int64_t inner;
  double scale;  // gradient = scale * (student - teacher)
  // Write the gradient past the caches; it is aligned to 64 bytes, and so is every masked part.
  bool stream;
};

// Two maps of sums of squares, of one sample; `padded` is the number of positions, rounded up to
// eights, and both are 0 behind the positions.
struct MapPair {
  double* student;
  double* teacher;
  int64_t padded;
  MapOptions options;
};

// Factors repeat in whole vectors after at most 16 channels.
constexpr int64_t map_scratch(int64_t positions) {
  return positions % 16 == 0 ? positions : 8 * positions;
}

struct FeatureKernels {
  // Elements [begin, end), begin a multiple of 64: writes the gradient and returns the sum of the
  // squared differences. Both sides Float64, or neither.
  double (*squared_difference)(const SquaredDifferenceJob& job, int64_t begin, int64_t end);
  // map[n] = sum over channels of the squared feature. `scratch` as in scale_by_map.
  void (*square_map)(const SampleFeature& feature, double* map, void* scratch);
  // gradient[c][n] = factors[n] * feature[c][n], in the order of the feature; past the caches if
  // `streamed` and the gradient is aligned for it. `scratch` holds map_scratch(positions) doubles.
  void (*scale_by_map)(const SampleFeature& feature, const double* factors, void* gradient,
                       void* scratch, bool streamed);
  // The value of one sample. Leaves in pair.teacher the factors for scale_by_map.
  double (*compare_maps)(const MapPair& pair);
};

// For a pair of types; the last two are those of the student's.
FeatureKernels feature_kernels_default(ElementType student, ElementType teacher);
FeatureKernels feature_kernels_avx2(ElementType student, ElementType teacher);
FeatureKernels feature_kernels_avx512(ElementType student, ElementType teacher);

}  // namespace potstill::ops
