#pragma once

// Precompiled for core, engine and node: libtorch's headers are most of what each unit compiles.

#include <ATen/ATen.h>
#include <torch/script.h>
