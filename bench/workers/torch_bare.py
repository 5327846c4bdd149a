"""The bare products and convolutions of a step: every one that an eager step calls, alone, in the
fastest way that PyTorch reaches here. Nothing else is in it: no bias, no activation, no norm, no loss,
no update."""

import time

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten
attention = {
    aten._scaled_dot_product_flash_attention_for_cpu.default,
    aten._scaled_dot_product_flash_attention_for_cpu_backward.default,
}
products = {aten.mm.default, aten.addmm.default, aten.bmm.default, aten.baddbmm.default}
convolutions = {aten.convolution.default, aten.convolution_backward.default}
onednn = torch.ops.mkldnn._linear_pointwise


class Record(TorchDispatchMode):
    """Notes the calls that cost, with copies of what they were given."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func in products | convolutions | attention:
            kept = [each.detach().clone() if isinstance(each, torch.Tensor) else each for each in args]
            self.calls.append((func, kept, kwargs or {}))
        return func(*args, **(kwargs or {}))


def last(value):
    images = isinstance(value, torch.Tensor) and value.dim() == 4
    return value.contiguous(memory_format=torch.channels_last) if images else value


def convolution_ways(func, args, constant):
    ways = {}
    if func is aten.convolution.default:
        # The bias comes free with most kernels, and is left out of all.
        args = [*args[:2], None, *args[3:]]
    for layout, change in (("channels-first", lambda value: value), ("channels-last", last)):
        given = [change(each) for each in args]
        ways[layout] = lambda given=given: func(*given)
    if func is aten.convolution.default and constant:
        x, weight, _, stride, padding, dilation, _, _, groups = args
        packed = torch._C._nn.mkldnn_reorder_conv2d_weight(
            weight.to_mkldnn(), padding, stride, dilation, groups, list(x.shape)
        )
        for layout, given in (("packed", x), ("packed channels-last", last(x))):
            ways[layout] = lambda given=given: torch.ops.mkldnn._convolution_pointwise(
                given, packed, None, padding, stride, dilation, groups, "none", [], ""
            )
    return ways


def product_ways(func, args, constant):
    if func is aten.addmm.default:
        args = args[1:]
    if func in (aten.bmm.default, aten.baddbmm.default):
        given = args[-2:]
        return {"mkl": lambda: torch.bmm(*given)}
    left, right = args
    ways = {"mkl": lambda: torch.mm(left, right), "onednn": lambda: onednn(left, right.t(), None, "none", [], "")}
    if constant:
        packed = torch.ops.mkldnn._reorder_linear_weight(right.t().contiguous(), left.shape[0])
        ways["onednn packed"] = lambda: onednn(left, packed, None, "none", [], "")
    return ways


def ways_of(func, args, kwargs, constant):
    if func in convolutions:
        return convolution_ways(func, args, constant)
    if func in products:
        return product_ways(func, args, constant)
    return {"attention": lambda: func(*args, **kwargs)}


class Bare:
    """Of a teacher's calls and a student's, each a list as `Record` makes it."""

    def __init__(self, teacher, student, repeat=6):
        with torch.no_grad():
            self.parts = {
                "teacher": [self.fastest(*call, True, repeat) for call in teacher],
                "student": [self.fastest(*call, False, repeat) for call in student],
            }
        self.info = {"calls": {part: len(chain) for part, chain in self.parts.items()}}

    @classmethod
    def of_step(cls, pair, batch, bf16=False):
        inputs, labels = batch
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            with torch.no_grad(), Record() as teacher:
                target, hidden = pair.teacher(inputs)
            with Record() as student:
                pair.loss(inputs, labels, target, hidden).backward()
        return cls(teacher.calls, student.calls)

    @classmethod
    def of_teacher(cls, model, x):
        with torch.no_grad(), Record() as teacher:
            model(x)
        return cls(teacher.calls, [])

    def fastest(self, func, args, kwargs, constant, repeat):
        ways = ways_of(func, args, kwargs, constant)
        best = dict.fromkeys(ways, float("inf"))
        for name, way in list(ways.items()):
            try:
                way()
            except RuntimeError:
                del best[name]
        for _ in range(repeat):
            for name in best:
                began = time.perf_counter()
                ways[name]()
                best[name] = min(best[name], time.perf_counter() - began)
        return ways[min(best, key=best.get)]

    def block(self, steps, cached=False):
        chain = [*([] if cached else self.parts["teacher"]), *self.parts["student"]]
        with torch.no_grad():
            began = time.perf_counter()
            for _ in range(steps):
                for way in chain:
                    way()
            return {"seconds": time.perf_counter() - began}
