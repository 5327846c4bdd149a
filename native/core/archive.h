#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace potstill {

// Looks at a model file before libtorch does: a TorchScript archive is an uncompressed zip whose
// entries lie inside the file, whose code and pickles match their checksums, and which has code.
// Throws Error(ModelLoad) that says what the file is instead (a state dict, a pickled eager
// module, ONNX, safetensors, HDF5, …) and what to do. `name` stands for the file in messages.
void check_archive(std::string_view bytes, const std::string& name);

// CRC-32 as zip uses it.
uint32_t crc32(std::string_view bytes);

}  // namespace potstill
