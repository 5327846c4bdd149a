"""Soft targets and cross-entropy with PyTorch: eager, compiled, or a copy of the bytes (`limit`)."""

import time

import torch
from torch_data import distillation, read


class Losses:
    def __init__(self, config):
        self.config = config
        self.case = None

    def load(self, rows, columns):
        if self.case == (rows, columns):
            return
        folder, name = self.config["folder"], f"{rows}x{columns}"
        self.student = read(folder, f"{name}.student", [rows, columns]).requires_grad_()
        self.teacher = read(folder, f"{name}.teacher", [rows, columns])
        self.labels = read(folder, f"{name}.labels", [rows], torch.int64)
        self.loss = distillation
        if self.config["style"] == "compile":
            # Afresh for every shape, so that none runs with code made for shapes in general.
            torch.compiler.reset()
            self.loss = torch.compile(distillation, dynamic=False)
        self.case = (rows, columns)

    def once(self):
        w1 = self.config["w1"]
        loss = self.loss(self.student, self.teacher, self.labels, w1["alpha"], w1["temperature"])
        loss.backward()
        return loss

    def check(self, rows, columns):
        self.load(rows, columns)
        self.student.grad = None
        loss = self.once()
        values = [loss.item(), self.student.grad.abs().sum().item()]
        self.student.grad = None
        return {"losses": values}

    def block(self, rows, columns, steps):
        self.load(rows, columns)
        began = time.perf_counter()
        for _ in range(steps):
            self.once()
            self.student.grad = None
        return {"seconds": time.perf_counter() - began}


class Copy:
    """Both logits have to be read and the gradient written: three arrays, so half of that copied."""

    def __init__(self):
        self.size = 0

    def block(self, rows, columns, steps):
        size = 3 * rows * columns // 2
        if size != self.size:
            self.size = size
            self.source = torch.randn(size)
            self.target = torch.empty(size)
        began = time.perf_counter()
        for _ in range(steps):
            self.target.copy_(self.source)
        return {"seconds": time.perf_counter() - began}


def start(config):
    return Copy() if config["style"] == "limit" else Losses(config)
