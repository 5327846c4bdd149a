#include "ops/cuda/divergences.cuh"
#include "ops/cuda/divergences.h"

namespace potstill::ops::cuda {

void launch_mixed(const LogitCall& call, RowDivergence kind) {
  if (kind == RowDivergence::Mixed)
    launch_divergence<RowDivergence::Mixed>(call);
  else if (kind == RowDivergence::SkewForward)
    launch_divergence<RowDivergence::SkewForward>(call);
  else
    launch_divergence<RowDivergence::SkewReverse>(call);
}

}  // namespace potstill::ops::cuda
