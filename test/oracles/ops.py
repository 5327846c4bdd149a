"""Writes ops.json: operators of aten called by PyTorch, with their arguments and results.

    python test/oracles/ops.py

A case is `{c: category, o: operator, a: arguments, k?: keywords, r: results, …}`. A tensor is
`{t: elements, s: shape, d: dtype}`, without `d` for float32, and `{n: "inf"}` a number that JSON
has not. `m` holds the arguments that the
operator changed, by index; `v` what is left in the first argument after the first result (a view
of it) has been filled with 1; `p` the strides of a view; `seed` the seed set before the call.
"""

import json
import pathlib

import numpy as np
import torch

from op_cases import CASES, One

HERE = pathlib.Path(__file__).parent
aten = torch.ops.aten


def number(value, dtype):
    """The shortest decimal that reads back as the same element."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if value != value:
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    if dtype is not torch.float64:
        value = float(str(np.float32(value)))
    return int(value) if value == int(value) and str(value)[0] != "-" else value


def encode(value):
    if isinstance(value, torch.Tensor):
        value = value.detach()
        out = {"t": [number(v, value.dtype) for v in value.reshape(-1).tolist()]}
        out["s"] = list(value.shape)
        if value.dtype is not torch.float32:
            out["d"] = str(value.dtype).removeprefix("torch.")
        return out
    if isinstance(value, One):
        return value[0]
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    if isinstance(value, (torch.dtype, torch.memory_format)):
        return str(value).removeprefix("torch.")
    if isinstance(value, float) and value not in (float("inf"), float("-inf")):
        return value
    if isinstance(value, float):
        return {"n": number(value, torch.float64)}
    return value


def clone(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return [clone(v) for v in value]
    return value


def resolve(name):
    op = aten
    for part in name.split("."):
        op = getattr(op, part)
    return op


def same(a, b):
    return encode(a) == encode(b)


def run(category, name, args, kwargs=None, seed=None):
    kwargs = kwargs or {}
    case = {"c": category, "o": name, "a": encode(args)}
    if kwargs:
        case["k"] = {key: encode(value) for key, value in kwargs.items()}
    if seed is not None:
        case["seed"] = seed
        torch.manual_seed(seed)
    before = clone(args)
    args = clone(args)
    kwargs = {key: clone(value) for key, value in kwargs.items()}
    results = resolve(name)(*args, **kwargs)
    case["r"] = encode(results)
    changed = {i: encode(a) for i, (a, b) in enumerate(zip(args, before)) if not same(a, b)}
    if changed:
        case["m"] = changed
    if category == "views":
        first = results[0] if isinstance(results, (list, tuple)) else results
        case["p"] = list(first.stride())
        first.fill_(1)
        case["v"] = encode(args[0])
    return case


def main():
    torch.set_num_threads(1)
    cases = [run(*case) for case in CASES]
    operators = {case["o"].split(".")[0] for case in cases}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"torch":"{torch.__version__.split("+")[0]}","cases":[\n{lines}\n]}}\n'
    (HERE / "ops.json").write_text(text)
    print(f"{len(cases)} cases, {len(operators)} operators, {len(text) // 1024} KB")


if __name__ == "__main__":
    main()
