"""W1 with PyTorch: eager, compiled, or only its matrix products (`limit`)."""

import time

import torch
from torch_data import batches, distillation, mlp
from torch_products import Products


class Step:
    def __init__(self, config):
        self.config = config
        self.w1 = config["w1"]
        self.batches = batches(config["folder"], self.w1)
        self.next = 0
        self.step = self.make()

    def make(self):
        w1, folder = self.w1, self.config["folder"]
        teacher = mlp(folder, "teacher", w1["teacher"]).eval()
        student = mlp(folder, "student", w1["student"]).train()
        # One kernel for the whole update: the fastest of PyTorch's three implementations.
        optimizer = torch.optim.SGD(
            student.parameters(), lr=w1["lr"], momentum=w1["momentum"], fused=True
        )
        alpha, temperature = w1["alpha"], w1["temperature"]

        def objective(inputs, target, labels):
            return distillation(student(inputs), target, labels, alpha, temperature)

        if self.config["style"] == "compile":
            objective = torch.compile(objective)

        def step(inputs, labels):
            with torch.no_grad():
                target = teacher(inputs)
            loss = objective(inputs, target, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step

    def check(self, steps):
        step = self.make()
        losses = [step(*self.batches[i % len(self.batches)]).item() for i in range(steps)]
        return {"losses": losses}

    def block(self, steps):
        began = time.perf_counter()
        for _ in range(steps):
            self.step(*self.batches[self.next % len(self.batches)])
            self.next += 1
        return {"seconds": time.perf_counter() - began}


def start(config):
    return Products(config["w1"]) if config["style"] == "limit" else Step(config)
