"""W1 with PyTorch: eager, compiled, or only its matrix products (`limit`)."""

import torch
from torch_data import batches, distillation, mlp
from torch_products import Products
from torch_turns import Turns


class Step(Turns):
    def __init__(self, config):
        self.config = config
        self.w1 = config["w1"]
        super().__init__(batches(config["folder"], self.w1))

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


def start(config):
    return Products(config["w1"]) if config["style"] == "limit" else Step(config)
