#pragma once

namespace potstill {

// Whether libtorch's products on this CPU compute in bfloat16. Where they do not, bfloat16 works and
// is slow: values are widened, and narrowed again. The variables that hold libtorch or oneDNN down to
// older instructions (ATEN_CPU_CAPABILITY, ONEDNN_MAX_CPU_ISA) count; POTSTILL_BFLOAT16=0 or 1 says
// it instead of the CPU.
bool has_bfloat16();

}  // namespace potstill
