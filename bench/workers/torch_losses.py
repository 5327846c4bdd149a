"""The losses with PyTorch: eager, compiled, or the least that has to be done (`limit`)."""

import math
import time

import torch
import torch_objectives
from torch_data import read


class Losses:
    def __init__(self, config):
        self.config = config
        self.case = None

    def load(self, loss, shape):
        if self.case == (loss, shape):
            return
        folder, name = self.config["folder"], "x".join(map(str, shape))
        self.student = read(folder, f"{name}.student", shape).requires_grad_()
        self.teacher = read(folder, f"{name}.teacher", shape)
        self.labels = None
        if len(shape) == 2:
            self.labels = read(folder, f"{name}.labels", shape[:1], torch.int64)
        self.loss = getattr(torch_objectives, loss)
        if self.config["style"] == "compile":
            # Afresh for every shape, so that none runs with code made for shapes in general.
            torch.compiler.reset()
            self.loss = torch.compile(self.loss, dynamic=False)
        self.case = (loss, shape)

    def once(self):
        loss = self.loss(self.student, self.teacher, self.labels, self.config["w1"])
        loss.backward()
        return loss

    def check(self, loss, shape):
        self.load(loss, shape)
        self.student.grad = None
        value = self.once()
        values = [value.item(), self.student.grad.abs().sum().item()]
        self.student.grad = None
        return {"losses": values}

    def block(self, loss, shape, steps):
        self.load(loss, shape)
        began = time.perf_counter()
        for _ in range(steps):
            self.once()
            self.student.grad = None
        return {"seconds": time.perf_counter() - began}


class Limit:
    """Both sides have to be read and the gradient written: three arrays, so half of that copied.

    Losses that relate samples or channels also need their products: two matrices of inner products,
    and one product back for the gradient.
    """

    def __init__(self):
        self.case = None

    def load(self, loss, shape):
        if self.case == (loss, shape):
            return
        size = 3 * math.prod(shape) // 2
        self.source, self.target = torch.randn(size), torch.empty(size)
        self.products = []
        if loss in ("similarity", "rkd", "pkt"):
            rows = torch.randn(shape[0], math.prod(shape[1:]))
            square = torch.randn(shape[0], shape[0])
            self.products = [(rows, rows.t())] * 2 + [(square, rows)]
        if loss == "nst":
            maps = torch.randn(shape[0], shape[1], math.prod(shape[2:]))
            # Whichever matrix of inner products is the smaller one.
            if maps.shape[1] > maps.shape[2]:
                maps = maps.transpose(1, 2)
            square = torch.randn(shape[0], maps.shape[1], maps.shape[1])
            self.products = [(maps, maps.transpose(1, 2))] * 2 + [(square, maps)]
        self.case = (loss, shape)

    def block(self, loss, shape, steps):
        self.load(loss, shape)
        began = time.perf_counter()
        for _ in range(steps):
            self.target.copy_(self.source)
            for a, b in self.products:
                torch.matmul(a, b)
        return {"seconds": time.perf_counter() - began}


def start(config):
    return Limit() if config["style"] == "limit" else Losses(config)
