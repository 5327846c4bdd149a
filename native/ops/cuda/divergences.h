#pragma once

#include "ops/divergence_row.h"

namespace potstill::ops::cuda {

class LogitCall;

// Starts the kernel of a kind on the rows of a call.
void launch_forward(const LogitCall& call);
void launch_reverse(const LogitCall& call);
void launch_mixed(const LogitCall& call, RowDivergence kind);
void launch_standardized(const LogitCall& call);
void launch_squared(const LogitCall& call);
void launch_decoupled(const LogitCall& call);

}  // namespace potstill::ops::cuda
