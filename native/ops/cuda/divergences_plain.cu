#include "ops/cuda/divergences.cuh"
#include "ops/cuda/divergences.h"

namespace potstill::ops::cuda {

void launch_forward(const LogitCall& call) { launch_divergence<RowDivergence::Forward>(call); }
void launch_reverse(const LogitCall& call) { launch_divergence<RowDivergence::Reverse>(call); }
void launch_squared(const LogitCall& call) { launch_divergence<RowDivergence::Squared>(call); }

}  // namespace potstill::ops::cuda
