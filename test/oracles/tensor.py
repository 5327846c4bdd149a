"""Writes tensor.json: how PyTorch prints tensors, gradients of expressions, and half types.

    python test/oracles/tensor.py
"""

import json
import pathlib

import torch

from ops import encode

nan, inf = float("nan"), float("inf")


def printed():
    """`{i: tensor, grad?, x: text}`, or `{n: elements, scale, s: shape, d: dtype, x: text}`."""
    cases = []

    def values(data, dtype=None, grad=False):
        x = torch.tensor(data, dtype=dtype)
        case = {"i": encode(x), "x": repr(x.requires_grad_() if grad else x)}
        cases.append({**case, "grad": True} if grad else case)

    def ramp(count, scale, shape, dtype=torch.float32):
        x = (torch.arange(count, dtype=torch.float64) * scale).to(dtype).reshape(shape)
        name = str(dtype).removeprefix("torch.")
        cases.append({"n": count, "scale": scale, "s": list(shape), "d": name, "x": repr(x)})

    for data in (
        1.5, 2.0, -0.0, 0.0, nan, inf, 1e-5, 1e10, 123456.0, [], [[], []], [1.0, 2.0],
        [1.0, -2.5], [0.1, 0.2, 1 / 3], [1e-4, 1.0], [9e-5, 0.01], [1.0, 1000.0], [1.0, 1001.0],
        [1.5, 1001.0, 2000.5], [1e8, 1.0], [1.1e8, 1.0], [nan, 1.0, inf], [nan, 1.5, -inf],
        [nan, inf], [0.0, 0.0], [-0.0, 1.0], [-0.00004, 5.5], [0.03125, 1.0], [0.09375, 0.5],
        [0.00005, 0.05], [1.00005, 2.0], [12345.678, 0.5], [1e-20, 1e20], [3e38, -1e-38],
        [100000.0, 1.0], [123456789.0, 1.0], [16777216.0, -16777216.0], [0.5, 1.5, 2.5],
        [[1.0, 2.0], [3.0, 4.5]], [[[1.0], [2.0]], [[3.0], [-4.0]]], [[[[1.5, 2.5]]]],
        [1e-45, 1.0], [65504.0, 0.0001], [-1.0, -0.25], [nan, -0.0], [[nan, 1e9], [-inf, 2.5]],
        [2.5e-5, 7.5e-5], [122070.3125e-9, 1.0], [9.99995, 1.0], [1000000.5, 3.25],
    ):  # fmt: skip
        values(data)
        values(data, torch.float64)
    for data in (7, -3, [1, -20, 300], [[1, 2], [3, 40000]], 2**62, [-(2**62), 5]):
        values(data, torch.int64)
    for dtype in (torch.int8, torch.int16, torch.int32, torch.uint8):
        values([1, 2, 100], dtype)
        values([], dtype)
    values([[], []], torch.int64)
    values([], torch.bool)
    values(True)
    values([True, False])
    values([[True], [True]])
    for dtype in (torch.float16, torch.bfloat16):
        values([0.1, 1.5, 300.0], dtype)
        values([1.0, 2.0], dtype)
        values([6e-5, 1.0, inf], dtype)
    values([1.0, 2.0], grad=True)
    values(0.5, torch.float64, True)
    values([[0.123456789] * 8] * 2, grad=True)
    values([[0.123456789] * 7] * 2, torch.float64, True)
    values(list(range(26)), torch.int32)
    values([10**i for i in range(12)], torch.int64)
    values([1.5] * 9, torch.float16)
    values([1.5] * 8, torch.float16, True)
    for shape in ((1000,), (1001,), (7, 143), (1001, 1), (1, 1001), (11, 7, 13), (2, 6, 7, 13)):
        count = torch.Size(shape).numel()
        for dtype in (torch.float32, torch.int64):
            ramp(count, 1, shape, dtype)
        ramp(count, 0.001, shape)
    ramp(4096, 0.5, (64, 64), torch.float64)
    ramp(4096, 1e-3, (4, 4, 16, 16), torch.bfloat16)
    ramp(30, 0.37, (30,))
    ramp(60, 17, (3, 20), torch.int32)
    ramp(24, 0.25, (2, 3, 4))
    ramp(0, 1, (0, 3))
    ramp(0, 1, (2, 0), torch.bool)
    return cases


def gradients():
    """Inputs, value and gradients of expressions that the test writes out in TypeScript."""
    torch.manual_seed(3)
    x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    w = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    b = torch.randn(2, dtype=torch.float64, requires_grad=True)
    loss = ((x @ w + b).tanh().pow(2).mean(0) * torch.tensor([1.0, 2.0])).sum()
    loss.backward()
    y = torch.randn(3, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(y.exp().sin().sum(), y, create_graph=True)
    first.sum().backward()
    return {
        "inputs": [encode(v) for v in (x, w, b)],
        "loss": loss.item(),
        "gradients": [encode(v.grad) for v in (x, w, b)],
        "y": encode(y),
        "first": encode(first),
        "second": encode(y.grad),
    }


def halves():
    """Float32 values, and what they are after a trip through each half type."""
    values = torch.tensor(
        [0.0, 1.0, -1.5, 0.1, 1 / 3, 65504.0, 65520.0, 6e-8, 1e-8, 3e38, 1e-40, 2049.0, 257.0]
    )
    return {
        "values": encode(values),
        "float16": encode(values.half().float()),
        "bfloat16": encode(values.bfloat16().float()),
    }


if __name__ == "__main__":
    out = {"print": printed(), "gradients": gradients(), "halves": halves()}
    text = ",\n".join(f'"{key}":{json.dumps(v, separators=(",", ":"))}' for key, v in out.items())
    text = text.replace('},{"i"', '},\n{"i"').replace('},{"n":', '},\n{"n":')
    pathlib.Path(__file__).with_suffix(".json").write_text("{" + text + "}\n")
    print(f"{len(out['print'])} printed tensors, {len(text) // 1024} KB")
