#!/bin/sh
# The operators as a library of their own, built with CMake for the PyTorch of a Python, tested and
# measured there: no Node. Wants a C++20 compiler, CMake 3.22, and for a GPU nvcc.
#
#   scripts/gpu-ops.sh [--cpu] [--no-bench] [--build FOLDER] [--json FILE]
#
# --cpu (or a machine without a GPU) tests the CPU's operators and measures nothing.
# PYTHON names the Python whose torch it is (default python3), CUDACXX the nvcc.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
build=$root/build/gpu-ops
device=
bench=yes
json=
while [ $# -gt 0 ]; do
  case $1 in
    --cpu) device=cpu ;;
    --no-bench) bench=no ;;
    --build) build=$2; shift ;;
    --json) json=$2; shift ;;
    *) echo "gpu-ops.sh: unknown argument $1" >&2; exit 2 ;;
  esac
  shift
done

# Where torch is, and the compute capabilities of the GPUs that it sees, as "9.0 8.0".
facts=$("$python" -c '
import os, torch
seen = {"%d%d" % torch.cuda.get_device_capability(i) for i in range(torch.cuda.device_count())}
print(os.path.dirname(torch.__file__), torch.__version__, ";".join(sorted(seen)) or "none")
') || { echo "gpu-ops.sh: $python cannot import torch; let PYTHON name one that can" >&2; exit 2; }
read -r libtorch version architectures <<FACTS
$facts
FACTS
if [ -z "$device" ]; then
  if [ "$architectures" = none ]; then
    echo "no GPU that PyTorch $version can use: testing the operators of the CPU instead"
    device=cpu
  else
    device=cuda
  fi
fi

set -- -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DPOTSTILL_OPS_ONLY=ON \
  "-DPOTSTILL_LIBTORCH_DIR=$libtorch"
if command -v ninja > /dev/null; then set -- "$@" -G Ninja; fi
if command -v ccache > /dev/null; then
  set -- "$@" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_CUDA_COMPILER_LAUNCHER=ccache
fi
if [ "$device" = cuda ]; then
  set -- "$@" -DPOTSTILL_CUDA=ON "-DCMAKE_CUDA_ARCHITECTURES=$architectures"
else
  set -- "$@" -DPOTSTILL_CUDA=OFF
fi
echo "building the operators for PyTorch $version, on $device"
cmake "$@" > "$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }
cmake --build "$build" --parallel
library=$build/libpotstill_ops.so

"$python" "$root/scripts/gpu-ops/parity.py" "$library" --device "$device"
if [ "$device" = cpu ]; then
  echo "parity of the CPU's operators only: no kernel ran on a GPU, and nothing was measured"
elif [ "$bench" = yes ]; then
  "$python" "$root/scripts/gpu-ops/bench.py" "$library" ${json:+--json "$json"}
fi
