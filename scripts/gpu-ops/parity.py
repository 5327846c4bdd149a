"""Holds the operators of a library against float64 compositions of PyTorch, on a device, in float64
and every narrower type: values and gradients, dense and strided inputs, on memory that is NaN.

    python scripts/gpu-ops/parity.py LIBRARY [--device cuda]
"""

import argparse
import math
import sys

import torch

# Of the loss, relative to it or to 1, and of gradients, relative to the largest element.
TOLERANCES = {
    torch.float64: (1e-10, 1e-8),
    torch.float32: (1e-5, 1e-4),
    torch.bfloat16: (1e-5, 2e-2),
    torch.float16: (1e-5, 4e-3),
}
# Logits of the fused operator are rounded to the type of the hidden states.
ROUNDED = {torch.bfloat16: (2e-2, 6e-2), torch.float16: (2e-3, 1e-2)}


def poison(device, sizes):
    """Leaves NaN in the memory that the next allocations get."""
    held = [torch.full((size,), math.nan, dtype=torch.float64, device=device) for size in sizes]
    del held


def strided(tensor):
    """The same values with gaps between rows, beginning at no multiple of 16 bytes."""
    if tensor.dim() < 2:
        return tensor
    wide = torch.full((*tensor.shape[:-1], tensor.shape[-1] + 5), math.nan,
                      dtype=tensor.dtype, device=tensor.device)  # fmt: skip
    view = wide.narrow(-1, 3, tensor.shape[-1])
    view.copy_(tensor)
    return view


def channels_last(tensor):
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else None


def compare(case, device, dtype, layout):
    rounded = [t.to(dtype) for t in case.tensors]
    exact = [t.double().clone() for t in rounded]
    for t in exact[: case.wanted]:
        t.requires_grad_()
    expected = case.reference(*exact, *case.extra)
    expected.backward()

    given = [layout(t.to(device, copy=True)) for t in rounded]
    if any(t is None for t in given):
        return None
    leaves = [t.detach().requires_grad_() if i < case.wanted else t for i, t in enumerate(given)]
    extra = [t.to(device) for t in case.extra]
    poison(device, [leaf.numel() for leaf in leaves] + [1, 2, 64, 4096])
    loss = case.run(*leaves, *extra)
    loss.backward()

    value_tolerance, gradient_tolerance = TOLERANCES[dtype]
    if case.name.startswith("fused"):
        value_tolerance, gradient_tolerance = ROUNDED.get(dtype, TOLERANCES[dtype])
    problems = []
    apart = abs(loss.item() - expected.item()) / max(1.0, abs(expected.item()))
    if not apart <= value_tolerance:
        problems.append(f"loss {loss.item()} instead of {expected.item()}")
    for index in range(case.wanted):
        actual, wanted = leaves[index].grad.cpu().double(), exact[index].grad
        if leaves[index].grad.dtype != dtype:
            problems.append(f"gradient {index} is {leaves[index].grad.dtype}")
        # What is 0 but for rounding is measured by what one element has in a mean.
        scale = max(wanted.abs().max().item(), 1e-2 / wanted.numel())
        off = (actual - wanted).abs().max().item() / scale
        # float16 loses what is below its smallest numbers.
        if dtype == torch.float16:
            off -= 6e-8 / scale
        if not off <= gradient_tolerance:
            problems.append(f"gradient {index} is off by {off:.2g} of its largest element")
    with torch.no_grad():
        again = case.run(*given, *extra)
    if again.item() != loss.item() and not math.isnan(loss.item()):
        problems.append("the loss without a gradient has other bits")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library")
    parser.add_argument("--device", default="cuda")
    arguments = parser.parse_args()
    torch.ops.load_library(arguments.library)
    from cases import all_cases

    device = torch.device(arguments.device)
    where = torch.cuda.get_device_name() if device.type == "cuda" else "the CPU"
    print(f"PyTorch {torch.__version__}, {where}")
    layouts = {"dense": lambda t: t, "strided": strided, "channels-last": channels_last}
    run = failed = 0
    for case in all_cases():
        for dtype in TOLERANCES:
            for name, layout in layouts.items():
                problems = compare(case, device, dtype, layout)
                if problems is None:
                    continue
                run += 1
                if problems:
                    failed += 1
                    kind = str(dtype).removeprefix("torch.")
                    print(f"FAILED {case.name}, {kind}, {name}: {'; '.join(problems)}")
    print(f"{run - failed} passed, {failed} failed")
    sys.exit(1 if failed or run == 0 else 0)


if __name__ == "__main__":
    main()
