#include "ops/cuda/divergences.cuh"
#include "ops/cuda/divergences.h"

namespace potstill::ops::cuda {

void launch_standardized(const LogitCall& call) {
  launch_divergence<RowDivergence::Standardized>(call);
}
void launch_decoupled(const LogitCall& call) { launch_divergence<RowDivergence::Decoupled>(call); }

}  // namespace potstill::ops::cuda
