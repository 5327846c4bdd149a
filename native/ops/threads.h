#pragma once

namespace potstill::ops {

// Takes over libtorch's number of threads for the calling thread, as its first operator otherwise
// would. libtorch notes in each library apart that this was done.
void take_over_threads();

}  // namespace potstill::ops
