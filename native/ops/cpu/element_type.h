#pragma once

namespace potstill::ops {

// The types of tensors that the CPU's losses have kernels for. Plain C++: the kernels' files must
// not see ATen (see simd.h). Gradients have the type of the student, but float for Float16.
enum class ElementType { Float32, Float64, BFloat16, Float16 };

}  // namespace potstill::ops
