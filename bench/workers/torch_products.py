"""The bare matrix products of an MLP's step, each with the fastest backend that PyTorch reaches here.

Nothing else is in it: no bias, no activation, no loss, no update. The student's first layer needs no
gradient of its input.
"""

import time

import torch

packed_for = torch.ops.mkldnn._reorder_linear_weight


def onednn(left, right):
    """left · rightᵀ by oneDNN."""
    return torch.ops.mkldnn._linear_pointwise(left, right, None, "none", [], "")


def constant_weight(x, weight):
    """x · weightᵀ where the weight never changes, so that it may be packed beforehand."""
    ways = trained_weight(x, weight)
    packed = packed_for(weight, x.shape[0])
    ways["onednn packed"] = lambda: onednn(x, packed)
    return ways


def trained_weight(x, weight):
    out = x.new_empty(x.shape[0], weight.shape[0])
    bias = x.new_zeros(weight.shape[0])
    return {
        "mkl": lambda: torch.mm(x, weight.t(), out=out),
        "mkl addmm": lambda: torch.addmm(bias, x, weight.t(), out=out),
        "onednn": lambda: onednn(x, weight),
    }


def input_gradient(dy, weight):
    """dy · weight"""
    out = dy.new_empty(dy.shape[0], weight.shape[1])
    return {
        "mkl": lambda: torch.mm(dy, weight, out=out),
        "onednn": lambda: onednn(dy, weight.t()),
    }


def weight_gradient(dy, x):
    """dyᵀ · x, or its transpose."""
    out = x.new_empty(dy.shape[1], x.shape[1])
    transposed = x.new_empty(x.shape[1], dy.shape[1])
    return {
        "mkl": lambda: torch.mm(dy.t(), x, out=out),
        "mkl transposed": lambda: torch.mm(x.t(), dy, out=transposed),
        "onednn": lambda: onednn(dy.t(), x.t()),
        "onednn transposed": lambda: onednn(x.t(), dy.t()),
    }


def products(workload, dtype):
    """Name and ways of every product of a step, in its order."""
    batch = workload["batch"]
    result = []

    def random(*shape):
        return torch.randn(shape).to(dtype)

    def layers(sizes):
        return range(1, len(sizes))

    def weights(sizes):
        return [None] + [random(sizes[i], sizes[i - 1]) for i in layers(sizes)]

    teacher, student = workload["teacher"]["sizes"], workload["student"]["sizes"]
    for i, weight in enumerate(weights(teacher)):
        if i > 0:
            x = random(batch, teacher[i - 1])
            result.append((f"teacher {i}", constant_weight(x, weight)))
    own = weights(student)
    x = [random(batch, size) for size in student]
    dy = [random(batch, size) for size in student]
    for i in layers(student):
        result.append((f"student {i}", trained_weight(x[i - 1], own[i])))
    for i in reversed(layers(student)):
        result.append((f"weight gradient {i}", weight_gradient(dy[i], x[i - 1])))
        if i > 1:
            result.append((f"input gradient {i}", input_gradient(dy[i], own[i])))
    return result


def seconds_of(way, repeat):
    began = time.perf_counter()
    for _ in range(repeat):
        way()
    return (time.perf_counter() - began) / repeat


class Products:
    """Chooses by the best of several rounds, then runs the chosen products one after another."""

    def __init__(self, workload, dtype=torch.float32, rounds=12, repeat=5):
        with torch.no_grad():
            found = products(workload, dtype)
            best = [dict.fromkeys(ways, float("inf")) for _, ways in found]
            for _ in range(rounds):
                for times, (_, ways) in zip(best, found):
                    for name, way in ways.items():
                        times[name] = min(times[name], seconds_of(way, repeat))
        self.chain = []
        plan = {}
        for times, (product, ways) in zip(best, found):
            fastest = min(times, key=times.get)
            plan[product] = {
                "backend": fastest,
                "ms": {name: round(value * 1e3, 4) for name, value in times.items()},
            }
            self.chain.append((product, ways[fastest]))
        self.info = {
            "products": plan,
            "sum": sum(min(times.values()) for times in best),
        }

    def block(self, steps, cached=False):
        """`cached`: without the teacher's products."""
        chain = [way for product, way in self.chain if not (cached and "teacher" in product)]
        with torch.no_grad():
            began = time.perf_counter()
            for _ in range(steps):
                for way in chain:
                    way()
            return {"seconds": time.perf_counter() - began}
